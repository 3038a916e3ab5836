"""Batches: decisions on many events, taken in the background one after the other."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from timeline.models.events import Event


class Batch(models.Model):
    """What an editor asked for at once. Each event's decision is one of its own, with the batch's reason."""

    state = models.CharField(max_length=12, choices=Event.Review, help_text=_("What the events become."))
    reason = models.TextField(blank=True)
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batches")
    events = ArrayField(models.BigIntegerField(), editable=False)
    done = models.PositiveIntegerField(default=0, help_text=_("Events that were looked at so far."))
    decided = models.PositiveIntegerField(default=0, help_text=_("Events that became so by this."))
    refused = models.JSONField(
        default=list, editable=False, help_text="[event, why] of those that were refused."
    )
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["made_at"], name="batch_waiting", condition=Q(finished_at=None))]
        constraints = [
            models.CheckConstraint(condition=Q(decided__lte=F("done")), name="batch_decided_within_done")
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.done} of {self.total}"

    @property
    def total(self) -> int:
        return len(self.events)
