"""/map/?<filter>&view=fit: a filter's events on a map and as a table. The chronology takes its #map in place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timeline.listing.filters import EventFilter
from timeline.listing.maps import VIEWS, draw_map


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    view = request.GET.get("view", "fit")
    errors = list(chosen.errors)
    if view not in VIEWS:
        errors.append(
            _("view: %(view)s is none of %(views)s.") % {"view": view[:40], "views": ", ".join(VIEWS)}
        )
        view = "fit"
    context = {
        "filter": chosen,
        "errors": errors,
        "map": draw_map(chosen, view),
        "views": [(name, label()) for name, label in VIEWS.items()],
    }
    return render(request, "map.html", context)
