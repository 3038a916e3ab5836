"""`manage.py bench`: the same questions to others. What it prints is no matter of tests."""

from __future__ import annotations

import sqlite3
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict

from tests.factories import make_event
from timeline.config.management import datasette, reading_bench
from timeline.config.management.commands.bench import combinations
from timeline.listing.answers import answer
from timeline.listing.filters import EventFilter

pytestmark = pytest.mark.django_db


def asked(query: str) -> list[tuple[str, str]]:
    path = urlsplit(datasette.address_of(query))
    return [pair for pair in parse_qsl(path.query) if not pair[0].startswith("_facet")]


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("", [("_size", "40"), ("_sort_desc", "start")]),
        ("order=old&killed=3", [("_size", "40"), ("_sort", "start"), ("killed__gte", "3")]),
        ("status=claimed", [("_size", "40"), ("_sort_desc", "start"), ("status", "claimed")]),
        (
            "status=claimed&status=denied",
            [("_size", "40"), ("_sort_desc", "start"), ("status__in", "claimed,denied")],
        ),
        (
            "from=2024-01-01&to=2024-02-01&q=bridge",
            [("_size", "40"), ("_sort_desc", "start"), ("_search", "bridge"), ("end__gte", "2024-01-01"),
             ("start__lte", "2024-02-01")],
        ),
    ],
)  # fmt: skip
def test_a_filter_is_the_same_question_to_datasette(query, others):
    assert asked(query) == others


def test_the_file_for_datasette_holds_every_published_event(tmp_path):
    first = make_event(killed_best=3)
    make_event(day=date(2024, 3, 2))
    hidden = make_event(day=date(2024, 3, 3))
    type(hidden).objects.filter(pk=hidden.pk).update(review="rejected")
    datasette.export(tmp_path / "events.db")
    with sqlite3.connect(tmp_path / "events.db") as file:
        rows = file.execute("SELECT id, place, killed FROM events ORDER BY id").fetchall()
        found = file.execute("SELECT count(*) FROM events_fts WHERE events_fts MATCH 'officials'").fetchone()
    assert len(rows) == 2
    assert rows[0] == (first.pk, first.place_id, 3)
    assert found == (2,)


def test_there_are_26_filters_and_each_finds_something_or_is_valid():
    for number in range(6):
        make_event(day=date(2024, 1 + number, 2), killed_best=number)
    queries = combinations(answer(EventFilter(QueryDict(""))))
    assert len(queries) == 26
    assert all(not EventFilter(QueryDict(query)).errors for query in queries)


def test_articles_are_only_added_to_an_invented_collection():
    make_event()
    with pytest.raises(CommandError, match="synthesize"):
        reading_bench.check()


def test_an_empty_collection_is_not_measured():
    with pytest.raises(CommandError, match="make demo"):
        call_command("bench")
