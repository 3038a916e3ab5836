"""Heartbeats that travel the way of real work: sent through the broker, worked on in the pool, kept in Postgres."""

from __future__ import annotations

from celery import shared_task

from operations.models import BEAT, WORKER, Heartbeat


@shared_task
def beat_is_heard() -> None:
    """Sent by beat: scheduler, broker, worker and database work together."""
    Heartbeat.objects.beat(BEAT)
    Heartbeat.objects.forget_the_gone()


@shared_task
def worker_is_heard(name: str) -> None:
    """Sent by a worker to itself (operations.canary)."""
    Heartbeat.objects.beat(WORKER + name)
