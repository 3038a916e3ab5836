"""How often feeds and hosts are asked: pure decisions, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.pacing import LONGEST, SHORTEST, after_poll, closed_for, next_poll

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("interval", "pause", "new", "next_pause"),
    [
        (15, None, 3, 15),  # the first poll
        (15, None, 0, 22.5),  # silence lengthens
        (15, 22.5, 0, 33.75),
        (15, 100, 0, 120),  # up to eight intervals
        (15, 120, 0, 120),
        (15, 120, 1, 60),  # news shortens
        (15, 20, 1, 15),  # down to the interval
        (60 * 6, 60 * 10, 0, 60 * 12),  # never beyond twelve hours
        (60 * 24, None, 0, 60 * 24),  # but what the operator set stays
        (0, None, 1, 1),  # at least a minute
    ],
)
def test_the_pause_follows_the_news(interval, pause, new, next_pause):
    found = after_poll(minutes(interval), None if pause is None else minutes(pause), new)
    assert found == minutes(next_pause)


@given(st.floats(0, 3000), st.one_of(st.none(), st.floats(0, 3000)), st.integers(0, 200))
def test_a_pause_is_never_shorter_than_the_interval_nor_endless(interval, pause, new):
    found = after_poll(minutes(interval), None if pause is None else minutes(pause), new)
    assert max(minutes(interval), SHORTEST) <= found <= max(minutes(interval), LONGEST)


@pytest.mark.parametrize(
    ("due", "next_at"),
    [
        (None, 15),
        (0, 15),
        (-3, 12),  # a late worker does not move the beat
        (-10, 15),  # one that was away for long does
        (5, 15),  # polled by hand before its time
    ],
)
def test_delays_do_not_add_up(due, next_at):
    moment = None if due is None else NOON + minutes(due)
    assert next_poll(moment, NOON, minutes(15)) == NOON + minutes(next_at)


@pytest.mark.parametrize(
    ("failures", "asked", "closed"),
    [
        (1, None, None),
        (4, None, None),
        (5, None, 2),
        (6, None, 4),
        (9, None, 32),
        (50, None, 720),
        (1, 7, 7),  # the publisher's word counts at once
        (1, 10_000, 720),
    ],
)
def test_a_failing_host_is_left_alone_for_longer_and_longer(failures, asked, closed):
    found = closed_for(failures, None if asked is None else minutes(asked))
    assert found == (None if closed is None else minutes(closed))
