"""`?as_of=` is obeyed or refused: no page passes off events of now as those of then.

A view that tells the past is marked `@tells_the_past`; any other page of the timeline answers 400 to a request with
a moment and names the pages that tell it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

View = TypeVar("View", bound=Callable[..., Any])
Respond = Callable[[HttpRequest], HttpResponse]


def tells_the_past(view: View) -> View:
    view.tells_the_past = True  # type: ignore[attr-defined]
    return view


class PresentUnlessMarked:
    """Middleware."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        ours = getattr(view, "__module__", "").startswith("timeline.")
        if not ours or getattr(view, "tells_the_past", False) or not request.GET.get("as_of", "").strip():
            return None
        now = request.GET.copy()
        del now["as_of"]
        context = {
            "then": f"{reverse('chronology')}?{request.GET.urlencode()}",
            "now": request.path + (f"?{now.urlencode()}" if now else ""),
        }
        return render(request, "only_the_present.html", context, status=400)
