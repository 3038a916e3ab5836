"""Manners towards publishers: one request at a time to a host, its robots.txt, and no knocking at a closed door.

    with hosts.visit(url):          # raises Later, Disallowed or another FetchError
        page = fetching.fetch(url)

A host is a row, so that all workers share what is known of it.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from protego import Protego

from articles import fetching
from articles.models import Host

ROBOTS_KEPT = timedelta(days=1)
ROBOTS_LIMITS = fetching.FetchLimits(total=10.0, body=500_000)
VISIT = timedelta(seconds=60)  # longer than a fetch with its robots.txt may take
WAIT_SECONDS = 2.0  # for another worker's visit, before the work is put off
PUT_OFF = timedelta(seconds=10)
LONGEST_CRAWL_DELAY = timedelta(minutes=5)
ROBOT = "conflict-timeline"  # the name that robots.txt may address us by


class Later(Exception):
    """The host is not to be asked now. Not a failure: no attempt is used up. `until` says when."""

    def __init__(self, until: datetime, why: str) -> None:
        super().__init__(why)
        self.until = until


class Disallowed(fetching.FetchError):
    """The publisher's robots.txt keeps us out."""


def origin_of(url: str) -> str:
    """Scheme, host and port: what a robots.txt is about. "" where `url` is no web address."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower() if parts.hostname else ""
    except ValueError:
        return ""


@contextlib.contextmanager
def visit(url: str) -> Iterator[None]:
    """Hold the host of `url` while it is asked, and note how it went."""
    origin = origin_of(url)
    if not origin or len(origin) > 300:
        yield  # fetching says what is wrong with it
        return
    Host.objects.get_or_create(origin=origin)
    token = _enter(origin)
    try:
        _obey_robots(origin, url)
        yield
    except Disallowed:
        raise
    except fetching.FetchError as error:
        if error.temporary:
            Host.objects.note_failure(origin, error, _asked_for(error))
        raise
    else:
        Host.objects.note_success(origin)
    finally:
        Host.objects.filter(origin=origin, busy_token=token).update(busy_until=None, busy_token=None)


def _asked_for(error: fetching.FetchError) -> timedelta | None:
    seconds = getattr(error, "retry_after", None)
    return None if seconds is None else timedelta(seconds=seconds)


def _enter(origin: str) -> uuid.UUID:
    """Take the host, waiting a moment for another worker to leave it. Raises Later."""
    token = uuid.uuid4()
    ends = time.monotonic() + WAIT_SECONDS
    while True:
        now = timezone.now()
        free = Q(busy_until=None) | Q(busy_until__lt=now)
        opened = Q(closed_until=None) | Q(closed_until__lte=now)
        if Host.objects.filter(free, opened, origin=origin).update(busy_until=now + VISIT, busy_token=token):
            return token
        closed_until = Host.objects.values_list("closed_until", flat=True).get(origin=origin)
        if closed_until and closed_until > now:
            raise Later(closed_until, f"{origin} is left alone until {closed_until:%Y-%m-%d %H:%M} UTC.")
        if time.monotonic() >= ends:
            raise Later(now + PUT_OFF, f"Another worker is asking {origin}.")
        time.sleep(0.1)


def _obey_robots(origin: str, url: str) -> None:
    if not settings.FETCH_ROBOTS:
        return
    host = Host.objects.get(origin=origin)
    if host.robots_at is None or host.robots_at < timezone.now() - ROBOTS_KEPT:
        host.robots = _robots_of(host)
        host.robots_at = timezone.now()
        host.save(update_fields=["robots", "robots_at"])
    rules = Protego.parse(host.robots)
    if not rules.can_fetch(url, ROBOT):
        raise Disallowed(
            url,
            "The publisher's robots.txt asks programs not to read this.",
            "Ask the publisher, or paste the article's text.",
        )
    if delay := rules.crawl_delay(ROBOT):
        pause = min(timedelta(seconds=float(delay)), LONGEST_CRAWL_DELAY)
        Host.objects.filter(origin=origin).update(closed_until=timezone.now() + pause)


def _robots_of(host: Host) -> str:
    """The rules; none where there is no such file. A host whose file cannot be had now is not asked (RFC 9309)."""
    try:
        page = fetching.fetch(
            f"{host.origin}/robots.txt",
            limits=ROBOTS_LIMITS,
            allow_hosts=settings.FETCH_ALLOW_HOSTS,
            user_agent=settings.FETCH_USER_AGENT,
        )
    except fetching.BadStatus as error:
        if error.temporary and host.robots_at is None:
            raise
        return host.robots if error.temporary else ""
    except (fetching.BadAnswer, fetching.BadContent, fetching.BadRedirect, fetching.TooLarge):
        return ""
    return page.body.decode("utf-8", "replace").replace("\0", "") if page.content_type == "text/plain" else ""
