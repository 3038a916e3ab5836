"""One worker, many feeds, hours of polling: does anything fall behind?

Minutes pass by a clock that jumps from one round of beat to the next and runs on at its own pace while the worker
polls, so that what a poll costs is real. `FEEDS=1000 pytest tests/articles/test_drift.py -s` prints the figures of
docs/reliability.md.
"""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest
import time_machine
from django.utils import timezone

from articles import collecting
from articles.models import Address, Feed
from tests.articles.newswire import item, rss
from tests.articles.publisher import RawPublisher, page
from tests.factories import make_source

pytestmark = pytest.mark.django_db
FEEDS = int(os.environ.get("FEEDS", "60"))
HOURS = 4
NEWS_EVERY = 3  # polls of a feed: the others are answered by 304
START = datetime(2024, 3, 2, 6, tzinfo=UTC)
ROUND = timedelta(minutes=1)  # beat's, of articles.tasks.poll_due_feeds


def address(number: int) -> str:
    return f"127.0.{number // 250}.{number % 250 + 1}"


@pytest.fixture
def publisher(settings):
    """Each feed on a host of its own."""
    settings.FETCH_ROBOTS = False  # read once a day: not what a round costs
    settings.FETCH_ALLOW_HOSTS = frozenset(address(number) for number in range(FEEDS))
    asked: dict[str, int] = {}

    def answer(connection: socket.socket, request: bytes) -> None:
        host = connection.getsockname()[0]
        asked[host] = asked.get(host, 0) + 1
        if asked[host] % NEWS_EVERY:
            connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            story = item(f"https://{host}.invalid/{asked[host]}", f"Story {asked[host]}")
            connection.sendall(page(rss(story).encode(), "application/rss+xml", 'ETag: "1"'))

    with RawPublisher(answer, host="0.0.0.0") as server:
        yield server


def test_feeds_do_not_run_late_by_more_than_a_round_however_long_it_goes_on(publisher):
    source = make_source()
    Feed.objects.bulk_create(
        Feed(
            source=source,
            etag='"1"',
            next_try_at=START + timedelta(seconds=900 * number / FEEDS),
            url=f"http://{address(number)}:{publisher.port}/feed",
        )
        for number in range(FEEDS)
    )
    late: list[list[float]] = [[] for _ in range(HOURS)]  # seconds, by the hour
    busy = [0.0] * HOURS
    with time_machine.travel(START, tick=True) as clock:
        for number in range(HOURS * 60):
            hour = number // 60
            if timezone.now() < START + number * ROUND:  # the round before is done
                clock.move_to(START + number * ROUND)
            began = timezone.now()
            for pk, due in list(Feed.objects.due().order_by("next_try_at").values_list("pk", "next_try_at")):
                late[hour].append((timezone.now() - due).total_seconds())
                collecting.poll_feed(pk)
            busy[hour] += (timezone.now() - began).total_seconds()
    for hour in range(HOURS):
        print(
            f"hour {hour + 1}: {len(late[hour])} polls, late by {mean(late[hour]):.1f} s on average, "
            f"{max(late[hour]):.1f} s at most; the worker was busy for {busy[hour]:.0f} s"
        )
    assert not Feed.objects.exclude(failures=0).exists()
    assert Address.objects.count() > FEEDS, "there was news"
    assert max(map(max, late)) <= ROUND.total_seconds() + max(busy) / 60 + 5
    assert max(map(mean, late)) <= ROUND.total_seconds() / 2 + 10, (
        "half a round, in the last hour as in the first"
    )
