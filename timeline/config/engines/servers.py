"""The two servers that `timeline.config.engines` runs: data, start, health and stop."""

import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import psutil

from timeline.config.engines.place import EngineError, Place
from timeline.config.engines.programs import major_version, postgres_programs, valkey_server

START_SECONDS = 60
START_ATTEMPTS = 5
LOG_TAIL_LINES = 15
# No system gives a process this number (Linux stops at 4194304, macOS at 99998).
_NO_PROCESS = 2**30


class Server(ABC):
    """One engine on one data directory.

    The live server of a directory is the process of the right name whose command line holds that directory.
    A pid file is not asked: after kill -9 its number may belong to a zombie or to another program.
    """

    name: ClassVar[str]
    process_names: ClassVar[frozenset[str]]
    stop_signals: ClassVar[tuple[tuple[signal.Signals, float], ...]]

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.durable = durable
        self.directory = place.home / self.name
        self.log = place.data_dir / "log" / f"{self.name}.log"
        self._process: psutil.Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def socket(self) -> Path:
        """The Unix socket that clients use."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client can work now."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line; it holds `directory` as one argument."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data directory ready to be started on, also after kill -9."""

    def finish(self) -> None:  # noqa: B027 (optional)
        """What remains to be done when a server that was just started answers."""

    def clear_leftovers(self) -> None:  # noqa: B027 (optional)
        """Remove what killed test runs have left (called only for scratch directories, by their only user)."""

    def set_aside(self) -> bool:
        """Move away data that the server cannot read, where that loses nothing; whether that was done."""
        return False

    @property
    def pid(self) -> int | None:
        """The number of the process that was last seen."""
        return self._process.pid if self._process else None

    def lives(self) -> bool:
        """Whether the process that was last seen still runs. A zombie does not."""
        return self._process is not None and _alive(self._process)

    def ensure(self, say: Callable[[str], None]) -> bool:
        """Adopt the running server or start one, and wait until it answers; whether one was started."""
        self._process = self._find()
        if self._process and not self.socket.exists():
            self.stop()  # nobody can reach it: its socket was removed
        if self._process and self._answers_in_time():
            return False
        for attempt in range(1, START_ATTEMPTS + 1):
            if self._start():
                self.finish()
                return True
            time.sleep(0.2 * attempt)
        if self.set_aside() and self._start():
            say(f"{self.name} could not read its data: they were set aside beside {self.directory}")
            return True
        raise self._failure("it ends at once when started")

    def _start(self) -> bool:
        """Start the server; False where it ends before it answers."""
        self.prepare()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 (our own command line)
                self.command(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
                **self.as_account(),
            )
        self._process = psutil.Process(self._child.pid)
        return self._answers_in_time()

    def _answers_in_time(self) -> bool:
        """Wait until the server answers; False where it ends before that."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.lives():
                return False
            if time.monotonic() > deadline:
                raise self._failure(f"it runs but has not answered for {START_SECONDS} s")
            time.sleep(0.02)
        return True

    def stop(self) -> None:
        """End the server, politely first; returns when it is gone."""
        process, self._process = self._process or self._find(), None
        for number, seconds in self.stop_signals:
            if process is None or not _alive(process):
                break
            with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                process.send_signal(number)
                process.wait(seconds)
        if self._child is not None:
            self._child.wait()
            self._child = None

    def as_account(self) -> dict[str, Any]:
        """Arguments of subprocess that run a program as the engines' account, with nothing of our environment."""
        arguments: dict[str, Any] = {
            "cwd": self.place.home,
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            "stdin": subprocess.DEVNULL,
        }
        if account := self.place.account:
            arguments |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        return arguments

    def _find(self) -> psutil.Process | None:
        found = [
            process
            for process in psutil.process_iter(["name", "cmdline", "create_time"])
            if process.info["name"] in self.process_names
            and str(self.directory) in (process.info["cmdline"] or ())
            and _alive(process)
        ]
        # A child that Postgres has just forked still has its parent's command line.
        return min(found, key=lambda process: process.info["create_time"], default=None)

    def _failure(self, what: str) -> EngineError:
        tail = (
            self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:] if self.log.exists() else []
        )
        return EngineError(f"{self.name}: {what}. The end of {self.log}:\n  " + "\n  ".join(tail))


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


