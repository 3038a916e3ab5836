"""Curation of events. Bulk actions and forms call timeline.curating.curation: the same path as every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles.admin import ArticleAdmin, LongList, NoDelete, ReadOnly, number
from articles.doorbell import ring
from articles.models import Article
from timeline.alerts import alert_admin  # noqa: F401
from timeline.curating import batch_admin, bulk, curation, decision_admin  # noqa: F401
from timeline.curating.catalogue_admin import page_of
from timeline.curating.forms import CorrectionForm, DecisionForm, MoveForm
from timeline.listing.search import words_query
from timeline.models import Decision, Event, EventActor, Report
from timeline.recording import reading_admin  # noqa: F401
from timeline.tasks import work_batch
from timeline.templatetags.timeline import percent, toll, when

MOST_AT_ONCE = 200  # decisions of one action: as many as one list page can show
MOST_IN_A_BATCH = 5_000  # of an action that asks nothing
WHILE_ONE_WAITS = 20  # more decisions than these are taken in the background


def _key(words: str) -> int | None:
    """The number that was typed, if it may be a row's."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None


class DecidingAdmin(NoDelete, LongList, admin.ModelAdmin):
    """Saving takes a decision. What curation refuses is shown in the form, with what was typed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # events and reports come from articles

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A form that was open when its row was closed may still be sent: it is told what happened.
        closed = obj is not None and self.is_closed(obj) and request.method != "POST"
        return not closed and super().has_change_permission(request, obj)

    def is_closed(self, obj: Any) -> bool:
        """Whether no decision about the row can be taken any more."""
        raise NotImplementedError

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        # Who only reads is not asked for a reason.
        known = {field.name for field in self.opts.get_fields()} | set(self.readonly_fields)
        return [
            (title, {**options, "fields": kept})
            for title, options in fieldsets
            if (kept := [f for f in options["fields"] if not isinstance(f, str) or f in known])
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: type[DecisionForm] = super().get_form(request, obj, change, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refused:  # of a decision: its transaction has been rolled back
            request.refused = refused  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)


class DecisionInline(ReadOnly, admin.TabularInline):
    model = Decision
    fk_name = "event"
    extra = 0
    fields = ["taken_at", "kind", "curator", "reason", "other_event"]
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("curator", "other_event", "event")


class EventActorInline(ReadOnly, admin.TabularInline):
    model = EventActor
    verbose_name_plural = "actors"
    extra = 0
    fields = ["actor", "role"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[EventActor]:
        return super().get_queryset(request).select_related("actor")


class ListFilter(admin.SimpleListFilter):
    """Without it, the list holds what can be decided on: what the public reads, and what was rejected."""

    title = "list"
    parameter_name = "list"
    WHICH: dict[str | None, Q] = {
        None: Q(merged_into=None, report_count__gt=0),
        "merged": Q(merged_into__isnull=False),
        "empty": Q(merged_into=None, report_count=0),
        "all": Q(),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("merged", "merged into others"), ("empty", "left without reports"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "with reports"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(self.WHICH.get(self.value(), Q()))


@admin.register(Event)
class EventAdmin(DecidingAdmin):
    form = CorrectionForm
    change_form_template = "admin/timeline/event/change_form.html"
    list_display = [
        "headline",
        "type",
        "happened",
        "place",
        "status",
        "report_count",
        "sure",
        "review",
        "on_site",
    ]
    list_filter = [ListFilter, "review", "category", "status", "type", "precision", "start"]
    list_select_related = ["place"]
    sortable_by = ["type", "happened", "status"]  # by what an index holds in order
    search_fields = ["headline"]
    search_help_text = "Words of the headline, quotes, places and actors, or an event's number."
    autocomplete_fields = ["place"]
    inlines = [EventActorInline, DecisionInline]
    actions = ["confirm", "reject", "reopen", "merge"]
    readonly_fields = ["status", "status_reason", "said_by", "denied_by", "report_count", "outlet_count",
                       "origin_count", "sure"]  # fmt: skip
    fieldsets = [
        ("As coded", {"fields": ["headline", "type", ("start", "end", "precision"),
                                 ("place", "place_precision"), ("target", "weapon")]}),
        ("Casualties", {"fields": [tuple(Event.TOLL_FIELDS[i : i + 3]) for i in range(0, 12, 3)],
                        "description": "Empty is “not reported”, never 0."}),
        ("Why", {"fields": ["reason", "seen"]}),
        ("Derived from the reports", {"fields": readonly_fields}),
    ]  # fmt: skip

    def is_closed(self, obj: Event) -> bool:
        return obj.merged_into_id is not None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        words = search_term.replace("\0", "").strip()
        if words:
            queryset = queryset.filter(Q(search=words_query(words)) | Q(pk=_key(words)))
        if request.path.endswith("/autocomplete/"):  # where a report may be moved to
            queryset = queryset.filter(merged_into=None)
        return queryset, False

    @admin.display(description="when", ordering="start")
    def happened(self, event: Event) -> str:
        return when(event)

    @admin.display(description="sure", ordering="confidence")
    def sure(self, event: Event) -> str:
        return percent(event.confidence)

    @admin.display(description="page")
    def on_site(self, event: Event) -> SafeString:
        return format_html('<a href="{}">read</a>', event.get_absolute_url())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        event = context["original"]
        context["reports"] = (
            event.reports.filter(superseded_at=None)
            .select_related("article__source", "place")
            .defer("article__text")
            .order_by("struck_out", "article__published", "pk")
        )
        form = context["adminform"].form
        if isinstance(form, CorrectionForm):
            form.show_machine_values(curation.machine_values(event))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        data = form.cleaned_data
        changes = {name: data[name] for name in form.corrected}
        curation.correct(obj, changes, request.user, data["reason"], seen=data["seen"])

    # Actions. The buttons of an event's page post the same ones.

    def _decide(
        self,
        request: HttpRequest,
        events: QuerySet[Event],
        act: Callable[[Event], Decision | None],
        done: str,
    ) -> None:
        decisions = 0
        for event in events:
            try:
                decisions += act(event) is not None
            except ValidationError as error:
                self.message_user(request, f"{event}: {' '.join(error.messages)}", messages.ERROR)
        undo = reverse("admin:timeline_decision_changelist", query={"curator__id__exact": request.user.pk})
        text = format_html(
            '{} {} now. <a href="{}">Your decisions can be undone</a>.',
            number(decisions, "event is", "events are"), done, undo,
        )  # fmt: skip
        self.message_user(request, text)

    def _review(
        self, request: HttpRequest, events: QuerySet[Event], state: str, reason: str = ""
    ) -> HttpResponse | None:
        chosen = list(events.order_by("pk").values_list("pk", flat=True))
        if len(chosen) > WHILE_ONE_WAITS:
            batch = bulk.start(chosen, state, request.user, reason)
            transaction.on_commit(lambda: ring(work_batch, batch.pk))
            return redirect("admin:timeline_batch_change", batch.pk)

        def act(event: Event) -> Decision | None:
            return curation.review(event, state, request.user, reason)

        self._decide(request, events, act, state)
        return None

    def response_action(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        several = len(request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME)) > 1
        everything = request.POST.get("select_across") == "1"
        if (several or everything) and not request.user.has_perm("timeline.decide_in_bulk"):
            told = "Only editors decide on several events at once. Decide on one, or go through them at the desk."
            self.message_user(request, told, messages.ERROR)
            return None
        most = MOST_IN_A_BATCH if request.POST.get("action") in ("confirm", "reopen") else MOST_AT_ONCE
        if everything and queryset.order_by()[: most + 1].count() > most:
            told = f"Choose {most} events at most: narrow the list first."
            self.message_user(request, told, messages.ERROR)
            return None
        return super().response_action(request, queryset)

    @admin.action(description="Confirm", permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        return self._review(request, queryset, Event.Review.CONFIRMED)

    @admin.action(description="Put back to unreviewed", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        return self._review(request, queryset, Event.Review.UNREVIEWED)

    @admin.action(description="Reject…", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        if reason := request.POST.get("reason", "").strip():
            return self._review(request, queryset, Event.Review.REJECTED, reason)
        return self._ask(request, queryset, "reject", "Reject events")

    @admin.action(description="Merge into one…", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        events = {str(event.pk): event for event in queryset.order_by("pk")}
        if len(events) < 2:
            self.message_user(request, "Choose two events or more to merge.", messages.ERROR)
            return None
        into = events.pop(request.POST.get("into", ""), None)
        reason = request.POST.get("reason", "").strip()
        if into is None or not reason:
            return self._ask(request, queryset, "merge", "Merge events")
        try:
            with transaction.atomic():  # all of them or none
                for event in events.values():
                    curation.merge(event, into, request.user, reason)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, format_html("Merged into “{}”.", page_of(into, str(into))))
        return None

    def _ask(self, request: HttpRequest, queryset: QuerySet[Event], action: str, title: str) -> HttpResponse:
        """A page that asks for what the action needs, and posts the same action again."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "action": action,
            "events": queryset.select_related("place"),
            "asked_before": "reason" in request.POST,
            "reason": request.POST.get("reason", ""),
            "opts": self.opts,
            "media": self.media,
            "action_checkbox_name": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/timeline/event/ask.html", context)


