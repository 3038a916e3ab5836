"""The decisions of curators: looked at, undone, taken away as JSON lines."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.safestring import SafeString

from articles.admin import LongList, ReadOnly
from timeline.curating import curation
from timeline.curating.catalogue_admin import page_of
from timeline.curating.decision_log import exported, json_lines
from timeline.models import Decision


@admin.register(Decision)
class DecisionAdmin(ReadOnly, LongList, admin.ModelAdmin):
    change_form_template = "admin/timeline/decision/change_form.html"
    list_display = ["taken_at", "kind", "of_event", "curator", "reason", "undone"]
    list_filter = ["kind", ("curator", admin.RelatedOnlyFieldListFilter), "taken_at"]
    list_select_related = ["event", "curator", "undone_by"]
    search_fields = ["reason", "event__headline"]
    actions = ["undo", "export"]

    @admin.display(description="event")
    def of_event(self, decision: Decision) -> SafeString:
        return page_of(decision.event, str(decision.event))

    @admin.display(description="undone")
    def undone(self, decision: Decision) -> str:
        return "undone" if hasattr(decision, "undone_by") else ""

    @admin.action(description="Undo", permissions=["undo"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Decision]) -> None:
        for decision in queryset.order_by("-pk"):
            try:
                curation.undo(decision, request.user)
            except ValidationError as error:
                self.message_user(request, f"{decision}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.message_user(request, f"Undone: {decision}.")

    @admin.action(description="Export as JSON lines", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Decision]) -> StreamingHttpResponse:
        return json_lines(exported(queryset), "decisions.jsonl")

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("timeline.change_event")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        decision = context["original"]
        context["may_undo"] = (
            self.has_undo_permission(request)
            and decision.kind != Decision.Kind.UNDO
            and not hasattr(decision, "undone_by")
        )
        return super().render_change_form(request, context, *args, **kwargs)
