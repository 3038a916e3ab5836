"""The demo corpus through the real path, against the ledger that was written by hand for it.

`expected_events.json` says what must come out. `not_yet.json` names what does not come out right so far: each
such case must still fail, so that the list can only shrink, and is read as what it is: the open faults.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

import articles
from articles.models import Article, Source
from timeline.models import Event
from timeline.recording.pipeline import EXTRACTOR, read_article

HERE = Path(__file__).parent
DEMO = Path(articles.__file__).parent / "demo"
EXPECTED = json.loads((HERE / "expected_events.json").read_text())
NOT_YET = json.loads((HERE / "not_yet.json").read_text())
URLS = {
    row["id"]: row["url"] for row in map(json.loads, (DEMO / "dispatches.jsonl").read_text().splitlines())
}
pytestmark = pytest.mark.django_db
IDS = {url: key for key, url in URLS.items()}


@pytest.fixture(scope="module")
def ledger(django_db_setup, django_db_blocker):
    """{event: ids of the dispatches that report it}, after all dispatches were stored and read."""
    with django_db_blocker.unblock(), transaction.atomic():
        for row in json.loads((DEMO / "sources.json").read_text()):
            Source.objects.create(**row, demo=True)
        call_command("ingest", str(DEMO / "dispatches.jsonl"), stdout=StringIO(), stderr=StringIO())
        for pk in Article.objects.values_list("pk", flat=True):
            read_article(pk)
        assert not Article.objects.exclude(extracted_with=EXTRACTOR).exists()
        reported: dict[Event, set[str]] = defaultdict(set)
        for event in Event.objects.published().select_related("place").prefetch_related("reports__article"):
            for report in event.reports.all():
                reported[event].add(IDS[report.article.url])
        yield dict(reported)
        transaction.set_rollback(True)


def matches(event: Event, wanted: dict[str, Any]) -> bool:
    """Whether an event is the expected one: category, type, dates that touch, and the same place."""
    if event.category != wanted["category"] or event.type not in [
        wanted["type"],
        *wanted.get("type_also", []),
    ]:
        return False
    slack = timedelta(days=1)
    if (
        event.start > date.fromisoformat(wanted["end"]) + slack
        or event.end < date.fromisoformat(wanted["start"]) - slack
    ):
        return False
    place = wanted["place"]
    if place is None or (place["admin1"] is None and event.place is None):
        return True  # the expectation names no spot: an exchange between two states, a sanction
    if event.place is None:
        return False
    if place["admin1"] is None:
        return event.place.country == place["country"]
    names = {place["name"], place["admin1"], *wanted.get("place_also", [])}
    return any(name.split()[0] in event.place.name for name in names)


def case(check: str, key: str) -> Any:
    """A parameter, marked as expected to fail where the list of open faults names it."""
    marks = [pytest.mark.xfail(strict=True)] if key in NOT_YET[check] else []
    return pytest.param(key, marks=marks, id=key)


def cases(check: str, of: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("key", [case(check, wanted["key"]) for wanted in of])


def wanted_event(key: str) -> dict[str, Any]:
    return next(e for e in EXPECTED["events"] if e["key"] == key)


def find(ledger: dict[Event, set[str]], wanted: dict[str, Any]) -> tuple[Event, set[str]]:
    """The event that most of the expected dispatches report."""
    found = [(e, ids) for e, ids in ledger.items() if matches(e, wanted) and ids & set(wanted["articles"])]
    assert found, "no such event"
    return max(found, key=lambda pair: len(pair[1] & set(wanted["articles"])))


@cases("found", EXPECTED["events"])
def test_the_event_is_found(ledger, key):
    find(ledger, wanted_event(key))


@cases("gathered", [e for e in EXPECTED["events"] if len(e["articles"]) > 1])
def test_its_reports_are_gathered_under_it(ledger, key):
    wanted = wanted_event(key)
    _, ids = find(ledger, wanted)
    assert ids >= set(wanted["articles"])


@cases("status", EXPECTED["events"])
def test_its_status_follows_from_who_says_so(ledger, key):
    wanted = wanted_event(key)
    event, _ = find(ledger, wanted)
    assert event.status in [wanted["status"], *wanted.get("status_also", [])]


@cases("killed", [e for e in EXPECTED["events"] if e["killed"]])
def test_its_latest_toll_leads(ledger, key):
    wanted = wanted_event(key)
    event, _ = find(ledger, wanted)
    if wanted["killed"].get("best") is not None:
        assert event.killed_best == wanted["killed"]["best"]
    else:
        assert event.killed_low == wanted["killed"]["low"]


@pytest.mark.parametrize("pair", EXPECTED["apart"], ids=lambda pair: "-".join(pair["events"]))
def test_distinct_acts_stay_apart(ledger, pair):
    sets = [set(wanted_event(key)["articles"]) for key in pair["events"]]
    wanted = [wanted_event(key) for key in pair["events"]]
    for event in ledger:
        assert not (matches(event, wanted[0]) and matches(event, wanted[1])) or sets[0] == sets[1]


@pytest.mark.parametrize("pair", EXPECTED["must_not"], ids=lambda pair: "-".join(pair["dispatches"]))
def test_dispatches_of_different_acts_share_no_event(ledger, pair):
    assert not [e for e, ids in ledger.items() if ids >= set(pair["dispatches"])]


@pytest.mark.parametrize("dispatch", EXPECTED["no_events"])
def test_what_is_no_conflict_yields_nothing(ledger, dispatch):
    assert not [e for e, ids in ledger.items() if dispatch in ids]


@pytest.mark.parametrize("ids", EXPECTED["syndicated"], ids=lambda ids: ids[0])
def test_reprints_are_one_origin(ledger, ids):
    origins = {a.origin for a in Article.objects.filter(url__in=[URLS[i] for i in ids])}
    assert len(origins) == 1
