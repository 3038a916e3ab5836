"""Counts of events by month, as rows of a table with a bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from timeline.extraction.codebook import Category
from timeline.listing.histogram import after
from timeline.models import Event

MOST = 36  # months: the latest


@dataclass(frozen=True, slots=True)
class Month:
    start: date
    count: int
    share: float  # percent of the highest
    query: str


def strikes_by_month(events: QuerySet[Event], query: str) -> list[Month]:
    """The strikes among `events`, for each month from the first to the last that has one; none is 0.

    `query` is the filter that makes these events, as a query string. The month is that of an event's first day.
    """
    rows = (
        events.filter(category=Category.STRIKE)
        .order_by()
        .annotate(month=TruncMonth("start"))
        .values_list("month")
        .annotate(n=Count("pk"))
    )
    return months_of(dict(rows), f"{query}&category=strike")


def months_of(counts: dict[date, int], query: str) -> list[Month]:
    """The latest months from the first to the last that is counted, those between them as 0. Pure."""
    if not counts:
        return []
    months, month = [], min(counts)
    while month <= max(counts):
        months.append(month)
        month = after(month, "month")
    shown = months[-MOST:]
    highest = max(counts.get(each, 0) for each in shown) or 1
    return [
        Month(
            each,
            counts.get(each, 0),
            round(100 * counts.get(each, 0) / highest, 1),
            query,
        )
        for each in shown
    ]
