"""Amendments: what editors changed of actors, places and sources, from what to what. Rows are only added."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models import Source
from timeline.models.catalogue import Actor, Place


class Amendment(models.Model):
    """One change of an actor, a place or a source. Its events follow in the background: `applied_at` says when."""

    class Kind(models.TextChoices):
        EDIT = "edit", _("edited")
        MERGE = "merge", _("merged into another")
        UNDO = "undo", _("undone")

    uid = models.UUIDField(
        db_default=RandomUUID(), unique=True, editable=False, help_text="The same wherever it is replayed."
    )
    kind = models.CharField(max_length=8, choices=Kind)
    actor = models.ForeignKey(
        Actor, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="amendments")
    reason = models.TextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_to = models.PositiveIntegerField("events", default=0, help_text="Derived again so far.")
    last_event = models.BigIntegerField(default=0, editable=False, help_text="Where a task goes on.")

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["made_at"], name="amendment_waiting", condition=Q(applied_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor__isnull=False, place=None, source=None)
                | Q(actor=None, place__isnull=False, source=None)
                | Q(actor=None, place=None, source__isnull=False),
                name="amendment_of_one_row",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.row}"

    @property
    def row(self) -> Actor | Place | Source:
        row = self.actor or self.place or self.source
        assert row is not None  # the constraint
        return row

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(field, value before, value after) of what differs, in words."""
        differing = [name for name in self.after if self.before.get(name) != self.after[name]]
        return [
            (name.replace("_", " "), _words(self.before.get(name)), _words(self.after[name]))
            for name in differing
            if name not in NUMBERS
        ]


NUMBERS = ("parent", "merged_into", "side_by_editor", "moved")  # keys of rows, and what goes without saying


def _words(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
