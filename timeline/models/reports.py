"""Reports: one article's account of one event, with its quote."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.models import Article
from timeline.extraction.codebook import DateBasis, Modality, PlacePrecision, Precision, Role, Stance
from timeline.models import choices
from timeline.models.catalogue import Actor, Place
from timeline.models.events import Event
from timeline.models.tolls import Tolls, toll_constraints

LIVE = Q(superseded_at=None, struck_out=False)
LONG = timedelta(days=31)
LASTING = Q(end__gt=F("start") + LONG)  # a few: "in 2023"


class ReportQuerySet(models.QuerySet["Report"]):
    def live(self) -> Self:
        """Not replaced by a later reading of the article, not struck out by a curator."""
        return self.filter(LIVE)

    def with_successors(self) -> list[int]:
        """The keys of these reports and of all that have replaced them since, in that order."""
        found = last = list(self.order_by("pk").values_list("pk", flat=True))
        while last:
            last = list(Report.objects.filter(replaces__in=last).order_by("pk").values_list("pk", flat=True))
            found = found + last
        return found

    def standing_at(self, moment: datetime) -> Self:
        """Recorded by then and not yet replaced by a later reading; struck out or not."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=moment), recorded_at__lte=moment)


class Report(Tolls):
    """What one article says of one event.

    `quote` is the article's text between `quote_start` and `quote_end`, verbatim: a trigger in the database
    refuses any other. Reports are never edited: a later reading supersedes them, and a curator strikes
    them out or moves them.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="reports")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reports")
    content_hash = models.CharField(max_length=64, help_text="Of the text that was read.")
    quote_start = models.PositiveIntegerField()
    quote_end = models.PositiveIntegerField()
    quote = models.TextField()
    more_evidence = models.JSONField(
        default=list, blank=True, help_text="Further spans [start, end] of the same article."
    )
    ordinal = models.PositiveSmallIntegerField(
        default=0, help_text="Distinguishes events of one type in one span (two places, say)."
    )
    type = models.CharField(max_length=20, choices=choices.EVENT_TYPES)
    modality = models.CharField(max_length=14, choices=choices.of(Modality))
    stance = models.CharField(max_length=10, choices=choices.of(Stance), default=Stance.ASSERTS)
    attributed_to = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    speakers = models.JSONField(
        default=list, blank=True, help_text="The same with kind and side: [name, kind, side]."
    )
    start = models.DateField()
    end = models.DateField()
    precision = models.CharField(max_length=8, choices=choices.of(Precision))
    date_basis = models.CharField(max_length=12, choices=choices.of(DateBasis))
    night = models.BooleanField(default=False)
    date_words = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    place_precision = models.CharField(max_length=16, choices=choices.of(PlacePrecision), blank=True)
    place_words = models.CharField(max_length=200, blank=True)
    country = models.CharField(
        max_length=2, blank=True, editable=False, help_text="Of the place: the database keeps it so."
    )
    admin1 = models.CharField(max_length=200, blank=True, editable=False, help_text="Likewise.")
    target = models.CharField(max_length=300, blank=True)
    weapon = models.CharField(max_length=200, blank=True)
    toll_words = models.JSONField(default=dict, blank=True)
    parties = models.JSONField(
        default=list, blank=True, help_text="Who had which part, as extracted: [name, role, kind, side]."
    )
    actors = models.ManyToManyField(Actor, through="ReportActor", related_name="reports")
    background = models.BooleanField(default=False, help_text="An older fact that the article recalls.")
    confidence = models.FloatField()
    rule = models.CharField(max_length=200)
    notes = models.JSONField(default=list, blank=True, help_text="Why: bindings, what was carried forward.")
    extractor = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    link_score = models.FloatField(null=True, blank=True)
    link_reasons = models.JSONField(default=list, blank=True)
    pinned = models.BooleanField(default=False, help_text="A curator put it here: the machine leaves it.")
    struck_out = models.BooleanField(
        default=False, help_text="A curator found that the text does not say this."
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        help_text="What the article's earlier text or an earlier reading said of the same act.",
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["article", "quote_start", "ordinal"]
        indexes = [
            models.Index(fields=["event"], name="report_live_event", condition=Q(superseded_at=None)),
            models.Index(fields=["article"], name="report_live_article", condition=Q(superseded_at=None)),
            # What an actor said: the actor's page, and what follows when an editor changes the actor.
            GinIndex(fields=["attributed_to"], name="report_speakers", condition=Q(superseded_at=None)),
            # Where clustering looks for reports of the same act (timeline.recording.nearby).
            models.Index(
                fields=["type", "country", "admin1", "start", "end"], name="report_cell", condition=LIVE
            ),
            models.Index(fields=["type", "start", "end"], name="report_near", condition=LIVE),
            models.Index(
                fields=["type", "country", "admin1", "start"],
                name="report_cell_lasting",
                condition=LIVE & LASTING,
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "article",
                    "content_hash",
                    "quote_start",
                    "quote_end",
                    "type",
                    "ordinal",
                    "extractor",
                ],
                name="one_report_a_span_type_and_extractor",
            ),
            models.CheckConstraint(
                condition=Q(quote_start__lt=F("quote_end")), name="report_quote_not_empty"
            ),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="report_start_before_end"),
            models.CheckConstraint(
                condition=Q(confidence__range=(0, 1)), name="report_confidence_is_a_share"
            ),
            *toll_constraints("report"),
        ]

    def __str__(self) -> str:
        return self.quote if len(self.quote) <= 80 else self.quote[:79] + "…"

    @property
    def anchor(self) -> str:
        """The id of the quote in the article's page."""
        return f"report-{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#{self.anchor}"


class ReportActor(models.Model):
    """An actor's part in the event as this report tells it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="parts")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="parts_in_reports")
    role = models.CharField(max_length=12, choices=choices.of(Role))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "actor", "role"], name="one_part_a_report_actor_and_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.role}"