@admin.register(Report)
class ReportAdmin(DecidingAdmin):
    form = MoveForm
    list_display = ["__str__", "type", "happened", "place", "article", "sure", "out"]
    list_filter = ["type", "modality", "stance", "date_basis", "struck_out", "pinned"]
    list_select_related = ["place", "article"]
    ordering = ["-pk"]
    sortable_by = ["type"]
    search_fields = ["quote"]
    search_help_text = "Words of its event: of the quotes, headline, place and actors; or a report's number."
    autocomplete_fields = ["event"]
    fieldsets = [
        ("What the article says", {"fields": ["quote", "in_text"]}),
        ("Decide", {"fields": ["event", "own_event", "struck_out", "reason", "seen"]}),
        ("How it was read", {"fields": [
            "type", "modality", "stance", "attributed_to", ("start", "end", "precision"),
            ("date_basis", "date_words"), ("place", "place_precision"), "place_words", "target", "weapon", "toll",
            "sure", "rule", "notes", "extractor", "recorded_at", "superseded_at"]}),
        ("Why it is under its event", {"fields": ["link_score", "link_reasons", "pinned"]}),
    ]  # fmt: skip
    readonly_fields = [
        "quote", "in_text", "type", "modality", "stance", "attributed_to", "start", "end", "precision",
        "date_basis", "date_words", "place", "place_precision", "place_words", "target", "weapon", "toll", "sure",
        "rule", "notes", "extractor", "recorded_at", "superseded_at", "link_score", "link_reasons", "pinned",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).defer("article__text")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Report], search_term: str
    ) -> tuple[QuerySet[Report], bool]:
        words = search_term.replace("\0", "").strip()
        if words:
            found = Q(event__in=Event.objects.filter(search=words_query(words)).order_by().values("pk"))
            queryset = queryset.filter(found | Q(pk=_key(words)))
        return queryset, False

    def is_closed(self, obj: Report) -> bool:
        return obj.superseded_at is not None

    @admin.display(description="when", ordering="start")
    def happened(self, report: Report) -> str:
        return when(report)

    @admin.display(description="toll")
    def toll(self, report: Report) -> str:
        return toll(report) or "not reported"

    @admin.display(description="sure", ordering="confidence")
    def sure(self, report: Report) -> str:
        return percent(report.confidence)

    @admin.display(description="struck out", ordering="struck_out")
    def out(self, report: Report) -> str:
        return "struck out" if report.struck_out else ""

    @admin.display(description="article")
    def in_text(self, report: Report) -> SafeString:
        article = report.article
        told = f"{article}, {article.source}, {article.published:%d %b %Y}"
        return format_html('<a href="{}">{}</a>', report.get_absolute_url(), told)

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        stored, data = Report.objects.get(pk=obj.pk), form.cleaned_data
        if data["own_event"]:
            decision = curation.split([stored], request.user, data["reason"])
        elif data["struck_out"] and not stored.struck_out:
            decision = curation.strike_out(stored, request.user, data["reason"])
        else:
            decision = curation.move(stored, data["event"], request.user, data["reason"])
        if decision is not None:
            event = decision.other_event or decision.event
            told = format_html("{}: {}.", decision.get_kind_display(), page_of(event, str(event)))
            self.message_user(request, told)


class ReportInline(ReadOnly, admin.TabularInline):
    """The quotes of an article."""

    model = Report
    verbose_name_plural = "quotes"
    extra = 0
    fields = ["quote", "type", "happened", "of_event", "out"]
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).filter(superseded_at=None).select_related("event")

    @admin.display(description="when")
    def happened(self, report: Report) -> str:
        return when(report)

    @admin.display(description="struck out")
    def out(self, report: Report) -> str:
        return "struck out" if report.struck_out else ""

    @admin.display(description="event")
    def of_event(self, report: Report) -> SafeString:
        return page_of(report.event, str(report.event))


# Keys of second factors are shown to nobody; `forget_second_factor` removes them.
admin.site.unregister([TOTPDevice, StaticDevice])
admin.site.unregister(Article)


@admin.register(Article)
class ReadArticleAdmin(ArticleAdmin):
    """An article with what was read in it, which the articles app knows nothing of."""

    inlines = [ReportInline, *ArticleAdmin.inlines]
