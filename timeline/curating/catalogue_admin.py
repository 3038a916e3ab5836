"""Editing of actors, places and sources: each change has its reason and shows what rests on it; events follow."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin import LongList, NoDelete, ReadOnly, SourceAdmin
from articles.doorbell import ring
from articles.models import Source
from timeline.curating import catalogue
from timeline.models import Actor, Amendment, Place
from timeline.tasks import apply_amendment

MOST_MERGED = 20


def page_of(row: Model, text: str) -> SafeString:
    """A link to the row's page in the admin."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), text)


class CatalogueForm(forms.ModelForm):
    reason = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField wide"}),
        help_text="Stands with the change. Its events are derived again in the background.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.pk and set(self.changed_data) - {"reason"} and not data.get("reason"):
            self.add_error("reason", "Say why you change it.")
        if self.instance.pk and data.get("parent") == self.instance:
            self.add_error("parent", "It cannot be part of itself.")
        return data


class AmendmentInline(ReadOnly, admin.TabularInline):
    model = Amendment
    extra = 0
    fields = ["made_at", "kind", "editor", "reason", "applied_to", "applied_at"]
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Amendment]:
        return super().get_queryset(request).select_related("editor", "actor", "place", "source")


class CatalogueAdmin(NoDelete, LongList, admin.ModelAdmin):
    form = CatalogueForm
    autocomplete_fields = ["parent"]
    readonly_fields = ["rests_on", "merged_into"]
    inlines = [AmendmentInline]
    actions = ["merge"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(catalogue.FIELDS[self.model])
        if obj is None:
            return ["key", *fields] if self.model is Place else fields
        may_change = self.has_change_permission(request, obj)
        return [*fields, *(["reason"] if may_change else []), *self.readonly_fields]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> Any:
        found, distinct = super().get_search_results(request, queryset, term)
        if request.path.endswith("/autocomplete/"):
            found = found.filter(merged_into=None)
        return found, distinct

    @admin.display(description="in use")
    def rests_on(self, row: Any) -> str:
        return f"{catalogue.reach(row)}: they follow when it is changed" if row.pk else "-"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.save()
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name != "reason"}
        amendment = catalogue.edit(obj, changes, request.user, form.cleaned_data["reason"])
        if amendment:
            self._follow(request, amendment)

    def _follow(self, request: HttpRequest, amendment: Amendment) -> None:
        transaction.on_commit(lambda: ring(apply_amendment, amendment.pk))
        told = "Nothing else changes."
        if amendment.applied_at is None:
            told = f"{catalogue.reach(amendment.row)} follow in the background."
        self.message_user(request, format_html("{}: {}", page_of(amendment, str(amendment)), told))

    @admin.action(description="Merge into one…", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        rows = {str(row.pk): row for row in queryset.order_by("pk")[: MOST_MERGED + 1]}
        if not 2 <= len(rows) <= MOST_MERGED:
            self.message_user(request, f"Choose two to {MOST_MERGED} to merge.", messages.ERROR)
            return None
        into = rows.pop(request.POST.get("into", ""), None)
        reason = request.POST.get("reason", "").strip()
        if into is None or not reason:
            return self._ask(request, [*rows.values(), *([into] if into else [])])
        try:
            with transaction.atomic():  # all of them or none
                amendments = [catalogue.merge(row, into, request.user, reason) for row in rows.values()]
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            for amendment in amendments:
                self._follow(request, amendment)
        return None

    def _ask(self, request: HttpRequest, rows: list[Any]) -> HttpResponse:
        """What the merge would touch, which one stays, and why."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Merge {self.opts.verbose_name_plural}",
            "rows": [(row, catalogue.reach(row)) for row in sorted(rows, key=lambda row: row.pk)],
            "asked_before": "reason" in request.POST,
            "reason": request.POST.get("reason", ""),
            "opts": self.opts,
            "media": self.media,
            "action_checkbox_name": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/timeline/merge.html", context)


@admin.register(Place)
class PlaceAdmin(CatalogueAdmin):
    list_display = ["name", "admin1", "country", "kind", "latitude", "longitude"]
    list_filter = ["kind", "country"]
    search_fields = ["name", "admin1", "key"]


@admin.register(Actor)
class ActorAdmin(CatalogueAdmin):
    list_display = ["name", "kind", "side", "parent"]
    list_filter = ["kind", "side"]
    list_select_related = ["parent"]
    search_fields = ["name", "aliases"]


admin.site.unregister(Source)


@admin.register(Source)
class CataloguedSourceAdmin(CatalogueAdmin, SourceAdmin):
    """An outlet with what rests on it, which the articles app knows nothing of."""

    list_display = ["name", "kind", "country", "side", "grade", "articles_stored", "demo"]
    list_filter = ["kind", "country", "grade", "demo"]
    autocomplete_fields: list[str] = []


@admin.register(Amendment)
class AmendmentAdmin(ReadOnly, LongList, admin.ModelAdmin):
    list_display = ["made_at", "kind", "of_row", "editor", "reason", "applied_to", "applied_at"]
    list_filter = ["kind", "made_at"]
    list_select_related = ["actor", "place", "source", "editor"]
    search_fields = ["reason", "actor__name", "place__name", "source__name"]
    actions = ["undo"]

    @admin.display(description="of")
    def of_row(self, amendment: Amendment) -> SafeString:
        return page_of(amendment.row, str(amendment.row))

    @admin.action(description="Undo", permissions=["undo"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Amendment]) -> None:
        for amendment in queryset.order_by("-pk"):
            try:
                undone = catalogue.undo(amendment, request.user, f"undoes: {amendment.reason}")
            except ValidationError as error:
                self.message_user(request, f"{amendment}: {' '.join(error.messages)}", messages.ERROR)
            else:
                ring(apply_amendment, undone.pk)
                self.message_user(request, f"Undone: {amendment}.")

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("timeline.change_actor")
