"""How often one address may ask for what costs: searches and exports (docs/security.md).

Counted by django-ratelimit in a cache that all web processes share. Where that is away nobody is counted: a
visitor is never refused because Redis is down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage

from articles.doorbell import Silence
from operations.visitors import address_of

logger = logging.getLogger(__name__)
silence = Silence()


class RateLimit:
    """Middleware: answers 429 to who asks for a view of RATE_LIMITS (its name: "60/m") more often than that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        name = match.url_name if (match := request.resolver_match) else None
        rate = settings.RATE_LIMITS.get(name) if name else None
        if rate is None or silence.lasts():
            return None
        try:
            usage = get_usage(
                request,
                group=name,
                key=lambda group, request: address_of(request) or "unknown",
                rate=rate,
                increment=True,
            )
        except redis.RedisError as error:
            silence.begin()
            logger.warning("nobody is counted for a while, the cache is away: %s", error)
            return None
        if not usage or not usage["should_limit"]:
            return None
        wait = max(1, usage["time_left"])
        return HttpResponse(
            f"You have asked {usage['limit']} times; wait {wait} seconds and ask again.\n",
            status=429,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(wait), "Cache-Control": "no-store"},
        )
