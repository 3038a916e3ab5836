"""Who says so: attribution, quotations, and what others confirm or deny."""
