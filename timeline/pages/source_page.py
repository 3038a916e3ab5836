"""/sources/12/: what was read of an outlet over time, and how far others bear out what it reports."""

from __future__ import annotations

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from articles.models import Source
from timeline.extraction.codebook import Status
from timeline.listing.by_month import months_of
from timeline.listing.filters import STATUS_LABELS, EventFilter
from timeline.models.choices import CATEGORIES

LATEST = 20  # articles


@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Source, pk=pk)
    if found.merged_into_id:
        return redirect("source", pk=found.merged_into_id)  # not for good: a merge can be undone
    query = f"source={pk}"
    chosen = EventFilter(QueryDict(query))
    # One row for each pair, so that one query gives all the counts.
    rows = list(
        chosen.events()
        .order_by()
        .values_list("status", "category")
        .annotate(n=Count("pk"), alone=Count("pk", filter=Q(outlet_count=1)))
    )
    statuses = {status: sum(n for each, _c, n, _a in rows if each == status) for status in STATUS_LABELS}
    total = sum(n for _s, _c, n, _a in rows)
    alone = sum(each for _s, _c, _n, each in rows)
    corroborated = statuses[Status.CORROBORATED]
    live = Q(reports__superseded_at=None, reports__struck_out=False, reports__isnull=False)
    context = {
        "source": found,
        "total": total,
        "alone": alone,
        "alone_share": alone / total if total else 0,
        "corroborated": corroborated,
        "corroborated_share": corroborated / total if total else 0,
        "statuses": [
            (label, statuses[status], f"{query}&status={status.value}")
            for status, label in STATUS_LABELS.items()
            if statuses[status]
        ],
        "categories": [
            (code, label, sum(n for _s, each, n, _a in rows if each == code), f"{query}&category={code}")
            for code, label in CATEGORIES
        ],
        "query": query,
        "months": months_of(
            {
                month.date(): n
                for month, n in found.articles.order_by()
                .annotate(month=TruncMonth("published"))
                .values_list("month")
                .annotate(n=Count("pk"))
            },
            query,
        ),
        "articles": found.articles.defer("text")
        .annotate(events=Count("reports__event", filter=live, distinct=True))
        .order_by("-published", "-pk")[:LATEST],
        "article_count": found.articles.count(),
        "feeds": found.feeds.filter(active=True),
    }
    return render(request, "source.html", context)
