"""Seeing and keeping: heartbeats, readiness, metrics, the queue page, rate limits.

It looks at `articles` and `timeline` and is known by `timeline.config` only.
"""
