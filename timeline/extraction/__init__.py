"""Text in, findings out. No Django, no network, no clock."""
