"""Counts beside the filters, as options of a form: each counts the events that match all the *other* filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from timeline.listing.answers import FACETS, LONG, SHORT, Answer
from timeline.listing.filters import EventFilter, FilterForm
from timeline.telling.phrases import side

__all__ = ["LONG", "Facet", "Option", "facets"]


@dataclass(frozen=True, slots=True)
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
    labels = _labels(found)
    return [
        _fixed(chosen, found, name) if name in SHORT else _long(chosen, found, name, labels.get(name, {}))
        for name in FACETS
    ]


def _options(chosen: EventFilter, name: str, rows: Iterable[tuple[str, str, int]]) -> list[Option]:
    """Of rows (value, label, count)."""
    selected = set(chosen.selected(name))
    return [
        Option(value, label, count, value in selected, f"{name}-{value}".replace(" ", "-"))
        for value, label, count in rows
    ]


def _fixed(chosen: EventFilter, found: Answer, name: str) -> Facet:
    """A facet whose values the codebook names: all in its order, those without events left out."""
    field = FilterForm.base_fields[name]
    counts = dict(found.counts[name].values)
    choices: list[tuple[str, str]] = getattr(field, "choices", [])
    options = _options(chosen, name, ((v, str(label), counts.get(v, 0)) for v, label in choices))
    return Facet(name, str(field.label), [o for o in options if o.count or o.selected], more=False)


def _long(chosen: EventFilter, found: Answer, name: str, labels: dict[str, str]) -> Facet:
    """A facet of many values: the most frequent ones and those chosen."""
    top = found.counts[name]
    # A value whose row came after the look at the names is shown the next time.
    options = _options(chosen, name, ((v, labels[v], n) for v, n in top.values if v in labels))
    options.sort(key=lambda option: (-option.count, option.label))
    return Facet(name, str(FilterForm.base_fields[name].label), options, more=top.more)


def _region_name(value: str) -> str:
    country, _, region = value.partition(".")
    return f"{region}, {country}"


_NAMES = """
    SELECT 'place', id, name, admin1 FROM timeline_place WHERE id = ANY(%(place)s)
    UNION ALL SELECT 'actor', id, name, '' FROM timeline_actor WHERE id = ANY(%(actor)s)
    UNION ALL SELECT 'source', id, name, '' FROM articles_source WHERE id = ANY(%(source)s)
"""


def _labels(found: Answer) -> dict[str, dict[str, str]]:
    """{facet: {value: its name}} of the facets of many values. One query."""
    values = {name: [value for value, _ in found.counts[name].values] for name in FACETS}
    labels: dict[str, dict[str, str]] = {
        "country": {value: side(value) for value in values["country"]},
        "region": {value: _region_name(value) for value in values["region"]},
    }
    stored = {name: [int(value) for value in values[name]] for name in ("place", "actor", "source")}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, stored)
        for facet, pk, name, region in cursor:
            here = name if not region or name.startswith(region) else f"{name}, {region}"
            labels.setdefault(facet, {})[str(pk)] = here
    return labels
