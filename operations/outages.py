"""Instead of a 500, what an outage of the database is to a visitor: 503, and when to come back.

`handler500 = "operations.outages.server_error"`: as the last resort for whatever failed, in a view or in a
middleware before it (sessions and sign-ins ask the database too).
"""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

RETRY_AFTER = 10
WORDS = "The database does not answer, or took too long. Nothing was lost; try again in 10 seconds.\n"


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the error is being handled; Django has logged it with its traceback."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return defaults.server_error(request)
    return HttpResponse(
        WORDS,
        status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
    )
