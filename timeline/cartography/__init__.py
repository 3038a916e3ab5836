"""Outlines of countries and of Ukraine's regions, and how to draw them as SVG. Pure: no Django, no database."""
