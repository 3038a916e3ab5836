"""The filter: from a query string to events, chips and query strings; garbage is named and left out."""

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_article, make_event, make_place, make_report, make_source
from timeline.listing.answers import answer
from timeline.listing.chronology import read_page
from timeline.listing.facets import facets
from timeline.listing.filters import EventFilter, cursor
from timeline.models import Event, Place

pytestmark = pytest.mark.django_db


def chosen(query: str) -> EventFilter:
    return EventFilter(QueryDict(query))


@pytest.fixture
def events():
    """Three events that differ in everything a filter looks at."""
    region = make_place("Nahr", kind=Place.Kind.REGION)
    port = make_place("Port Kassim", admin1="Delta", country="KA")
    a = make_event(
        article=make_article("A missile hit Arvad, killing four, the Norvian army said.", make_source("Wire A")),
        type="missile", day=date(2024, 3, 1), killed_best=4,
        parties=[("Karsk", "initiator", "state", "KA")],
    )  # fmt: skip
    b = make_event(
        article=make_article("Envoys met for truce talks in Port Kassim.", make_source("Wire B")),
        type="talks", day=date(2024, 2, 10), place=port,
    )  # fmt: skip
    c = make_event(
        article=make_article("Norvia said it had captured a village.", make_source("Wire A")),
        type="capture", day=date(2024, 1, 5), place=region, killed_low=10,
        parties=[("Norvia", "initiator", "state", "NO")], attributed_to=["Norvia"],
    )  # fmt: skip
    return {"a": a, "b": b, "c": c}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abc"),
        ("q=missile", "a"),
        ("q=%22truce+talks%22", "b"),
        ("q=nothing-like-it", ""),
        ("from=2024-02-10", "ab"),
        ("to=2024-02-10", "bc"),
        ("from=2024-02-01&to=2024-02-29", "b"),
        ("category=strike", "a"),
        ("category=strike&category=diplomacy", "ab"),
        ("type=capture", "c"),
        ("country=KA", "b"),
        ("region=NO.Nahr", "ac"),
        ("killed=4", "ac"),
        ("killed=5", "c"),
        ("review=confirmed", ""),
        ("category=strike&country=KA", ""),
    ],
)
def test_each_filter_narrows(events, query, expected):
    found = chosen(query).events()
    assert {name for name, event in events.items() if event in found} == set(expected)


def test_place_filter_holds_what_lies_inside(events):
    region = events["c"].place
    assert set(chosen(f"place={region.pk}").events()) == {events["a"], events["c"]}


def test_actor_and_source_filters(events):
    karsk = events["a"].parts.get().actor
    assert list(chosen(f"actor={karsk.pk}").events()) == [events["a"]]
    source = events["b"].reports.get().article.source
    assert list(chosen(f"source={source.pk}").events()) == [events["b"]]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("from=yesterday", "From:"),
        ("from=2024-03-01&to=2024-01-01", "after the last one"),
        ("category=bogus", "Category:"),
        ("actor=999999", "Actor:"),
        ("place=x", "Place:"),
        ("killed=-1", "Killed"),
        ("killed=many", "Killed"),
        ("after=nowhere", "beginning"),
        ("country=ukraine", "Country:"),
        ("region=x", "Region:"),
        ("q=" + "x" * 300, "Search:"),
    ],
)
def test_what_is_wrong_is_named_and_left_out(events, query, part):
    with_error = chosen(query)
    assert any(part in message for message in with_error.errors)
    assert with_error.events().count() == 3


def test_a_bad_value_leaves_the_other_filters_alone(events):
    assert list(chosen("killed=many&category=strike").events()) == [events["a"]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from("q from to category type country region place actor source status review killed "
                        "order after nonsense".split()),
        st.text(max_size=30),
        max_size=6,
    )
)  # fmt: skip
def test_garbage_never_raises(data):
    query = QueryDict(mutable=True)
    query.update(data)
    read_page(EventFilter(query))


def test_chips_take_one_value_away(events):
    both = chosen("category=strike&category=territory&from=2024-01-01")
    assert [(c.label, c.value_label, c.query) for c in both.chips] == [
        ("From", "2024-01-01", "category=strike&category=territory"),
        ("Category", "Strike", "from=2024-01-01&category=territory"),
        ("Category", "Territory", "from=2024-01-01&category=strike"),
    ]


def test_facets_ignore_their_own_filter_and_obey_the_others(events):
    strikes = chosen("category=strike")
    shown = facets(strikes, answer(strikes))
    by_name = {facet.name: {o.value: o.count for o in facet.options} for facet in shown}
    assert by_name["category"] == {"diplomacy": 1, "strike": 1, "territory": 1}
    assert by_name["type"] == {"missile": 1}
    assert by_name["country"] == {"NO": 1}


@pytest.mark.parametrize("order", ["new", "old"])
def test_pages_by_keyset_hold_every_event_once(order):
    article = make_article("Shells fell on Arvad. " * 2)
    for number in range(7):
        make_report(article, day=date(2024, 1, 1 + number // 3), ordinal=number)
    seen, query = [], f"order={order}"
    while query:
        page = read_page(chosen(query), size=3)
        seen += [e.pk for e in page.events]
        query = page.next_query
    direction = 1 if order == "old" else -1
    assert seen == [e.pk for e in sorted(Event.objects.all(), key=lambda e: (e.start, e.pk))][::direction]


def test_a_cursor_is_readable(events):
    assert cursor(events["a"]) == f"2024-03-01.{events['a'].pk}"
