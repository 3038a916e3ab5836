"""Pages for readers. Each answers whole pages; htmx picks the parts that it swaps (hx-select)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Prefetch, QuerySet, Window
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Article, Feed, Source
from timeline.curating.catalogue import amendments_of
from timeline.extraction import codebook
from timeline.extraction.gazetteer.lookup import ATTRIBUTION
from timeline.listing import neighbours
from timeline.listing.answers import answer
from timeline.listing.by_month import strikes_by_month
from timeline.listing.chronology import PAGE_SIZE, by_day, read_page
from timeline.listing.claiming import CONTROL, control_claims, unconfirmed_links
from timeline.listing.facets import facets
from timeline.listing.filters import STATUS_LABELS, EventFilter, place_query
from timeline.listing.histogram import make_histogram
from timeline.listing.present import tells_the_past
from timeline.listing.toll_chart import toll_series
from timeline.models import Actor, Event, EventActor, Place, Report
from timeline.models.choices import CATEGORIES
from timeline.models.events import EventQuerySet
from timeline.pages import past_views
from timeline.recording.history import steps
from timeline.recording.pipeline import EXTRACTOR
from timeline.telling.quotes import mark

RECENT = 50  # events on the pages of a place or an actor; the rest is one filter away
AT_ONCE = 10  # of these in each part of an actor's page; the others unfold


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an actor's page: the latest events of all that there are."""

    id: str
    title: str
    events: Sequence[Event]
    total: int

    @classmethod
    def of(cls, name: str, title: str, events: EventQuerySet) -> Part:
        counted = events.for_list().annotate(total=Window(Count("pk")))  # in the same query, not capped
        latest = list(counted.order_by("-start", "-pk")[:RECENT])
        return cls(name, title, latest, latest[0].total if latest else 0)


@tells_the_past
@require_safe
def chronology(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    if chosen.as_of:
        return past_views.chronology(request, chosen)
    found = answer(chosen, rows=PAGE_SIZE + 1)
    context = {
        "filter": chosen,
        "page": read_page(chosen, ids=found.page),
        "facets": facets(chosen, found),
        "total": found.total,
        "unreviewed": found.unreviewed,
        "histogram": make_histogram(
            found.by_day,
            chosen.period,
            (chosen.values.get("start"), chosen.values.get("end")),
        ),
    }
    return render(request, "chronology.html", context)


@tells_the_past
@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    if request.GET.get("as_of"):
        return past_views.event(request, pk)
    found = get_object_or_404(Event.objects.for_list(), pk=pk)
    if found.merged_into_id:
        return redirect("event", pk=found.merged_into_id)  # not for good: a merge can be undone
    gone = found.review == Event.Review.REJECTED or not found.report_count
    if gone and not request.user.is_staff:
        return render(request, "event_rejected.html", {"event": found}, status=410)
    earlier, later = neighbours.before_and_after(found)
    context = {
        "event": found,
        "ledger": found.live_reports,
        "toll_series": toll_series(found.live_reports),
        "steps": steps(found),
        "history": found.decisions.select_related("curator", "other_event", "report", "undone_by"),
        "amendments": amendments_of(found),
        "earlier": earlier,
        "later": later,
        "around": neighbours.around(found),
        "merged_from": found.merged.all(),
        "admin_url": reverse("admin:timeline_event_change", args=[pk]) if request.user.is_staff else "",
    }
    return render(request, "event.html", context)


@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Article.objects.select_related("source", "syndication_group"), pk=pk)
    live = list(
        found.reports.filter(superseded_at=None, struck_out=False)
        .exclude(event__review=Event.Review.REJECTED)
        .select_related("event", "place")
        .order_by("quote_start", "ordinal")
    )
    current = [report for report in live if report.content_hash == found.content_hash]
    spans = [
        (start, end, report)
        for report in current
        for start, end in [(report.quote_start, report.quote_end), *report.more_evidence]
    ]
    group = found.syndication_group
    context = {
        "article": found,
        "paragraphs": mark(found.text, spans),
        "reports": current,
        "stale": found.extracted_with != EXTRACTOR or len(current) < len(live),
        "versions": found.versions.all(),
        "reprints": group.articles.exclude(pk=pk).select_related("source") if group else [],
    }
    return render(request, "article.html", context)


