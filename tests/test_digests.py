"""Pages of a day and a month, of two sides side by side; what lies near an event; strikes by month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_article, make_event, make_place, make_report
from timeline.listing.by_month import strikes_by_month
from timeline.listing.filters import EventFilter
from timeline.listing.neighbours import around, before_and_after
from timeline.models import Event
from timeline.pages.compare import compare, sides

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 1)
NORVIA, KARSK = [["Norvia", "state", "NO"]], [["Karsk", "state", "KA"]]


def text(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# Day and month


def test_a_day_has_its_events_and_what_began_earlier(client):
    event = make_event(day=DAY)
    longer = make_event(start=date(2024, 2, 27), end=DAY, precision="range")
    other = make_event(day=date(2024, 3, 2))
    page = text(client, reverse("day", args=[DAY]))
    begun = page.index("Begun earlier")
    assert page.index(event.get_absolute_url()) < begun < page.index(longer.get_absolute_url())
    assert other.get_absolute_url() not in page
    assert "/days/2024-02-29/" in page
    assert "/days/2024-03-02/" in page


def test_a_day_keeps_the_filter_and_names_what_is_wrong_in_it(client):
    make_event(day=DAY)
    talks = make_event(day=DAY, type="talks")
    page = text(client, "/days/2024-03-01/?category=diplomacy&status=nonsense")
    assert talks.get_absolute_url() in page
    assert "1 event" in page
    assert "Part of the filter is not used" in page
    assert "/days/2024-03-02/?category=diplomacy" in page


@pytest.mark.parametrize(
    "address", ["/days/2024-02-30/", "/days/2024-3-1/", "/months/2024-13/", "/months/24-01/"]
)
def test_what_is_no_day_has_no_page(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["/days/0001-01-01/", "/days/9999-12-31/", "/months/0001-01/", "/months/9999-12/"]
)
def test_the_ends_of_the_calendar_are_pages(client, address):
    assert client.get(address).status_code == 200


def test_a_month_counts_its_days_places_and_actors_and_shows_what_is_contested(client):
    by = [("Norvia", "initiator", "state", "NO")]
    make_event(day=DAY, parties=by)
    make_event(day=DAY, place=make_place("Tel Maron"))
    denied = make_report(day=date(2024, 3, 9), attributed_to=["Norvia"], speakers=NORVIA).event
    make_report(event=denied, stance="denies", modality="denied", attributed_to=["Karsk"], speakers=KARSK)
    page = text(client, reverse("month", args=[DAY]))
    assert '<time datetime="2024-03-01">1</time> <b>2' in page
    assert "3 events" in page
    for found in (
        "Tel Maron",
        "Norvia",
        "Disputed and denied",
        denied.get_absolute_url(),
        "/months/2024-02/",
    ):
        assert found in page, found


# Near an event


def test_before_and_after_are_the_next_ones_in_the_chronology():
    events = [make_event(day=DAY + timedelta(days=n // 2)) for n in range(9)]
    earlier, later = before_and_after(events[4])
    assert [e.pk for e in earlier] == [e.pk for e in events[1:4]]
    assert [e.pk for e in later] == [e.pk for e in events[5:8]]


def test_around_is_near_in_place_and_time():
    event = make_event(place=make_place("Arvad", latitude=50.0, longitude=30.0))
    near = make_event(place=make_place("Suburb", latitude=50.2, longitude=30.4), day=date(2024, 3, 10))
    make_event(place=make_place("Far", latitude=50.0, longitude=31.5))
    make_event(place=make_place("Suburb"), day=date(2024, 5, 1))
    region = make_place("Nahr", kind="region", latitude=50.0, longitude=30.0)
    in_region = make_event(place=region, place_precision="admin1")
    assert [e.pk for e in around(event)] == [near.pk]
    assert {e.pk for e in around(in_region)} >= {event.pk, near.pk}
    country = make_place("Norvia", kind="country", admin1="", latitude=50.0, longitude=30.0)
    assert around(make_event(place=country, place_precision="country")) == []


# Strikes by month


def test_months_without_a_strike_are_zero():
    make_event(day=date(2023, 12, 30))
    for _ in range(3):
        make_event(day=date(2024, 2, 1))
    make_event(day=date(2024, 4, 1), type="talks")
    months = strikes_by_month(Event.objects.published(), "place=1")
    assert [(m.start, m.count, m.share) for m in months] == [
        (date(2023, 12, 1), 1, 33.3), (date(2024, 1, 1), 0, 0.0), (date(2024, 2, 1), 3, 100.0),
    ]  # fmt: skip
    assert months[0].query == "place=1&category=strike"


def test_no_strike_has_no_months():
    make_event(type="talks")
    assert strikes_by_month(Event.objects.published(), "") == []


# Two sides


@pytest.fixture
def accounts() -> dict[str, Event]:
    both = make_report(attributed_to=["Norvia"], speakers=NORVIA).event
    make_report(event=both, stance="denies", modality="denied", attributed_to=["Karsk"], speakers=KARSK)
    agreed = make_report(type="talks", attributed_to=["Norvia"], speakers=NORVIA).event
    make_report(event=agreed, type="talks", attributed_to=["Karsk"], speakers=KARSK)
    one = make_report(type="capture", attributed_to=["Karsk"], speakers=KARSK).event
    make_report(type="shelling", place=make_place("Port"))
    return {"both": both, "agreed": agreed, "one": one}


def test_events_are_sorted_by_who_speaks_of_them(accounts):
    found = compare(list(Event.objects.for_list()), "NO", "KA")
    assert {row.event.pk for row in found.both} == {accounts["both"].pk, accounts["agreed"].pk}
    assert found.against == 1
    assert [row.event.pk for row in found.only_b] == [accounts["one"].pk]
    assert found.only_a == []


def test_the_page_shows_both_accounts_for_any_filter(client, accounts):
    page = text(client, "/compare/?a=NO&b=KA")
    assert page.count("<blockquote") == 5
    assert "in 1 one says what the other denies" in page
    filtered = text(client, "/compare/?a=NO&b=KA&category=territory")
    assert filtered.count("<blockquote") == 1
    assert "Choose two that differ" in text(client, "/compare/?a=NO&b=NO")
    assert text(client, "/compare/").count("<blockquote") == 5  # the two that speak most
    assert "Fewer than two sides" in text(client, "/compare/?q=nothingofthatkind")
    assert client.get("/compare/", {"a": "\0<b>", "b": "x" * 9999}).status_code == 200


def test_the_choice_of_sides_is_those_who_speak(accounts):
    from django.http import QueryDict

    assert {code: n for code, _name, n in sides(EventFilter(QueryDict("")))} == {"NO": 2, "KA": 3}


# As many queries for fifty events as for three


def test_the_pages_take_a_fixed_number_of_queries(client, accounts):
    def queries() -> list[int]:
        counts = []
        for address in (
            "/days/2024-03-01/",
            "/months/2024-03/",
            "/compare/",
            accounts["both"].get_absolute_url(),
        ):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    queries()
    few = queries()
    for n in range(50):
        event = make_report(
            make_article(),
            attributed_to=["Norvia"],
            speakers=NORVIA,
            parties=[(f"G{n}", "initiator", "group", "")],
        ).event
        make_report(event=event, stance="denies", modality="denied", attributed_to=["Karsk"], speakers=KARSK)
    assert queries() == few
    assert max(few) <= 14
