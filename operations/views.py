"""Readiness and metrics for machines; the queue and the health of feeds for staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from operations import metrics
from operations.figures import KINDS, all_figures, batch
from operations.health import checks, words
from operations.models import Heartbeat
from operations.publishers import FEED_STATES, feeds_in_state
from operations.troubles import set_aside

FEEDS_PER_PAGE = 50


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this installation works. 503 when pages cannot be served; with `?all`, when anything is wrong.

    A web server whose workers are behind is still to be asked for pages, so a load balancer wants the first and
    a monitor the second.
    """
    found = checks()
    ready = all(check.ok for check in found if check.vital)
    whole = all(check.ok for check in found)
    status = 503 if not ready or ("all" in request.GET and not whole) else 200
    answer = {
        "status": "ok" if whole else "degraded" if ready else "unavailable",
        "checks": {check.name: {"ok": check.ok, "said": check.said} for check in found},
    }
    return JsonResponse(answer, status=status, headers={"Retry-After": "10"} if status == 503 else None)


@require_safe
@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    """For `Authorization: Bearer METRICS_TOKEN`, or a signed-in member of the staff."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    by_token = bool(settings.METRICS_TOKEN) and constant_time_compare(given, settings.METRICS_TOKEN)
    if not by_token and not request.user.is_staff:  # type: ignore[union-attr]
        raise PermissionDenied
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    whole = not request.htmx  # type: ignore[attr-defined]
    frame = {**admin.site.each_context(request), "title": title} if whole else {}
    template = f"operations/{name}.html" if whole else f"operations/_{name}.html"
    return render(request, template, frame | context)


@require_safe
@never_cache
@staff_member_required
@permission_required("articles.view_article", raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """What is wrong, what waits, at what pace it is done; `?since=` follows what came in since then."""
    since = _since(request.GET.get("since", ""))
    figures = all_figures()
    context = {
        "wrong": [check for check in checks(figures) if not check.ok],
        "failing": feeds_in_state("failing").count(),
        "figures": figures,
        "set_aside": set_aside(),
        "heartbeats": [(each, words(each.age)) for each in Heartbeat.objects.all()],
        "batch": batch(since),
        "now": timezone.now(),
        "may_retry": request.user.has_perm("articles.change_article"),  # type: ignore[union-attr]
    }
    return _page(request, "queue", "Queue", context)


def _since(given: str) -> datetime:
    """A moment in ISO 8601; a day ago where it is none."""
    try:
        moment = parse_datetime(given)
    except ValueError:
        moment = None
    if moment is None:
        return timezone.now() - timedelta(days=1)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


@require_POST
@staff_member_required
@permission_required("articles.change_article", raise_exception=True)
def retry(request: HttpRequest, kind: str) -> HttpResponse:
    """Put everything of a kind that is set aside back in the queue; the next sweep rings for it."""
    found = next((known for known in KINDS if known.name == kind), None)
    if found is None:
        raise Http404(f"There is no queue of {kind}.")
    count = found.all().set_aside().retry()
    messages.success(request, f"{count} {kind} are in the queue again. They are begun within a minute.")
    return HttpResponseRedirect(reverse("queue"))


@require_safe
@never_cache
@staff_member_required
@permission_required("articles.view_feed", raise_exception=True)
def feed_health(request: HttpRequest) -> HttpResponse:
    """Every feed: when it last answered, when it is asked next, what it brought, what is wrong with it."""
    state = request.GET.get("state", "")
    state = state if state in FEED_STATES else "all"
    page = Paginator(feeds_in_state(state), FEEDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": FEED_STATES, "now": timezone.now()}
    return _page(request, "feed_health", "Health of feeds", context)
