"""The readers' pages as of a moment: /?as_of=2025-12-13T12:00Z and /events/12/?as_of=…"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from timeline.listing.chronology import Page
from timeline.listing.filters import EventFilter, moment_text
from timeline.listing.histogram import make_histogram
from timeline.listing.toll_chart import toll_series
from timeline.models import Event
from timeline.recording.as_of import Past, Unanswerable, event_at
from timeline.recording.history import steps


def chronology(request: HttpRequest, chosen: EventFilter) -> HttpResponse:
    """What the filter found then. Where it cannot be told, an error says why, and no event of now is shown."""
    try:
        context = Past(chosen).context()
    except Unanswerable as error:
        chosen.form.add_error("as_of", str(error))
        context = {
            "page": Page([]), "facets": [], "total": 0, "unreviewed": 0,
            "histogram": make_histogram({}, chosen.period, (None, None)),
        }  # fmt: skip
    return render(request, "chronology.html", {"filter": chosen, **context})


def event(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = EventFilter(request.GET)
    row = get_object_or_404(Event, pk=pk)
    if chosen.as_of is None:
        context = {"event": row, "errors": chosen.errors}
        return render(request, "event_unknown_then.html", context, status=400)
    found = event_at(pk, chosen.as_of)
    if found is None:
        return render(request, "event_unknown_then.html", {"event": row, "moment": chosen.as_of}, status=404)
    if found.merged_into_id:
        then = urlencode({"as_of": moment_text(chosen.as_of)})
        return redirect(f"{reverse('event', args=[found.merged_into_id])}?{then}")
    if found.review == Event.Review.REJECTED:
        return render(request, "event_rejected.html", {"event": found}, status=410)
    context = {
        "event": found,
        "moment": chosen.as_of,
        "ledger": found.live_reports,
        "toll_series": toll_series(found.live_reports),
        "steps": steps(found, until=chosen.as_of),
        "history": found.decisions.filter(taken_at__lte=chosen.as_of).select_related(
            "curator", "other_event", "report", "undone_by"
        ),
        "merged_from": Event.objects.none(),
    }
    return render(request, "event.html", context)
