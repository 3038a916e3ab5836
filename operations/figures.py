"""The queues in figures: what waits, since when, what was done. Read by the queue page, readiness and metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Address, Article, Feed
from articles.work import WorkQuerySet
from timeline.recording.pipeline import EXTRACTOR

LATELY = timedelta(minutes=10)


@dataclass(frozen=True)
class Kind:
    """One kind of work: what names a row, which rows are its queue, since when one waits, when it was done."""

    name: str
    changelist: str
    label: str
    queue: Callable[[], WorkQuerySet]
    all: Callable[[], WorkQuerySet]
    came: str
    done: str


KINDS = (
    Kind(
        "feeds",
        "admin:articles_feed_changelist",
        "url",
        Feed.objects.pending,
        Feed.objects.all,
        "next_try_at",
        "last_success_at",
    ),
    Kind(
        "addresses",
        "admin:articles_address_changelist",
        "url",
        Address.objects.pending,
        Address.objects.all,
        "added_at",
        "done_at",
    ),
    Kind(
        "articles",
        "admin:articles_article_changelist",
        "title",
        lambda: Article.objects.unread_by(EXTRACTOR),
        Article.objects.all,
        "fetched_at",
        "extracted_at",
    ),
)


@dataclass(frozen=True)
class Figures:
    """One kind's queue at one moment."""

    kind: Kind
    waiting: int
    working: int
    later: int
    """Failed, and waiting for the time of the next attempt; of feeds, those whose time has not come."""
    set_aside: int
    oldest: datetime | None
    """Since when the oldest of those that wait has been due."""
    done_lately: int
    done_hour: int

    @property
    def oldest_age(self) -> timedelta | None:
        return None if self.oldest is None else max(timezone.now() - self.oldest, timedelta(0))

    @property
    def per_minute(self) -> float:
        return self.done_lately / (LATELY.total_seconds() / 60)

    @property
    def minutes_left(self) -> float | None:
        """Until what waits is done, at the pace of the last ten minutes."""
        return self.waiting / self.per_minute if self.waiting and self.done_lately else None


def figures(kind: Kind) -> Figures:
    """Three queries, whatever the length of the queue."""
    now = timezone.now()
    due = kind.queue().due()
    found: dict[str, Any] = due.aggregate(
        waiting=Count("pk"), oldest=Min(Coalesce(F("next_try_at"), F(kind.came)))
    )
    pending: dict[str, Any] = kind.queue().aggregate(
        working=Count("pk", filter=Q(lease_until__gte=now)),
        later=Count("pk", filter=Q(next_try_at__gt=now) & (Q(lease_until=None) | Q(lease_until__lt=now))),
    )
    rest: dict[str, Any] = kind.all().aggregate(
        set_aside=Count("pk", filter=Q(set_aside_at__isnull=False)),
        lately=Count("pk", filter=Q(**{f"{kind.done}__gte": now - LATELY})),
        hour=Count("pk", filter=Q(**{f"{kind.done}__gte": now - timedelta(hours=1)})),
    )
    return Figures(
        kind=kind,
        waiting=found["waiting"],
        oldest=found["oldest"],
        working=pending["working"],
        later=pending["later"],
        set_aside=rest["set_aside"],
        done_lately=rest["lately"],
        done_hour=rest["hour"],
    )


def all_figures() -> list[Figures]:
    return [figures(kind) for kind in KINDS]


@dataclass(frozen=True)
class Batch:
    """What came in since a moment, and how far its reading is."""

    since: datetime
    total: int
    read: int
    set_aside: int

    @property
    def ended(self) -> int:
        return self.read + self.set_aside

    @property
    def running(self) -> bool:
        return self.ended < self.total


def batch(since: datetime) -> Batch:
    found = Article.objects.filter(fetched_at__gte=since).aggregate(
        total=Count("pk"),
        read=Count("pk", filter=Q(extracted_with=EXTRACTOR, set_aside_at=None)),
        set_aside=Count("pk", filter=Q(set_aside_at__isnull=False)),
    )
    return Batch(since, found["total"], found["read"], found["set_aside"])
