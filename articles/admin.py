"""Curation of what came in: sources, feeds, addresses, articles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.dateformat import format as date_words
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.doorbell import article_waiting, ring
from articles.forms import AddressForm, FeedListForm, PasteForm, SitemapForm, UploadForm
from articles.models import Address, Article, ArticleVersion, Feed, Host, Snapshot, Source
from articles.tasks import fetch_address, poll_feed

MOST_COUNTED = 10_000
LONGEST_SEARCH = 200


class BoundedPaginator(Paginator):
    """Counts no further than MOST_COUNTED + 1, since counting a million rows takes longer than showing fifty."""

    @cached_property
    def count(self) -> int:
        return self.object_list[: MOST_COUNTED + 1].count()


class LongList:
    """For a ModelAdmin: its list stays fast at any length, and odd input in its address does no harm."""

    paginator = BoundedPaginator
    most_counted = MOST_COUNTED
    show_full_result_count = False
    list_per_page = 50

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        # As Django does where it notices such values itself: back to the whole list.
        if any("\0" in value for _, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)  # type: ignore[misc]
        except ValueError as error:
            raise IncorrectLookupParameters from error

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Each word becomes a condition: thousands of them would keep the database busy for minutes.
        words = search_term.replace("\0", "")[:LONGEST_SEARCH]
        return super().get_search_results(request, queryset, words)  # type: ignore[misc]


class NoDelete:
    """Nothing is ever deleted by a curator."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NoDelete):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def rows(queryset: QuerySet[Any]) -> Any:
    """The chosen rows by their keys: an action may change what the list was filtered by."""
    return queryset.model._default_manager.filter(pk__in=list(queryset.values_list("pk", flat=True)))


def number(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


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
class SourceAdmin(NoDelete, LongList, admin.ModelAdmin):
    list_display = ["name", "kind", "country", "side", "articles_stored", "demo"]
    list_filter = ["kind", "country", "demo"]
    search_fields = ["name", "home_page"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        # Of the articles only the latest: counting them all takes longer than showing the list.
        latest = Article.objects.filter(source=OuterRef("pk")).order_by("-published").values("published")[:1]
        return super().get_queryset(request).annotate(latest=Subquery(latest))

    @admin.display(description="latest article")
    def articles_stored(self, source: Any) -> SafeString:
        url = reverse("admin:articles_article_changelist", query={"source__id__exact": source.pk})
        told = date_words(source.latest, "j M Y") if source.latest else "none yet"
        return format_html('<a href="{}">{}</a>', url, told)


@admin.register(Feed)
class FeedAdmin(NoDelete, LongList, admin.ModelAdmin):
    list_display = ["url", "source", "active", "interval", "last_success_at", "failures", "next_try_at"]
    list_filter = ["active", "source"]
    list_select_related = ["source"]
    search_fields = ["url", "source__name"]
    autocomplete_fields = ["source"]
    readonly_fields = [
        "last_success_at", "failures", "last_error", "note", "next_try_at", "pause", "etag", "last_modified",
    ]  # fmt: skip
    actions = ["poll_now"]
    change_list_template = "admin/articles/feed/change_list.html"

    # Two ways to add many at once.

    def get_urls(self) -> list[Any]:
        extra = [
            path("list/", self.admin_site.admin_view(self.add_list), name="articles_feed_list"),
            path("sitemap/", self.admin_site.admin_view(self.add_sitemap), name="articles_feed_sitemap"),
        ]
        return extra + super().get_urls()

    def add_list(self, request: HttpRequest) -> HttpResponse:
        return self._fill(request, FeedListForm, "Add a list of feeds", "feeds are polled from now on")

    def add_sitemap(self, request: HttpRequest) -> HttpResponse:
        return self._fill(request, SitemapForm, "Back-fill from a sitemap", "pages wait for a worker")

    def _fill(self, request: HttpRequest, form_class: Any, title: str, done: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = form_class(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and (filled := form.save()) is not None:
            self.message_user(request, f"{filled.new:,} {done}; {filled.known:,} were known.")
            for note in filled.notes:
                self.message_user(request, note, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:articles_feed_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/articles/article/add.html", context)

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            transaction.on_commit(lambda: ring(poll_feed, obj.pk), robust=True)

    @admin.action(description="Poll now", permissions=["change"])
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        feeds = rows(queryset)
        feeds.update(next_try_at=None)
        polled = list(feeds.due().values_list("pk", flat=True))
        for pk in polled:
            ring(poll_feed, pk)
        self.message_user(request, f"{number(len(polled), 'feed is', 'feeds are')} being polled.")
        if others := feeds.count() - len(polled):
            told = number(others, "feed is not: it is", "feeds are not: they are")
            self.message_user(request, f"{told} inactive or being polled already.", messages.WARNING)


@admin.register(Host)
class HostAdmin(ReadOnly, LongList, admin.ModelAdmin):
    list_display = ["origin", "failures", "closed_until", "robots_at"]
    search_fields = ["origin"]
    fields = ["origin", "failures", "closed_until", "last_error", "robots_at", "robots"]
    actions = ["ask_again"]

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_host")

    @admin.action(description="Ask again now, robots.txt included", permissions=["reset"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        count = rows(queryset).update(failures=0, closed_until=None, robots_at=None)
        self.message_user(request, f"{number(count, 'host is', 'hosts are')} asked again from now on.")


@admin.register(Address)
class AddressAdmin(NoDelete, LongList, admin.ModelAdmin):
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

    @admin.action(description="Fetch again", permissions=["change"])
    def fetch_again(self, request: HttpRequest, queryset: QuerySet[Address]) -> None:
        addresses = rows(queryset)
        addresses.update(done_at=None)
        addresses.retry()
        for pk in addresses.values_list("pk", flat=True):
            ring(fetch_address, pk)
        told = number(addresses.count(), "address is", "addresses are")
        self.message_user(request, f"{told} in the queue again.")


class ArticleVersionInline(ReadOnly, admin.TabularInline):
    model = ArticleVersion
    extra = 0
    fields = ["number", "title", "published", "replaced_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArticleVersion]:
        return super().get_queryset(request).defer("text")


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
class ArticleAdmin(NoDelete, LongList, admin.ModelAdmin):
    change_list_template = "admin/articles/article/change_list.html"
    list_display = ["title_or_address", "source", "published", "state", "version", "on_site"]
    list_filter = [ArticleStateFilter, "published", "source"]
    list_select_related = ["source"]
    search_fields = ["title", "url", "source__name"]
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

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # Nothing of an article is typed over: a page without the buttons that would say otherwise.
        buttons = ["show_save", "show_save_and_continue", "show_save_and_add_another"]
        shown = dict.fromkeys(buttons, False) | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, shown)

    @admin.display(description="quotes")
    def quotes(self, article: Article) -> SafeString:
        return format_html('<a href="{}">The text with its quotes marked</a>', article.get_absolute_url())

    @admin.action(description="Read again", permissions=["change"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        articles = rows(queryset)
        articles.update(extracted_with="")
        articles.retry()
        for pk in articles.values_list("pk", flat=True):
            article_waiting.send(Article, article_id=pk)
        told = number(articles.count(), "article is", "articles are")
        self.message_user(request, f"{told} in the queue again.")

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
            raise PermissionDenied
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
