"""Ringing Celery. A ring may get lost: the row is the work, and a sweep rings again for whatever waits."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.dispatch import Signal
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Sent after commit when an article waits to be read: `article_id`. Whoever reads articles listens.
article_waiting = Signal()


def ring(task: Task, *ids: Any) -> None:
    """Tell a worker that a row waits. A broker that is away is logged, never shown to the caller."""
    try:
        task.delay(*ids)
    except (OperationalError, OSError) as error:
        logger.warning("no broker to ring %s%r: the sweep will: %s", task.name, ids, error)
