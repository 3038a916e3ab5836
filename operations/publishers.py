"""Feeds with what they brought and what ails them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Address, Feed

#: The states that the page filters by, with their labels.
FEED_STATES = {"all": "All", "failing": "Failing", "silent": "Nothing new for a week", "off": "Switched off"}
SILENT = timedelta(days=7)


def feeds_in_state(state: str) -> QuerySet[Feed]:
    """The worst first, each with `new_day` and `new_week`: how many addresses it brought."""
    now = timezone.now()
    feeds = Feed.objects.select_related("source").annotate(
        new_day=_brought(now - timedelta(days=1)), new_week=_brought(now - SILENT)
    )
    match state:
        case "failing":
            feeds = feeds.filter(active=True, failures__gt=0)
        case "silent":
            feeds = feeds.filter(active=True, new_week=0)
        case "off":
            feeds = feeds.filter(Q(active=False) | Q(set_aside_at__isnull=False))
    return feeds.order_by("-failures", "source__name", "pk")


def _brought(since: object) -> Coalesce:
    brought = (
        Address.objects.filter(feed=OuterRef("pk"), added_at__gte=since)
        .order_by()
        .values("feed")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(brought, output_field=IntegerField()), 0)
