"""Writes decisions as JSON lines."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from timeline.decision_log import exported
from timeline.models import Decision


class Command(BaseCommand):
    help = (
        "Writes all decisions as JSON lines, who, when, what before, what after and why, to standard output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--curator", help="Only those of this user.")

    def handle(self, *args: Any, **options: Any) -> None:
        decisions = Decision.objects.all()
        if options["curator"]:
            decisions = decisions.filter(curator__username=options["curator"])
        for row in exported(decisions):
            self.stdout.write(json.dumps(row, ensure_ascii=False))
