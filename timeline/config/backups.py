"""The whole instance in one file, and back.

    write(Path("backup.zip"))                  # a consistent picture, while everything runs
    restore(Path("backup.zip"))                # into an empty database; compares every row with the backup

A zip of PostgreSQL's own COPY text, one member a table, and a manifest with counts, checksums and the migrations
that were applied. It needs no program (`pg_dump` is not in the image) and goes from one version of PostgreSQL to
another. An older release's backup is restored at its own migrations and then migrated. Left out: sessions and
heartbeats. Redis holds nothing that is to be kept; the secrets of .env are yours to keep elsewhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"django_session", "operations_heartbeat"}
#: What stands for "somebody uses this database": a restore must not run over it unasked.
TELLING = ("articles_article", "auth_user")


class BackupError(Exception):
    """Why a backup cannot be made or restored, and the mend."""


@dataclass(frozen=True)
class Table:
    name: str
    columns: list[str]
    key: str
    """What its rows are ordered by, so that equal tables have equal checksums."""

    def copy_out(self, connection: BaseDatabaseWrapper) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(map(quote, self.columns))
        rows = f"SELECT {columns} FROM {quote(self.name)} ORDER BY {quote(self.key)}"  # noqa: S608 - quoted names
        return f"COPY ({rows}) TO STDOUT"

    def copy_in(self, connection: BaseDatabaseWrapper) -> str:
        quote = connection.ops.quote_name
        return f"COPY {quote(self.name)} ({', '.join(map(quote, self.columns))}) FROM STDIN"


def write(path: Path, using: str = "default") -> dict[str, Any]:
    """Write a backup to `path`, which gets its name when it is whole. The manifest."""
    connection = connections[using]
    draft = path.with_name(f".{path.name}.part")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        "tables": {},
    }
    try:
        with (
            draft.open("xb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
            transaction.atomic(using=using),
        ):
            os.fchmod(file.fileno(), 0o600)  # password hashes are in it
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
            for table in tables(connection):
                with archive.open(f"{table.name}.copy", "w", force_zip64=True) as member:
                    manifest["tables"][table.name] = {"columns": table.columns, "key": table.key} | _copy_out(
                        connection, table, member.write
                    )
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        _sync(draft)
        draft.rename(path)
        _sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise BackupError(
            f"{path} could not be written ({error.strerror}). Free room or give another path."
        ) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return manifest


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def tables(connection: BaseDatabaseWrapper) -> list[Table]:
    """Every table of ours that is kept, those that others point to first."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            name = model._meta.db_table
            if name not in names - LEFT_OUT or name in found:
                continue
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
                "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
                [name],
            )
            columns = [row[0] for row in cursor]
            assert model._meta.pk is not None
            found[name] = Table(name, columns, model._meta.pk.column or columns[0])
    # Triggers look at the rows that a row points to (a quote at its article).
    order = {app: number for number, app in enumerate(("contenttypes", "auth", "articles"))}
    labels = {m._meta.db_table: m._meta.app_label for m in apps.get_models(include_auto_created=True)}
    return sorted(found.values(), key=lambda table: order.get(labels[table.name], len(order)))


def _copy_out(connection: BaseDatabaseWrapper, table: Table, sink: Any) -> dict[str, Any]:
    digest = hashlib.sha256()
    rows = 0
    with connection.cursor() as cursor, cursor.copy(table.copy_out(connection)) as copy:
        for data in copy:
            digest.update(data)
            rows += bytes(data).count(
                b"\n"
            )  # COPY's text has one line a row: line breaks in values are escaped
            sink(data)
    return {"rows": rows, "sha256": digest.hexdigest()}


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a whole, undamaged backup. Raises BackupError."""
    try:
        with zipfile.ZipFile(path) as archive:
            if damaged := archive.testzip():
                raise BackupError(f"{path} is damaged at {damaged}. Take another backup.")
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError(
            f"{path} is no backup of ours ({error}). Give a file that `manage.py backup` wrote."
        ) from error
    if manifest.get("format") != FORMAT:
        raise BackupError(
            f"{path} has format {manifest.get('format')}; this release reads {FORMAT}. Use its release."
        )
    return manifest


def restore(path: Path, using: str = "default", *, replace: bool = False) -> dict[str, Any]:
    """Make the database what it was. All or nothing; raises BackupError. The manifest."""
    manifest = read_manifest(path)
    connection = connections[using]
    if not replace and (used := _used(connection)):
        raise BackupError(
            f"The database is in use: {used} has rows. Restore into an empty one, or give --replace to lose "
            "what it has."
        )
    _migrate_to(manifest, using)
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            _load(path, manifest, connection)
    except (DatabaseError, psycopg.Error) as error:  # what COPY raises comes as psycopg's own
        raise BackupError(f"PostgreSQL refused the backup's rows, nothing was changed: {error}") from error
    call_command("migrate", database=using, verbosity=0, interactive=False)
    return manifest


def _used(connection: BaseDatabaseWrapper) -> str:
    present = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for name in TELLING:
            if name in present:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(name)})")  # noqa: S608
                if cursor.fetchone()[0]:
                    return name
    return ""


def _migrate_to(manifest: dict[str, Any], using: str) -> None:
    """The tables as they were when the backup was made."""
    installed = {config.label for config in apps.get_app_configs()}
    then = {(app, name) for app, name in manifest["migrations"] if app in installed}
    loader = MigrationLoader(connections[using])
    if unknown := sorted(then - set(loader.disk_migrations)):
        app, name = unknown[0]
        raise BackupError(
            f"It was made by a release that has {app}.{name}, which this one does not. Install that release."
        )
    if {key for key in loader.applied_migrations if key[0] in installed} == then:
        return
    last = [key for key in sorted(then) if not any(_follows(loader, other, key) for other in then)]
    for app, name in last:
        call_command("migrate", app, name, database=using, verbosity=0, interactive=False)


def _follows(loader: MigrationLoader, key: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether migration `key` comes right after `other` in the same app."""
    return key[0] == other[0] and other in loader.disk_migrations[key].dependencies


def _load(path: Path, manifest: dict[str, Any], connection: BaseDatabaseWrapper) -> None:
    quote = connection.ops.quote_name
    kept = [Table(name, t["columns"], t["key"]) for name, t in manifest["tables"].items()]
    with connection.cursor() as cursor, zipfile.ZipFile(path) as archive:
        cursor.execute(f"TRUNCATE {', '.join(quote(table.name) for table in kept)} CASCADE")
        for table in kept:
            with archive.open(f"{table.name}.copy") as member, cursor.copy(table.copy_in(connection)) as copy:
                while data := member.read(1 << 20):
                    copy.write(data)
        names = {table.name for table in kept}
        models = [m for m in apps.get_models(include_auto_created=True) if m._meta.db_table in names]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    for table in kept:
        found = _copy_out(connection, table, lambda data: None)
        if found["sha256"] != manifest["tables"][table.name]["sha256"]:
            raise BackupError(f"{table.name} differs from the backup after loading; nothing was changed.")


@contextlib.contextmanager
def scratch_database(name: str = "timeline_drill") -> Iterator[str]:
    """The alias of an empty database of its own beside ours, dropped afterwards."""
    main = connections["default"]
    quoted = main.ops.quote_name(name)
    with main.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    connections.databases["drill"] = {**main.settings_dict, "NAME": name}
    try:
        yield "drill"
    finally:
        connections["drill"].close()
        del connections["drill"], connections.databases["drill"]
        with main.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
