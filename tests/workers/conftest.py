"""Real workers, and a broker of this test session's own that gets stopped, killed and wiped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import pytest
import redis
from django.db import connection

from articles import doorbell
from timeline import tasks
from timeline.config import celery_app, engines
from timeline.config.engines.place import Place
from timeline.config.engines.servers import Valkey
from timeline.extraction import Document, extract


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.engines)


def until(condition: Callable[[], object], seconds: float = 20.0, what: str = "") -> None:
    """Wait for `condition`, or fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s in vain for {what or condition}")
        time.sleep(0.05)


def sweep_until(
    condition: Callable[[], object],
    seconds: float = 20.0,
    what: str = "",
    sweep: Callable[[], object] = tasks.sweep,
) -> None:
    """Wait for `condition`, sweeping once a second where beat does it once a minute."""
    last = float("-inf")

    def swept() -> object:
        nonlocal last
        if time.monotonic() - last >= 1:
            sweep()
            last = time.monotonic()
        return condition()

    until(swept, seconds, what)


class Broker:
    """A Valkey of the session's own."""

    def __init__(self, directory: Path) -> None:
        place = Place.of(directory)
        place.prepare(lambda line: None)
        self.server = Valkey(place, durable=False)
        self.url = f"redis+socket://{quote(str(self.server.socket))}?virtual_host=0"

    def start(self) -> None:
        self.server.ensure(lambda line: None)

    def stop(self) -> None:
        self.server.stop()

    def kill(self) -> None:
        assert self.server.pid
        psutil.Process(self.server.pid).kill()
        until(lambda: not self.server.lives(), what="the broker's end")

    def wipe(self) -> None:
        with self._client() as client:
            client.flushall()

    def waiting(self) -> int:
        with self._client() as client:
            return int(client.llen("extract"))

    def unacknowledged(self) -> int:
        with self._client() as client:
            return int(client.hlen("unacked"))

    def _client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.server.socket), socket_timeout=5)


@pytest.fixture(scope="session", autouse=True)
def _gazetteer() -> None:
    """Built before any worker needs it: that takes a while on a fresh machine, and workers here get killed."""
    extract(Document(text="Shelling hit Kharkiv.", published=datetime(2024, 3, 2, tzinfo=UTC), title=""))


@pytest.fixture(scope="session")
def own_broker() -> Iterator[Broker]:
    directory = Path(tempfile.mkdtemp(prefix="workers-"))
    directory.chmod(0o755)
    broker = Broker(directory / "var")
    yield broker
    broker.stop()
    shutil.rmtree(broker.server.place.sockets, ignore_errors=True)
    shutil.rmtree(directory)


def use_broker(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Make this process ring at `url`: the environment comes first for Celery, but its pools are kept."""
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    monkeypatch.setattr(celery_app, "_pool", None)
    monkeypatch.setattr(celery_app.amqp, "_producer_pool", None)
    monkeypatch.setattr(doorbell, "silence", doorbell.Silence())


@pytest.fixture
def broker(own_broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Broker:
    """Running and empty."""
    own_broker.start()
    own_broker.wipe()
    use_broker(monkeypatch, own_broker.url)
    return own_broker


class Worker:
    """One worker: a main process and its pool. It is ready once it is made."""

    def __init__(
        self,
        directory: Path,
        environment: dict[str, str],
        *arguments: str,
        lease: float = 300.0,
        visibility: float = 600.0,
        canary: float = 30.0,
        silent: float = 180.0,
    ) -> None:
        """`directory` is where its faults are led from (`Faults`) and where it writes its log."""
        number = len(list(directory.glob("worker*.log")))
        self.log = directory / f"worker{number}.log"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.workers.faulty_worker", "--loglevel", "INFO"),
                    *("-n", f"worker{number}@test", *arguments),
                ],
                cwd=engines.REPOSITORY,
                env={
                    **os.environ,
                    "PYTHONWARNINGS": "ignore",
                    "FAULTS": str(directory),
                    "LEASE_SECONDS": str(lease),
                    "VISIBILITY_SECONDS": str(visibility),
                    "CANARY_SECONDS": str(canary),
                    "SILENT_SECONDS": str(silent),
                    **environment,
                },
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        until(lambda: self.said("ready.") or self.process.poll() is not None, 60, "a worker to be ready")
        assert self.process.poll() is None, self.log.read_text()

    @property
    def pool(self) -> list[int]:
        """The pool's processes. The children of those (parsers) are not counted."""
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def kill(self) -> None:
        """kill -9, the whole family at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Faults:
    """The test's end of the files by which a faulty worker is led."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def hold(self, step: str) -> None:
        (self.directory / f"{step}.hold").touch()

    def free(self, step: str) -> None:
        (self.directory / f"{step}.hold").unlink()
        for mark in self.directory.glob(f"{step}.at.*"):
            mark.unlink()

    def at(self, step: str) -> list[int]:
        """The processes that wait at the step."""
        return [int(mark.suffix[1:]) for mark in self.directory.glob(f"{step}.at.*")]

    def arrival(self, step: str, seconds: float = 30.0) -> int:
        until(lambda: self.at(step), seconds, f"a worker at the step “{step}”")
        return self.at(step)[0]

    def mend(self) -> None:
        (self.directory / "mended").touch()

    def extractions(self) -> list[int]:
        """The ids of the articles that were extracted, one for each time."""
        calls = self.directory / "calls"
        return [int(line) for line in calls.read_text().split()] if calls.exists() else []


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    return Faults(tmp_path)


@pytest.fixture
def environment(transactional_db, broker: Broker) -> dict[str, str]:
    """Of a program that is to work on the test's database and broker."""
    database = urlsplit(engines.database_url())._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": broker.url,
    }


@pytest.fixture
def start_worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start a worker on the test's database and broker: as `Worker`, with Celery's arguments and the times."""
    started: list[Worker] = []

    def start(*arguments: str, concurrency: int = 1, broker_url: str = "", **times: float) -> Worker:
        variables = environment | (
            {"REDIS_URL": broker_url, "CELERY_BROKER_URL": broker_url} if broker_url else {}
        )
        worker = Worker(tmp_path, variables, "--concurrency", str(concurrency), *arguments, **times)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
