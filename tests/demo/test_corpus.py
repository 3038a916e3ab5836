"""The demo corpus and what is expected of it: shape, dates, sources, and that the two agree.

Nothing is extracted here. `expected_events.json` was written by hand from the dispatches; these checks keep
it honest when one of the two is edited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from timeline.extraction.codebook import TYPES, Status

DEMO = Path(__file__).parents[2] / "articles" / "demo"
DISPATCHES: list[dict[str, str]] = [
    json.loads(line) for line in (DEMO / "dispatches.jsonl").read_text(encoding="utf-8").splitlines()
]
BY_ID = {row["id"]: row for row in DISPATCHES}
SOURCES = {source["name"]: source for source in json.loads((DEMO / "sources.json").read_text("utf-8"))}
EXPECTED: dict[str, Any] = json.loads(Path(__file__).with_name("expected_events.json").read_text("utf-8"))
EVENTS: list[dict[str, Any]] = EXPECTED["events"]
BY_KEY = {event["key"]: event for event in EVENTS}

each_dispatch = pytest.mark.parametrize("row", DISPATCHES, ids=lambda row: row["id"])
each_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["key"])

# The figures of the corpus that stand in its texts as words.
SPELLED = {
    1: "one",
    2: "two",
    4: "four",
    5: "five",
    10: "ten",
    23: "twenty-three",
    27: "twenty-seven",
    40: "forty",
    45: "forty-five",
}


def published(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["published"])


def mentions(text: str, number: int) -> bool:
    return re.search(rf"\b({number}|{SPELLED.get(number, number)})\b", text, re.IGNORECASE) is not None


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[start:] for start in range(size)), strict=False))


def likeness(one: str, other: str) -> float:
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def reported_by(dispatch: str) -> set[str]:
    return {event["key"] for event in EVENTS if dispatch in event["articles"]}


def dispatches_named() -> Iterator[str]:
    for event in EVENTS:
        yield from event["articles"]
        yield from (dispatch for dispatch, _ in event.get("toll_series", []))
    for pair in EXPECTED["must_not"]:
        yield from pair["dispatches"]
    for group in EXPECTED["syndicated"]:
        yield from group
    yield from EXPECTED["no_events"]


class TestDispatches:
    def test_ids_and_addresses_are_unique(self) -> None:
        assert len(DISPATCHES) >= 40
        assert len(BY_ID) == len({row["url"] for row in DISPATCHES}) == len(DISPATCHES)

    def test_they_stand_in_the_order_of_publication(self) -> None:
        assert [published(row) for row in DISPATCHES] == sorted(published(row) for row in DISPATCHES)

    @each_dispatch
    def test_has_exactly_the_fields_that_ingest_reads(self, row: dict[str, str]) -> None:
        assert list(row) == ["id", "source", "url", "title", "published", "text"]
        assert all(value == value.strip() != "" for value in row.values())

    @each_dispatch
    def test_is_dated_in_its_newsroom(self, row: dict[str, str]) -> None:
        at = published(row)
        assert at.utcoffset() == at.astimezone(ZoneInfo(SOURCES[row["source"]]["time_zone"])).utcoffset()
        assert row["id"].startswith(f"demo-{at.date()}-")
        assert date(2022, 2, 24) <= at.date() <= date(2025, 12, 31)

    @each_dispatch
    def test_comes_from_a_demo_source(self, row: dict[str, str]) -> None:
        assert row["url"].startswith(SOURCES[row["source"]]["home_page"] + "/")

    @each_dispatch
    def test_is_short_and_quotes_nobody(self, row: dict[str, str]) -> None:
        """No quotation marks: a demo must not put words into the mouths of real people."""
        assert 80 <= len(row["text"].split()) <= 220
        assert not re.search(r"[\"“”„«»‘]", row["title"] + row["text"])

    def test_only_the_reprints_are_alike(self) -> None:
        alike = {
            frozenset((one["id"], other["id"]))
            for one, other in combinations(DISPATCHES, 2)
            if likeness(one["text"], other["text"]) > 0.1
        }
        intended = {frozenset(pair) for group in EXPECTED["syndicated"] for pair in combinations(group, 2)}
        assert alike == intended

    def test_reprints_are_edited_copies_from_different_outlets(self) -> None:
        for group in EXPECTED["syndicated"]:
            assert len({BY_ID[dispatch]["source"] for dispatch in group}) == len(group) >= 3
            for one, other in combinations(group, 2):
                assert 0.5 < likeness(BY_ID[one]["text"], BY_ID[other]["text"]) < 1


def test_sources_say_that_they_are_demo_sources() -> None:
    assert {row["source"] for row in DISPATCHES} == set(SOURCES)
    for name, source in SOURCES.items():
        assert name.startswith("Demo ")
        assert source["home_page"].startswith("https://demo.invalid/")
        assert re.fullmatch("[A-Z]{2}", source["country"])


class TestExpectation:
    def test_keys_are_unique(self) -> None:
        assert len(BY_KEY) == len(EVENTS)

    def test_names_known_dispatches_only(self) -> None:
        assert set(dispatches_named()) <= set(BY_ID)

    def test_every_dispatch_is_accounted_for(self) -> None:
        reporting = {dispatch for event in EVENTS for dispatch in event["articles"]}
        assert reporting.isdisjoint(EXPECTED["no_events"])
        assert reporting | set(EXPECTED["no_events"]) == set(BY_ID)

    @each_event
    def test_uses_the_terms_of_the_codebook(self, event: dict[str, Any]) -> None:
        assert TYPES[event["type"]].category == event["category"]
        assert all(code in TYPES for code in event.get("type_also", []))
        assert {event["status"], *event.get("status_also", [])} <= set(Status)

    @each_event
    def test_dates_run_forward_and_before_the_news_of_them(self, event: dict[str, Any]) -> None:
        start, end = date.fromisoformat(event["start"]), date.fromisoformat(event["end"])
        assert start <= end
        latest = max(published(BY_ID[dispatch]).date() for dispatch in event["articles"])
        assert (start > latest) == (event["status"] == "planned")

    @each_event
    def test_place_is_coded(self, event: dict[str, Any]) -> None:
        if event["place"] is not None:
            assert list(event["place"]) == ["name", "admin1", "country"]
            assert re.fullmatch("[A-Z]{2}", event["place"]["country"])

    @each_event
    def test_tolls_are_those_of_the_dispatches(self, event: dict[str, Any]) -> None:
        series = event.get("toll_series", [])
        assert bool(series) == (event["killed"] is not None)
        for dispatch, killed in series:
            assert dispatch in event["articles"]
            assert mentions(BY_ID[dispatch]["text"], killed), f"{dispatch} does not say {killed}"
        at = [published(BY_ID[dispatch]) for dispatch, _ in series]
        assert at == sorted(at)
        if series:
            assert event["killed"]["best"] == series[-1][1]

    @pytest.mark.parametrize("pair", EXPECTED["must_not"], ids=lambda pair: "+".join(pair["dispatches"]))
    def test_dispatches_that_must_not_meet_share_no_expected_event(self, pair: dict[str, Any]) -> None:
        one, other = pair["dispatches"]
        assert reported_by(one).isdisjoint(reported_by(other))

    def test_events_kept_apart_are_expected_events(self) -> None:
        for pair in EXPECTED["apart"]:
            assert len(pair["events"]) == 2
            assert set(pair["events"]) <= set(BY_KEY)

    def test_shows_what_a_ledger_is_for(self) -> None:
        """The patterns that the corpus was written for; see articles/demo/README.md."""
        rising = [killed for _, killed in BY_KEY["dnipro-2023-01"]["toll_series"]]
        assert rising == sorted(rising)
        assert len(rising) >= 5
        assert {event["status"] for event in EVENTS} >= {
            "reported",
            "claimed",
            "corroborated",
            "disputed",
            "planned",
        }
        assert any(
            {event["category"] for event in EVENTS if row["id"] in event["articles"]}
            == {"diplomacy", "strike", "territory"}
            for row in DISPATCHES
        )
