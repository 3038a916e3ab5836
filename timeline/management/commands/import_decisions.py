"""Replays decisions of another instance."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from timeline.curating.decision_log import Replay


class Command(BaseCommand):
    help = "Replays decisions from a file of JSON lines (- for standard input). Run again, it adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = sys.stdin if options["file"] == "-" else open(options["file"], encoding="utf-8")  # noqa: SIM115, PTH123
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        replay, counts = Replay(), Counter[str]()
        with lines:
            for number, line in enumerate(tqdm(lines, unit=" decisions", disable=None), 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError:
                    outcome = "This line is not JSON."
                else:
                    outcome = replay.take(row)
                if outcome not in ("taken", "known"):
                    self.stderr.write(f"line {number}: {outcome}")
                    outcome = "refused"
                counts[outcome] += 1
        self.stdout.write(f"{counts['taken']} taken, {counts['known']} known, {counts['refused']} refused")
        if counts["refused"]:
            raise CommandError(
                "Some decisions were refused (above). Import the file again once that is mended."
            )
