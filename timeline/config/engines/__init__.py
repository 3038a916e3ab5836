"""A real Postgres and a real Valkey (or Redis) for a machine where nobody has set them up.

With DATABASE_URL and REDIS_URL set, this module starts nothing. For each one that is unset it runs an engine
of its own under `data_dir()`, reachable through Unix sockets that only the owner of the data may open:

    settings.py       database_url(), redis_url()     (no side effect: they only say where the engines will be)
    manage.py         with engines.for_command(sys.argv): execute_from_command_line(sys.argv)
    manage.py run     held = engines.Engines(); held.acquire(); held.heal() twice a second; held.release()
    tests             with engines.running(directory, durable=False): ...

The engines are shared by every process that asks for them: the first starts them, the last one to leave stops
them. Who uses them is a shared `flock`, so the kernel keeps the count and kill -9 cannot spoil it; engines
that were orphaned that way are adopted by the next process. `Engines` says how.

Layout of the data directory: postgres/ and valkey/ (the data), run/ (sockets), log/ (one file per engine).
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from timeline.config.engines.place import EngineError, Place
from timeline.config.engines.servers import Postgres, Server, Valkey

__all__ = [
    "EngineError",
    "Engines",
    "Postgres",
    "Valkey",
    "data_dir",
    "database_url",
    "for_command",
    "redis_url",
    "running",
]

REPOSITORY = Path(__file__).resolve().parents[3]
#: Commands of manage.py that need no engine, or (run) hold the engines themselves.
WITHOUT_ENGINES = frozenset(
    {"", "check", "collectstatic", "compilemessages", "extract", "help", "makemessages", "run", "version"}
)


def data_dir() -> Path:
    """The directory of everything the project keeps: CONFLICT_TIMELINE_DATA, or var/ in the repository."""
    return Path(os.environ.get("CONFLICT_TIMELINE_DATA") or REPOSITORY / "var").resolve()


def database_url(directory: Path | None = None) -> str:
    """DATABASE_URL, or the address of the project's own Postgres: for psycopg and for django-environ."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    sockets = Place.of(directory or data_dir()).sockets
    return f"postgresql://{Postgres.role}@/{Postgres.database}?host={quote(str(sockets), safe='')}"


def redis_url(db: int = 0, directory: Path | None = None) -> str:
    """REDIS_URL, or the address of the project's own Valkey as Celery (kombu) writes it."""
    if url := os.environ.get("REDIS_URL"):
        return url
    socket = Place.of(directory or data_dir()).sockets / Valkey.socket_name
    return f"redis+socket://{quote(str(socket))}?virtual_host={db}"


class Engines:
    """This process's hold on the engines of one data directory.

    Two lock files keep processes apart: `engines.lock` is held, alone, while anyone starts or stops an
    engine; `engines.users` is held, shared, for as long as a process uses them. A process that gets
    `engines.users` for itself alone is the only user: it may clear leftovers, or stop the engines.
    """

    def __init__(
        self, directory: Path | None = None, *, durable: bool = True, say: Callable[[str], None] = print
    ) -> None:
        """`durable=False` trades safety on power loss for speed; it is for tests. `say` gets progress lines."""
        self.place = Place.of(directory or data_dir())
        self.durable = durable
        self.say = say
        self._users: TextIO | None = None

    @cached_property
    def servers(self) -> tuple[Server, ...]:
        servers: list[Server] = []
        if not os.environ.get("DATABASE_URL"):
            servers.append(Postgres(self.place, durable=self.durable))
        if not os.environ.get("REDIS_URL"):
            servers.append(Valkey(self.place, durable=self.durable))
        return tuple(servers)

    def acquire(self) -> None:
        """Count this process as a user and see to it that every engine answers."""
        if not self.servers:
            return
        self.place.prepare(self.say)
        with self._changing():
            self._users = (self.place.data_dir / "engines.users").open("a")
            alone = _lock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                self._start_missing()
                if alone and not self.durable:
                    for server in self.servers:
                        server.clear_leftovers()
            except BaseException:
                self._leave()
                raise
            _lock(self._users, fcntl.LOCK_SH)

    def heal(self) -> list[str]:
        """Start the engines that have died since; returns their names. Cheap enough to call twice a second."""
        if all(server.lives() for server in self.servers):
            return []
        with self._changing():
            return self._start_missing()

    def release(self) -> None:
        """Give up the hold; the last one to do so stops the engines."""
        if self._users is None:
            return
        with self._changing():
            self._leave()

    def _start_missing(self) -> list[str]:
        return [server.name for server in self.servers if server.ensure(self.say)]

    def _leave(self) -> None:
        assert self._users is not None
        if _lock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for server in reversed(self.servers):
                server.stop()
        self._users.close()
        self._users = None

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with (self.place.data_dir / "engines.lock").open("a") as lock:
            if not _lock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB):
                self.say("another process is starting or stopping the engines: waiting for it")
                _lock(lock, fcntl.LOCK_EX)
            yield


def _lock(file: TextIO, mode: int) -> bool:
    """Take a lock that goes with the open file; False where another process is in the way and NB was asked."""
    try:
        fcntl.flock(file, mode)
    except BlockingIOError:
        return False
    return True


@contextmanager
def running(
    directory: Path | None = None, *, durable: bool = True, say: Callable[[str], None] = print
) -> Iterator[None]:
    """Hold the engines of a data directory: start those that do not run, stop them when nobody needs them."""
    held = Engines(directory, durable=durable, say=say)
    held.acquire()
    try:
        yield
    finally:
        held.release()


@contextmanager
def for_command(argv: list[str]) -> Iterator[None]:
    """Hold the engines while a command of manage.py runs, unless it is one that needs none."""
    command = argv[1] if len(argv) > 1 else ""
    if command in WITHOUT_ENGINES or {"-h", "--help", "--version"} & set(argv[1:]):
        yield
        return
    with running(say=lambda line: None):
        yield
