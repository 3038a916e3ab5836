"""A day and a month on one page: /days/2025-12-13/ and /months/2025-12/, each under any filter."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from timeline.extraction.codebook import Status
from timeline.listing.chronology import by_day
from timeline.listing.filters import STATUS_LABELS, EventFilter
from timeline.models import EventActor
from timeline.models.choices import CATEGORIES

MOST = 200  # events in full on a day's page
TOP = 10  # places, actors
CONTESTED = 20


class DayConverter:
    """A day in an address: "2025-12-13". What is no day is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


class MonthConverter:
    """ "2025-12": its first day."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Counted:
    label: str
    count: int
    query: str


def _summary(chosen: EventFilter) -> dict[str, object]:
    """How many of the events are of which category and status: (label, count, query string)."""
    events = chosen.events().order_by()
    categories = dict(events.values_list("category").annotate(n=Count("pk")))
    statuses = dict(events.values_list("status").annotate(n=Count("pk")))
    return {
        "total": sum(categories.values()),
        "categories": [
            (code, label, categories.get(code, 0), chosen.query_string(category=code))
            for code, label in CATEGORIES
        ],
        "statuses": [
            Counted(str(label), statuses[code], chosen.query_string(status=code.value))
            for code, label in STATUS_LABELS.items()
            if code in statuses
        ],
    }


def _within(request: HttpRequest, start: date, end: date) -> EventFilter:
    """The filter of the address, with these dates in place of its own."""
    query = request.GET.copy()
    query["from"], query["to"] = start.isoformat(), end.isoformat()
    return EventFilter(query)


@require_safe
def day_page(request: HttpRequest, day: date) -> HttpResponse:
    chosen = _within(request, day, day)
    events = list(chosen.events().for_list().order_by("-start", "-pk")[: MOST + 1])
    here = [e for e in events[:MOST] if e.start == day]
    longer = [e for e in events[:MOST] if e.start != day]
    other = chosen.query_string(start="", end="")
    context = {
        "filter": chosen,
        "title": date_format(day, "l j E Y"),
        "start": day,
        "days": by_day(here),
        "longer": longer,
        "more": len(events) > MOST,
        "before": day - timedelta(days=1) if day > date.min else None,
        "after": day + timedelta(days=1) if day < date.max else None,
        "other_query": other,
        **_summary(chosen),
    }
    return render(request, "day.html", context)


@require_safe
def month_page(request: HttpRequest, month: date) -> HttpResponse:
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    chosen = _within(request, month, last)
    events = chosen.events().order_by()
    per_day: dict[date, int] = dict(events.values_list("start").annotate(n=Count("pk")))
    places = (
        events.exclude(place=None)
        .values_list("place", "place__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "place__name")[:TOP]
    )
    actors = (
        EventActor.objects.filter(event__in=events.values("pk"))
        .values_list("actor", "actor__name")
        .annotate(n=Count("event", distinct=True))
        .order_by("-n", "actor__name")[:TOP]
    )
    contested = chosen.events().filter(status__in=[Status.DISPUTED, Status.DENIED])
    weeks = [
        [(day := month.replace(day=number), per_day.get(day, 0)) if number else None for number in week]
        for week in calendar.monthcalendar(month.year, month.month)
    ]
    context = {
        "filter": chosen,
        "title": date_format(month, "F Y"),
        "start": month,
        "weekdays": [date_format(date(2024, 1, n), "D") for n in range(1, 8)],
        "weeks": weeks,
        "places": [Counted(name, n, chosen.query_string(place=str(pk))) for pk, name, n in places],
        "actors": [Counted(name, n, chosen.query_string(actor=str(pk))) for pk, name, n in actors],
        "contested": contested.for_list().order_by("-start", "-pk")[:CONTESTED],
        "before": (month - timedelta(days=1)).replace(day=1) if month > date.min else None,
        "after": last + timedelta(days=1) if last < date.max else None,
        "other_query": chosen.query_string(start="", end=""),
        **_summary(chosen),
    }
    return render(request, "month.html", context)
