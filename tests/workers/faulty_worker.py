"""A real Celery worker whose steps a test can hold, break or kill: `python -m tests.workers.faulty_worker`.

Nothing of this is in production code: the functions are wrapped here, before the pool forks. FAULTS names a
directory through which the test and the worker speak, by files:

    <step>.hold      while it exists, whoever comes to the step (extract, write) waits there
    <step>.at.<pid>  written by a process that waits
    calls            one line for each extraction: the article's id
    mended           while it exists, titles in `BROKEN` do no harm

LEASE_SECONDS, VISIBILITY_SECONDS, CANARY_SECONDS and SILENT_SECONDS shorten what is minutes in production. Other
arguments are Celery's.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from kombu import Connection

from timeline.config import celery_app

FAULTS = Path(os.environ["FAULTS"])


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _run_out_of_memory() -> None:
    bytearray(1 << 60)


def _never_end() -> None:
    time.sleep(3600)


def _listen_to_nobody() -> None:
    """As code that is stuck in a C library: the soft limit's exception does not get through."""
    while True:
        with contextlib.suppress(SoftTimeLimitExceeded):
            time.sleep(3600)


def _fail() -> None:
    raise LookupError("a rule has a defect")


#: What happens to an article with this title.
BROKEN: dict[str, Callable[[], None]] = {
    "kills its worker": _die,
    "takes all memory": _run_out_of_memory,
    "trips a defect": _fail,
    "never ends": _never_end,
    "listens to nobody": _listen_to_nobody,
}


def pass_step(step: str) -> None:
    """Wait while the test holds the step."""
    hold = FAULTS / f"{step}.hold"
    if hold.exists():
        (FAULTS / f"{step}.at.{os.getpid()}").touch()
        while hold.exists():
            time.sleep(0.02)


def wrap_pipeline() -> None:
    from timeline.recording import pipeline

    extract, write_reports = pipeline.extract, pipeline.write_reports

    def watched_extract(document: Any) -> Any:
        with (FAULTS / "calls").open("a") as calls:
            calls.write(f"{document.id}\n")
        pass_step("extract")
        if document.title in BROKEN and not (FAULTS / "mended").exists():
            BROKEN[document.title]()
        return extract(document)

    def watched_write(*arguments: Any) -> Any:
        written = write_reports(*arguments)
        pass_step("write")  # everything is written, nothing is committed
        return written

    pipeline.extract, pipeline.write_reports = watched_extract, watched_write


def shorten_waits() -> None:
    from articles import work
    from operations import canary

    canary.EVERY_SECONDS = float(os.environ["CANARY_SECONDS"])
    canary.SILENT_SECONDS = float(os.environ["SILENT_SECONDS"])
    canary.GRACE_SECONDS = 2.0
    work.WorkQuerySet.claim.__defaults__ = (timedelta(seconds=float(os.environ["LEASE_SECONDS"])),)
    work.BACK_OFF = timedelta(0)
    # Celery looks for its broker after 2, 4, 6 … 30 s: longer than these tests call silence.
    Connection._ensure_connection = functools.partialmethod(
        Connection._ensure_connection, interval_start=0.2, interval_step=0.2, interval_max=1
    )
    # In place: what is assigned to conf comes after what Django's settings say.
    celery_app.conf.broker_transport_options.update(
        visibility_timeout=float(os.environ["VISIBILITY_SECONDS"]), unacked_restore_interval=1
    )


def main() -> None:
    celery_app.loader.import_default_modules()  # sets Django up
    wrap_pipeline()
    shorten_waits()
    celery_app.worker_main(["--quiet", "worker", *sys.argv[1:]])


if __name__ == "__main__":
    main()
