"""A real beat whose minutes are seconds: `python -m tests.workers.hasty_beat`. Other arguments are Celery's."""

from __future__ import annotations

import sys

from timeline.config import celery_app


def main() -> None:
    celery_app.loader.import_default_modules()  # sets Django up
    for entry in celery_app.conf.beat_schedule.values():
        entry["schedule"] /= 60
    celery_app.start(["--quiet", "beat", "--loglevel", "INFO", "--pidfile=", *sys.argv[1:]])


if __name__ == "__main__":
    main()
