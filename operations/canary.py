"""A worker that has fallen silent ends itself, so that its supervisor starts it again.

After a half-open connection to the broker a Celery worker stays up, answers nothing and consumes nothing
(docs/reliability.md). Each worker therefore sends a canary into a queue of its own every 30 s. When a canary
that the broker has taken is not worked on within three minutes, and nothing else is either, the worker goes.
Its leases run out, and others do the work.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil
from celery import bootsteps
from celery.signals import task_received, worker_ready
from celery.utils import worker_direct
from celery.worker import state
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
SILENT_SECONDS = 180.0
GRACE_SECONDS = 20.0  # between the polite end and the end by force
EXIT_CODE = 75  # EX_TEMPFAIL: start me again


class Watch:
    """When a worker counts as silent. Pure: told of events, asked for a verdict."""

    def __init__(self, silent_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.silent_seconds = silent_seconds
        self.clock = clock
        self.unanswered_since: float | None = None

    def sent(self) -> None:
        """The broker has taken a canary."""
        if self.unanswered_since is None:
            self.unanswered_since = self.clock()

    def heard(self) -> None:
        """A message came in, or a task is being worked on within its time."""
        self.unanswered_since = None

    def unsent(self) -> None:
        """There is no broker: Celery looks for it, and starting again would not help."""
        self.unanswered_since = None

    @property
    def silent(self) -> bool:
        since = self.unanswered_since
        return since is not None and self.clock() - since > self.silent_seconds


class Canary(bootsteps.StartStopStep):
    """The bootstep: `app.steps["worker"].add(Canary)`, with `worker_direct` on."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.watch = Watch(SILENT_SECONDS)
        self.ended = threading.Event()

    def start(self, worker: Any) -> None:
        def begin(**_: Any) -> None:
            threading.Thread(target=self._run, args=(worker,), name="canary", daemon=True).start()

        task_received.connect(self._heard, weak=False, dispatch_uid="operations.canary")
        worker_ready.connect(begin, weak=False, dispatch_uid="operations.canary")

    def stop(self, worker: Any) -> None:
        self.ended.set()

    def _heard(self, **_: Any) -> None:
        self.watch.heard()

    def _run(self, worker: Any) -> None:
        while not self.ended.wait(EVERY_SECONDS):
            if busy(worker.app.conf.task_time_limit):
                self.watch.heard()
            if self.watch.silent:
                self._end(worker)
                return
            self._send(worker)

    def _send(self, worker: Any) -> None:
        try:
            worker.app.send_task(
                "operations.tasks.worker_is_heard",
                (worker.hostname,),
                queue=worker_direct(worker.hostname),
                retry=False,
                expires=SILENT_SECONDS,
            )
        except (OperationalError, OSError) as error:
            self.watch.unsent()
            logger.warning("no broker for the canary of %s: %s", worker.hostname, error)
        else:
            self.watch.sent()

    def _end(self, worker: Any) -> None:
        logger.critical(
            "%s hears nothing from its broker, which takes messages: it ends, to be started again",
            worker.hostname,
        )
        children = psutil.Process().children(recursive=True)
        os.kill(os.getpid(), signal.SIGTERM)  # a warm shutdown, where its loop still turns
        time.sleep(GRACE_SECONDS)  # this thread ends with its process, if that succeeds
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        os._exit(EXIT_CODE)


def busy(time_limit: float) -> bool:
    """Whether a task is being worked on that is still within its time limit."""
    try:
        started = [request.time_start for request in state.active_requests]
    except RuntimeError:  # the main thread has just added one
        return True
    return any(start and time.time() - start < time_limit + GRACE_SECONDS for start in started)
