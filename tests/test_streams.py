"""An export of any length: so many events in memory at once, and nothing left behind by a client that goes away."""

from __future__ import annotations

from weakref import WeakSet

import pytest
from django.db import connection, connections
from django.db.models.signals import post_init

from tests.factories import make_article, make_report
from tests.test_exports import multiply
from timeline.models import Event
from timeline.takeaway import exports

pytestmark = pytest.mark.django_db
MANY = 600


@pytest.fixture
def many(monkeypatch) -> None:
    """Events of thirty chunks."""
    monkeypatch.setattr(exports, "CHUNK", MANY // 30)
    make_report(make_article("Shells fell on Arvad. " * 2), parties=[("Karsk", "initiator", "state", "KA")])
    multiply(MANY)


@pytest.fixture
def alive():
    """The events that are in memory."""
    events: WeakSet[Event] = WeakSet()

    def note(instance: Event, **_: object) -> None:
        events.add(instance)

    post_init.connect(note, sender=Event)
    yield events
    post_init.disconnect(note, sender=Event)


def cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '%%django%%'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("name", ["csv", "json", "geojson"])
def test_a_long_export_holds_a_few_chunks_of_events_at_a_time(client, many, alive, monkeypatch, name):
    monkeypatch.setattr(exports, "BLOCK", 1)
    response = client.get(f"/events.{name}")
    most = max(len(alive) for _ in response.streaming_content)
    assert 0 < most <= MANY // 2  # those that the garbage collector has not come round to are counted


def test_a_client_that_goes_away_leaves_no_cursor(client, many, monkeypatch):
    monkeypatch.setattr(
        connections["default"], "close_if_unusable_or_obsolete", lambda: None
    )  # the test's own
    response = client.get("/events.csv")
    next(iter(response.streaming_content))
    assert cursors() == 1
    response.close()  # as the web server does when the client has hung up
    assert cursors() == 0
