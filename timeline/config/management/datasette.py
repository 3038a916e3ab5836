"""The same collection in Datasette, for `manage.py bench --datasette`: how else such a page could be had.

Datasette is run by uv for the measurement only. It gets one table with an index for each filter and a full-text
index, and its limits on time are lifted: with them it leaves facets out. It still does less than our page: its
counts obey a facet's own filter, and there is no histogram.
"""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.core.management.base import CommandError
from django.db import connection
from django.http import QueryDict

from timeline.listing.filters import EventFilter

VERSION = "0.65.5"
START_SECONDS = 60
PATIENCE = 600.0  # seconds for a page
BATCH = 20_000
COLUMNS = (
    "id", "category", "type", "status", "review", "country", "region", "place", "actors", "sources", "start", "end",
    "killed", "headline", "words",
)  # fmt: skip
_EVENTS = """
    SELECT event.id, category, type, status, review, place.country, place.country || '.' || place.admin1, place.id,
        (SELECT coalesce(json_agg(DISTINCT part.actor_id::text), '[]') FROM timeline_eventactor part
            WHERE part.event_id = event.id)::text,
        (SELECT coalesce(json_agg(DISTINCT article.source_id::text), '[]') FROM timeline_report report
            JOIN articles_article article ON article.id = report.article_id WHERE report.event_id = event.id
            AND report.superseded_at IS NULL AND NOT report.struck_out)::text,
        start::text, "end"::text, coalesce(killed_best, killed_low), headline,
        (SELECT string_agg(quote, ' ') FROM timeline_report report WHERE report.event_id = event.id)
    FROM timeline_event event LEFT JOIN timeline_place place ON place.id = event.place_id
    WHERE event.merged_into_id IS NULL AND event.report_count > 0 AND review <> 'rejected'
"""
FACETS = ("category", "type", "status", "review", "country", "region", "place")
LISTS = {"actor": "actors", "source": "sources"}
OTHERS = {"start": "end__gte", "end": "start__lte", "killed": "killed__gte", "q": "_search"}


def export(path: Path) -> None:
    """Write the published events to an SQLite file, as Datasette's documentation advises: indexes and full text."""
    with sqlite3.connect(path) as file, connection.chunked_cursor() as cursor:
        file.execute("PRAGMA journal_mode = off")
        file.execute(f"CREATE TABLE events (id INTEGER PRIMARY KEY, {', '.join(map(_column, COLUMNS[1:]))})")
        cursor.execute(_EVENTS)
        marks = ", ".join("?" * len(COLUMNS))
        while rows := cursor.fetchmany(BATCH):
            file.executemany(f"INSERT INTO events VALUES ({marks})", rows)  # noqa: S608 (constants)
        for column in (*FACETS, "start", "end", "killed"):
            file.execute(f"CREATE INDEX by_{column} ON events ({_quoted(column)})")
        file.execute(
            'CREATE VIRTUAL TABLE events_fts USING fts5 (headline, words, content="events", tokenize=porter)'
        )
        file.execute("INSERT INTO events_fts (events_fts) VALUES ('rebuild')")
        file.execute("ANALYZE")


def _column(name: str) -> str:
    return f'"{name}" {"INTEGER" if name in ("place", "killed") else "TEXT"}'


def _quoted(column: str) -> str:
    return f'"{column}"'


def address_of(query: str) -> str:
    """Our query string as the path of the same question to Datasette."""
    chosen = EventFilter(QueryDict(query))
    asked: list[tuple[str, str]] = [("_size", "40"), ("_facet_size", "12")]
    asked.append(("_sort" if chosen.order == "old" else "_sort_desc", "start"))
    asked += [("_facet", facet) for facet in FACETS] + [("_facet_array", column) for column in LISTS.values()]
    for name in chosen.values:
        values = chosen.selected(name)
        if name in LISTS:
            asked += [(f"{LISTS[name]}__arraycontains", value) for value in values]
        elif name in FACETS:
            asked.append((f"{name}__in", ",".join(values)) if len(values) > 1 else (name, values[0]))
        else:
            asked.append((OTHERS[name], values[0]))
    return f"/events/events.json?{urlencode(asked)}"


class Datasette:
    def __init__(self, port: int) -> None:
        self.port = port

    def count(self, query: str) -> tuple[int, float]:
        """The number of events that it finds, and the seconds that it took."""
        began = time.perf_counter()
        address = f"http://127.0.0.1:{self.port}{address_of(query)}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # nosec B310 (our own server)
            body = json.load(answer)
        return body["filtered_table_rows_count"], time.perf_counter() - began


@contextmanager
def serving(path: Path) -> Iterator[Datasette]:
    """Datasette with that file, on loopback."""
    if not (uv := shutil.which("uv")):
        raise CommandError("Datasette is run by uv, which is not installed: leave --datasette out.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [uv, "tool", "run", "--from", f"datasette=={VERSION}", "datasette", "serve", "-i", str(path)]
    for setting in ("sql_time_limit_ms", "facet_time_limit_ms"):
        command += ["--setting", setting, str(int(PATIENCE * 1000))]
    process = subprocess.Popen(  # noqa: S603 (our own command line)
        [*command, "--setting", "num_sql_threads", "2", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Datasette(port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise CommandError(f"Datasette {VERSION} did not start: try `uv tool run datasette=={VERSION}`.")
