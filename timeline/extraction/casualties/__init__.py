"""How many were killed, wounded, missing or captured, and in which words."""
