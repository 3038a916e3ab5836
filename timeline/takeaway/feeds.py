"""A feed of any filter: /events.atom?category=strike, the events that changed last first.

A feed tells what is new to the collection, not what happened last: an event of 2022 that is recorded today comes
first. So the query string's order has no effect. An event keeps its id, and its `updated` says when it changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from timeline.extraction.codebook import CATEGORY_LABELS, Category
from timeline.listing.filters import EventFilter
from timeline.listing.present import tells_the_past
from timeline.models import Event
from timeline.recording.as_of import Past, Unanswerable
from timeline.takeaway.exports import etag, refusals, refuse, site_of, unchanged
from timeline.takeaway.records import NOTE
from timeline.takeaway.schemes import story
from timeline.telling.languages import in_english

LONGEST = 100  # entries

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Without the characters that XML cannot hold: one in a quote must not break the feed."""
    return _NOT_XML.sub("", text)


@dataclass(frozen=True, slots=True)
class Subscription:
    """The filter that a feed follows."""

    chosen: EventFilter
    site: str
    past: Past | None = None  # of a feed of what was known then

    @property
    def query(self) -> str:
        query = self.chosen.query_string(order="")
        return f"?{query}" if query else ""


@dataclass(frozen=True, slots=True)
class Entry:
    event: Event
    site: str

    def get_absolute_url(self) -> str:
        return self.event.get_absolute_url()


class EventFeed(Feed):
    feed_type = Atom1Feed
    author_name = "Conflict timeline"
    feed_copyright = NOTE

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = EventFilter(request.GET)
        if messages := refusals(chosen):
            return refuse(messages, as_json=False)
        tag = etag(chosen, "atom", site_of(request))
        if known := unchanged(request, tag):
            return known
        try:
            response = super().__call__(request, *args, **kwargs)
        except Unanswerable as error:
            return refuse([str(error)], as_json=False)
        response["ETag"] = tag
        return response

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Subscription:
        chosen = EventFilter(request.GET)
        return Subscription(chosen, site_of(request), Past(chosen) if chosen.as_of else None)

    def title(self, of: Subscription) -> str:
        described = of.chosen.describe()
        name = _("Conflict timeline")
        return xml_text(f"{name}: {described}" if described else name)

    def subtitle(self, of: Subscription) -> str:
        total = len(of.past.matching()) if of.past else of.chosen.events().count()
        found = ngettext("%(n)d event", "%(n)d events", total) % {"n": total}
        if total <= LONGEST:
            return found
        return _("%(found)s; here are the %(n)d that changed last") % {"found": found, "n": LONGEST}

    def link(self, of: Subscription) -> str:
        return reverse("chronology") + of.query

    def feed_url(self, of: Subscription) -> str:
        return reverse("feed") + of.query

    def items(self, of: Subscription) -> Iterator[Entry]:
        if of.past:
            known = sorted(of.past.matching(), key=lambda e: (e.updated_at, e.pk), reverse=True)
            return (Entry(event, of.site) for event in known[:LONGEST])
        events = of.chosen.events().for_list().order_by("-updated_at", "-pk")
        return (Entry(event, of.site) for event in events[:LONGEST])

    def item_title(self, entry: Any) -> str:
        return xml_text(entry.event.headline)

    def item_description(self, entry: Any) -> str:
        return xml_text(story(entry.event, entry.site))

    def item_pubdate(self, entry: Entry) -> datetime:
        return entry.event.created_at

    def item_updateddate(self, entry: Entry) -> datetime:
        return entry.event.updated_at

    def item_categories(self, entry: Entry) -> list[str]:
        return [
            CATEGORY_LABELS[Category(entry.event.category)],
            entry.event.get_type_display(),
            entry.event.status,
        ]


atom = tells_the_past(require_safe(in_english(EventFeed())))
