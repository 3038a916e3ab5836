"""Curation of events. Bulk actions and forms call timeline.curation: the same path as every page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin import NoDelete, ReadOnly
from timeline import curation
from timeline.models import Actor, Decision, Event, EventActor, Place, Report


@admin.register(Place)
class PlaceAdmin(NoDelete, admin.ModelAdmin):
    list_display = ["name", "admin1", "country", "kind", "latitude", "longitude"]
    list_filter = ["kind", "country"]
    search_fields = ["name", "admin1", "key"]
    autocomplete_fields = ["parent"]
    show_full_result_count = False


@admin.register(Actor)
class ActorAdmin(NoDelete, admin.ModelAdmin):
    list_display = ["name", "kind", "side", "parent"]
    list_filter = ["kind", "side"]
    list_select_related = ["parent"]
    search_fields = ["name", "aliases"]
    autocomplete_fields = ["parent"]


class ReportInline(ReadOnly, admin.TabularInline):
    model = Report
    fk_name = "event"
    extra = 0
    fields = [
        "quote_in_article",
        "type",
        "modality",
        "attributed_to",
        "start",
        "end",
        "killed_best",
        "confidence",
    ]
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).live().select_related("article__source").defer("article__text")

    @admin.display(description="quote")
    def quote_in_article(self, report: Report) -> SafeString:
        return format_html(
            '“{}” <a href="{}">{}, {:%d %b %Y}</a>',
            report.quote,
            report.get_absolute_url(),
            report.article.source,
            report.article.published,
        )


class DecisionInline(ReadOnly, admin.TabularInline):
    model = Decision
    fk_name = "event"
    extra = 0
    fields = ["taken_at", "kind", "curator", "reason", "other_event"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("curator", "other_event")


class EventActorInline(ReadOnly, admin.TabularInline):
    model = EventActor
    extra = 0
    fields = ["actor", "role"]
    readonly_fields = fields


class CorrectionForm(forms.ModelForm):
    """The correctable fields; whatever changes becomes one decision with its reason."""

    reason = forms.CharField(required=False, help_text="Stands in the event's history.")

    class Meta:
        model = Event
        fields = curation.CORRECTABLE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.changed_data and set(self.changed_data) != {"reason"} and not data.get("reason"):
            self.add_error("reason", "Say why you correct the event.")
        return data


@admin.register(Event)
class EventAdmin(NoDelete, admin.ModelAdmin):
    form = CorrectionForm
    list_display = [
        "headline",
        "type",
        "start",
        "place",
        "status",
        "report_count",
        "confidence",
        "review",
        "on_site",
    ]
    list_filter = ["review", "category", "status", "type", "precision", "start"]
    list_select_related = ["place"]
    date_hierarchy = "start"
    search_fields = ["headline"]
    search_help_text = "Words of the headline, quotes, places and actors."
    autocomplete_fields = ["place"]
    show_full_result_count = False
    list_per_page = 50
    inlines = [ReportInline, EventActorInline, DecisionInline]
    actions = ["confirm", "reject", "reopen", "merge"]
    readonly_fields = ["status", "status_reason", "said_by", "denied_by", "review", "merged_into", "report_count",
                       "outlet_count", "origin_count", "confidence", "overrides"]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["headline", "type", ("start", "end", "precision"), ("place", "place_precision"),
                           ("target", "weapon")]}),
        ("Casualties", {"fields": [tuple(Event.TOLL_FIELDS[i : i + 3]) for i in range(0, 12, 3)]}),
        ("Why", {"fields": ["reason"]}),
        ("Derived from the reports", {"fields": readonly_fields}),
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # events come from reports

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        if search_term.strip():
            queryset = queryset.filter(
                search=SearchQuery(search_term.replace("\0", ""), search_type="websearch", config="english")
            )
        return queryset, False

    @admin.display(description="page")
    def on_site(self, event: Event) -> SafeString:
        return format_html('<a href="{}">read</a>', event.get_absolute_url())

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        changes = {
            name: form.cleaned_data[name] for name in form.changed_data if name in curation.CORRECTABLE
        }
        if changes:
            curation.correct(obj, changes, request.user, form.cleaned_data["reason"])

    def _review(self, request: HttpRequest, queryset: QuerySet[Event], state: str, reason: str = "") -> None:
        done = sum(curation.review(event, state, request.user, reason) is not None for event in queryset)
        self.message_user(request, f"{done} events are {state} now.")

    @admin.action(description="Confirm")
    def confirm(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        self._review(request, queryset, Event.Review.CONFIRMED)

    @admin.action(description="Put back to unreviewed")
    def reopen(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        self._review(request, queryset, Event.Review.UNREVIEWED)

    @admin.action(description="Reject…")
    def reject(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        if reason := request.POST.get("reason", "").strip():
            self._review(request, queryset, Event.Review.REJECTED, reason)
            return None
        return self._ask(request, queryset, "reject", "Reject events")

    @admin.action(description="Merge into one…")
    def merge(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        into = queryset.filter(pk=request.POST.get("into") or 0).first()
        if into is None:
            return self._ask(request, queryset, "merge", "Merge events")
        try:
            for event in queryset.exclude(pk=into.pk).order_by("pk"):
                curation.merge(event, into, request.user, request.POST.get("reason", ""))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, f"Merged into “{into}”.")
        return None

    def _ask(self, request: HttpRequest, queryset: QuerySet[Event], action: str, title: str) -> HttpResponse:
        """A page that asks for what the action needs, and posts the same action again."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "action": action,
            "events": queryset.select_related("place"),
            "opts": self.opts,
            "action_checkbox_name": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/timeline/event/ask.html", context)


