"""What a page says of all events that match a filter: total, counts of each facet, events per day.

    found = answer(EventFilter(request.GET))
    found.total, found.counts["status"], found.by_day

From the facet index, or from SQL where the filter holds something that the index does not know, or where
there is no index. Both give the same answer; the index takes milliseconds at a million events.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from pyroaring import BitMap

from timeline.index.held import held
from timeline.index.keys import values_of
from timeline.index.selection import Selection, is_answerable, look_up
from timeline.index.table import FacetTable, Top, top_of
from timeline.listing.day_counts import DayCounts
from timeline.listing.filters import EventFilter
from timeline.models import Event

FACETS = ("category", "type", "status", "review", "country", "region", "place", "actor", "source")
LONG = 12  # values of a facet with many: the most frequent, and the chosen ones
SHORT = ("category", "type", "status", "review")  # whose values the codebook names: all of them


@dataclass(frozen=True)
class Answer:
    total: int
    unreviewed: int
    counts: dict[str, Top]  # of each facet: over the events that match all the *other* filters
    by_day: DayCounts  # by first day and category, whatever the dates chosen
    page: list[int] | None  # ids of the asked rows in order; None: not known, ask Postgres


def answer(chosen: EventFilter, rows: int = 0) -> Answer:
    """`rows` is how many ids of the list, from `chosen.after` on, are wanted."""
    if is_answerable(chosen):
        looked_up = look_up(chosen) if settings.FACET_INDEX else {}
        with held.current() as table:
            if table is not None:
                return _from_index(table, chosen, looked_up, rows)
    return answer_from_sql(chosen)


def ids_in_order(chosen: EventFilter) -> Sequence[int] | None:
    """All events of the list from `chosen.after` on, four bytes each; None: not known, ask Postgres."""
    if not is_answerable(chosen) or not settings.FACET_INDEX:
        return None
    looked_up = look_up(chosen)
    with held.current() as table:
        if table is None:
            return None
        matching = Selection(table, chosen, looked_up).events()
        return array("I", table.page(matching, chosen.order != "old", chosen.after, table.total()))


def _from_index(table: FacetTable, chosen: EventFilter, looked_up: dict[str, BitMap], rows: int) -> Answer:
    selection = Selection(table, chosen, looked_up)
    matching = selection.events()
    counts = {}
    for facet in FACETS:
        within, always = selection.events(without=[facet]), chosen.selected(facet)
        if facet in SHORT:
            counts[facet] = _all_of(table.counts(facet, within))
        else:
            counts[facet] = table.top(facet, within, LONG, always)
    return Answer(
        total=table.total() if matching is None else len(matching),
        unreviewed=table.cardinality("review", Event.Review.UNREVIEWED, matching),
        counts=counts,
        by_day=table.by_day(selection.events(without=["start", "end"])),
        page=table.page(matching, chosen.order != "old", chosen.after, rows),
    )


def _all_of(counts: dict[str, int]) -> Top:
    return top_of(counts, len(counts), ())


def answer_from_sql(chosen: EventFilter) -> Answer:
    numbers = chosen.events().aggregate(
        total=Count("pk"), unreviewed=Count("pk", filter=Q(review=Event.Review.UNREVIEWED))
    )
    counts = {}
    for facet in FACETS:
        all_counts = _counts(chosen, facet)
        counts[facet] = (
            _all_of(all_counts) if facet in SHORT else top_of(all_counts, LONG, chosen.selected(facet))
        )
    by_day = DayCounts.of(counts_by_day(chosen.events(without=["start", "end"])))
    return Answer(numbers["total"], numbers["unreviewed"], counts, by_day, page=None)


def _counts(chosen: EventFilter, facet: str) -> dict[str, int]:
    events = values_of(chosen.events(without=[facet]))[facet]
    return dict(events.values("value").annotate(n=Count("pk", distinct=True)).values_list("value", "n"))


def counts_by_day(events: QuerySet[Event]) -> dict[tuple[date, str], int]:
    rows = events.order_by().values_list("start", "category").annotate(n=Count("pk"))
    return {(day, category): n for day, category, n in rows}
