"""Measure speed: `make bench`. Prints figures (medians); it is no test and judges nothing."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

import articles
from timeline.extraction import Document, extract
from timeline.models import Event

DISPATCHES = Path(articles.__file__).parent / "demo" / "dispatches.jsonl"

# What readers do: no filter, one, several, text.
QUERIES = [
    "", "order=old", "category=strike", "category=strike&category=territory", "type=missile", "country=UA",
    "region=UA.Donetsk", "status=disputed", "status=claimed&category=territory", "killed=10",
    "from=2023-01-01&to=2023-12-31", "from=2023-01-01&category=diplomacy", "q=missile", "q=ceasefire+talks",
    "q=%22prisoners+of+war%22", "q=missile&country=UA&from=2024-01-01", "review=unreviewed",
]  # fmt: skip


class Command(BaseCommand):
    help = "Measures extraction and pages on the collection at hand and prints medians."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rounds", type=int, default=7, help="Runs of each measure (default: %(default)s)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.rounds: int = options["rounds"]
        if not Event.objects.published().exists():
            raise CommandError("There are no events to measure pages on. Load some first: make demo.")
        self.extraction()
        self.pages()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(f"{'peak memory of this process':52}{peak:8.0f} MB")

    def line(self, what: str, seconds: list[float], more: str = "") -> None:
        median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
        self.stdout.write(f"{what:52}{median:8.1f} ms median {worst:8.1f} ms worst  {more}")

    def times(self, work: Callable[[], Any]) -> list[float]:
        work()  # warm
        seconds = []
        for _ in range(self.rounds):
            began = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - began)
        return seconds

    def extraction(self) -> None:
        rows = [json.loads(line) for line in DISPATCHES.read_text().splitlines()]
        documents = [Document(r["text"], datetime.fromisoformat(r["published"]), r["title"]) for r in rows]
        words = sum(len(d.text.split()) for d in documents)
        seconds = self.times(lambda: [extract(d) for d in documents])
        rate = len(documents) / statistics.median(seconds)
        self.line(
            f"extraction of {len(documents)} demo dispatches", seconds, f"{rate:.0f} articles/s, one core"
        )
        self.stdout.write(f"{'':52}{words / statistics.median(seconds):8.0f} words/s")

    def pages(self) -> None:
        client = Client(headers={"host": "localhost"})
        events = Event.objects.published().count()
        self.stdout.write(f"chronology page over {events:,} events, whole HTML through Django:")
        medians = []
        with override_settings(SECURE_SSL_REDIRECT=False):
            for query in QUERIES:
                seconds = self.times(lambda query=query: client.get(f"/?{query}"))  # type: ignore[misc]
                with CaptureQueriesContext(connection) as captured:
                    client.get(f"/?{query}")
                medians.append(statistics.median(seconds))
                self.line(f"  /?{query}", seconds, f"{len(captured)} queries")
        self.line(f"  median and worst of the {len(QUERIES)} medians", medians)
