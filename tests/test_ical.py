"""The calendar: what icalendar reads back is what the events say."""

from __future__ import annotations

from datetime import date

import icalendar
import pytest

from tests.factories import make_event, make_place
from timeline.models import Event
from timeline.takeaway.ical import calendar

pytestmark = pytest.mark.django_db

SITE = "https://timeline.example"


def read(**fields) -> icalendar.Event:
    event = make_event(**fields)
    loaded = Event.objects.for_list().filter(pk=event.pk)
    text = "".join(calendar(loaded, SITE, {"filter": "category Strike"}))
    parsed = icalendar.Calendar.from_ical(text)
    assert parsed["x-wr-calname"] == "Conflict timeline: category Strike"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (entry,) = parsed.walk("VEVENT")
    assert entry["uid"] == f"event-{event.pk}@timeline.example"
    assert entry["url"] == f"{SITE}/events/{event.pk}/"
    return entry


def test_a_day_ends_with_the_next_one():
    entry = read(day=date(2024, 2, 29))
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (date(2024, 2, 29), date(2024, 3, 1))
    assert entry["transp"] == "TRANSPARENT"
    assert "status" not in entry
    assert tuple(map(float, entry["geo"].to_ical().split(";"))) == (10.0, 20.0)


def test_a_month_takes_its_days_and_says_so():
    entry = read(start=date(2024, 2, 1), end=date(2024, 2, 29), precision="month")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (date(2024, 2, 1), date(2024, 3, 1))
    assert "Date known to: month." in entry["description"]


def test_what_is_planned_is_tentative():
    assert read(modality="planned", type="talks")["status"] == "TENTATIVE"


def test_a_region_has_no_position():
    entry = read(place=make_place("Nahr", kind="region"), place_precision="admin1")
    assert "geo" not in entry
    assert entry["location"].startswith("Nahr")


def test_text_that_would_end_a_line_stays_text():
    event = make_event()
    Event.objects.filter(pk=event.pk).update(headline="Shells hit; Arvad, \\ its port\r\nEND:VEVENT")
    text = "".join(calendar(Event.objects.for_list(), SITE, {}))
    (entry,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert entry["summary"].replace("\r", "") == "Shells hit; Arvad, \\ its port\nEND:VEVENT"


def test_the_last_day_of_the_calendar_has_no_next():
    event = make_event()
    Event.objects.filter(pk=event.pk).update(end=date.max)
    text = "".join(calendar(Event.objects.for_list(), SITE, {}))
    (entry,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert "dtend" not in entry
