"""Two beats by mistake: processes that both send every round, as after a deployment that went wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from articles.models import Feed
from tests.articles.newswire import Publisher, make_feed
from tests.workers.conftest import until
from timeline.config import engines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start_beat(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], Callable[[], int]]]:
    """start_beat(name) -> a function that counts the rounds of polling which that beat has sent."""
    started = []

    def start(name: str) -> Callable[[], int]:
        log = tmp_path / f"{name}.log"
        with log.open("wb") as out:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.workers.hasty_beat", "--schedule", str(tmp_path / name)],
                    cwd=engines.REPOSITORY,
                    env={**os.environ, "PYTHONWARNINGS": "ignore", **environment},
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            )
        return lambda: log.read_text().count("Sending due task poll-feeds")

    yield start
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_two_beats_poll_each_feed_once_an_interval(
    start_worker, start_beat, httpserver: HTTPServer, monkeypatch
):
    publisher = Publisher(httpserver)
    monkeypatch.setenv("FETCH_ALLOW_HOSTS", "localhost,127.0.0.1")
    make_feed(publisher)
    start_worker("-Q", "fetch,upkeep", concurrency=2)
    beats = [start_beat("first"), start_beat("second")]
    for interval in (1, 2):
        Feed.objects.update(next_try_at=None)
        until(lambda interval=interval: len(publisher.asked) >= interval, 30, "the feed to be asked")
        before = [beat() for beat in beats]
        until(
            lambda before=before: all(
                beat() >= rounds + 2 for beat, rounds in zip(beats, before, strict=True)
            ),
            40,
            "two more rounds of both beats",
        )
        assert len(publisher.asked) == interval
