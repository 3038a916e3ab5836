"""The roof: settings, addresses, Celery, engines. It knows the rest; nothing below knows it."""

from timeline.config.celery import app as celery_app

__all__ = ["celery_app"]
