"""Claims: which curator has an event open at the review desk, until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from timeline.models.events import Event

LEASE = timedelta(minutes=10)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def live(self) -> Self:
        return self.filter(until__gt=timezone.now())

    def take(self, event: int, curator: int) -> Claim:
        """Claim an event, or lengthen one's own claim. The row says who has it: compare its curator.

        One conditional UPDATE decides, so that of two curators who ask at once only one is told yes.
        """
        now = timezone.now()
        row, created = self.get_or_create(
            event_id=event, defaults={"curator_id": curator, "until": now + LEASE}
        )
        if not created:
            free = Q(curator_id=curator) | Q(until__lte=now)
            self.filter(free, pk=row.pk).update(curator_id=curator, until=now + LEASE)
        return self.select_related("curator").get(pk=row.pk)

    def release(self, event: int, curator: int) -> None:
        self.filter(event_id=event, curator_id=curator).update(until=timezone.now())


class Claim(models.Model):
    """An event under a curator's eyes. It ends by itself, so a closed browser holds up nobody."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="claim")
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    until = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.curator} until {self.until:%H:%M}"