class Postgres(Server):
    """PostgreSQL on a Unix socket only; the one who runs the project is its superuser `timeline`."""

    name = "postgres"
    process_names = frozenset({"postgres"})
    # Fast shutdown; then immediate (the write-ahead log repairs it at the next start); then force.
    stop_signals = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))
    role = database = "timeline"

    @property
    def socket(self) -> Path:
        return self.place.sockets / ".s.PGSQL.5432"

    def answers(self) -> bool:
        import psycopg

        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self.place.sockets),
            user=self.role,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def command(self) -> list[str]:
        memory = psutil.virtual_memory().total // 2**20
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "shared_buffers": f"{max(32, min(512, memory // 16))}MB",
            "effective_cache_size": f"{max(128, memory // 3)}MB",
            "work_mem": f"{max(4, min(32, memory // 512))}MB",
            "maintenance_work_mem": f"{max(32, min(256, memory // 32))}MB",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [
            str(postgres_programs(self.place, self.directory) / "postgres"),
            "-D",
            str(self.directory),
            *options,
        ]

    def prepare(self) -> None:
        if not self.directory.exists():
            self._create_cluster()
        self.place.private_directory(self.directory)
        # Only the operating system's user who runs the project may connect; the server asks the kernel.
        # Written at every start, because another user may run it next time.
        (self.directory / "pg_hba.conf").write_text("local all all peer map=owner\n")
        (self.directory / "pg_ident.conf").write_text(f'owner "{self.place.owner_name()}" {self.role}\n')
        self._disown_pid_file()

    def _create_cluster(self) -> None:
        """initdb, in a directory that gets its name when it is whole: a killed initdb leaves no half cluster."""
        new = self.directory.with_name("postgres.new")
        if new.exists():
            shutil.rmtree(new)
        self.place.private_directory(new)
        programs = postgres_programs(self.place, self.directory)
        if major_version(programs / "postgres") >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8"]
        command = [
            str(programs / "initdb"),
            "-D",
            str(new),
            "-U",
            self.role,
            "-E",
            "UTF8",
            "-A",
            "peer",
            "-k",
            *locale,
        ]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603 (our own command line)
            command, capture_output=True, text=True, check=False, **self.as_account()
        )
        if done.returncode:
            raise EngineError(f"initdb could not create {self.directory}:\n{done.stdout}{done.stderr}")
        new.rename(self.directory)

    def _disown_pid_file(self) -> None:
        """Make a dead server's pid files harmless (no server of this directory runs when this is called).

        Postgres will not start while the number in postmaster.pid answers to signal 0, which a zombie and
        an unrelated program do as well. The rest of the file stays: with it Postgres notices backends of
        the dead server that still use its shared memory.
        """
        pid_file = self.directory / "postmaster.pid"
        if pid_file.exists():
            lines = pid_file.read_text().splitlines()
            pid_file.write_text("\n".join([str(_NO_PROCESS), *lines[1:]]) + "\n")
        self.socket.with_name(f"{self.socket.name}.lock").unlink(missing_ok=True)

    def finish(self) -> None:
        with self._connect() as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.database]
            ).rowcount:
                connection.execute(f"CREATE DATABASE {self.database}")

    def clear_leftovers(self) -> None:
        with self._connect() as connection:
            for (name,) in connection.execute(
                r"SELECT quote_ident(datname) FROM pg_database WHERE datname ~ '^test_'"
            ):
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Valkey(Server):
    """Valkey or Redis on a Unix socket only, with an append-only file: queued work survives kill -9."""

    name = "valkey"
    process_names = frozenset({"valkey-server", "redis-server"})
    stop_signals = ((signal.SIGTERM, 10), (signal.SIGKILL, 10))
    socket_name = "valkey.sock"
    databases = 64

    @property
    def socket(self) -> Path:
        return self.place.sockets / self.socket_name

    def answers(self) -> bool:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False
        finally:
            client.close()

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "databases": str(self.databases),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec" if self.durable else "no",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",  # keeps `directory` in the command line
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(valkey_server(self.place)), *options]

    def prepare(self) -> None:
        self.place.private_directory(self.directory)
        self.socket.unlink(missing_ok=True)

    def set_aside(self) -> bool:
        """The queue may be lost without harm: Postgres holds the work, and the sweep rings again."""
        if not self.directory.exists():
            return False
        self.directory.rename(self.directory.with_name(f"{self.name}-unreadable-{int(time.time())}"))
        return True
