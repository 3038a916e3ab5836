"""`manage.py restore FILE`: bring an instance back; `--drill` tries it beside the running one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.config import backups


class Command(BaseCommand):
    help = "Brings back what `backup` wrote: into an empty database, all or nothing, every row compared."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--replace", action="store_true", help="Lose what the database holds now.")
        way.add_argument(
            "--drill", action="store_true",
            help="Restore into a database of its own beside this one, compare, and drop it.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["drill"]:
                with backups.scratch_database() as alias:
                    manifest = backups.restore(options["path"], alias)
            else:
                manifest = backups.restore(options["path"], replace=options["replace"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        what = "The drill went well" if options["drill"] else "Restored"
        self.stdout.write(
            f"{what}: {rows:,} rows of {manifest['made_at']}, every one compared with the backup."
        )
