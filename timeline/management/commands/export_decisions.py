"""Writes decisions as JSON lines."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from timeline.curating.decision_log import everything


class Command(BaseCommand):
    help = (
        "Writes all decisions, and amendments of actors, places and sources, as JSON lines to standard output: "
        "who, when, what before, what after and why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--curator", help="Only those of this user.")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = everything()
        if options["curator"]:
            rows = (row for row in rows if row["curator"] == options["curator"])
        for row in rows:
            self.stdout.write(json.dumps(row, ensure_ascii=False))
