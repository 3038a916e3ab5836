"""Ringing Celery. A ring may get lost: the row is the work, and a sweep rings again for whatever waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import Task
from django.db.models import QuerySet
from django.dispatch import Signal
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Sent after commit when an article waits to be read: `article_id`. Whoever reads articles listens.
article_waiting = Signal()

BATCH = 5_000  # doorbells that a sweep lets wait in a queue: more than a worker answers in a minute


class Silence:
    """How long not to ring after a broker did not answer: each try can take seconds, and a batch has thousands."""

    seconds = 5.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.until = float("-inf")

    def begin(self) -> None:
        self.until = self.clock() + self.seconds

    def lasts(self) -> bool:
        return self.clock() < self.until


silence = Silence()


def ring(task: Task, *ids: Any) -> bool:
    """Tell a worker that a row waits. A broker that is away is logged, never shown to the caller."""
    if silence.lasts():
        return False
    try:
        task.delay(*ids)
    except (OperationalError, OSError) as error:
        silence.begin()
        logger.warning("no broker to ring %s%r: the sweep will: %s", task.name, ids, error)
        return False
    return True


def ring_all(task: Task, rows: QuerySet[Any]) -> int:
    """Ring for as many of `rows` as the queue has room for, so that sweeps do not pile rings up; how many."""
    try:
        room = max(0, BATCH - waiting(task))
    except OperationalError as error:
        logger.warning("no broker to ring %s: the next sweep will: %s", task.name, error)
        return 0
    rung = 0
    for pk in rows.values_list("pk", flat=True)[:room]:
        if not ring(task, pk):
            break
        rung += 1
    return rung


def waiting(task: Task) -> int:
    """How many messages wait in the queue of `task`. Raises OperationalError when the broker is away."""
    queue = task.app.amqp.router.route({}, task.name)["queue"]
    with task.app.connection_for_write() as connection:
        try:
            with connection.channel() as channel:
                return int(queue(channel).queue_declare().message_count)
        except connection.connection_errors as error:
            raise OperationalError(str(error)) from error
