"""The machine's hand: findings become reports, reports events; what was known when."""
