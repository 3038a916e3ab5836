"""Who is told what became of the events of a saved search: by mail in digests, or by signed messages (webhooks).

Both are rows that do their own work (articles.work), like a feed: they go on for ever, a failure lengthens the
pause, and too many in a row set them aside with the reason.
"""

from __future__ import annotations

import base64
import random
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.work import Work, WorkQuerySet, mend_connection, words_of
from timeline.models.searches import SavedSearch

#: After each failure in a row; the next one sets the row aside. Some 42 hours in all.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=24),
]


def make_secret() -> str:
    """As Standard Webhooks writes it: whsec_ and 32 random bytes in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class Alert(Work):
    """Follows a saved search: what changed up to `told_until` has been put into rows to be sent."""

    told_until = models.DateTimeField(default=timezone.now, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    last_success_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def reason(self) -> str:
        """Of its last failure, in one line."""
        return self.last_error.strip().rpartition("\n")[2]

    def succeed(self, next_try_at: datetime | None) -> None:
        """Free the row until then. Does nothing when the lease has passed to another worker."""
        type(self)._default_manager.filter(pk=self.pk, lease_token=self.lease_token).update(
            lease_until=None,
            lease_token=None,
            attempts=0,
            failures=0,
            last_error="",
            last_success_at=timezone.now(),
            next_try_at=next_try_at,
        )

    def fail(
        self, error: BaseException | str, retry_after: timedelta | None = None, final: bool = False
    ) -> None:
        """Note a failure; the last one in a row, or a `final` one, sets the row aside."""
        mend_connection()
        now = timezone.now()
        stopped = final or self.failures >= len(PAUSES)
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)] * random.uniform(1, 1.1)  # noqa: S311 (jitter)
        type(self)._default_manager.filter(pk=self.pk, lease_token=self.lease_token).update(
            lease_until=None,
            lease_token=None,
            attempts=0,
            failures=F("failures") + 1,
            last_error=words_of(error),
            next_try_at=None if stopped else now + max(pause, retry_after or timedelta()),
            set_aside_at=now if stopped else None,
        )

    def start_again(self) -> None:
        """After its cause was mended: it goes on where it stopped."""
        rows = type(self)._default_manager.filter(pk=self.pk)
        rows.update(failures=0, last_error="")
        rows.retry()


class Webhook(Alert):
    """An address that each change of a search is posted to, in order, signed (Standard Webhooks)."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField("address", max_length=1000)
    secret = models.CharField(max_length=100, default=make_secret, editable=False)
    since = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Changes before are not told."
    )
    last_event = models.BigIntegerField(
        default=0, editable=False, help_text="The last event that was looked at."
    )

    class Meta:
        ordering = ["search__name", "url"]
        constraints = [models.UniqueConstraint(fields=["search", "url"], name="one_webhook_a_search_and_url")]

    def __str__(self) -> str:
        return f"{self.search} → {self.url}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> DeliveryQuerySet:
        return self.filter(delivered_at=None)


class Delivery(models.Model):
    """One change for one webhook: sent until the receiver takes it, always under the same id."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=120, help_text="The change: it is told once.")
    uid = models.UUIDField("id", default=uuid.uuid4, unique=True, editable=False)
    body = models.TextField(help_text="The bytes that are signed.")
    made_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField("HTTP status", null=True, blank=True)
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["webhook", "key"], name="one_delivery_a_change")]
        indexes = [
            models.Index(fields=["webhook", "id"], name="delivery_waiting", condition=Q(delivered_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.webhook.url}"

    @property
    def message_id(self) -> str:
        return f"msg_{self.uid.hex}"


class MailAlert(Alert):
    """A reader's digest of a search, to the address of their account."""

    class Every(models.TextChoices):
        DAY = "day", "every day"
        WEEK = "week", "every week"

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="mail_alerts")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_alerts")
    every = models.CharField(max_length=4, choices=Every, default=Every.DAY)

    class Meta:
        ordering = ["search__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["search", "reader"], name="one_mail_alert_a_search_and_reader")
        ]

    def __str__(self) -> str:
        return f"{self.search}, {self.get_every_display()} to {self.reader}"


class Mailing(models.Model):
    """One digest. It is handed over once: where it is not known whether that worked, it is not sent again."""

    alert = models.ForeignKey(MailAlert, on_delete=models.CASCADE, related_name="mailings")
    until = models.DateTimeField(help_text="What changed up to then is in it.")
    changes = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "until"], name="one_mailing_a_moment"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(handed_over_at__isnull=False),
                name="mailing_is_handed_over_before_it_is_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
