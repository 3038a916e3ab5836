"""How often to ask, decided purely: a feed that brings news is asked more often, a quiet one less.

`after_poll` gives a feed's next pause; `next_poll` the moment, without drift; `closed_for` how long a failing
host is left alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=12)  # between two polls of a feed, however quiet it is and however often it failed
SLOWEST = 8  # times the interval that the operator set
FAILURES_BEFORE_CLOSING = 5
FIRST_CLOSING = timedelta(minutes=2)


def after_poll(interval: timedelta, pause: timedelta | None, new: int) -> timedelta:
    """The pause after a poll that brought `new` items, from the operator's `interval` and the last `pause`.

    News halves it, down to the interval; silence lengthens it by half, up to eight intervals.
    """
    interval = max(interval, SHORTEST)
    longest = max(interval, min(SLOWEST * interval, LONGEST))
    last = min(max(pause or interval, interval), longest)
    return max(interval, last / 2) if new else min(last * 1.5, longest)


def next_poll(due: datetime | None, now: datetime, pause: timedelta) -> datetime:
    """One pause after the poll was due, so that a worker's delays do not add up; never in the past."""
    if due is None or due > now or now - due > pause / 2:
        return now + pause
    return due + pause


def closed_for(failures: int, retry_after: timedelta | None = None) -> timedelta | None:
    """How long to leave a host alone after so many failures in a row; None: it may be asked at once.

    What the host asks for itself counts from the first failure on.
    """
    if retry_after is not None:
        return min(retry_after, LONGEST)
    if failures < FAILURES_BEFORE_CLOSING:
        return None
    doubled = FIRST_CLOSING * 2 ** min(failures - FAILURES_BEFORE_CLOSING, 12)
    return min(doubled, LONGEST)
