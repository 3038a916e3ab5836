"""Date expressions, resolved to days."""
