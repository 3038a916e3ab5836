"""A filter as a bitmap. NARROWING names the filters that the index knows; of others Postgres finds the events."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any

from pyroaring import BitMap

from timeline.index import words
from timeline.index.keys import day_key, figure_key
from timeline.index.table import FacetTable
from timeline.listing.filters import EventFilter
from timeline.listing.narrowing import Exclusion
from timeline.models import Place

Narrow = Callable[[FacetTable, Any], BitMap]


def _values(facet: str) -> Narrow:
    return lambda table, values: table.any_of(facet, [str(getattr(v, "pk", v)) for v in values])


def _in_places(table: FacetTable, places: Iterable[Place]) -> BitMap:
    """As timeline.listing.filters.place_query: a region holds its settlements, a country its regions."""
    found = BitMap()
    for place in places:
        if place.kind == Place.Kind.COUNTRY:
            found |= table.any_of("country", [place.country])
        elif place.kind == Place.Kind.REGION and place.admin1:
            found |= table.any_of("region", [f"{place.country}.{place.admin1}"])
        else:
            found |= table.any_of("place", [str(place.pk)])
    return found


def _without(table: FacetTable, exclusions: Iterable[Exclusion]) -> BitMap:
    return table.everything() - BitMap.union(
        BitMap(), *(NARROWING[each.field](table, [each.value]) for each in exclusions)
    )


# Each narrows as the condition of the same name in timeline.listing.filters.CONDITIONS.
NARROWING: dict[str, Narrow] = {
    "start": lambda table, day: table.between("end", day_key(day), None),
    "end": lambda table, day: table.between("start", None, day_key(day)),
    "category": _values("category"),
    "type": _values("type"),
    "country": _values("country"),
    "region": _values("region"),
    "place": _in_places,
    "actor": _values("actor"),
    "source": _values("source"),
    "status": _values("status"),
    "review": _values("review"),
    "exclude": _without,
    "killed": lambda table, least: table.between("killed", figure_key(least), None),
}
#: Fields that narrow nothing.
NEUTRAL = ("order", "after")


def is_answerable(chosen: EventFilter) -> bool:
    """Whether every field that is set narrows the table of events: what was known at another time does not."""
    used = {name for name, value in chosen.form.cleaned_data.items() if not _is_empty(value)}
    return used <= {*chosen.values, *NEUTRAL}


def _is_empty(value: Any) -> bool:
    return value in (None, "") or (hasattr(value, "__len__") and not len(value))


def look_up(chosen: EventFilter) -> dict[str, BitMap]:
    """The events of each filter that the index does not know, found by Postgres."""
    found = {}
    for name in chosen.values.keys() - NARROWING.keys():
        if name == "q":
            found[name] = words.find(chosen.values[name])
            continue
        others = [other for other in chosen.values if other != name]
        found[name] = BitMap(chosen.events(without=others).order_by().values_list("pk", flat=True))
    return found


class Selection:
    """The events of one filter in a table, with and without some of its fields."""

    def __init__(self, table: FacetTable, chosen: EventFilter, looked_up: dict[str, BitMap]) -> None:
        self._parts = {
            name: looked_up[name] if name in looked_up else NARROWING[name](table, value)
            for name, value in chosen.values.items()
        }
        self._made: dict[frozenset[str], BitMap | None] = {}

    def events(self, without: Container[str] = ()) -> BitMap | None:
        """The events that match; None is all of them."""
        used = frozenset(name for name in self._parts if name not in without)
        if used not in self._made:
            parts = sorted((self._parts[name] for name in used), key=len)
            self._made[used] = BitMap.intersection(*parts) if parts else None
        return self._made[used]
