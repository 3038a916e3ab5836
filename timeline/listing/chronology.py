"""A page of the chronology: rows by keyset, gathered under their days. Everything here is for reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from timeline.extraction.codebook import Precision
from timeline.listing.filters import EventFilter, cursor
from timeline.models import Event

PAGE_SIZE = 40
VAGUE = (Precision.WEEK, Precision.MONTH, Precision.YEAR)


@dataclass(frozen=True)
class Day:
    """Events under one heading: a day, or a longer time where the day is not known."""

    label: str
    start: date
    uncertain: bool
    events: list[Event]


@dataclass(frozen=True)
class Page:
    days: list[Day]
    next_query: str = ""  # of the following page; empty at the end
    events: list[Event] = field(default_factory=list)


def read_page(chosen: EventFilter, size: int = PAGE_SIZE, ids: list[int] | None = None) -> Page:
    """`ids` of the page and one more, in order, where the answers know them; else Postgres finds them."""
    if ids is None:
        rows = list(chosen.ordered().for_rows()[: size + 1])
    else:
        found = {event.pk: event for event in Event.objects.published().filter(pk__in=ids).for_rows()}
        rows = [found[pk] for pk in ids if pk in found]
    events, more = rows[:size], len(rows) > size
    next_query = chosen.query_string(after=cursor(events[-1])) if more else ""
    return Page(by_day(events), next_query, events)


def by_day(events: list[Event]) -> list[Day]:
    """Consecutive events of one start date, exact days first, then what is only known more roughly."""
    days = []
    for start, group in groupby(events, key=lambda e: e.start):
        same = list(group)
        exact = [e for e in same if e.precision not in VAGUE]
        if exact:
            days.append(Day(date_format(start, "l j E Y"), start, uncertain=False, events=exact))
        for precision in VAGUE:
            rough = [e for e in same if e.precision == precision]
            if rough:
                days.append(Day(_period(start, precision), start, uncertain=True, events=rough))
    return days


def _period(start: date, precision: str) -> str:
    if precision == Precision.YEAR:
        period = str(start.year)
    elif precision == Precision.MONTH:
        period = date_format(start, "F Y")
    else:
        period = _("week of %(days)s") % {"days": date_format(start, "j E Y")}
    return _("Date uncertain: %(period)s") % {"period": period}