@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Place.objects.select_related("parent"), pk=pk)
    if found.merged_into_id:
        return redirect("place", pk=found.merged_into_id)
    here = Event.objects.published().filter(place_query(found))
    events = list(here.for_list().order_by("-start", "-pk")[:RECENT])
    claims = control_claims(here.filter(type__in=CONTROL).order_by("start", "pk")[:RECENT])
    context = {
        "place": found,
        "days": by_day(events),
        "claims": claims,
        "unconfirmed": unconfirmed_links(found, claims),
        "counts": _by_category(here),
        "strikes": strikes_by_month(here, f"place={pk}"),
    }
    return render(request, "place.html", context)


def _by_category(events: QuerySet[Event]) -> list[tuple[str, str, int]]:
    """(code, label, number of events) of each category."""
    counts = dict(events.order_by().values_list("category").annotate(n=Count("pk")))
    return [(code, str(label), counts.get(code, 0)) for code, label in CATEGORIES]


@require_safe
def actor(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Actor.objects.select_related("parent"), pk=pk)
    if found.merged_into_id:
        return redirect("actor", pk=found.merged_into_id)  # not for good: a merge can be undone

    def with_role(*roles: codebook.Role) -> EventQuerySet:
        ids = EventActor.objects.filter(actor=found, role__in=roles).values("event")
        return Event.objects.published().filter(pk__in=ids)

    def spoken(reports: QuerySet[Report]) -> EventQuerySet:
        return Event.objects.published().filter(pk__in=reports.values("event"))

    told = Report.objects.live().filter(attributed_to__overlap=[found.name, *found.aliases])
    said = told.exclude(stance=codebook.Stance.DENIES)
    parts = [
        Part.of("did", _("What it is reported to have done"), with_role(codebook.Role.INITIATOR)),
        Part.of("done-to", _("What is reported to have been done to it"), with_role(codebook.Role.TARGET)),
        Part.of(
            "took-part",
            _("What it took part in"),
            with_role(codebook.Role.PARTICIPANT, codebook.Role.MEDIATOR),
        ),
        Part.of("said", _("What it says"), spoken(said)),
        Part.of("contested", _("What it says and others deny"), spoken(said.exclude(event__denied_by=[]))),
        Part.of("denied", _("What it denies"), spoken(told.filter(stance=codebook.Stance.DENIES))),
    ]
    context = {
        "actor": found,
        "parts": [part for part in parts if part.total],
        "at_once": f":{AT_ONCE}",
        "rest_after": f"{AT_ONCE}:",
    }
    return render(request, "actor.html", context)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    articles = Article.objects.all()
    context = {
        "graded": Source.objects.exclude(grade="").exists(),
        "sources": Source.objects.filter(merged_into=None)
        .annotate(
            article_count=Count("articles", distinct=True),
            last_published=Max("articles__published"),
        )
        .prefetch_related(Prefetch("feeds", queryset=Feed.objects.filter(active=True))),
        "events_by_source": dict(
            Report.objects.live()
            .order_by()
            .values_list("article__source")
            .annotate(n=Count("event", distinct=True))
        ),
        "queue": {
            "read": articles.filter(extracted_with=EXTRACTOR).count(),
            "waiting": articles.unread_by(EXTRACTOR).count(),
            "working": articles.working().exclude(extracted_with=EXTRACTOR).count(),
            "set_aside": articles.set_aside().count(),
        },
    }
    return render(request, "sources.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "categories": [
            (label, [t for t in codebook.TYPES.values() if t.category == category])
            for category, label in CATEGORIES
        ],
        "date_precisions": codebook.UCDP_DATE_PREC,
        "place_precisions": codebook.UCDP_WHERE_PREC,
        "statuses": STATUS_LABELS,
        "urls": {"chronology": reverse("chronology"), "compare": reverse("compare")},
        "data_sources": [ATTRIBUTION],
        "extractor": EXTRACTOR,
    }
    return render(request, "about.html", context)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: the process answers. It asks no engine."""
    return JsonResponse({"status": "ok"})
