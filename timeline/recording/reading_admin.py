"""New readings of articles in the admin: what they add, change and drop; those that wait are decided here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.admin import LongList, ReadOnly, number
from articles.models import Article
from timeline.curating import curation
from timeline.models import Decision, ReadingChange, Report
from timeline.recording import pipeline
from timeline.recording.preview import preview

Kind, State = ReadingChange.Kind, ReadingChange.State
PREVIEWED = 20  # articles on the page of the preview: each is read while one waits


def totals() -> list[dict[str, Any]]:
    """Of each extractor, the latest first: articles read by it now, articles changed, reports by kind, waiting."""
    rows = list(
        ReadingChange.objects.order_by()
        .values("extractor")
        .annotate(
            changed=Count("article", distinct=True),
            add=Count("pk", filter=Q(kind=Kind.ADD)),
            change=Count("pk", filter=Q(kind=Kind.CHANGE)),
            drop=Count("pk", filter=Q(kind=Kind.DROP)),
            waiting=Count("pk", filter=Q(state=State.WAITING)),
        )
        .order_by("-extractor")
    )
    read = dict(
        Article.objects.filter(extracted_with__in=[row["extractor"] for row in rows])
        .order_by()
        .values_list("extracted_with")
        .annotate(n=Count("pk"))
    )
    return [{**row, "read": read.get(row["extractor"], 0)} for row in rows]


def _quote(report: Report | None) -> SafeString | str:
    if report is None:
        return "–"
    address = reverse("admin:timeline_report_change", args=[report.pk])
    return format_html('<a href="{}">{}</a>', address, report.quote)


@admin.register(ReadingChange)
class ReadingChangeAdmin(ReadOnly, LongList, admin.ModelAdmin):
    change_list_template = "admin/timeline/readingchange/change_list.html"
    change_form_template = "admin/timeline/readingchange/change_form.html"
    list_display = ["made_at", "kind", "what", "of_event", "article", "state", "extractor"]
    list_filter = ["state", "kind", "extractor"]
    list_select_related = ["event", "article", "old", "new"]
    search_fields = ["article__title", "event__headline"]
    actions = ["accept", "refuse"]
    fields = [
        "kind",
        "state",
        "of_event",
        "article",
        "before",
        "after",
        "told_differently",
        "extractor",
        "made_at",
    ]
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "preview/", self.admin_site.admin_view(self.preview), name="timeline_readingchange_preview"
        )
        return [own, *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What the present extractor would change, before it reads: of a few articles, and of these in total."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        waiting = Article.objects.read_by_another(pipeline.EXTRACTOR).order_by("pk")
        found = [preview(pk) for pk in waiting.values_list("pk", flat=True)[:PREVIEWED]]
        total: Counter[str] = Counter()
        for each in found:
            total += each.counts
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"What {pipeline.EXTRACTOR} would read differently",
            "found": found,
            "total": {kind: total[kind] for kind in (*Kind.values, "waiting")},
            "waiting": waiting.count(),
        }
        return render(request, "admin/timeline/readingchange/preview.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadingChange]:
        rows = super().get_queryset(request).select_related("event", "article", "old", "new")
        return rows.defer("article__text")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "totals": totals()})

    @admin.display(description="what")
    def what(self, change: ReadingChange) -> str:
        told = "; ".join(f"{name}: {was} → {now}" for name, (was, now) in change.differences.items())
        return told or str(change.new or change.old)

    @admin.display(description="event")
    def of_event(self, change: ReadingChange) -> SafeString:
        address = reverse("admin:timeline_event_change", args=[change.event_id])
        return format_html('<a href="{}">{}</a>', address, change.event)

    @admin.display(description="read before")
    def before(self, change: ReadingChange) -> SafeString | str:
        return _quote(change.old)

    @admin.display(description="read now")
    def after(self, change: ReadingChange) -> SafeString | str:
        return _quote(change.new)

    @admin.display(description="differences")
    def told_differently(self, change: ReadingChange) -> SafeString | str:
        rows = ((name, was, now) for name, (was, now) in change.differences.items())
        return format_html_join("", "<p>{}: {} → <strong>{}</strong></p>", rows) or "–"

    # Decisions, by the same path as every other

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("timeline.change_event")

    def _decide(
        self,
        request: HttpRequest,
        changes: QuerySet[ReadingChange],
        act: Callable[[ReadingChange, User, str], Decision],
        done: str,
    ) -> None:
        decided = 0
        for change in changes.order_by("pk"):
            try:
                act(change, request.user, request.POST.get("reason", ""))
            except ValidationError as error:
                self.message_user(request, f"{change}: {' '.join(error.messages)}", messages.ERROR)
            else:
                decided += 1
        undo = reverse("admin:timeline_decision_changelist", query={"curator__id__exact": request.user.pk})
        self.message_user(
            request,
            format_html(
                '{} {} now. <a href="{}">Your decisions can be undone</a>.',
                number(decided, "new reading is", "new readings are"), done, undo,
            ),
        )  # fmt: skip

    @admin.action(description="Accept the new reading", permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[ReadingChange]) -> None:
        self._decide(request, queryset, curation.accept_reading, "accepted")

    @admin.action(description="Keep the earlier reading", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[ReadingChange]) -> None:
        self._decide(request, queryset, curation.refuse_reading, "refused")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        waits = context["original"].state == State.WAITING
        context["may_decide"] = waits and self.has_decide_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)
