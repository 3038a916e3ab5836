"""Whatever a filter is taken away as, it is the same number of events."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import feedparser
import pytest
from icalendar import Calendar

from tests.factories import make_event, make_place, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> None:
    """Fewer than a feed or an embedded list holds: strikes, talks, a disputed capture."""
    for day in range(9):
        make_event(day=date(2024, 3, 1) + timedelta(days=day))
        make_event(type="talks", day=date(2024, 3, 1) + timedelta(days=2 * day), modality="planned")
    capture = make_event(
        type="capture",
        place=make_place("Tel Maron"),
        attributed_to=["Karsk"],
        speakers=[["Karsk", "state", "KA"]],
    )
    make_report(
        event=capture, type="capture", stance="denies", modality="denied", attributed_to=["Norvia"],
        speakers=[["Norvia", "state", "NO"]],
    )  # fmt: skip


def rows(text: str) -> int:
    return len(list(csv.DictReader(StringIO(text))))


# How many events there are in what each address answers.
COUNTS: dict[str, Any] = {
    "/": lambda text: int(re.search(r"<title>(\d+) event", text)[1]),
    "/events.csv": rows,
    "/events.acled.csv": rows,
    "/events.ucdp.csv": rows,
    "/events.timelinejs.csv": rows,
    "/events.json": lambda text: len(json.loads(text)["events"]),
    "/events.jsonl": lambda text: len(text.splitlines()),
    "/events.geojson": lambda text: len(json.loads(text)["features"]),
    "/events.ics": lambda text: len(Calendar.from_ical(text).walk("VEVENT")),
    "/events.atom": lambda text: len(feedparser.parse(text).entries),
    "/print/": lambda text: text.count('<article class="event'),
    "/embed/": lambda text: text.count('<article class="event'),
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 19),
        ("category=strike", 9),
        ("category=strike&category=territory", 10),
        ("not=type.talks", 10),
        ("status=disputed", 1),
        ("from=2024-03-03&to=2024-03-05", 5),
        ("q=nothingofthatkind", 0),
    ],
)
def test_the_same_count_in_each(client, events, query, expected):
    found = {}
    for address, count in COUNTS.items():
        response = client.get(f"{address}?{query}")
        assert response.status_code == 200, address
        found[address] = count(
            response.getvalue().decode() if response.streaming else response.content.decode()
        )
    assert found == dict.fromkeys(COUNTS, expected)
