"""Amendments: what editors changed of actors and places, with what was before and after. Rows are only added."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from timeline.models.catalogue import Actor, Place


class Amendment(models.Model):
    """One change of an actor or a place. Its events follow in the background: `applied_at` says when."""

    class Kind(models.TextChoices):
        EDIT = "edit", _("edited")
        MERGE = "merge", _("merged into another")
        UNDO = "undo", _("undone")

    kind = models.CharField(max_length=8, choices=Kind)
    actor = models.ForeignKey(
        Actor, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
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
                condition=Q(actor=None) ^ Q(place=None), name="amendment_of_an_actor_or_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.row}"

    @property
    def row(self) -> Actor | Place:
        row = self.actor or self.place
        assert row is not None  # the constraint
        return row
