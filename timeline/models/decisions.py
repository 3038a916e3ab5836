"""Decisions: what curators did, with what was before and after. Rows are only ever added."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.models.events import Event
from timeline.models.reports import Report


class Decision(models.Model):
    """One act of curation. `before` and `after` hold what is needed to explain and to undo it."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("confirmed")
        REJECT = "reject", _("rejected")
        REOPEN = "reopen", _("put back to unreviewed")
        CORRECT = "correct", _("corrected")
        MERGE = "merge", _("merged into another event")
        MOVE = "move", _("report moved to another event")
        SPLIT = "split", _("report split off into an event of its own")
        STRIKE_OUT = "strike_out", _("report struck out")
        ADD = "add", _("added by hand")
        ACCEPT = "accept", _("new reading accepted")
        REFUSE = "refuse", _("new reading refused")
        UNDO = "undo", _("undone")

    uid = models.UUIDField(
        db_default=RandomUUID(), unique=True, editable=False, help_text="The same wherever it is replayed."
    )
    kind = models.CharField(max_length=12, choices=Kind)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="decisions")
    other_event = models.ForeignKey(
        Event,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Merged or moved into.",
    )
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        indexes = [
            models.Index(fields=["event", "-taken_at"], name="decision_event"),
            models.Index(fields=["curator", "-taken_at"], name="decision_curator"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.event}"

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(field, value before, value after) of a correction or of its undoing, in words."""
        before, after = self.before.get("values", {}), self.after.get("values", {})
        return [(name.replace("_", " "), before.get(name), after.get(name)) for name in {**before, **after}]
