"""Curation of what came in: sources, feeds, addresses, articles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.doorbell import article_waiting, ring
from articles.forms import AddressForm, PasteForm, UploadForm
from articles.models import Address, Article, ArticleVersion, Feed, Snapshot, Source
from articles.tasks import fetch_address, poll_feed


class NoDelete:
    """Nothing is ever deleted by a curator."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NoDelete):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WorkStateFilter(admin.SimpleListFilter):
    """Waiting, working, set aside: the states of a row of work."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("due", "waiting"),
            ("working", "being worked on"),
            ("set_aside", "set aside"),
            ("failed", "failed at least once"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "failed":
                return queryset.exclude(last_error="")
            case "due" | "working" | "set_aside" as state:
                return getattr(queryset, state)()
            case _:
                return queryset


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "country", "side", "articles_stored", "demo"]
    list_filter = ["kind", "country", "demo"]
    search_fields = ["name", "home_page"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).annotate(article_count=Count("articles"))

    @admin.display(description="articles", ordering="article_count")
    def articles_stored(self, source: Any) -> int:
        return source.article_count


@admin.register(Feed)
class FeedAdmin(NoDelete, admin.ModelAdmin):
    list_display = ["url", "source", "active", "interval", "last_success_at", "failures", "next_try_at"]
    list_filter = ["active", "source"]
    list_select_related = ["source"]
    search_fields = ["url", "source__name"]
    autocomplete_fields = ["source"]
    readonly_fields = ["last_success_at", "failures", "last_error", "next_try_at", "etag", "last_modified"]
    actions = ["poll_now"]

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            ring(poll_feed, obj.pk)

    @admin.action(description="Poll now")
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        queryset.update(next_try_at=None)
        for pk in queryset.values_list("pk", flat=True):
            ring(poll_feed, pk)
        self.message_user(request, "The feeds are being polled.")


@admin.register(Address)
class AddressAdmin(NoDelete, admin.ModelAdmin):
    form = AddressForm
    list_display = ["url", "source", "state", "attempts", "added_at", "article"]
    list_filter = [WorkStateFilter]
    list_select_related = ["source", "article"]
    search_fields = ["url"]
    autocomplete_fields = ["source"]
    actions = ["fetch_again"]

    def get_readonly_fields(self, request: HttpRequest, obj: Address | None = None) -> list[str]:
        shown = ["added_at", "done_at", "article", "attempts", "last_error", "next_try_at", "set_aside_at"]
        return ["url", *shown] if obj else []

    @admin.display(description="state")
    def state(self, address: Address) -> str:
        if address.done_at:
            return "done"
        if address.set_aside_at:
            return "set aside"
        return "failed, waits to be tried again" if address.last_error else "waiting"

    @admin.action(description="Fetch again")
    def fetch_again(self, request: HttpRequest, queryset: QuerySet[Address]) -> None:
        queryset.update(done_at=None)
        queryset.retry()
        for pk in queryset.values_list("pk", flat=True):
            ring(fetch_address, pk)
        self.message_user(request, "The addresses are in the queue again.")


class ArticleVersionInline(ReadOnly, admin.TabularInline):
    model = ArticleVersion
    extra = 0
    fields = ["number", "title", "published", "replaced_at"]
    readonly_fields = fields


class SnapshotInline(ReadOnly, admin.TabularInline):
    model = Snapshot
    extra = 0
    fields = ["taken_at", "content_type", "size", "sha256"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        return super().get_queryset(request).defer("body")


class ArticleStateFilter(WorkStateFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "due":
            return queryset.due().filter(extracted_with="")
        return super().queryset(request, queryset)


@admin.register(Article)
class ArticleAdmin(NoDelete, admin.ModelAdmin):
    change_list_template = "admin/articles/article/change_list.html"
    list_display = ["title_or_address", "source", "published", "state", "version", "on_site"]
    list_filter = [ArticleStateFilter, "published", "source"]
    list_select_related = ["source"]
    search_fields = ["title", "url"]
    date_hierarchy = "published"
    show_full_result_count = False
    inlines = [ArticleVersionInline, SnapshotInline]
    actions = ["read_again"]
    readonly_fields = [
        "quotes", "source", "url", "title", "byline", "published", "published_zone", "fetched_at", "language",
        "text", "content_hash", "version", "syndication_group", "extracted_with", "extracted_at", "attempts",
        "next_try_at", "set_aside_at", "last_error",
    ]  # fmt: skip
    fields = readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return super().get_queryset(request).defer("text")

    @admin.display(description="title", ordering="title")
    def title_or_address(self, article: Article) -> str:
        return str(article)

    @admin.display(description="page")
    def on_site(self, article: Article) -> SafeString:
        return format_html('<a href="{}">read</a>', article.get_absolute_url())

    @admin.display(description="quotes")
    def quotes(self, article: Article) -> SafeString:
        return format_html('<a href="{}">The text with its quotes marked</a>', article.get_absolute_url())

    @admin.action(description="Read again")
    def read_again(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        queryset.update(extracted_with="")
        queryset.retry()
        for pk in queryset.values_list("pk", flat=True):
            article_waiting.send(Article, article_id=pk)
        self.message_user(request, f"{queryset.count()} articles are in the queue again.")

    # Three ways to add an article: each form is a page of its own.

    def get_urls(self) -> list[Any]:
        extra = [
            path("paste/", self.admin_site.admin_view(self.paste), name="articles_article_paste"),
            path("upload/", self.admin_site.admin_view(self.upload), name="articles_article_upload"),
        ]
        return extra + super().get_urls()

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:articles_article_paste"))

    def paste(self, request: HttpRequest) -> HttpResponse:
        return self._add(request, PasteForm, "Paste an article")

    def upload(self, request: HttpRequest) -> HttpResponse:
        return self._add(request, UploadForm, "Upload a file")

    def _add(self, request: HttpRequest, form_class: type[forms.Form], title: str) -> HttpResponse:
        if not self.has_add_permission(request):
            self.message_user(request, "You may not add articles.", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:index"))
        form = form_class(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            article = form.save()  # type: ignore[attr-defined]
            if article is not None:
                self.message_user(request, f"“{article}” is stored; a worker reads it now.")
                return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/articles/article/add.html", context)
