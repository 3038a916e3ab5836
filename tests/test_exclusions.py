"""Exclusion ("not=status.claimed") and the search inside long facets."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_article, make_event, make_place, make_report, make_source
from timeline.listing.filters import EventFilter
from timeline.models import Actor, Event, Place

pytestmark = pytest.mark.django_db

HOME = reverse("chronology")


@pytest.fixture
def events() -> dict[str, Event]:
    by = [("Norvia", "initiator", "state", "NO")]
    other = make_article(source=make_source("Test Courier"))
    return {
        "strike": make_event(place=make_place("Arvad", country="UA", admin1="Sumy"), parties=by),
        "capture": make_event(type="capture", place=make_place("Tel Maron", country="NO")),
        "courier": make_report(other, type="talks", place=make_place("Port", country="RU", admin1="")).event,
    }


def found(query: str) -> set[int]:
    chosen = EventFilter(QueryDict(query))
    assert chosen.errors == []
    return set(chosen.events().values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("not=category.strike", {"capture", "courier"}),
        ("not=category.strike&not=type.talks", {"capture"}),
        ("not=country.UA", {"capture", "courier"}),
        ("not=region.UA.Sumy", {"capture", "courier"}),
        ("not=place.{Arvad}", {"capture", "courier"}),
        ("not=actor.{Norvia}", {"capture", "courier"}),
        ("not=source.{Test Courier}", {"strike", "capture"}),
        ("not=status.reported", set()),
        ("not=review.confirmed", {"strike", "capture", "courier"}),
        ("category=strike&not=country.UA", set()),
    ],
)
def test_what_is_excluded_is_not_listed(events, query, names):
    rows = {p.name: p.pk for p in Place.objects.all()} | {a.name: a.pk for a in Actor.objects.all()}
    rows |= {"Test Courier": events["courier"].reports.get().article.source_id}
    for name, pk in rows.items():
        query = query.replace(f"{{{name}}}", str(pk))
    assert found(query) == {events[name].pk for name in names}


def test_an_event_without_a_place_stays_when_a_place_is_excluded(events):
    Event.objects.filter(pk=events["courier"].pk).update(place=None)
    assert events["courier"].pk in found("not=country.UA") & found("not=region.UA.Sumy")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("claimed", "write a filter and a value"),
        ("order.new", "write a filter and a value"),
        ("status.rumoured", "rumoured"),
        ("place.999999999", "999999999"),
        ("place.x", "x"),
        ("country.ukraine", "ukraine"),
    ],
)
def test_a_bad_exclusion_is_named(value, says):
    chosen = EventFilter(QueryDict(f"not={value}"))
    (error,) = chosen.errors
    assert error.startswith("Not: ")
    assert says in error
    assert "exclude" not in chosen.values


def test_an_exclusion_has_a_chip_in_words_that_takes_it_away():
    chosen = EventFilter(QueryDict("category=strike&not=status.claimed&not=country.RU"))
    assert [(c.label, c.value_label, c.query) for c in chosen.chips[1:]] == [
        ("Not", "Who says so: One side says", "category=strike&not=country.RU"),
        ("Not", "Country: Russia", "category=strike&not=status.claimed"),
    ]
    assert chosen.query_string() == "category=strike&not=status.claimed&not=country.RU"
    assert chosen.excluding("category", "strike") == "not=status.claimed&not=country.RU&not=category.strike"


def test_the_page_offers_to_leave_values_out_and_keeps_what_is_left_out(client, events):
    page = client.get(f"{HOME}?not=status.claimed").content.decode()
    assert 'href="/?not=status.claimed&amp;not=category.strike"' in page
    assert '<input type="hidden" name="not" value="status.claimed">' in page
    export = client.get(f"{reverse('export', args=['jsonl'])}?not=category.strike")
    assert len(b"".join(export.streaming_content).splitlines()) == 2


# Search inside a facet


@pytest.mark.parametrize(
    ("facet", "find", "names"),
    [
        ("place", "", ["Arvad, Sumy", "Port", "Tel Maron, Nahr"]),
        ("place", "ARV", ["Arvad, Sumy"]),
        ("place", "%", []),
        ("region", "sum", ["Sumy, UA"]),
        ("actor", "norv", ["Norvia"]),
        ("source", "courier", ["Test Courier"]),
    ],
)
def test_a_facets_values_are_found_by_name(client, events, facet, find, names):
    page = client.get(reverse("facet", args=[facet]), {"find": find}).content.decode()
    assert re.findall(r'<a href="[^"]*" dir="auto">([^<]*)</a>', page) == names


def test_a_found_value_is_added_to_the_filter_and_counts_reflect_it(client, events):
    address = reverse("facet", args=["place"])
    arvad = Place.objects.get(name="Arvad").pk
    page = client.get(f"{address}?category=strike&not=type.talks").content.decode()
    assert f'href="/?category=strike&amp;place={arvad}&amp;not=type.talks"' in page.replace(
        f"not=type.talks&amp;place={arvad}", f"place={arvad}&amp;not=type.talks"
    )
    assert "Tel Maron" not in page
    assert "is chosen" in client.get(f"{address}?place={arvad}").content.decode()
    assert client.get(reverse("facet", args=["status"])).status_code == 404


def test_a_facets_search_takes_as_many_queries_for_many_values(client, events):
    def queries() -> list[int]:
        counts = []
        for name in ("place", "region", "actor", "source"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse("facet", args=[name])).status_code == 200
            counts.append(len(captured))
        return counts

    few = queries()
    for n in range(60):
        make_event(
            article=make_article(source=make_source(f"Wire {n}")),
            place=make_place(f"Village {n}", admin1=f"Shire {n}"),
            parties=[(f"Group {n}", "initiator", "group", "")],
        )
    assert queries() == few
    assert max(few) <= 3
    assert "There are more" in client.get(reverse("facet", args=["actor"])).content.decode()
