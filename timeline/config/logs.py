"""Logging: one line or one JSON object for each event, with the ids of the request and the task it belongs to.

A page's request id goes along with the tasks that it sends (django-structlog), so that a failure in a worker
can be followed to the request that began it. JSON escapes line breaks: nothing that a publisher or a visitor
writes can forge a line.
"""

from __future__ import annotations

from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _line(logger: Any, method: str, event: dict[str, Any]) -> str:
    """The event as one readable line: line breaks only in tracebacks, which are ours."""
    traceback = event.pop("exception", "")
    time, level, name = event.pop("timestamp"), event.pop("level"), event.pop("logger", "")
    said = str(event.pop("event")).replace("\r", "\\r").replace("\n", "\\n")
    more = "".join(f" {key}={value!r}" for key, value in event.items())
    return f"{time} {level.upper()} {name} {said}{more}" + (f"\n{traceback}" if traceback else "")


def configuration(*, as_json: bool, level: str) -> dict[str, Any]:
    """A value for LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _line
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    render,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["console"], "level": level},
        # Two events for each request and task are for machines to read.
        "loggers": {"django_structlog": {"level": level if as_json else "ERROR"}},
    }
