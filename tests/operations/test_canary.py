"""When a worker counts as silent: told of events, asked for a verdict."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from celery.worker import state

from operations import canary
from operations.canary import Watch

#: What happened (s: sent, h: heard, u: could not be sent, a number: so many seconds passed) and the verdict.
STORIES = [
    ("", False),
    ("s 100", False),
    ("s 181", True),
    ("s 100 s 81", True),  # the first one counts
    ("s 100 h 100", False),
    ("s 100 h s 181", True),
    ("s 170 u 100", False),  # the broker is away
    ("s 170 u s 100", False),
    ("200", False),  # nothing was sent
]


@pytest.mark.parametrize(("story", "silent"), STORIES)
def test_a_worker_is_silent_when_a_canary_that_was_taken_is_not_answered(story, silent):
    now = 0.0
    watch = Watch(180, clock=lambda: now)
    for step in story.split():
        match step:
            case "s":
                watch.sent()
            case "h":
                watch.heard()
            case "u":
                watch.unsent()
            case seconds:
                now += float(seconds)
    assert watch.silent is silent


@pytest.mark.parametrize(
    ("ages", "busy"), [([], False), ([5], True), ([500], False), ([500, 5], True), ([None], False)]
)
def test_a_task_beyond_its_time_limit_is_no_sign_of_life(monkeypatch, ages, busy):
    requests = [SimpleNamespace(time_start=age and time.time() - age) for age in ages]
    monkeypatch.setattr(state, "active_requests", requests)
    assert canary.busy(120) is busy
