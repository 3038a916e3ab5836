"""What a later extractor reads differently in a text that was read before."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from timeline.models.events import Event
from timeline.models.reports import Report


class ReadingChangeQuerySet(models.QuerySet["ReadingChange"]):
    def waiting(self) -> Self:
        return self.filter(state=ReadingChange.State.WAITING)

    def held(self) -> Self:
        """Those whose new reading does not count: nobody has accepted it."""
        return self.exclude(state__in=[ReadingChange.State.APPLIED, ReadingChange.State.ACCEPTED])


class ReadingChange(models.Model):
    """One report that a new reading adds, changes or drops.

    It is applied at once unless a curator's decision stands on the event: then it waits, the old report goes
    on to count, and the new one is stored as one that never counted (`superseded_at` is `recorded_at`).
    """

    class Kind(models.TextChoices):
        ADD = "add", _("adds")
        CHANGE = "change", _("changes")
        DROP = "drop", _("drops")

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        WAITING = "waiting", _("waits for a curator")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        OUTDATED = "outdated", _("read again since")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="reading_changes")
    extractor = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reading_changes")
    old = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    differences = models.JSONField(default=dict, blank=True, help_text="Field: [before, after], in words.")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ReadingChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["extractor", "kind", "state"], name="reading_change_totals"),
            models.Index(fields=["made_at"], name="reading_change_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "extractor", "old", "new"],
                nulls_distinct=False,
                name="one_reading_change_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(kind="add", old=None, new__isnull=False)
                | Q(kind="change", old__isnull=False, new__isnull=False)
                | Q(kind="drop", old__isnull=False, new=None),
                name="reading_change_fits_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.new or self.old}"
