"""Counts beside the filters: each facet counts the events that match all the *other* filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet

from timeline.filters import EventFilter, FilterForm
from timeline.models import Event, EventActor, Report
from timeline.sides import side_name

LONG = 12  # options shown of a long facet; the chosen ones always are


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    selected: bool
    id: str  # stable, so that focus stays on a box when its list is swapped


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: list[Option]
    more: bool  # there are options that are not shown


def facets(chosen: EventFilter) -> list[Facet]:
    return [
        _fixed(chosen, "category"),
        _fixed(chosen, "type"),
        _fixed(chosen, "status"),
        _fixed(chosen, "review"),
        _long(chosen, "country", _countries(chosen)),
        _long(chosen, "region", _regions(chosen)),
        _long(chosen, "place", _places(chosen)),
        _long(chosen, "actor", _actors(chosen)),
        _long(chosen, "source", _sources(chosen)),
    ]


def _option(chosen: EventFilter, name: str, value: str, label: str, count: int) -> Option:
    return Option(value, label, count, value in chosen.selected(name), f"{name}-{value}".replace(" ", "-"))


def _fixed(chosen: EventFilter, name: str) -> Facet:
    """A facet whose values the codebook names: all in its order, those without events left out."""
    field = FilterForm.base_fields[name]
    counts = dict(
        chosen.events(without=[name])
        .order_by()
        .values_list(name)
        .annotate(n=Count("pk"))
        .values_list(name, "n")
    )
    choices: list[tuple[str, str]] = getattr(field, "choices", [])
    options = [_option(chosen, name, v, str(label), counts.get(v, 0)) for v, label in choices]
    return Facet(name, str(field.label), [o for o in options if o.count or o.selected], more=False)


def _long(chosen: EventFilter, name: str, rows: Iterable[tuple[str, str, int]]) -> Facet:
    """A facet of many values: the most frequent ones and those chosen."""
    options = [_option(chosen, name, *row) for row in rows]
    shown = [o for i, o in enumerate(options) if i < LONG or o.selected]
    field = FilterForm.base_fields[name]
    return Facet(name, str(field.label), shown, more=len(shown) < len(options))


def _countries(chosen: EventFilter) -> list[tuple[str, str, int]]:
    rows = (
        chosen.events(without=["country"])
        .exclude(place=None)
        .exclude(place__country="")
        .order_by()
        .values_list("place__country")
        .annotate(n=Count("pk"))
        .order_by("-n", "place__country")
    )
    return [(country, side_name(country), n) for country, n in rows]


def _regions(chosen: EventFilter) -> list[tuple[str, str, int]]:
    rows = (
        chosen.events(without=["region"])
        .exclude(place=None)
        .exclude(place__admin1="")
        .order_by()
        .values_list("place__country", "place__admin1")
        .annotate(n=Count("pk"))
        .order_by("-n", "place__admin1")
    )
    return [(f"{country}.{region}", f"{region}, {country}", n) for country, region, n in rows]


def _places(chosen: EventFilter) -> list[tuple[str, str, int]]:
    rows = (
        chosen.events(without=["place"])
        .exclude(place=None)
        .order_by()
        .values_list("place", "place__name", "place__admin1")
        .annotate(n=Count("pk"))
        .order_by("-n", "place__name")
    )
    return [
        (str(pk), name if not region or name.startswith(region) else f"{name}, {region}", n)
        for pk, name, region, n in rows
    ]


def _actors(chosen: EventFilter) -> list[tuple[str, str, int]]:
    events = chosen.events(without=["actor"]).order_by().values("pk")
    rows = (
        EventActor.objects.filter(event__in=events)
        .values_list("actor", "actor__name")
        .annotate(n=Count("event", distinct=True))
        .order_by("-n", "actor__name")
    )
    return [(str(pk), name, n) for pk, name, n in rows]


def _sources(chosen: EventFilter) -> list[tuple[str, str, int]]:
    events = chosen.events(without=["source"]).order_by().values("pk")
    rows = (
        Report.objects.live()
        .filter(event__in=events)
        .values_list("article__source", "article__source__name")
        .annotate(n=Count("event", distinct=True))
        .order_by("-n", "article__source__name")
    )
    return [(str(pk), name, n) for pk, name, n in rows]


def counts_by_day(events: QuerySet[Event]) -> dict[tuple[date, str], int]:
    """{(day, category): events}: what the histogram is made of."""
    rows = events.order_by().values_list(F("start"), "category").annotate(n=Count("pk"))
    return {(day, category): n for day, category, n in rows}
