"""The engines that the project runs for itself: found, started, shared, healed, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu
import psutil
import psycopg
import pytest
import redis

from timeline.config import engines
from timeline.config.engines import place, servers
from timeline.config.engines.place import EngineError, Place

ROOT = os.geteuid() == 0
#: A process that holds the engines of argv[1] until its standard input closes; it prints their process numbers.
HOLDER = """
import sys
from pathlib import Path
from timeline.config import engines
held = engines.Engines(Path(sys.argv[1]), durable=False, say=lambda line: None)
held.acquire()
print(*(server.pid for server in held.servers), flush=True)
sys.stdin.read()
held.release()
"""


@pytest.fixture(autouse=True)
def _no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def directory() -> Iterator[Path]:
    """The path of a data directory for the test alone, which every account may enter."""
    parent = _open_directory()
    yield parent / "var"
    _clean(parent / "var")
    shutil.rmtree(parent)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data directory that several tests use one after the other: making one is the slow part of a start."""
    parent = _open_directory()
    yield parent / "var"
    _clean(parent / "var")
    shutil.rmtree(parent)


def _open_directory() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="engines-"))
    directory.chmod(0o755)
    return directory


def _clean(directory: Path) -> None:
    where = Place.of(directory)
    for server in (servers.Valkey(where, durable=False), servers.Postgres(where, durable=False)):
        server.stop()
    for made in {where.home, where.sockets} - {directory}:
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def hold() -> Iterator[Callable[..., engines.Engines]]:
    """Acquire the engines of a directory; they are released when the test ends."""
    holds: list[engines.Engines] = []

    def acquire(directory: Path, say: Callable[[str], None] = lambda line: None) -> engines.Engines:
        held = engines.Engines(directory, durable=False, say=say)
        holds.append(held)
        held.acquire()
        return held

    yield acquire
    for held in holds:
        held.release()


