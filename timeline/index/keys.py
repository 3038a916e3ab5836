"""What an event stands under in the facet index. The one place that says so: for one event and for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, LPad
from pyroaring import BitMap

from timeline.index.table import BLOCK, FacetTable
from timeline.models import Event
from timeline.models.events import EventQuerySet

FIGURE_DIGITS = 10  # so that figures are in order as strings; more than the column holds


def day_key(day: date) -> str:
    return day.isoformat()


def figure_key(number: int) -> str:
    return str(number).zfill(FIGURE_DIGITS)


def _text(expression: Any) -> Cast:
    return Cast(expression, TextField())


def values_of(events: EventQuerySet) -> dict[str, QuerySet[Any, Any]]:
    """{facet: the events with their `value` of it}; an event may come several times, with several values."""
    events = events.order_by()
    placed = events.exclude(place=None)
    region = Concat("place__country", Value("."), "place__admin1")
    killed = LPad(_text(Coalesce("killed_best", "killed_low")), FIGURE_DIGITS, Value("0"))
    told = events.filter(reports__superseded_at=None, reports__struck_out=False)
    return {
        "category": events.annotate(value=_text("category")),
        "type": events.annotate(value=_text("type")),
        "status": events.annotate(value=_text("status")),
        "review": events.annotate(value=_text("review")),
        "country": placed.exclude(place__country="").annotate(value=_text("place__country")),
        "region": placed.exclude(place__admin1="").annotate(value=_text(region)),
        "place": placed.annotate(value=_text("place_id")),
        "actor": events.filter(parts__isnull=False).annotate(value=_text("parts__actor_id")),
        "source": told.annotate(value=_text("reports__article__source_id")),
        "start": events.annotate(value=_text("start")),
        "end": events.annotate(value=_text("end")),
        "killed": events.exclude(killed_best=None, killed_low=None).annotate(value=killed),
    }


def keys_of(ids: Collection[int]) -> dict[int, set[str]]:
    """{event: its keys}, "facet:value"; an event that is not published has none. One query."""
    keys: dict[int, set[str]] = defaultdict(set)
    for pk, key in pairs_of(Event.objects.published().filter(pk__in=ids)):
        keys[pk].add(key)
    return keys


def pairs_of(events: EventQuerySet) -> QuerySet[Any, Any]:
    """(event, key) for each key of each of the events, as one query; some twice."""
    first, *others = [
        of_facet.values_list("pk", Concat(Value(f"{facet}:"), "value", output_field=TextField()))
        for facet, of_facet in values_of(events).items()
    ]
    return first.union(*others, all=True)


def table_of_all_events() -> FacetTable:
    """The index as the tables have it, made anew."""
    table = FacetTable()
    for facet, events in values_of(Event.objects.published()).items():
        groups = events.values("value").annotate(ids=ArrayAgg("pk")).values_list("value", "ids")
        for value, ids in groups.iterator(chunk_size=1000):
            for block, part in blocks_of(BitMap(ids)):
                table.put(facet, value, block, part)
    return table


def blocks_of(bitmap: BitMap) -> list[tuple[int, BitMap]]:
    """A bitmap cut into those of its blocks that are not empty."""
    if not bitmap:
        return []
    blocks = range(bitmap.min() // BLOCK, bitmap.max() // BLOCK + 1)
    cut = ((block, bitmap & BitMap(range(block * BLOCK, (block + 1) * BLOCK))) for block in blocks)
    return [(block, part) for block, part in cut if part]
