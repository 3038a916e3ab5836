"""Pages for readers. Each answers whole pages; htmx picks the parts that it swaps (hx-select)."""

from __future__ import annotations

from django.db.models import Count, Max, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Feed, Source
from timeline import neighbours, past_views
from timeline.answers import answer
from timeline.by_month import strikes_by_month
from timeline.catalogue import amendments_of
from timeline.chronology import PAGE_SIZE, by_day, read_page
from timeline.claiming import CONTROL, control_claims, unconfirmed_links
from timeline.extraction import codebook
from timeline.extraction.gazetteer.lookup import ATTRIBUTION
from timeline.facets import facets
from timeline.filters import STATUS_LABELS, EventFilter, place_query
from timeline.histogram import make_histogram
from timeline.history import steps
from timeline.models import Actor, Event, EventActor, Place, Report
from timeline.models.choices import CATEGORIES
from timeline.pipeline import EXTRACTOR
from timeline.quotes import mark
from timeline.toll_chart import toll_series

RECENT = 50  # events on the pages of a place or an actor; the rest is one filter away


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

    def part(*roles: codebook.Role) -> list[Event]:
        ids = EventActor.objects.filter(actor=found, role__in=roles).values("event")
        return list(
            Event.objects.published().filter(pk__in=ids).for_list().order_by("-start", "-pk")[:RECENT]
        )

    told = Report.objects.live().filter(attributed_to__overlap=[found.name, *found.aliases])
    denials = told.filter(stance=codebook.Stance.DENIES)

    def spoken(reports: QuerySet[Report]) -> QuerySet[Event]:
        of_these = Event.objects.published().filter(pk__in=reports.values("event"))
        return of_these.for_list().order_by("-start", "-pk")[:RECENT]

    context = {
        "actor": found,
        "did": part(codebook.Role.INITIATOR),
        "done_to": part(codebook.Role.TARGET),
        "took_part": part(codebook.Role.PARTICIPANT, codebook.Role.MEDIATOR),
        "said": spoken(told.exclude(stance=codebook.Stance.DENIES)),
        "contested": spoken(told.exclude(stance=codebook.Stance.DENIES).exclude(event__denied_by=[])),
        "denied": spoken(denials),
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
        "data_sources": [ATTRIBUTION],
        "extractor": EXTRACTOR,
    }
    return render(request, "about.html", context)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: the process answers. It asks no engine."""
    return JsonResponse({"status": "ok"})
