"""Batches of decisions in the admin: how far each has come, and what was refused."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.admin import LongList, ReadOnly
from timeline.curating.catalogue_admin import page_of
from timeline.models import Batch, Event

MOST_SHOWN = 100  # refusals


@admin.register(Batch)
class BatchAdmin(ReadOnly, LongList, admin.ModelAdmin):
    change_form_template = "admin/timeline/batch/change_form.html"
    list_display = ["made_at", "state", "progress", "decided", "curator", "reason", "finished_at"]
    list_filter = ["state", "made_at"]
    list_select_related = ["curator"]
    search_fields = ["reason"]
    fields = ["state", "progress", "decided", "refusals", "curator", "reason", "made_at", "finished_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        return super().get_queryset(request).select_related("curator")

    @admin.display(description="done")
    def progress(self, batch: Batch) -> SafeString:
        return format_html(
            '<progress max="{0}" value="{1}" aria-label="{1} of {0}"></progress> {1} of {0}',
            batch.total, batch.done,
        )  # fmt: skip

    @admin.display(description="refused")
    def refusals(self, batch: Batch) -> SafeString | str:
        shown = batch.refused[:MOST_SHOWN]
        events = Event.objects.in_bulk([number for number, _why in shown])
        lines = (
            (page_of(events[number], str(events[number])), why) for number, why in shown if number in events
        )
        return format_html_join(" ", "{}: {}<br>", lines) or "none"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["refresh"] = context["original"].finished_at is None
        return super().render_change_form(request, context, *args, **kwargs)
