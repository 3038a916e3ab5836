"""Double coding: the same article coded by two people or more, none of whom sees what the others code."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from articles.models import Article
from timeline.extraction.codebook import Modality, PlacePrecision, Precision
from timeline.models import choices
from timeline.models.catalogue import Place
from timeline.models.tolls import Tolls, toll_constraints


class CodingTaskQuerySet(models.QuerySet["CodingTask"]):
    def open(self) -> Self:
        return self.filter(finished_at=None)

    def comparable(self) -> Self:
        """Of texts that two coders or more were given and all of them have finished: nobody is blind any more."""
        same = CodingTask.objects.filter(
            article=models.OuterRef("article"), content_hash=models.OuterRef("content_hash")
        ).exclude(pk=models.OuterRef("pk"))
        return self.filter(
            models.Exists(same), ~models.Exists(same.filter(finished_at=None)), finished_at__isnull=False
        )


class CodingTask(models.Model):
    """A text that a coder is to code, all its events."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="coding_tasks")
    content_hash = models.CharField(max_length=64, editable=False, help_text="Of the text that was given.")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coding_tasks")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CodingTaskQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "content_hash", "coder"], name="one_coding_task_a_text_and_coder"
            )
        ]

    def __str__(self) -> str:
        return f"{self.coder}: {self.article}"

    def get_absolute_url(self) -> str:
        return reverse("desk-coding-task", args=[self.pk])


class Coding(Tolls):
    """An event as one coder coded it. It is nobody's report: the chronology does not show it."""

    task = models.ForeignKey(CodingTask, on_delete=models.PROTECT, related_name="codings")
    quote_start = models.PositiveIntegerField()
    quote_end = models.PositiveIntegerField()
    type = models.CharField(max_length=20, choices=choices.EVENT_TYPES)
    modality = models.CharField(max_length=14, choices=choices.of(Modality))
    start = models.DateField()
    end = models.DateField()
    precision = models.CharField(max_length=8, choices=choices.of(Precision))
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place_precision = models.CharField(max_length=16, choices=choices.of(PlacePrecision), blank=True)
    target = models.CharField(max_length=300, blank=True)
    weapon = models.CharField(max_length=200, blank=True)
    speaker = models.CharField(max_length=200, blank=True)
    doer = models.CharField(max_length=200, blank=True)
    coded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="The coder took it back.")
    night = False  # a coder writes the two dates

    class Meta:
        ordering = ["quote_start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quote_start__lt=F("quote_end")), name="coding_quote_not_empty"
            ),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="coding_start_before_end"),
            *toll_constraints("coding"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()}, {self.start}"