class MoveForm(forms.ModelForm):
    """A report is not edited; it is put under another event, given its own, or struck out."""

    own_event = forms.BooleanField(required=False, label="Split off into an event of its own")
    reason = forms.CharField(required=False)

    class Meta:
        model = Report
        fields = ["event", "struck_out"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("struck_out") and not self.initial.get("struck_out") and not data.get("reason"):
            self.add_error("reason", "Say why the text does not say this.")
        return data


@admin.register(Report)
class ReportAdmin(NoDelete, admin.ModelAdmin):
    form = MoveForm
    list_display = ["__str__", "type", "start", "place", "article", "confidence", "extractor", "struck_out"]
    list_filter = ["type", "modality", "stance", "date_basis", "struck_out", "pinned"]
    list_select_related = ["place", "article"]
    search_fields = ["quote"]
    autocomplete_fields = ["event"]
    show_full_result_count = False
    readonly_fields = [
        "quote", "article", "type", "modality", "stance", "attributed_to", "start", "end", "precision",
        "date_basis", "date_words", "place", "place_precision", "place_words", "target", "weapon",
        *Report.TOLL_FIELDS, "confidence", "rule", "notes", "extractor", "recorded_at", "link_score",
        "link_reasons", "pinned", "superseded_at",
    ]  # fmt: skip
    fields = ["quote", "event", "own_event", "struck_out", "reason", *readonly_fields[1:]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).defer("article__text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        stored = Report.objects.get(pk=obj.pk)
        reason = form.cleaned_data["reason"]
        try:
            if form.cleaned_data["own_event"]:
                curation.split([stored], request.user, reason)
            elif "event" in form.changed_data:
                curation.move(stored, form.cleaned_data["event"], request.user, reason)
            if form.cleaned_data["struck_out"] and not stored.struck_out:
                curation.strike_out(stored, request.user, reason)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["taken_at", "kind", "event", "curator", "reason", "undone"]
    list_filter = ["kind", "curator"]
    list_select_related = ["event", "curator", "undone_by"]
    date_hierarchy = "taken_at"
    search_fields = ["reason", "event__headline"]
    actions = ["undo"]

    @admin.display(boolean=True)
    def undone(self, decision: Decision) -> bool:
        return hasattr(decision, "undone_by")

    @admin.action(description="Undo", permissions=["undo"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Decision]) -> None:
        for decision in queryset.order_by("-pk"):
            try:
                curation.undo(decision, request.user)
            except ValidationError as error:
                self.message_user(request, f"{decision}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.message_user(request, f"Undone: {decision}.")

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("timeline.change_event")
