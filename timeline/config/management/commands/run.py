"""`manage.py run`: everything in one terminal (engines, web, worker, beat) until Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from io import TextIOBase
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from timeline.config import engines
from timeline.config.supervisor import (
    WATCH_SECONDS,
    GaveUp,
    Program,
    RestartPolicy,
    Supervisor,
    end_orphans,
    identities,
)

PORTS_TRIED = 20
WEB_START_SECONDS = 60
WEB_STATEMENT_TIMEOUT_MS = "5000"
METRICS = "metrics"  # where the web processes count together (PROMETHEUS_MULTIPROC_DIR)


class Command(BaseCommand):
    help = "Runs the whole project in this terminal: database, queue, web, worker and beat. Ctrl-C stops it."
    # The database that the checks would look at is not up yet; `migrate` below runs them.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="Load the demonstration corpus when all is up."
        )
        parser.add_argument(
            "--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)."
        )
        parser.add_argument(
            "--port", type=int, default=8000, help="Port; the next free one is taken if it is busy."
        )
        parser.add_argument("--workers", type=int, default=1, help="Processes that read articles.")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with _only_one(settings.DATA_DIR / "run.lock") as record:
            Runner(options, record, self.stdout).run()


class Runner:
    """One run from start to end."""

    def __init__(self, options: dict[str, Any], record: TextIO, out: TextIOBase) -> None:
        self.options = options
        self.record = record
        self.supervisor = Supervisor(out)
        self.say = self.supervisor.say
        self.engines = engines.Engines(say=self.say)
        self.engine_policy = RestartPolicy(first_wait=0.0)
        self.engines_healed = time.monotonic()
        self.listener: socket.socket | None = None
        self.demo: subprocess.Popen[bytes] | None = None
        self.address = ""
        self.signals = 0
        self.may_interrupt = False

    def run(self) -> None:
        failure = ""
        with self._signals():
            try:
                self._start()
                self._wait_for_web()
                self._tell_address()
                if self.options["demo"]:
                    self._load_demo()
                while not self.signals:
                    self._tick()
            except KeyboardInterrupt:
                self.say("stopping")
            except (GaveUp, engines.EngineError) as error:
                failure = str(error)
            else:
                self.say("stopping")
            finally:
                self._stop()
        if failure:
            raise CommandError(failure)

    def _start(self) -> None:
        if orphans := end_orphans(_read(self.record).get("children", [])):
            self.say(f"ended {orphans} processes that an earlier run had left")
        with self._interruptible():
            began = time.monotonic()
            self.engines.acquire()
            for server in self.engines.servers:
                self.say(f"{server.name} is up")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("reindex", if_missing=True)
            collect_static()
            connections.close_all()
            self.say(f"database and static files are ready ({time.monotonic() - began:.1f} s)")
        self.listener = self._listen()
        self.address = "http://{}:{}/".format(*self.listener.getsockname())
        shutil.rmtree(settings.DATA_DIR / METRICS, ignore_errors=True)  # what an earlier run counted
        os.environ.setdefault("SITE_ADDRESS", self.address)  # what mails and webhooks name
        for program in programs(self.listener.fileno(), self.options["workers"], self.options["verbosity"]):
            self.supervisor.start(program)
        self._note()

    def _listen(self) -> socket.socket:
        """The socket that web inherits: it outlives a restart of web, so requests wait instead of failing."""
        host, first = self.options["host"], self.options["port"]
        for port in range(first, first + PORTS_TRIED):
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((host, port))
            except OSError as error:
                listener.close()
                self.say(f"port {port}: {error.strerror}; trying the next")
                continue
            listener.listen(256)
            return listener
        raise GaveUp(
            f"no free port on {host} from {first} to {first + PORTS_TRIED - 1}: choose one with --port"
        )

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + WEB_START_SECONDS
        assert self.listener
        host, port = self.listener.getsockname()
        while not self.signals:
            self._tick()
            connection = http.client.HTTPConnection(host, port, timeout=2)
            try:
                connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
                connection.getresponse()
            except OSError:
                if time.monotonic() > deadline:
                    raise GaveUp(f"web does not answer at {self.address}") from None
            else:
                return
            finally:
                connection.close()

    def _tell_address(self) -> None:
        if not self.signals:
            self.say(f"ready: {self.address}   admin: {self.address}admin/   Ctrl-C stops everything")

    def _load_demo(self) -> None:
        """In a process of its own, on this terminal, so that the rest is watched over meanwhile."""
        self.demo = subprocess.Popen(
            [sys.executable, "manage.py", "load_demo"], cwd=settings.BASE_DIR, start_new_session=True
        )
        while not self.signals and self.demo.poll() is None:
            self._tick()
        if not self.signals and self.demo.returncode:
            raise GaveUp("the demonstration corpus could not be loaded (its message is above)")
        self._tell_address()

    def _tick(self) -> None:
        with self._interruptible():
            if started := self.engines.heal():
                now = time.monotonic()
                if self.engine_policy.wait_after(now - self.engines_healed) is None:
                    raise GaveUp(
                        f"{' and '.join(started)} died again and again: see the files in {settings.DATA_DIR}/log"
                    )
                self.engines_healed = now
                self.say(f"{' and '.join(started)} had died: running again")
        if self.supervisor.watch():
            self._note()
        time.sleep(WATCH_SECONDS)

    def _stop(self) -> None:
        if self.demo and self.demo.poll() is None:
            self.demo.terminate()
            self.demo.wait()
        self.supervisor.stop(hurry=lambda: self.signals > 1)
        connections.close_all()
        self.engines.release()
        self.address = ""
        self._note()
        self.say("stopped")

    def _note(self) -> None:
        """Write down who runs, for the next run and for whoever asks what runs."""
        children = identities(self.supervisor.pids().values())
        self.record.seek(0)
        self.record.truncate()
        json.dump({"pid": os.getpid(), "address": self.address, "children": children}, self.record)
        self.record.flush()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM or a closed terminal end the run in good order; the second time, by force."""

        def note(number: int, frame: object) -> None:
            self.signals += 1
            if self.may_interrupt:
                self.may_interrupt = False
                raise KeyboardInterrupt

        before = {
            number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """For steps that may take long: a signal breaks them off instead of waiting for the next look."""
        self.may_interrupt = not self.signals
        try:
            yield
        finally:
            self.may_interrupt = False


def collect_static() -> None:
    """Django's collectstatic, unless no file has changed since the last time: it compresses for seconds."""
    files = sorted(
        (name, storage.size(name), storage.get_modified_time(name).timestamp())
        for finder in get_finders()
        for name, storage in finder.list(ignore_patterns=None)
    )
    fingerprint = hashlib.sha256(repr((files, settings.STORAGES["staticfiles"])).encode()).hexdigest()
    collected = Path(settings.STATIC_ROOT) / "collected"
    if not collected.exists() or collected.read_text() != fingerprint:
        call_command("collectstatic", verbosity=0, interactive=False)
        collected.write_text(fingerprint)


def programs(listener: int, workers: int, verbosity: int) -> list[Program]:
    """What runs beside the engines, in the order of starting; `listener` is the web's listening socket."""
    level = "INFO" if verbosity > 1 else "WARNING"
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "timeline.config"]
    worker = [*celery, "worker", "--loglevel", level, "--concurrency", str(workers)]
    worker += ["--without-mingle", "--without-gossip"]  # there is no other worker to talk to
    web = [sys.executable, "-m", "gunicorn", "timeline.config.wsgi", "--bind", f"fd://{listener}"]
    web += ["--config", "python:timeline.config.webserver"]
    # Threads, since a sync worker is killed in the middle of an export that takes longer than its timeout.
    web += [
        "--workers",
        "2",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--graceful-timeout",
        "10",
        "--no-control-socket",
        "--log-level",
        level.lower(),
    ]
    if verbosity > 1:
        web += ["--access-logfile", "-"]
    if settings.DEBUG:
        web += ["--reload"]
    here = settings.BASE_DIR
    # Celery warns at length about running as root; here it only carries ids, as JSON.
    calm = {"PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}
    metrics = settings.DATA_DIR / METRICS
    metrics.mkdir(parents=True, exist_ok=True)
    impatient = {"STATEMENT_TIMEOUT_MS": WEB_STATEMENT_TIMEOUT_MS, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    return [
        Program("worker", worker, calm, here, stop_seconds=30),
        Program("web", web, impatient, here, pass_fds=[listener], stop_seconds=15),
        Program("beat", [*celery, "beat", "--loglevel", level], calm, here, stop_seconds=10),
    ]


@contextlib.contextmanager
def _only_one(path: os.PathLike[str]) -> Iterator[TextIO]:
    """Hold the lock of the one run per data directory; the file tells others where it can be reached."""
    with open(path, "a+", encoding="utf-8") as record:  # noqa: PTH123
        try:
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(record)
            raise CommandError(
                f"it runs already: {other.get('address') or 'it is still starting'} (process {other.get('pid')}). "
                "For a second one, set CONFLICT_TIMELINE_DATA to another directory."
            ) from None
        yield record


def _read(record: TextIO) -> dict[str, Any]:
    record.seek(0)
    try:
        return dict(json.load(record))
    except json.JSONDecodeError:  # new, or a run was killed while it wrote
        return {}
