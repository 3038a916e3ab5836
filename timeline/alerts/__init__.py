"""Saved searches, and who is told of their changes."""
