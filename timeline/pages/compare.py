"""Two sides' accounts of the same events, side by side: /compare/?<filter>&a=RU&b=UA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Func, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timeline.extraction.codebook import Stance
from timeline.listing.filters import EventFilter
from timeline.models import Event, Report
from timeline.telling.phrases import side as side_words

MOST = 60  # events; a narrower filter shows the rest
SIDES = 40  # in the choice
LONGEST = 200  # characters of a side's name


@dataclass(frozen=True, slots=True)
class Row:
    event: Event
    a: list[Report]
    b: list[Report]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows by who speaks: both, one, the other."""

    both: list[Row]
    only_a: list[Row]
    only_b: list[Row]
    against: int  # of `both`: one asserts what the other denies


def speaks(report: Report, side: str) -> bool:
    """Whether the report rests on the word of this side: its code, or the name of a body that has none."""
    return any(side in (of or name, name) for name, _kind, of in report.speakers)


def denies(reports: Sequence[Report]) -> bool:
    return any(report.stance == Stance.DENIES for report in reports)


def compare(events: Sequence[Event], a: str, b: str) -> Comparison:
    """`events` come from for_list()."""
    found = Comparison([], [], [], 0)
    against = 0
    for event in events:
        row = Row(
            event,
            [report for report in event.live_reports if speaks(report, a)],
            [report for report in event.live_reports if speaks(report, b)],
        )
        if row.a and row.b:
            found.both.append(row)
            against += denies(row.a) != denies(row.b)
        elif row.a:
            found.only_a.append(row)
        elif row.b:
            found.only_b.append(row)
    return Comparison(found.both, found.only_a, found.only_b, against)


def sides(chosen: EventFilter) -> list[tuple[str, str, int]]:
    """(code, name, events): who asserts or denies any of the events, the most frequent first."""
    counts: dict[str, int] = {}
    for column in ("said_by", "denied_by"):
        rows = (
            chosen.events()
            .order_by()
            .annotate(side=Func(F(column), function="unnest"))
            .values_list("side")
            .annotate(n=Count("pk"))
        )
        for side, n in rows:
            counts[side] = counts.get(side, 0) + n
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(side, side_words(side), n) for side, n in ordered[:SIDES]]


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    choice = sides(chosen)
    codes = [code for code, _name, _n in choice]
    # Without a choice the two that speak most are compared.
    a = request.GET.get("a", "")[:LONGEST].replace("\0", "") or (codes[0] if codes else "")
    b = request.GET.get("b", "")[:LONGEST].replace("\0", "") or next(
        (code for code in codes if code != a), ""
    )
    errors = list(chosen.errors)
    if a and a == b:
        errors.append(_("Both sides are %(side)s. Choose two that differ.") % {"side": side_words(a)})
    for side in {a, b} - {""}:
        if side not in codes:
            choice.append((side, side_words(side), 0))
    found = Comparison([], [], [], 0)
    more = False
    if a and b and a != b:
        said = Q()
        for side in (a, b):
            said |= Q(said_by__contains=[side]) | Q(denied_by__contains=[side])
        events = list(chosen.events().filter(said).for_list().order_by("-start", "-pk")[: MOST + 1])
        found, more = compare(events[:MOST], a, b), len(events) > MOST
    context = {
        "filter": chosen,
        "errors": errors,
        "sides": choice,
        "a": a,
        "b": b,
        "found": found,
        "more": more,
        "kept": [
            (key, value)
            for key, values in chosen.query.lists()
            for value in values
            if key not in ("a", "b", "after") and value
        ],
    }
    return render(request, "compare.html", context)
