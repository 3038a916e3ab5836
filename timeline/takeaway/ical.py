"""Events as an iCalendar file (RFC 5545): whole days, at which nobody is busy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import icalendar

from timeline.extraction.codebook import CATEGORY_LABELS, Category, PlacePrecision, Status
from timeline.listing.narrowing import PINNED_KINDS
from timeline.models import Event
from timeline.takeaway.records import outlets

PRODUCT = "-//Conflict timeline//events//EN"


def entry(event: Event, site: str) -> icalendar.Event:
    """An event of any precision takes all the days on which it may have happened, and says so."""
    made = icalendar.Event()
    address = site + event.get_absolute_url()
    made.add("uid", f"event-{event.pk}@{urlsplit(site).hostname}")
    made.add("dtstamp", event.updated_at)
    made.add("created", event.created_at)
    made.add("last-modified", event.updated_at)
    made.add("dtstart", event.start)
    if event.end < date.max:
        made.add("dtend", event.end + timedelta(days=1))  # the day after the last, by the standard
    made.add("summary", event.headline)
    made.add("description", _description(event, address))
    made.add("url", address)
    made.add("categories", [str(CATEGORY_LABELS[Category(event.category)]), event.get_type_display()])
    made.add("transp", "TRANSPARENT")
    if event.status == Status.PLANNED:
        made.add("status", "TENTATIVE")
    place = event.place
    if place:
        made.add("location", place.full_name)
        exact = event.place_precision == PlacePrecision.EXACT and place.kind in PINNED_KINDS
        if exact and place.latitude is not None and place.longitude is not None:
            made.add("geo", (place.latitude, place.longitude))
    return made


def _description(event: Event, address: str) -> str:
    lines = [f"Status: {event.status}."]
    if event.status_reason:
        lines.append(f"{event.status_reason}.")
    lines.append(f"Reported by: {', '.join(outlets(event))}.")
    if event.precision != "day":
        lines.append(f"Date known to: {event.precision}.")
    if event.live_reports:
        first = event.live_reports[0]
        lines.append(f"“{first.quote}” ({first.article.source.name})")
    return "\n".join([*lines, address])


def calendar(events: Iterable[Event], site: str, about: dict[str, Any]) -> Iterator[str]:
    """The file in pieces, one an event."""
    whole = icalendar.Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    name = f"Conflict timeline: {about['filter']}" if about.get("filter") else "Conflict timeline"
    whole.add("name", name)
    whole.add("x-wr-calname", name)
    opening, closing = whole.to_ical().decode().split("END:VCALENDAR")
    yield opening
    for event in events:
        yield entry(event, site).to_ical().decode()
    yield f"END:VCALENDAR{closing}"
