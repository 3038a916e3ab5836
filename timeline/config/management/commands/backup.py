"""`manage.py backup FILE`: the whole instance in one file, while everything runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.config import backups


class Command(BaseCommand):
    help = "Writes the whole instance into one file, while everything runs. `restore` brings it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, help="A new file (default: timeline-DATE.zip, here)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"] or Path(f"timeline-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
        if path.exists():
            raise CommandError(f"{path} exists already. Give the name of a new file.")
        try:
            manifest = backups.write(path)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        size = path.stat().st_size / 1e6
        self.stdout.write(f"{path}: {rows:,} rows of {len(manifest['tables'])} tables, {size:.1f} MB")
