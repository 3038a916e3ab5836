"""The map of a filter: its counts are those of the lists that its marks lead to."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_event, make_place
from timeline.listing.filters import EventFilter
from timeline.listing.maps import draw_map
from timeline.models import Place

pytestmark = pytest.mark.django_db

MAP = reverse("map")


def listed(query: str) -> int:
    chosen = EventFilter(QueryDict(query))
    assert chosen.errors == []
    return chosen.events().count()


@pytest.fixture
def country() -> None:
    """Towns near and far from each other, a region, a country, a sea, and an event without a place."""
    region = {"admin1": "Sumy", "country": "UA"}
    near = [make_place(f"Town {n}", latitude=50.9, longitude=34.8 + n / 100, **region) for n in range(3)]
    for n, place in enumerate(near):
        for _ in range(n + 1):
            make_event(place=place)
    make_event(place=make_place("Far Town", latitude=46.4, longitude=30.7, admin1="Odesa", country="UA"))
    whole = {"kind": Place.Kind.REGION, "latitude": 51.0, "longitude": 34.0}
    make_event(place=make_place("Sumy", **region, **whole), place_precision="admin1")
    make_event(
        place=make_place("Ukraine", admin1="", country="UA", kind=Place.Kind.COUNTRY),
        place_precision="country",
    )
    make_event(
        place=make_place("Poland", admin1="", country="PL", kind=Place.Kind.COUNTRY),
        place_precision="country",
    )
    make_event(place=make_place("Warsaw", admin1="Masovia", country="PL", latitude=52.2, longitude=21.0))


@pytest.mark.parametrize("view", ["fit", "ukraine", "world"])
@pytest.mark.parametrize("query", ["", "region=UA.Sumy", "box=34,50,35,51", "type=shelling&country=UA"])
def test_every_mark_and_shade_counts_what_its_list_holds(country, view, query):
    drawn = draw_map(EventFilter(QueryDict(query)), view)
    for mark in drawn.marks:
        assert listed(mark.query) == mark.cluster.count, mark.query
    for area in [*drawn.divisions, *drawn.countries]:
        if area.query:
            assert listed(area.query) == area.count, area.query
    for spot, each in drawn.spots:
        assert listed(each) == spot.count
    assert drawn.placed + drawn.unplaced == listed(query)


def test_a_region_is_never_a_pin(country):
    drawn = draw_map(EventFilter(QueryDict("")))
    assert {spot.name for spot, _query in drawn.spots} == {"Town 0", "Town 1", "Town 2", "Far Town", "Warsaw"}
    sumy = next(area for area in drawn.divisions if area.name == "Sumy region")
    assert (sumy.count, sumy.wider) == (7, 1)
    ukraine = next(area for area in drawn.countries if area.name == "Ukraine as a whole")
    assert (ukraine.count, ukraine.path, ukraine.query) == (1, "", "")
    assert next(area for area in drawn.countries if area.name == "Poland").wider == 1


def test_places_close_together_are_one_mark_that_says_so(country):
    drawn = draw_map(EventFilter(QueryDict("")))
    gathered = next(mark for mark in drawn.marks if len(mark.cluster.spots) == 3)
    assert gathered.label == "Town 2 and 2 other places"
    assert gathered.cluster.count == 6


def test_a_mark_within_an_area_that_was_asked_for_stays_within_it(country):
    (mark,) = draw_map(EventFilter(QueryDict("box=34.8,50,34.82,51"))).marks
    assert (mark.cluster.count, listed(mark.query)) == (3, 3)


def test_events_outside_the_frame_are_told(country):
    assert draw_map(EventFilter(QueryDict("")), "ukraine").unseen == 1
    assert draw_map(EventFilter(QueryDict("")), "world").unseen == 0


@pytest.mark.parametrize(
    "box", ["1", "1,2,3", "a,b,c,d", "3,1,2,4", "1,4,2,3", "nan,0,1,1", "-200,0,1,1", "0,0,0,0", "1,2,3,4,5"]
)
def test_a_bad_area_is_named_with_its_mend(client, box):
    chosen = EventFilter(QueryDict(f"box={box}"))
    (error,) = chosen.errors
    assert error.startswith("Map area: Give west, south, east and north")
    assert "box" not in chosen.values


def test_an_area_has_a_chip_in_words():
    (chip,) = EventFilter(QueryDict("box=30,46.25,31.5,47")).chips
    assert (chip.label, chip.value_label, chip.query) == ("Map area", "30° to 31.5° E, 46.25° to 47° N", "")


def test_the_page_has_map_table_boundary_note_and_unknown_views_are_named(client, country):
    page = client.get(f"{MAP}?view=mars").content.decode()
    assert "mars is none of fit, ukraine, world" in page
    assert '<svg class="earth"' in page
    assert "internationally recognised borders" in page
    links = re.findall(r'<th scope="row" dir="auto"><a href="([^"]*)">Town 2', page)
    assert links == [f"/?place={Place.objects.get(name='Town 2').pk}"]
    assert client.get(MAP, {"q": "nothingofthatkind"}).status_code == 200


def test_a_map_takes_the_same_queries_for_any_number_of_events(client, country):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(MAP).status_code == 200
        return len(captured)

    few = queries()
    for n in range(50):
        make_event(place=make_place(f"Village {n}", longitude=30 + n / 10, country="UA"))
    assert queries() == few <= 3
