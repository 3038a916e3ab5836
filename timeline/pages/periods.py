"""Two periods under one filter, side by side: /periods/?<filter>&from=…&to=…&other_from=…&other_to=…

`from` and `to` are those of the filter, so that the link from the chronology keeps them. Without other dates the
period before, of the same length, is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles.models import Article
from timeline.extraction.codebook import TYPES
from timeline.listing.filters import STATUS_LABELS, EventFilter
from timeline.models import Actor, EventActor
from timeline.models.choices import CATEGORIES, EVENT_TYPES
from timeline.models.events import EventQuerySet

ACTORS = 15  # those in most events of both periods
USUAL = 30  # days, where the filter names no dates


def moved(day: date, days: int) -> date:
    """No further than dates go."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def overlaps(self, other: Period) -> bool:
        return self.start <= other.end and other.start <= self.end

    def before(self) -> Period:
        """The days before, as many."""
        return Period(moved(self.start, -self.days), moved(self.start, -1))


@dataclass(frozen=True, slots=True)
class Line:
    """One count in both periods. `query`s lead to the events."""

    label: str
    first: int
    second: int
    first_query: str = ""
    second_query: str = ""

    @property
    def difference(self) -> str:
        """ "+3", "−2" or "0"."""
        more = self.first - self.second
        return f"{more:+d}".replace("-", "−") if more else "0"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there was to read: articles that were published in a period, of how many outlets."""

    articles: int
    outlets: int


class OtherForm(forms.Form):
    other_from = forms.DateField(label=gettext_lazy("From"), required=False)
    other_to = forms.DateField(label=gettext_lazy("To"), required=False)


def usual_period(chosen: EventFilter) -> Period | None:
    """The filter's dates; what it leaves open is taken from its events. None where there are none."""
    start, end = chosen.values.get("start"), chosen.values.get("end")
    if not (start and end):
        held = chosen.events().aggregate(first=Min("start"), last=Max("start"))
        if held["last"] is None:
            return None
        end = end or max(held["last"], start or held["last"])
        start = start or max(min(held["first"], end), moved(end, 1 - USUAL))
    return Period(start, end)


def periods_of(
    chosen: EventFilter, given: Mapping[str, Any]
) -> tuple[Period | None, Period | None, list[str]]:
    """The two periods and what is wrong with what was asked for."""
    form = OtherForm({name: given.get(name, "") for name in ("other_from", "other_to")})
    errors = []
    if not form.is_valid():
        errors = [
            f"{form.fields[name].label}: {each}" for name, found in form.errors.items() for each in found
        ]
    first = usual_period(chosen)
    if first is None:
        return None, None, errors
    start, end = form.cleaned_data.get("other_from"), form.cleaned_data.get("other_to")
    if start and end and start > end:
        errors.append(_("The other period begins after its end. The days before are compared."))
        start = end = None
    if start:
        second = Period(start, end or moved(start, first.days - 1))
    elif end:
        second = Period(moved(end, 1 - first.days), end)
    else:
        second = first.before()
    if first.overlaps(second):
        errors.append(_("The two periods overlap: events of the days in both are counted in each."))
    return first, second, errors


def _in(chosen: EventFilter, period: Period) -> EventQuerySet:
    events = chosen.events(without=["start", "end"])
    return events.filter(end__gte=period.start, start__lte=period.end).order_by()


def _by(events: EventQuerySet, column: str) -> dict[Any, int]:
    return dict(events.values_list(column).annotate(n=Count("pk")))


def coverage(chosen: EventFilter, period: Period) -> Coverage:
    articles = Article.objects.filter(
        published__date__gte=period.start, published__date__lte=period.end
    ).order_by()
    if sources := chosen.values.get("source"):
        articles = articles.filter(source__in=sources)
    held = articles.aggregate(articles=Count("pk"), outlets=Count("source", distinct=True))
    return Coverage(**held)


def _lines(
    chosen: EventFilter, first: Period, second: Period, field: str, labels: Mapping[Any, Any], counts: Any
) -> list[Line]:
    def query(period: Period, value: Any) -> str:
        changes: dict[str, Any] = {
            field: str(value), "start": period.start.isoformat(), "end": period.end.isoformat()
        }  # fmt: skip
        return chosen.query_string(**changes)

    left, right = counts
    return [
        Line(str(label), left.get(value, 0), right.get(value, 0), query(first, value), query(second, value))
        for value, label in labels.items()
        if left.get(value) or right.get(value)
    ]


def compare(chosen: EventFilter, first: Period, second: Period) -> dict[str, list[Line]]:
    """Counts by category, type, status and actor in both periods. An event is in each period that it touches."""
    events = [_in(chosen, first), _in(chosen, second)]
    types = [_by(each, "type") for each in events]
    statuses = [_by(each, "status") for each in events]
    actors = [
        dict(
            EventActor.objects.filter(event__in=each.values("pk"))
            .values_list("actor")
            .annotate(n=Count("event", distinct=True))
            .order_by()
        )
        for each in events
    ]
    sums = {pk: actors[0].get(pk, 0) + actors[1].get(pk, 0) for pk in {*actors[0], *actors[1]}}
    most = sorted(sums, key=lambda pk: (-sums[pk], pk))[:ACTORS]
    names = {row.pk: str(row) for row in Actor.objects.filter(pk__in=most)}
    categories: list[dict[str, int]] = []
    for counts in types:
        of: dict[str, int] = {}
        for code, n in counts.items():
            of[TYPES[code].category] = of.get(TYPES[code].category, 0) + n
        categories.append(of)
    return {
        "categories": _lines(chosen, first, second, "category", dict(CATEGORIES), categories),
        "types": _lines(chosen, first, second, "type", dict(EVENT_TYPES), types),
        "statuses": _lines(
            chosen, first, second, "status", {s.value: str(w) for s, w in STATUS_LABELS.items()}, statuses
        ),
        "actors": _lines(chosen, first, second, "actor", {pk: names[pk] for pk in most}, actors),
    }


@require_safe
def periods_page(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    first, second, errors = periods_of(chosen, request.GET)
    context: dict[str, Any] = {
        "filter": chosen,
        "errors": [*chosen.errors, *errors],
        "first": first,
        "second": second,
        "kept": [
            (key, value)
            for key, values in chosen.query.lists()
            for value in values
            if key not in ("from", "to", "other_from", "other_to", "after") and value
        ],
        "described": "; ".join(
            f"{c.label.lower()} {c.value_label}" for c in chosen.chips if c.field not in ("start", "end")
        ),
    }
    if first and second:
        lines = compare(chosen, first, second)
        context |= {
            "total": Line(
                _("All events"),
                sum(line.first for line in lines["categories"]),
                sum(line.second for line in lines["categories"]),
                chosen.period(first.start, first.end),
                chosen.period(second.start, second.end),
            ),
            "parts": [
                (_("Category"), lines["categories"]),
                (_("Type"), lines["types"]),
                (_("Who says so"), lines["statuses"]),
                (_("Actors"), lines["actors"]),
            ],
            "covered": coverage(chosen, first),
            "other_covered": coverage(chosen, second),
        }
    return render(request, "periods.html", context)
