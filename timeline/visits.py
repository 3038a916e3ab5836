"""What a reader asks the browser to remember, in cookies of this site: the last visit, how dense the list is.

Readers get no cookie unless they press a button for it; nothing is stored on the server; nothing needs JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

VISIT = "visit"  # "<begin of the visit before>|<last page of this one>"
DENSITY = "density"
DENSITIES = ("roomy", "dense")
PAUSE = timedelta(minutes=30)  # longer without a page: the next one begins a new visit
KEPT = timedelta(days=365)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) and found <= timezone.now() else None


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def visit(cookie: str, now: datetime) -> tuple[datetime | None, datetime]:
    """(last page of the visit before this one, last page): what to remember after a page at `now`.

    A cookie that is no cookie of ours is a first visit.
    """
    before, _, latest = (_moment(part) for part in cookie.partition("|"))
    if latest is None:
        return None, now
    return (latest, now) if now - latest > PAUSE else (before, now)


def last_visit(request: HttpRequest) -> str:
    """When the reader was here before, as an address writes it; "" for the first time."""
    before, _latest = visit(request.COOKIES.get(VISIT, ""), timezone.now())
    return _written(before) if before else ""


def visits_remembered(request: HttpRequest) -> bool:
    return VISIT in request.COOKIES


def density(request: HttpRequest) -> str:
    found = request.COOKIES.get(DENSITY, "")
    return found if found in DENSITIES else ""


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=KEPT, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


class VisitMiddleware:
    """Remembers the moment of each page of the chronology, for readers who asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if (
            VISIT in request.COOKIES
            and match
            and match.url_name == "chronology"
            and response.status_code == 200
        ):
            _remember_visit(response, request.COOKIES[VISIT])
        return response


def _remember_visit(response: HttpResponse, cookie: str) -> None:
    before, latest = visit(cookie, timezone.now())
    _remember(response, VISIT, f"{_written(before) if before else ''}|{_written(latest)}")


@csrf_exempt  # it changes nothing but the reader's own view, and a token would be a cookie
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Sets how dense the list is, or whether visits are remembered, and goes back."""
    chosen, visits = request.POST.get("density"), request.POST.get("visits")
    if chosen not in (*DENSITIES, None) or visits not in ("on", "off", None) or chosen is visits is None:
        message = f"Give density ({' or '.join(DENSITIES)}) or visits (on or off).\n"
        return HttpResponseBadRequest(message, content_type="text/plain; charset=utf-8")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if chosen:
        _remember(response, DENSITY, chosen)
    if visits == "on":
        _remember_visit(response, "")
    elif visits == "off":
        response.delete_cookie(VISIT, samesite="Lax")
    return response
