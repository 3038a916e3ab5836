"""Measure speed: `make bench`. Prints figures; it is no test and judges nothing.

Pages go through the web server that `manage.py run` starts. Other work on the machine is in the wall-clock
figures; the processor time a page takes is not much touched by it, and the load is printed beside both.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.http import QueryDict

import articles
from timeline.config.management import datasette, reading_bench
from timeline.config.management.serving import Server, serving
from timeline.extraction import Document, extract
from timeline.index import post
from timeline.listing.answers import Answer, answer, answer_from_sql
from timeline.listing.filters import EventFilter
from timeline.models import Event

DISPATCHES = Path(articles.__file__).parent / "demo" / "dispatches.jsonl"
WORDS = "the missile", "missile", "ceasefire", '"prisoners of war"'


def combinations(found: Answer) -> list[str]:
    """26 filters of none to four fields, of frequent and of rare values, as they occur in the collection."""

    def of(facet: str, rank: int) -> str:
        if not (values := [value for value, _ in found.counts[facet].values]):
            return ""
        return f"{facet}={values[min(rank, len(values) - 1)]}".replace(" ", "+")

    days = [day for day, _, _ in found.by_day]
    year = days[int(len(days) * 0.7)].year
    a_year, a_month = f"from={year}-01-01&to={year}-12-31", f"from={year}-06-01&to={year}-06-30"
    common, middle, rare, phrase = (f"q={word.replace(' ', '+')}" for word in WORDS)
    alone = [
        "", "order=old", of("category", 0), of("type", 99), of("region", 0), of("region", 99), of("actor", 0),
        of("actor", 99), of("source", 5), of("status", 1), of("place", 0), a_year, a_month, "killed=10",
        common, middle, rare, phrase,
    ]  # fmt: skip
    together = [
        [of("region", 1), of("category", 0)],
        [of("actor", 2), a_year],
        [of("source", 1), of("status", 1), of("status", 2)],
        [middle, of("region", 0)],
        [of("region", 0), of("region", 1), of("category", 0), of("status", 1)],
        [of("category", 0), of("status", 0), of("region", 0), a_year],
        [of("actor", 1), of("source", 0), of("region", 0), "killed=1"],
        [common, of("region", 0), of("status", 1), a_year],
    ]
    return alone + ["&".join(filter(None, parts)) for parts in together]


class Command(BaseCommand):
    help = "Measures extraction, pages, exports and a crowd of readers on the collection at hand."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rounds", type=int, default=7, help="Runs of each page (default: %(default)s).")
        parser.add_argument(
            "--sql", type=int, default=0, help="Of how many filters to time the counts in SQL."
        )
        parser.add_argument(
            "--datasette", type=int, default=0, help="Of how many filters to time Datasette beside the page."
        )
        parser.add_argument(
            "--ingest",
            action="store_true",
            help="Read articles with real workers (adds them: invented collections only).",
        )
        parser.add_argument("--load", type=int, default=0, help="Seconds of the crowd (default: none).")
        parser.add_argument(
            "--readers", type=int, default=50, help="How many at once (default: %(default)s)."
        )
        parser.add_argument(
            "--pause",
            type=float,
            default=2.0,
            help="Seconds that each looks at a page (default: %(default)s).",
        )
        parser.add_argument("--export", action="store_true", help="Download everything as CSV.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Event.objects.published().exists():
            raise CommandError("There are no events to measure pages on. Load some first: make demo.")
        if options["ingest"]:
            reading_bench.check()
        self.rounds: int = options["rounds"]
        found = answer(EventFilter(QueryDict("")))
        self.filters = combinations(found)
        self.say("events", f"{found.total:,}")
        self.extraction()
        with serving() as server:
            self.pages(server)
            self.latency(server)
            if options["ingest"]:
                self.ingest(server)
            if options["datasette"]:
                self.beside(server, options["datasette"])
            if options["load"]:
                self.crowd(server, options["load"], options["readers"], options["pause"])
            if options["export"]:
                self.export(server)
        if options["sql"]:
            self.sql(options["sql"])

    def say(self, what: str, figures: str) -> None:
        load = os.getloadavg()[0]
        self.stdout.write(f"{what:64}{figures}   (load {load:.1f} on {os.cpu_count()} cores)")
        self.stdout.flush()

    def extraction(self) -> None:
        documents = [Document(text, published, title) for text, title, published in dispatches()]
        for document in documents[:5]:
            extract(document)  # warm
        seconds, spent = timed(lambda: [extract(d) for d in documents])
        rates = (
            f"{len(documents) / seconds:.0f} articles/s, {len(documents) / spent:.0f} per second of processor"
        )
        self.say(f"extraction of {len(documents)} demo dispatches, one core", rates)

    def pages(self, server: Server) -> None:
        everything: list[float] = []
        medians: list[float] = []
        spent = 0.0
        for query in self.filters:
            for _ in server.workers():
                server.get(f"/?{query}")  # warm
            before, seconds = server.cpu_seconds(), []
            for _ in range(self.rounds):
                began = time.perf_counter()
                status, _body = server.get(f"/?{query}")
                seconds.append(time.perf_counter() - began)
                if status != 200:
                    raise CommandError(f"/?{query} answered {status}.")
            used = server.cpu_seconds() - before
            spent += used
            everything += seconds
            medians.append(statistics.median(seconds))
            figures = f"{ms(medians[-1])} median {ms(max(seconds))} worst {ms(used / self.rounds)} processor"
            self.say(f"  /?{query}", figures)
        p50, p95 = statistics.median(everything), statistics.quantiles(everything, n=20)[-1]
        self.say(f"page, {len(self.filters)} filters: p50, p95", f"{ms(p50)} {ms(p95)}")
        self.say("page: median of the medians", ms(statistics.median(medians)))
        self.say("page: processor time of the web process, mean", ms(spent / len(everything)))
        self.say("memory of the web processes", " ".join(f"{mb:.0f} MB" for mb in server.memory_mb()))

    def latency(self, server: Server) -> None:
        """From a commit to a page that counts it."""
        event = Event.objects.published().filter(review=Event.Review.UNREVIEWED).latest("pk")
        page = "/?review=confirmed&order=old"
        seconds = []
        for state in (Event.Review.CONFIRMED, Event.Review.UNREVIEWED) * 3:
            _, before = server.get(page)
            with transaction.atomic():
                Event.objects.filter(pk=event.pk).update(review=state)
                post(event.pk)
            began = time.perf_counter()
            while head_of(server.get(page)[1]) == head_of(before):
                if time.perf_counter() - began > 10:
                    raise CommandError("A change was not on the page within ten seconds.")
            seconds.append(time.perf_counter() - began)
        self.say("a committed change is counted on the page", f"{ms(statistics.median(seconds))} median")

    def ingest(self, server: Server) -> None:
        """From articles to events, by real workers."""
        for number in (1, 2):
            with reading_bench.workers(number):
                rate = reading_bench.throughput(dispatches() * 2)
                self.say(
                    f"reading with {number} worker process{'es' * (number > 1)}", f"{rate:.1f} articles/s"
                )
                if number == 1:
                    seconds = reading_bench.latency(server, head_of)
                    figures = f"{ms(statistics.median(seconds))} median {ms(max(seconds))} worst"
                    self.say("an article that comes in is on the page and counted after", figures)

    def beside(self, server: Server, number: int) -> None:
        """The same filters and facets in Datasette, of the same events."""
        filters = self.filters[:: max(1, len(self.filters) // number)]
        ours, theirs = [], []
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "events.db"
            took, _ = timed(lambda: datasette.export(file))
            self.say("export to SQLite with indexes", f"{took:.0f} s, {file.stat().st_size / 1e6:.0f} MB")
            with datasette.serving(file) as other:
                other.count("")  # warm
                for query in filters:
                    found, seconds = other.count(query)
                    mine = timed(lambda query=query: server.get(f"/?{query}"))[0]  # type: ignore[misc]
                    theirs.append(seconds)
                    ours.append(mine)
                    total = answer(EventFilter(QueryDict(query))).total
                    self.say(
                        f"  Datasette, /?{query}",
                        f"{ms(seconds)} ({found:,} events), page {ms(mine)} ({total:,} events)",
                    )
        ratio = statistics.median(theirs) / statistics.median(ours)
        self.say(
            f"Datasette {datasette.VERSION}, {len(filters)} filters: median, times ours",
            f"{ms(statistics.median(theirs))} {ratio:.0f} x",
        )

    def crowd(self, server: Server, duration: int, readers: int, pause: float) -> None:
        seconds: list[float] = []
        errors: list[str] = []
        until = time.monotonic() + duration
        before = server.memory_mb()

        def read(number: int) -> None:
            turn = number
            time.sleep(pause * number / readers)  # they do not come all at once
            while time.monotonic() < until:
                turn += 1
                began = time.perf_counter()
                try:
                    status, _body = server.get(f"/?{self.filters[turn % len(self.filters)]}")
                except OSError as error:
                    errors.append(str(error))
                else:
                    seconds.append(time.perf_counter() - began)
                    if status != 200:
                        errors.append(str(status))
                time.sleep(pause)

        threads = [threading.Thread(target=read, args=(number,)) for number in range(readers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        p95 = statistics.quantiles(seconds, n=20)[-1]
        after = " ".join(f"{a:.0f}→{b:.0f} MB" for a, b in zip(before, server.memory_mb(), strict=True))
        self.say(
            f"{readers} readers, a page each {pause:g} s after the last, {duration} s",
            f"{len(seconds) / duration:.0f} pages/s, p50 {ms(statistics.median(seconds))} p95 {ms(p95)}, "
            f"{len(errors)} errors, {after}",
        )

    def export(self, server: Server) -> None:
        before = server.memory_mb()
        began = time.perf_counter()
        length = server.read_through("/events.csv")
        took = time.perf_counter() - began
        after = " ".join(f"{a:.0f}→{b:.0f} MB" for a, b in zip(before, server.memory_mb(), strict=True))
        self.say("everything as CSV", f"{length / 1e6:.0f} MB in {took:.0f} s, {after}")

    def sql(self, number: int) -> None:
        """What the same counts cost without the index."""
        seconds = []
        for query in self.filters[:: max(1, len(self.filters) // number)]:
            took, _ = timed(lambda query=query: answer_from_sql(EventFilter(QueryDict(query))))  # type: ignore[misc]
            seconds.append(took)
            self.say(f"  counts in SQL, /?{query}", ms(took))
        self.say("counts in SQL: median, worst", f"{ms(statistics.median(seconds))} {ms(max(seconds))}")


def dispatches() -> list[tuple[str, str, datetime]]:
    """(text, title, published) of the demonstration corpus."""
    rows = [json.loads(line) for line in DISPATCHES.read_text().splitlines()]
    return [(row["text"], row["title"], datetime.fromisoformat(row["published"])) for row in rows]


def head_of(page: bytes) -> bytes:
    """The title: it holds the number of events."""
    return page.partition(b"</title>")[0]


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def ms(seconds: float) -> str:
    return f"{seconds * 1000:7.1f} ms"
