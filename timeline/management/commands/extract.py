"""Print the events of articles, without a database."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from articles import reading
from timeline.extraction import Document, extract


class Command(BaseCommand):
    help = (
        "Extracts the events of the articles in FILE.jsonl (id, source, url, title, published, text) and prints "
        'one JSON line an article: {"id", "events": [...]}. Needs no database; "-" reads standard input.'
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["file"]
        try:
            file = sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: SIM115, PTH123
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
        bad = 0
        with file:
            for number, row in tqdm(
                reading.read_jsonl(file), desc="extracting", unit=" articles", disable=None, file=sys.stderr
            ):
                if isinstance(row, reading.RowError):
                    bad += 1
                    tqdm.write(f"{name}:{number}: {row}", file=sys.stderr)
                    continue
                if row.published is None:
                    bad += 1
                    tqdm.write(f"{name}:{number}: published: It is missing; give the date.", file=sys.stderr)
                    continue
                document = Document(
                    text=row.text, published=row.published, title=row.title, source=row.source, id=row.id
                )
                events = [finding.as_dict() for finding in extract(document)]
                self.stdout.write(json.dumps({"id": row.id, "events": events}, ensure_ascii=False))
        if bad:
            raise CommandError(f"{bad} lines of {name} could not be read; the reasons are above.")
