"""Fill an empty collection with invented events, by COPY: `manage.py synthesize --events 1000000`."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb
from tqdm import tqdm

import articles
from articles.models import Article, Source
from timeline.management.synthetic import BATCH, Row, World
from timeline.models import Actor, Event, Place

DISPATCHES = Path(articles.__file__).parent / "demo" / "dispatches.jsonl"


class Command(BaseCommand):
    help = "Fills an empty collection with invented events of realistic skew, to measure on. Not for reading."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", type=int, default=100_000, help="How many (default: %(default)s).")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same events.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["events"] < 1:
            raise CommandError("Give a positive number of events.")
        for model in (Source, Article, Place, Actor, Event):
            if model.objects.exists():
                raise CommandError(
                    f"There are {model._meta.verbose_name_plural} already. Invented ones go into an empty "
                    "collection: set CONFLICT_TIMELINE_DATA to a new directory."
                )
        began = time.monotonic()
        words = vocabulary()
        world = World(options["seed"], words, lexemes_of(list(words)))
        total = options["events"]
        with transaction.atomic(), tqdm(total=total, unit=" events", disable=None) as bar:
            for batch in world.batches(total):
                for table, rows in batch.items():
                    copy(table, rows)
                bar.update(len(batch.get("timeline_event", [])))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{total:,} events, {world.reports:,} reports, {world.articles:,} articles in {seconds:.0f} s "
            f"({total / seconds:,.0f} events/s, batches of {BATCH:,} by COPY)"
        )
        call_command("reindex", stdout=self.stdout)


def vocabulary() -> dict[str, int]:
    """The words of the demonstration corpus with their frequencies."""
    texts = (json.loads(line)["text"] for line in DISPATCHES.read_text().splitlines())
    return dict(Counter(word for text in texts for word in re.findall(r"[a-z]+", text.lower())).most_common())


def lexemes_of(words: list[str]) -> dict[str, str]:
    """What the text search makes of each word; "" of those that it leaves out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, coalesce((tsvector_to_array(to_tsvector('english', word)))[1], '') "
            "FROM unnest(%s::text[]) AS given (word)",
            [words],
        )
        return dict(cursor.fetchall())


def copy(table: str, rows: list[Row]) -> None:
    """Write rows with their own ids by COPY; columns that a row leaves out get the model's default."""
    if not rows:
        return
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    fields = model._meta.concrete_fields
    now = timezone.now()
    defaults = {field.column: _default(field, now) for field in fields}
    columns = list(defaults)
    adapt = {f.column: Jsonb for f in fields if isinstance(f, models.JSONField)}
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        with cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN') as stream:
            for row in rows:
                values = defaults | row
                for column, wrap in adapt.items():
                    values[column] = wrap(values[column])
                stream.write_row([values[column] for column in columns])
        highest = max(row["id"] for row in rows)
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, highest])


def _default(field: models.Field[Any, Any], now: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return now
    return field.get_default()
