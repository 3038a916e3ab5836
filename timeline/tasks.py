"""Doorbells for reading articles and for telling who follows a search."""

from __future__ import annotations

from celery import shared_task

from articles.doorbell import ring_all
from articles.models import Article
from timeline.alerts import mailings, webhooks
from timeline.curating import bulk, catalogue
from timeline.models import Amendment, Batch, MailAlert, Webhook
from timeline.recording import pipeline


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
def work_batch(batch_id: int) -> None:
    if not bulk.work(batch_id):
        ring_all(work_batch, Batch.objects.filter(pk=batch_id))


@shared_task
def work_batches() -> None:
    """Ring for batches of decisions that are not finished: a ring may have been lost."""
    ring_all(work_batch, Batch.objects.filter(finished_at=None).order_by("pk"))


@shared_task
def apply_amendments() -> None:
    """Ring for amendments whose events have not followed yet: a ring may have been lost."""
    ring_all(apply_amendment, Amendment.objects.filter(applied_at=None).order_by("pk"))


@shared_task
def tell_webhook(webhook_id: int) -> None:
    webhooks.tell(webhook_id)


@shared_task
def send_digest(alert_id: int) -> None:
    mailings.send_due(alert_id)


@shared_task
def tell() -> None:
    """Ring for webhooks, and for digests whose time has come; stop those that killed their worker each time."""
    for task, alerts in ((tell_webhook, Webhook.objects), (send_digest, MailAlert.objects)):
        alerts.set_aside_exhausted()
        ring_all(task, alerts.due().order_by("pk"))
