"""Postgres restarted under a worker: the articles are tried again and each is written once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.workers.conftest import Faults, Worker, sweep_until, use_broker
from tests.workers.ledgers import text_of
from timeline import tasks
from timeline.config import engines


class Installation:
    """A whole installation of its own, because the suite's Postgres serves others."""

    def __init__(self, directory: Path) -> None:
        self.environment = {
            "CONFLICT_TIMELINE_DATA": str(directory),
            "DJANGO_SETTINGS_MODULE": "timeline.config.settings",
        }
        self.held = engines.Engines(directory, durable=False, say=lambda line: None)
        self.database = engines.database_url(directory)
        self.broker = engines.redis_url(0, directory)

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=engines.REPOSITORY,
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            timeout=60,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def restart_postgres(self) -> None:
        """As `pg_ctl restart -m immediate` does: every connection breaks, the log is replayed."""
        postgres = self.held.servers[0]
        assert postgres.pid
        process = psutil.Process(postgres.pid)
        process.send_signal(signal.SIGQUIT)
        process.wait(10)
        self.held.heal()


@pytest.fixture
def installation(monkeypatch) -> Iterator[Installation]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    parent = Path(tempfile.mkdtemp(prefix="restart-"))
    parent.chmod(0o755)
    installation = Installation(parent / "var")
    installation.held.acquire()
    use_broker(monkeypatch, installation.broker)
    yield installation
    installation.held.release()
    place = installation.held.place
    for directory in {place.home, place.sockets, parent}:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.parametrize("step", ["extract", "write"])
def test_postgres_restarted_in_the_middle_of_an_article(installation, tmp_path, step):
    installation.manage("migrate", "--verbosity", "0")
    file = tmp_path / "articles.jsonl"
    rows = [
        {"id": n, "source": "Wire", "title": "Dispatch", "published": "2024-03-02", "text": text_of(n)}
        for n in range(3)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    faults = Faults(tmp_path)
    worker = Worker(tmp_path, installation.environment, "--concurrency", "1", lease=2.0)
    try:
        faults.hold(step)
        installation.manage("ingest", str(file))
        faults.arrival(step)
        installation.restart_postgres()
        assert installation.rows("SELECT count(*) FROM timeline_report") == [(0,)]
        faults.free(step)
        # Swept by the worker, as beat has it: this process has another database.
        sweep_until(
            lambda: (
                installation.rows("SELECT count(*) FROM articles_article WHERE extracted_with <> ''")
                == [(3,)]
            ),
            sweep=tasks.sweep.delay,
            what="all articles to be read",
        )
        assert worker.process.poll() is None
    finally:
        worker.kill()
    assert installation.rows("SELECT count(*), count(DISTINCT article_id) FROM timeline_report") == [(3, 3)]
    assert installation.rows("SELECT report_count FROM timeline_event") == [(1,)] * 3
    torn = """SELECT count(*) FROM timeline_report r JOIN articles_article a ON a.id = r.article_id
              WHERE substr(a.text, r.quote_start + 1, r.quote_end - r.quote_start) <> r.quote"""
    assert installation.rows(torn) == [(0,)]
    assert installation.rows("SELECT count(*) FROM articles_article WHERE lease_token IS NOT NULL") == [(0,)]
