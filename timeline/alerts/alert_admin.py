"""Saved searches and who is told of them, for the operator. Addresses and secrets are their owners'."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from articles.admin import LongList, ReadOnly, WorkStateFilter, number, rows
from timeline.models import Delivery, MailAlert, Mailing, SavedSearch, Webhook


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly, LongList, admin.ModelAdmin):
    list_display = ["name", "owner", "query", "hooks", "digests", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "query", "owner__username"]
    fields = ["name", "slug", "query", "owner", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedSearch]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                hook_count=Count("webhooks", distinct=True), digest_count=Count("mail_alerts", distinct=True)
            )
        )

    @admin.display(description="webhooks", ordering="hook_count")
    def hooks(self, search: Any) -> int:
        return search.hook_count

    @admin.display(description="digests", ordering="digest_count")
    def digests(self, search: Any) -> int:
        return search.digest_count


class AlertAdmin(ReadOnly, LongList, admin.ModelAdmin):
    list_filter = [WorkStateFilter]
    actions = ["start_again"]

    @admin.display(description="why")
    def why(self, alert: Any) -> str:
        return alert.reason[:200]

    @admin.action(description="Start again", permissions=["start"])
    def start_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = rows(queryset)
        for alert in chosen:
            alert.start_again()
        self.message_user(request, f"{number(len(chosen), 'alert goes', 'alerts go')} on.")

    def has_start_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"timeline.change_{self.opts.model_name}")


@admin.register(Webhook)
class WebhookAdmin(AlertAdmin):
    list_display = ["url", "search", "failures", "set_aside_at", "last_success_at", "why"]
    list_select_related = ["search"]
    search_fields = ["url", "search__name"]
    exclude = ["secret", "lease_token"]


@admin.register(MailAlert)
class MailAlertAdmin(AlertAdmin):
    list_display = ["search", "reader", "every", "next_try_at", "failures", "set_aside_at", "why"]
    list_select_related = ["search", "reader"]
    search_fields = ["search__name", "reader__username"]
    exclude = ["lease_token"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, LongList, admin.ModelAdmin):
    list_display = ["uid", "webhook", "made_at", "attempts", "status", "delivered_at", "last_error"]
    list_select_related = ["webhook__search"]
    list_filter = [("delivered_at", admin.EmptyFieldListFilter)]
    search_fields = ["webhook__url", "last_error"]


@admin.register(Mailing)
class MailingAdmin(ReadOnly, LongList, admin.ModelAdmin):
    list_display = ["subject", "reader", "changes", "made_at", "handed_over_at", "sent_at", "last_error"]
    list_select_related = ["alert__reader"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject", "alert__reader__username"]
    exclude = ["body"]  # it holds the link that ends the digest

    @admin.display(ordering="alert__reader__username")
    def reader(self, mailing: Mailing) -> str:
        return str(mailing.alert.reader)
