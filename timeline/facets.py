"""Counts beside the filters, as options of a form: each counts the events that match all the *other* filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from articles.models import Source
from timeline.answers import FACETS, LONG, SHORT, Answer
from timeline.filters import EventFilter, FilterForm
from timeline.models import Actor, Place
from timeline.phrases import side

__all__ = ["LONG", "Facet", "Option", "facets"]


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


def facets(chosen: EventFilter, found: Answer) -> list[Facet]:
    return [_fixed(chosen, found, name) if name in SHORT else _long(chosen, found, name) for name in FACETS]


def _option(chosen: EventFilter, name: str, value: str, label: str, count: int) -> Option:
    return Option(value, label, count, value in chosen.selected(name), f"{name}-{value}".replace(" ", "-"))


def _fixed(chosen: EventFilter, found: Answer, name: str) -> Facet:
    """A facet whose values the codebook names: all in its order, those without events left out."""
    field = FilterForm.base_fields[name]
    counts = dict(found.counts[name].values)
    choices: list[tuple[str, str]] = getattr(field, "choices", [])
    options = [_option(chosen, name, v, str(label), counts.get(v, 0)) for v, label in choices]
    return Facet(name, str(field.label), [o for o in options if o.count or o.selected], more=False)


def _long(chosen: EventFilter, found: Answer, name: str) -> Facet:
    """A facet of many values: the most frequent ones and those chosen."""
    top = found.counts[name]
    labels = LABELS[name]([value for value, _ in top.values])
    # A value whose row came after the look at the names is shown the next time.
    options = [_option(chosen, name, v, labels[v], n) for v, n in top.values if v in labels]
    options.sort(key=lambda option: (-option.count, option.label))
    return Facet(name, str(FilterForm.base_fields[name].label), options, more=top.more)


def _region_name(value: str) -> str:
    country, _, region = value.partition(".")
    return f"{region}, {country}"


def _place_names(values: Iterable[str]) -> dict[str, str]:
    rows = Place.objects.filter(pk__in=values).values_list("pk", "name", "admin1")
    return {
        str(pk): name if not region or name.startswith(region) else f"{name}, {region}"
        for pk, name, region in rows
    }


def _actor_names(values: Iterable[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Actor.objects.filter(pk__in=values).values_list("pk", "name")}


def _source_names(values: Iterable[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Source.objects.filter(pk__in=values).values_list("pk", "name")}


LABELS: dict[str, Callable[[list[str]], dict[str, str]]] = {
    "country": lambda values: {value: side(value) for value in values},
    "region": lambda values: {value: _region_name(value) for value in values},
    "place": _place_names,
    "actor": _actor_names,
    "source": _source_names,
}
