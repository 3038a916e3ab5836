"""Doorbells for reading articles."""

from __future__ import annotations

from celery import shared_task

from articles.doorbell import ring_all
from articles.models import Article
from timeline import catalogue, pipeline
from timeline.models import Amendment


@shared_task
def read_article(article_id: int) -> None:
    pipeline.read_article(article_id)


@shared_task
def sweep() -> None:
    """Ring for articles that no current extractor has read, and set aside those that kill their worker."""
    unread = Article.objects.unread_by(pipeline.EXTRACTOR)
    unread.set_aside_exhausted()
    ring_all(read_article, unread.due().order_by("pk"))


@shared_task
def pass_the_day() -> None:
    """Planned events whose day has passed say so: what is said of them depends on today."""
    pipeline.rederive_overdue()


@shared_task
def apply_amendment(amendment_id: int) -> None:
    catalogue.apply(amendment_id)


@shared_task
def apply_amendments() -> None:
    """Ring for amendments whose events have not followed yet: a ring may have been lost."""
    ring_all(apply_amendment, Amendment.objects.filter(applied_at=None).order_by("pk"))
