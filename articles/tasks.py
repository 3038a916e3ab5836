"""Doorbells: each carries an id and calls one plain function. Lost, doubled or late, they do no harm."""

from __future__ import annotations

from celery import shared_task

from articles import collecting
from articles.doorbell import ring_all
from articles.models import Address, Feed


@shared_task
def fetch_address(address_id: int) -> None:
    collecting.fetch_address(address_id)


@shared_task
def poll_feed(feed_id: int) -> None:
    collecting.poll_feed(feed_id)


@shared_task
def poll_due_feeds() -> None:
    """Ring for feeds whose time has come, and switch off those that killed their worker each time."""
    Feed.objects.set_aside_exhausted()
    ring_all(poll_feed, Feed.objects.due().order_by("next_try_at"))


@shared_task
def sweep() -> None:
    """Ring for addresses that wait, and set aside those that killed their worker each time."""
    Address.objects.set_aside_exhausted()
    ring_all(fetch_address, Address.objects.due().order_by("pk"))
