"""Rebuild the facet index, or compare it with the tables: `manage.py reindex`, `manage.py reindex --check`."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.index import postings

SHOWN = 10  # differences that are named


class Command(BaseCommand):
    help = (
        "Brings the facet index in line with the events: after an upgrade, or after rows were changed by hand. "
        "Web processes notice by themselves. Writers wait meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Only compare; exit status 1 where it differs."
        )
        parser.add_argument(
            "--if-missing", action="store_true", help="Only where there are events and no index at all."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_missing"] and not postings.is_missing():
            return
        began = time.monotonic()
        if options["check"]:
            table, wrong = postings.compare()
            if wrong:
                named = ", ".join(f"{key} (block {block})" for key, block in sorted(wrong)[:SHOWN])
                raise CommandError(f"{len(wrong):,} posting rows are wrong: {named}. Run: manage.py reindex")
            done = "the index agrees with the tables"
        else:
            table, written = postings.rebuild()
            done = f"{written:,} posting rows written"
        self.stdout.write(
            f"{done}; {table.total():,} events, {sum(1 for _ in table):,} bitmaps, "
            f"{table.memory() / (1 << 20):.0f} MB in memory ({time.monotonic() - began:.1f} s)"
        )
