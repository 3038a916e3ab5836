"""Postgres restarted under a worker: the articles are tried again and each is written once."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.workers.conftest import Faults, Worker, sweep_until, until, use_broker
from tests.workers.ledgers import text_of
from timeline import tasks
from timeline.config import engines

#: Of the installation's Postgres: a segment of its log, which must go on.
LONGEST_FILE = 16 << 20


@contextlib.contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """What is started meanwhile cannot write longer ones: the write itself fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


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
            timeout=180,
        )

    def ingest(self, file: Path) -> str:
        """What `manage.py ingest` said of the file."""
        done = subprocess.run(
            [sys.executable, "manage.py", "ingest", str(file), "--source", "Wire"],
            cwd=engines.REPOSITORY,
            env={**os.environ, **self.environment},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def stop_postgres(self) -> None:
        """As `pg_ctl stop -m immediate` does: every connection breaks."""
        postgres = self.held.servers[0]
        assert postgres.pid
        process = psutil.Process(postgres.pid)
        process.send_signal(signal.SIGQUIT)
        process.wait(10)

    def start_postgres(self) -> None:
        with files_no_longer_than(LONGEST_FILE):
            self.held.heal()

    def restart_postgres(self) -> None:
        self.stop_postgres()
        self.start_postgres()

    @contextlib.contextmanager
    def web(self) -> Iterator[Callable[[str], http.client.HTTPResponse]]:
        """A web server of it, as a function that asks for a path."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            process = subprocess.Popen(
                [
                    *(
                        sys.executable,
                        "-m",
                        "gunicorn",
                        "timeline.config.wsgi",
                        "--bind",
                        f"fd://{listener.fileno()}",
                    ),
                    *("--worker-class", "gthread", "--threads", "4", "--no-control-socket"),
                ],
                cwd=engines.REPOSITORY,
                env={**os.environ, **self.environment, "DJANGO_SETTINGS_MODULE": "tests.settings"},
                pass_fds=[listener.fileno()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

            def get(path: str) -> http.client.HTTPResponse:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("GET", path, headers={"Connection": "close", "Cookie": "sessionid=none"})
                answer = connection.getresponse()
                answer.read()
                return answer

            try:
                yield get
            finally:
                process.terminate()
                process.wait(20)


@pytest.fixture(scope="module")
def migrated() -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        parent = Path(tempfile.mkdtemp(prefix="restart-"))
        parent.chmod(0o755)
        installation = Installation(parent / "var")
        with files_no_longer_than(LONGEST_FILE):
            installation.held.acquire()
        installation.manage("migrate", "--verbosity", "0")
        yield installation
        installation.held.release()
    place = installation.held.place
    for directory in {place.home, place.sockets, parent}:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def installation(migrated, monkeypatch) -> Installation:
    """Up, and without articles."""
    use_broker(monkeypatch, migrated.broker)
    with psycopg.connect(migrated.database) as connection:
        connection.execute("TRUNCATE articles_source, timeline_event CASCADE")
    return migrated


@pytest.mark.parametrize("step", ["extract", "write"])
def test_postgres_restarted_in_the_middle_of_an_article(installation, tmp_path, step):
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


def test_postgres_restarted_while_pages_are_asked_for(installation):
    answers: list[tuple[int, str | None]] = []
    done = threading.Event()
    with installation.web() as get:
        assert get("/").status == 200

        def read(path: str) -> None:
            while not done.is_set():
                answer = get(path)
                answers.append((answer.status, answer.headers["Retry-After"]))

        readers = [threading.Thread(target=read, args=(path,)) for path in ("/", "/sources/", "/searches/")]
        for reader in readers:
            reader.start()
        installation.stop_postgres()
        until(lambda: (503, "10") in answers, what="a page that says when to come back")
        installation.start_postgres()
        done.set()
        for reader in readers:
            reader.join(30)
        assert set(answers) <= {(200, None), (503, "10")}
        assert [get("/").status for _ in range(8)] == [200] * 8, "each thread has a connection that works"


def test_a_disk_that_takes_no_more_of_pages_stores_nothing_by_halves(installation, tmp_path):
    """Every write that would lengthen the file of snapshots fails in the operating system."""
    text = "".join(f"<p>{text_of(n)} {os.urandom(40).hex()}</p>" for n in range(60))
    page = tmp_path / "page.html"
    page.write_text(
        '<html><head><title>Strike</title><meta property="article:published_time" content="2024-03-02">'
        f"</head><body><article><h1>Strike</h1>{text}</article></body></html>"
    )
    assert installation.ingest(page)
    [(article,)] = installation.rows("SELECT id FROM articles_article")
    with psycopg.connect(installation.database, autocommit=True) as connection:
        with pytest.raises(psycopg.Error, match="File too large"):  # noqa: PT012
            for _ in range(40):
                connection.execute(
                    "INSERT INTO articles_snapshot (article_id, body, content_type, size, sha256, taken_at) "
                    "VALUES (%s, %s, '', 1, '', now())",
                    (article, os.urandom(1 << 20)),
                )
        page.write_text(page.read_text().replace("Strike", "Another strike").replace("Nikopol", "Odesa"))
        assert "File too large" in installation.ingest(page)
        assert installation.rows("SELECT count(*) FROM articles_article") == [(1,)]
        assert installation.rows("SELECT count(*) FROM articles_articleversion") == [(0,)]
        connection.execute("TRUNCATE articles_snapshot")  # there is room again
    installation.ingest(page)
    assert installation.rows("SELECT count(*) FROM articles_article") == [(2,)]
    assert installation.rows("SELECT count(*) FROM articles_snapshot") == [(1,)]
