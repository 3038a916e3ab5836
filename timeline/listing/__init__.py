"""The filter, and what is listed, counted and drawn under it."""
