"""Where the engines of a data directory live, and as whom they run."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: Where engine data goes when root runs the project in a place that the engines' account cannot enter.
ELSEWHERE = Path("/var/lib/conflict-timeline")
# The longest socket name, ".s.PGSQL.5432", must fit with its directory into sockaddr_un: 104 bytes on macOS.
_SOCKET_DIRECTORY_LIMIT = 103 - len("/.s.PGSQL.5432")


class EngineError(RuntimeError):
    """An engine cannot be found, started or reached; the message names the mend."""


@dataclass(frozen=True)
class Place:
    """Where the engines of one data directory live, and as whom.

    Postgres refuses to run as root, so root hands both engines to an account that exists already. That
    account must be able to walk to the data: where it cannot (a clone below /root, or in a directory made by
    `mktemp -d`), the engines' home is a directory of its own below /var/lib.
    """

    data_dir: Path
    home: Path
    sockets: Path
    account: pwd.struct_passwd | None

    @classmethod
    def of(cls, directory: Path) -> "Place":
        directory = directory.resolve()
        account = _unprivileged_account() if os.geteuid() == 0 else None
        digest = hashlib.sha256(f"{os.geteuid()} {directory}".encode()).hexdigest()[:12]
        home = directory if account is None or can_enter(account, directory.parent) else ELSEWHERE / digest
        sockets = home / "run"
        if len(os.fsencode(sockets)) > _SOCKET_DIRECTORY_LIMIT:
            sockets = Path("/tmp") / f"conflict-timeline-{digest}"  # noqa: S108 (mode 0700, owner checked)
        return cls(directory, home, sockets, account)

    def prepare(self, say: Callable[[str], None]) -> None:
        """Make the directories. Raises EngineError where that cannot be done safely."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            (self.data_dir / "log").mkdir(exist_ok=True)
            if self.home != self.data_dir:
                self._prepare_elsewhere(say)
            elif self.account:
                self.data_dir.chmod(stat.S_IMODE(self.data_dir.stat().st_mode) | 0o011)
        except OSError as error:
            raise EngineError(
                f"cannot keep data in {self.home}: {error.strerror}. "
                "Set CONFLICT_TIMELINE_DATA to a directory that may be written."
            ) from error
        self.private_directory(self.sockets)

    def _prepare_elsewhere(self, say: Callable[[str], None]) -> None:
        """Make the home below /var/lib; the data of an earlier clone at the same path is set aside."""
        for directory in (self.home.parent, self.home):
            directory.mkdir(exist_ok=True)
            directory.chmod(0o755)
        ours, theirs = self.data_dir / "engines.id", self.home / "engines.id"
        if not ours.exists():
            ours.write_text(secrets.token_hex(16))
        if theirs.exists() and theirs.read_text() != ours.read_text():
            aside = self.home.with_name(f"{self.home.name}-{int(time.time())}")
            self.home.rename(aside)
            say(f"{self.home} belonged to an earlier {self.data_dir}: set aside as {aside.name}")
            self.home.mkdir(mode=0o755)
        if not theirs.exists():
            shutil.copyfile(ours, theirs)
            say(
                f"the account {self.account.pw_name if self.account else ''} cannot enter "
                f"{self.data_dir.parent}: engine data goes to {self.home}"
            )

    def private_directory(self, directory: Path) -> Path:
        """Make a directory that belongs to the engines' account and to nobody else."""
        owner = self.account.pw_uid if self.account else os.geteuid()
        if not directory.exists():
            directory.mkdir(mode=0o700)
            if self.account:
                os.chown(directory, self.account.pw_uid, self.account.pw_gid)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise EngineError(
                f"{directory} belongs to {_user_name(found.st_uid)}, not to {_user_name(owner)}: "
                "run as the user who made it, move it away, or set CONFLICT_TIMELINE_DATA to another directory."
            )
        directory.chmod(0o700)
        return directory

    def owner_name(self) -> str:
        """The operating system's user who runs the project."""
        try:
            return pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            raise EngineError(
                f"user {os.geteuid()} has no name in /etc/passwd, which Postgres asks for: "
                "run as a user who has one, or set DATABASE_URL and REDIS_URL."
            ) from None


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EngineError(
        "Postgres does not run as root, and there is no account postgres or nobody: use another user."
    )


def can_enter(account: pwd.struct_passwd, directory: Path) -> bool:
    """Whether the mode bits let an account walk to a directory (what does not exist yet does not bar it)."""
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    for step in (directory, *directory.parents):
        try:
            found = step.stat()
        except FileNotFoundError:
            continue
        except PermissionError:
            return False
        if found.st_uid == account.pw_uid:
            needed = stat.S_IXUSR
        elif found.st_gid in groups:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True