@pytest.fixture
def holder() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Another process that holds the engines of a directory."""
    started: list[subprocess.Popen[str]] = []

    def start(directory: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=engines.REPOSITORY,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _pids_of(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout
    return [int(word) for word in process.stdout.readline().split()]


def _leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


def _sql(directory: Path, query: str) -> list[tuple]:
    with psycopg.connect(engines.database_url(directory), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def _kill(server: servers.Server) -> None:
    psutil.Process(server.pid).kill()
    while server.lives():
        time.sleep(0.01)


def _valkey(directory: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(Place.of(directory).sockets / "valkey.sock"))


def _broker_answers(address: str) -> bool:
    with kombu.Connection(address) as connection, connection.SimpleQueue("q") as queue:
        queue.put("letter")
        return queue.get(timeout=5).payload == "letter"


@pytest.mark.engines
@pytest.mark.parametrize("name", ["дані & more? 100%", "x" * 200], ids=["odd", "long"])
def test_both_engines_work_in_any_directory(directory: Path, name: str) -> None:
    data = directory / name
    try:
        with engines.running(data, durable=False, say=lambda line: None):
            assert _sql(data, "SELECT lower('КИЇВ'), 'Їжак' ~* 'їЖАК', current_user") == [
                ("київ", True, "timeline")
            ]
            _sql(data, "CREATE EXTENSION pg_trgm")
            assert _broker_answers(engines.redis_url(3, data))
    finally:
        _clean(data)


@pytest.mark.engines
def test_data_outlive_a_stop_and_nothing_is_left_running(
    directory: Path, hold: Callable[..., engines.Engines]
) -> None:
    held = hold(directory)
    pids = [server.pid for server in held.servers]
    _sql(directory, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
    _valkey(directory).set("kept", "7")
    held.release()
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    assert not any(server.socket.exists() for server in held.servers)

    hold(directory)
    assert _sql(directory, "SELECT n FROM kept") == [(7,)]
    assert _valkey(directory).get("kept") == b"7"


@pytest.mark.engines
def test_only_the_owner_may_connect(made: Path, hold: Callable[..., engines.Engines]) -> None:
    held = hold(made)
    sockets = held.place.sockets
    assert sockets.stat().st_mode & 0o077 == 0
    _sql(made, "CREATE ROLE intruder LOGIN SUPERUSER")
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(host=str(sockets), user="intruder", dbname="timeline")
    listening = [c for server in held.servers for c in psutil.Process(server.pid).net_connections("tcp")]
    assert listening == []


@pytest.mark.engines
@pytest.mark.parametrize("which", [0, 1], ids=["postgres", "valkey"])
def test_a_killed_engine_is_back_with_its_data(
    made: Path, hold: Callable[..., engines.Engines], which: int
) -> None:
    held = hold(made)
    _sql(made, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
    _valkey(made).set("kept", "7")
    assert held.heal() == []
    server = held.servers[which]
    before = server.pid
    _kill(server)
    began = time.monotonic()
    assert held.heal() == [server.name]
    assert time.monotonic() - began < 5
    assert server.pid != before
    assert _sql(made, "SELECT n FROM kept") == [(7,)]
    assert _valkey(made).get("kept") == b"7"


@pytest.mark.engines
def test_the_last_to_leave_stops_the_engines(
    made: Path, hold: Callable[..., engines.Engines], holder: Callable[[Path], subprocess.Popen[str]]
) -> None:
    other = holder(made)
    pids = _pids_of(other)
    held = hold(made)
    assert [server.pid for server in held.servers] == pids
    _leave(other)
    assert _sql(made, "SELECT 1") == [(1,)]
    held.release()
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.engines
def test_several_starters_at_once_end_with_one_pair(
    made: Path, holder: Callable[[Path], subprocess.Popen[str]]
) -> None:
    starters = [holder(made) for _ in range(3)]
    pids = [_pids_of(process) for process in starters]
    assert pids[0] == pids[1] == pids[2]
    assert len(pids[0]) == 2
    for process in starters:
        _leave(process)
    assert not any(psutil.pid_exists(pid) for pid in pids[0])


@pytest.mark.engines
def test_orphans_of_a_killed_process_are_adopted(
    made: Path, hold: Callable[..., engines.Engines], holder: Callable[[Path], subprocess.Popen[str]]
) -> None:
    other = holder(made)
    pids = _pids_of(other)
    other.kill()
    other.wait()
    held = hold(made)
    assert [server.pid for server in held.servers] == pids
    held.release()
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.engines
@pytest.mark.parametrize("kind", ["zombie", "other program"])
def test_a_pid_file_whose_number_lives_on_bars_no_start(
    made: Path, hold: Callable[..., engines.Engines], kind: str
) -> None:
    """Postgres takes both for a running server; its own wrapper scripts do as well."""
    held = hold(made)
    _sql(made, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
    server = held.servers[0]
    pid_file = server.directory / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    _kill(server)
    # As the engines' account: Postgres asks whether it may signal the process.
    someone = subprocess.Popen(["sleep", "60"], **server.as_account())
    try:
        if kind == "zombie":
            someone.kill()
            while psutil.Process(someone.pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)
        number = str(someone.pid)
        pid_file.write_text("\n".join([number, *lines[1:]]) + "\n")
        server.socket.with_name(f"{server.socket.name}.lock").write_text(
            "\n".join([number, *lines[1:]]) + "\n"
        )
        assert held.heal() == ["postgres"]
        assert _sql(made, "SELECT n FROM kept") == [(7,)]
    finally:
        someone.kill()
        someone.wait()


@pytest.mark.engines
def test_a_server_whose_socket_was_removed_is_started_anew(
    made: Path, hold: Callable[..., engines.Engines]
) -> None:
    held = hold(made)
    before = held.servers[1].pid
    held.servers[1].socket.unlink()
    again = hold(made)
    assert again.servers[1].pid != before
    assert _valkey(made).ping()
    assert held.heal() == []


@pytest.mark.engines
def test_a_queue_that_cannot_be_read_is_set_aside(made: Path, hold: Callable[..., engines.Engines]) -> None:
    hold(made).release()
    for part in (made / "valkey" / "appendonlydir").glob("*.aof"):
        part.write_bytes(b"no append-only file\n")
    said: list[str] = []
    hold(made, said.append)
    assert _valkey(made).ping()
    assert any("set aside" in line for line in said)
    assert list(made.glob("valkey-unreadable-*"))


@pytest.mark.engines
def test_a_start_that_fails_shows_why(made: Path, hold: Callable[..., engines.Engines]) -> None:
    hold(made).release()
    configuration = made / "postgres" / "postgresql.conf"
    right = configuration.read_text()
    configuration.write_text(f"{right}no_such_setting = 1\n")
    with pytest.raises(
        EngineError, match=r'postgres: it ends at once[\s\S]*unrecognized .*"no_such_setting"'
    ):
        hold(made)
    configuration.write_text(right)
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(made) in " ".join(p.info["cmdline"] or ())]


@pytest.mark.engines
def test_an_initdb_that_was_killed_leaves_no_half_cluster(
    directory: Path, hold: Callable[..., engines.Engines]
) -> None:
    where = Place.of(directory)
    where.prepare(lambda line: None)
    (where.private_directory(directory / "postgres.new") / "PG_VERSION").write_text("15\n")
    hold(directory)
    assert _sql(directory, "SELECT 1") == [(1,)]


@pytest.mark.engines
def test_scratch_databases_of_killed_runs_are_dropped_by_the_next_only_user(
    made: Path, hold: Callable[..., engines.Engines]
) -> None:
    held = hold(made)
    _sql(made, "CREATE DATABASE test_left")
    second = hold(made)
    names = "SELECT count(*) FROM pg_database WHERE datname = 'test_left'"
    assert _sql(made, names) == [(1,)], "somebody may be using it"
    second.release()
    held.release()
    hold(made)
    assert _sql(made, names) == [(0,)]


@pytest.mark.engines
@pytest.mark.skipif(not ROOT, reason="only root hands the engines to another account")
def test_root_in_a_closed_directory_keeps_data_elsewhere_until_the_clone_goes(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    data, said = directory / "var", []
    try:
        with engines.running(data, durable=False, say=said.append):
            _sql(data, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
        assert str(place.ELSEWHERE) in said[0]
        with engines.running(data, durable=False, say=pytest.fail):
            assert _sql(data, "SELECT n FROM kept") == [(7,)]
        shutil.rmtree(data)  # the clone is deleted, and another is made at the same path
        with engines.running(data, durable=False, say=said.append):
            assert _sql(data, "SELECT to_regclass('kept')") == [(None,)]
        assert any("set aside" in line for line in said)
    finally:
        _clean(data)
        for aside in place.ELSEWHERE.glob(f"{Place.of(data).home.name}-*"):
            shutil.rmtree(aside)


@pytest.mark.engines
def test_commands_hold_the_engines_only_where_they_need_them(
    monkeypatch: pytest.MonkeyPatch, directory: Path
) -> None:
    monkeypatch.setenv("CONFLICT_TIMELINE_DATA", str(directory))
    for argv in (
        ["manage.py"],
        ["manage.py", "help"],
        ["manage.py", "run", "--demo"],
        ["manage.py", "ingest", "--help"],
    ):
        with engines.for_command(argv):
            assert not directory.exists(), argv
    with engines.for_command(["manage.py", "ingest", "file.jsonl"]):
        assert _sql(directory, "SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        _sql(directory, "SELECT 1")


@pytest.mark.engines
def test_sigterm_ends_a_stuck_server_by_force_at_last(
    made: Path, hold: Callable[..., engines.Engines], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(made)
    valkey = held.servers[1]
    monkeypatch.setattr(type(valkey), "stop_signals", ((signal.SIGTERM, 0.2), (signal.SIGKILL, 10)))
    process = psutil.Process(valkey.pid)
    process.suspend()
    valkey.stop()
    assert not process.is_running()
