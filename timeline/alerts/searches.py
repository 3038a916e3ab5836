"""Saved searches: /searches/ lists them, /searches/<slug>/ leads to the events, <slug>.atom tells what changed.

/changes.atom?<filter> is the same feed for any filter. Whoever is signed in may save one; everyone may read them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from timeline.alerts.changes import Change, changes
from timeline.listing.filters import EventFilter
from timeline.models import SavedSearch
from timeline.takeaway.exports import refusals, refuse, site_of
from timeline.takeaway.feeds import EventFeed, Subscription, xml_text
from timeline.telling.languages import in_english


class SearchForm(forms.ModelForm):
    class Meta:
        model = SavedSearch
        fields = ["name"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise forms.ValidationError(_("Give it a name, such as “Strikes on the grid”."))
        return name


def _slug(name: str) -> str:
    """Readable, and not to be guessed from the name alone: two people may use one name."""
    return f"{slugify(name)[:60] or 'search'}-{secrets.token_hex(3)}"


class ChangeFeed(EventFeed):
    """What became of the events that a filter finds."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Subscription:
        return Subscription(EventFilter(request.GET), site_of(request))

    def title(self, of: Subscription) -> str:
        return _("Changes: %(what)s") % {"what": super().title(of)}

    def feed_url(self, of: Subscription) -> str:
        return reverse("change-feed") + of.query

    def items(self, of: Subscription) -> Iterator[Any]:
        return iter(changes(of.chosen))

    def item_link(self, change: Change) -> str:
        return change.event.get_absolute_url()

    def item_guid(self, change: Change) -> str:
        return f"{change.event.get_absolute_url()}#{change.key}"

    def item_title(self, change: Any) -> str:
        return xml_text(f"{change.event.headline}: {change.words}")

    def item_description(self, change: Any) -> str:
        return xml_text(change.words)

    def item_pubdate(self, change: Any) -> datetime:
        return change.at

    def item_updateddate(self, change: Any) -> datetime:
        return change.at

    def item_categories(self, change: Any) -> list[str]:
        return [change.event.get_type_display(), change.event.status]

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = EventFilter(request.GET)
        messages = refusals(chosen)
        if chosen.as_of:
            messages.append(_("as_of: a feed of changes tells what is new. Leave it out."))
        if messages:
            return refuse(messages, as_json=False)
        return super().__call__(request, *args, **kwargs)


change_feed = require_safe(in_english(ChangeFeed()))


@require_safe
def search_feed(request: HttpRequest, slug: str) -> HttpResponse:
    saved = get_object_or_404(SavedSearch, slug=slug)
    request.GET = QueryDict(saved.query)  # type: ignore[assignment]
    return change_feed(request)


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    saved = get_object_or_404(SavedSearch, slug=slug)
    return redirect(f"{reverse('chronology')}?{saved.query}".rstrip("?"))


@require_safe
def search_list(request: HttpRequest) -> HttpResponse:
    searches = [
        (saved, EventFilter(QueryDict(saved.query)).describe())
        for saved in SavedSearch.objects.select_related("owner")
    ]
    return render(request, "searches.html", {"searches": searches})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    chosen = EventFilter(request.GET)
    if messages := refusals(chosen):
        return refuse(messages, as_json=False)
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        saved.slug, saved.query, saved.owner = _slug(saved.name), chosen.query_string(), request.user
        saved.save()
        return redirect("searches")
    status = 400 if request.method == "POST" else 200
    return render(request, "search_new.html", {"form": form, "filter": chosen}, status=status)


@login_required
@require_POST
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Its owner takes a search away."""
    get_object_or_404(SavedSearch, slug=slug, owner=request.user).delete()
    return redirect("searches")
