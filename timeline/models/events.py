"""Events: derived from their reports and the curator's decisions, never typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from articles.paths import path_to
from timeline.extraction.codebook import PlacePrecision, Precision, Role, Status
from timeline.models import choices
from timeline.models.catalogue import Actor, Place
from timeline.models.tolls import Tolls, toll_constraints

if TYPE_CHECKING:
    from timeline.models.reports import Report


# The columns that a row of the chronology shows, beside the figures.
ROW = (
    "category", "type", "headline", "start", "end", "precision", "night", "place_precision", "status", "said_by",
    "denied_by", "review", "origin_count", "outlet_count",
    "place__name", "place__admin1", "place__country", "place__kind",
)  # fmt: skip
REPORT_OF_A_ROW = (
    "event", "stance", "quote", "attributed_to", "speakers",
    "article__language", "article__published", "article__source__name",
)  # fmt: skip


class EventQuerySet(models.QuerySet["Event"]):
    def published(self) -> Self:
        """What the public sees: not merged away, not rejected, not without reports."""
        return self.filter(merged_into=None, report_count__gt=0).exclude(review=Event.Review.REJECTED)

    def touched(self) -> Self:
        """Those about which a curator's decision stands: reviewed, corrected, or of reports moved or struck out."""
        from timeline.models.reports import Report

        decided = Report.objects.filter(Q(pinned=True) | Q(struck_out=True), superseded_at=None)
        return self.filter(
            ~Q(review=Event.Review.UNREVIEWED) | ~Q(overrides={}) | Q(pk__in=decided.values("event"))
        )

    def for_rows(self) -> Self:
        """With what a row of the chronology shows (templates/jinja2/_event.html) and nothing else: two queries."""
        from timeline.models.reports import Report

        reports = (
            Report.objects.live()
            .select_related("article__source")
            .only(*REPORT_OF_A_ROW, *Tolls.TOLL_FIELDS)
            .order_by("article__published", "pk")
        )
        return (
            self.select_related("place")
            .only(*ROW, *Tolls.TOLL_FIELDS)
            .prefetch_related(models.Prefetch("reports", queryset=reports, to_attr="live_reports"))
        )

    def for_list(self) -> Self:
        """With all that pages, records and feeds tell of an event, in a fixed number of queries."""
        from timeline.models.reports import Report

        live = (
            Report.objects.live()
            .select_related("article__source", "place")
            .defer("article__text")
            .order_by("article__published", "pk")
        )
        return self.select_related("place").prefetch_related(
            models.Prefetch("reports", queryset=live, to_attr="live_reports"),
            models.Prefetch(
                "parts", queryset=EventActor.objects.select_related("actor").order_by("role", "pk")
            ),
        )


class Event(Tolls):
    """One thing that happened (or is planned, or denied), as its reports tell it.

    Every field but `review`, `overrides` and `merged_into` is derived (timeline.recording.pipeline.derive).
    """

    class Review(models.TextChoices):
        UNREVIEWED = "unreviewed", _("unreviewed")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("rejected")

    category = models.CharField(max_length=12, choices=choices.CATEGORIES)
    type = models.CharField(max_length=20, choices=choices.EVENT_TYPES)
    headline = models.CharField(max_length=500)
    start = models.DateField()
    end = models.DateField()
    precision = models.CharField(max_length=8, choices=choices.of(Precision))
    night = models.BooleanField(default=False, help_text="In the night between the two dates.")
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    place_precision = models.CharField(max_length=16, choices=choices.of(PlacePrecision), blank=True)
    target = models.CharField(max_length=300, blank=True)
    weapon = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=16, choices=choices.of(Status))
    status_reason = models.CharField(max_length=500, blank=True)
    said_by = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    denied_by = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    confidence = models.FloatField(default=0)
    report_count = models.PositiveIntegerField("reports", default=0)
    outlet_count = models.PositiveIntegerField("outlets", default=0)
    origin_count = models.PositiveIntegerField("origins", default=0)
    actors = models.ManyToManyField(Actor, through="EventActor", related_name="events")
    first_reported_at = models.DateTimeField(null=True)
    last_reported_at = models.DateTimeField(null=True)
    search = SearchVectorField(null=True, editable=False)

    review = models.CharField(max_length=12, choices=Review, default=Review.UNREVIEWED)
    overrides = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Fields that a curator corrected: they win."
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()
    live_reports: list[Report]  # filled by for_list()

    class Meta:
        ordering = ["-start", "-pk"]
        permissions = [("decide_in_bulk", "Can decide on many events at once")]
        indexes = [
            models.Index(fields=["-start", "-id"], name="event_recent"),
            models.Index(fields=["category", "start", "end"], name="event_block"),
            models.Index(fields=["place", "-start"], name="event_place_recent"),
            models.Index(fields=["status", "-start"], name="event_status_recent"),
            models.Index(fields=["type", "-start"], name="event_type_recent"),
            GinIndex(fields=["search"], name="event_search"),
            # The review desk's queue, least sure first.
            models.Index(
                fields=["confidence", "id"],
                name="event_desk",
                condition=Q(review="unreviewed", merged_into=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="event_start_before_end"),
            models.CheckConstraint(
                condition=Q(origin_count__lte=F("report_count")), name="event_origins_within_reports"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="event_not_merged_into_itself"
            ),
            *toll_constraints("event"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return path_to("event", self.pk)


class EventActor(models.Model):
    """An actor's part in an event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="parts")
    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="parts_in_events")
    role = models.CharField(max_length=12, choices=choices.of(Role))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "actor", "role"], name="one_part_an_actor_and_role")
        ]
        indexes = [models.Index(fields=["actor", "event"], name="event_actor_actor")]

    def __str__(self) -> str:
        return f"{self.actor}: {self.role}"
