"""/print/?<filter>: all events of a filter on one page for paper, by day, each with its quotes and sources.

As strict as the files (timeline.takeaway.exports): what is wrong in the address is said, and nothing else is shown.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from timeline.listing.chronology import by_day
from timeline.listing.filters import EventFilter
from timeline.listing.present import tells_the_past
from timeline.models import Event
from timeline.recording.as_of import Past, Unanswerable
from timeline.takeaway.exports import refusals, site_of
from timeline.takeaway.records import NOTE

MOST = 2_000  # events: some four hundred sheets


@tells_the_past
@require_safe
def printable(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    chosen.after = None  # the whole list, wherever the reader was in it
    context = {"filter": chosen, "site": site_of(request), "most": MOST, "now": timezone.now()}
    errors = refusals(chosen)
    if not errors:
        try:
            total, events = _events(chosen)
        except Unanswerable as error:
            errors = [str(error)]
        else:
            listed = {"days": by_day(events), "total": total, "left_out": total - len(events), "note": NOTE}
            return render(request, "printable.html", context | listed)
    return render(request, "printable.html", context | {"errors": errors}, status=400)


def _events(chosen: EventFilter) -> tuple[int, list[Event]]:
    """(how many match, the first MOST of them in the filter's order)"""
    if chosen.as_of:
        known = Past(chosen).events()
        return len(known), known[:MOST]
    events = list(chosen.ordered().for_list().defer("search", "overrides")[: MOST + 1])
    total = len(events) if len(events) <= MOST else chosen.events().order_by().count()
    return total, events[:MOST]
