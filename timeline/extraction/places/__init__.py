"""Mentions of places: what the text names and which place that is."""
