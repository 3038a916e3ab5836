"""Doorbells for reading articles."""

from __future__ import annotations

from celery import shared_task

from articles.doorbell import ring
from articles.models import Article
from timeline import pipeline

BATCH = 500


@shared_task
def read_article(article_id: int) -> None:
    pipeline.read_article(article_id)


@shared_task
def sweep() -> None:
    """Ring for articles that no current extractor has read, and set aside those that kill their worker."""
    unread = Article.objects.unread_by(pipeline.EXTRACTOR)
    unread.set_aside_exhausted()
    for pk in unread.due().order_by("pk").values_list("pk", flat=True)[:BATCH]:
        ring(read_article, pk)
