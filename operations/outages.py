"""A page that needs the database while it is away says so, and when to come back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

RETRY_AFTER = 10
WORDS = "The database does not answer, or took too long. Nothing was lost; try again in 10 seconds.\n"


class Outage:
    """Middleware: 503 with Retry-After instead of 500, for errors of a view that pass by themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        logger.error("the database failed %s: %s", request.path, error, exc_info=error)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        return HttpResponse(
            WORDS,
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
        )
