"""Gunicorn's hooks: `gunicorn --config python:timeline.config.webserver`."""

from __future__ import annotations

import os
from typing import Any

from prometheus_client import multiprocess


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a process that has gone; what it counted stays in the sums."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)
