"""/embed/?<filter>: a read-only timeline for an <iframe> on another site, and /embed/code/ with the tag to copy.

This page alone may be framed by others. It sets no cookie, has no form, and its links open the site itself.
"""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from timeline.listing.chronology import read_page
from timeline.listing.filters import EventFilter
from timeline.takeaway.exports import refusals, refuse, site_of

ROWS = 20
HEIGHT = 600  # pixels, of the tag to copy


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def embed(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    page = read_page(chosen, size=ROWS)
    context = {
        "filter": chosen,
        "page": page,
        "total": chosen.events().count(),
        "site": site_of(request),
        "query": chosen.query_string(),
    }
    return render(request, "embed.html", context)


@require_safe
def code(request: HttpRequest) -> HttpResponse:
    """The tag to copy, and how it looks."""
    chosen = EventFilter(request.GET)
    if messages := refusals(chosen):
        return refuse(messages, as_json=False)
    query = chosen.query_string()
    address = site_of(request) + reverse("embed") + (f"?{query}" if query else "")
    described = chosen.describe()
    title = f"Conflict timeline: {described}" if described else "Conflict timeline"
    tag = format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"></iframe>',
        address,
        title,
        HEIGHT,
    )
    context = {"filter": chosen, "tag": tag, "address": address, "query": query}
    return render(request, "embed_code.html", context)
