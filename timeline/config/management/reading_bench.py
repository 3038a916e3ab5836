"""How fast articles become events, with real workers: for `manage.py bench --ingest`.

It adds articles to the collection, so it is only for one that `manage.py synthesize` has made.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.management.base import CommandError
from django.utils import timezone

from articles.ingest import Draft, store
from articles.models import Article, Source
from timeline.config.management.commands.run import programs
from timeline.config.management.serving import Server
from timeline.recording.pipeline import EXTRACTOR

PATIENCE = 120.0  # seconds without progress
OUTLET = "Bench outlet"


def check() -> None:
    """Raises CommandError where the collection is no invented one."""
    if Article.objects.exclude(extracted_with="synthetic").exclude(source__name=OUTLET).exists():
        raise CommandError(
            "--ingest adds articles, and this collection has real ones. Measure on an invented one: set "
            "CONFLICT_TIMELINE_DATA to a new directory and run: manage.py synthesize"
        )


@contextmanager
def workers(number: int) -> Iterator[None]:
    """The Celery worker of `manage.py run` with that many processes."""
    worker = next(p for p in programs(0, number, 0) if p.name == "worker")
    process = subprocess.Popen(  # noqa: S603 (our own command line)
        worker.command,
        env={**os.environ, **worker.environment},
        cwd=worker.directory,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _add([("A blast was heard in Arvad, officials said on Monday.", "Warm", timezone.now())])
        _wait(lambda: not _unread())  # it has started
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _unread() -> int:
    return Article.objects.filter(source__name=OUTLET).exclude(extracted_with=EXTRACTOR).count()


def _add(texts: list[tuple[str, str, datetime]]) -> None:
    """Store (text, title, published) as new articles; after each the doorbell rings."""
    source, _ = Source.objects.get_or_create(name=OUTLET)
    for number, (text, title, published) in enumerate(texts):
        url = f"https://bench.invalid/{time.time_ns()}/{number}"
        store(Draft(source=source, text=text, published=published, url=url, title=title))


def _wait(done: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > PATIENCE:
            raise CommandError(f"Articles were not read within {PATIENCE:.0f} seconds: see the worker's log.")
        time.sleep(0.005)


def throughput(texts: list[tuple[str, str, datetime]]) -> float:
    """Articles a second, from stored to read: taken in first, so that only reading is measured."""
    _add(texts)
    began, waiting = time.monotonic(), _unread()
    _wait(lambda: not _unread())
    return waiting / (time.monotonic() - began)


def latency(server: Server, head_of: Callable[[bytes], bytes], rounds: int = 7) -> list[float]:
    """Seconds from a stored article to a page that counts its event."""
    seconds = []
    for number in range(rounds):
        # A town and a month of its own: the event is a new one.
        published = timezone.make_aware(datetime(1990 + number, 3, 5, 12))
        text = "Artillery shelled Kupiansk on Monday, killing 3 people, the regional governor said."
        before = head_of(server.get("/")[1])
        began = time.perf_counter()
        _add([(text, f"Shelling {time.time_ns()}", published)])
        _wait(lambda before=before: head_of(server.get("/")[1]) != before)  # type: ignore[misc]
        seconds.append(time.perf_counter() - began)
    return seconds
