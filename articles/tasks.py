"""Doorbells: each carries an id and calls one plain function. Lost, doubled or late, they do no harm."""

from __future__ import annotations

from celery import shared_task

from articles import collecting
from articles.doorbell import ring
from articles.models import Address, Feed

BATCH = 500  # doorbells a sweep rings; the next one rings for the rest


@shared_task
def fetch_address(address_id: int) -> None:
    collecting.fetch_address(address_id)


@shared_task
def poll_feed(feed_id: int) -> None:
    collecting.poll_feed(feed_id)


@shared_task
def poll_due_feeds() -> None:
    for pk in Feed.objects.due().values_list("pk", flat=True)[:BATCH]:
        ring(poll_feed, pk)


@shared_task
def sweep() -> None:
    """Ring for addresses that wait, and set aside those that killed their worker each time."""
    Address.objects.set_aside_exhausted()
    for pk in Address.objects.due().values_list("pk", flat=True)[:BATCH]:
        ring(fetch_address, pk)
