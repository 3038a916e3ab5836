"""An event as one flat record: what every export is made of. Pure functions of rows that are at hand.

    record(event, "https://timeline.example")    # {"id": 12, "address": "https://…/events/12/", …}
    ledger(event, "https://timeline.example")    # its reports, each with its quote

`event` comes from `Event.objects.for_list()`. Values are text, numbers, true/false, None and lists of text. None
is "not reported" and stays None (an empty cell, null): it is never 0. Dates are ISO 8601, times are UTC.
docs/exports.md documents the columns; a column that changes its meaning or goes away makes a new VERSION.
"""

from __future__ import annotations

from datetime import UTC, datetime

from timeline.extraction.codebook import UCDP_DATE_PREC, UCDP_WHERE_PREC, PlacePrecision, Precision, Role
from timeline.extraction.gazetteer.lookup import ATTRIBUTION
from timeline.models import Event, Report
from timeline.models.tolls import Tolls

VERSION = 1
NOTE = (
    "Events are derived from news reports and say what was reported, not what is known to be true: keep the status "
    "and the address of each event with it. Quotes are the outlets' own words and remain theirs. "
    + ATTRIBUTION
)

Value = str | int | float | bool | None | list[str]
Record = dict[str, Value]

# Column -> meaning, in the order in which they are written.
COLUMNS: dict[str, str] = {
    "id": "Number of the event; it keeps it for good.",
    "address": "Permanent address. An event merged into another redirects there; a rejected one answers 410.",
    "category": "diplomacy, strike or territory.",
    "type": "Type of event, by the codebook.",
    "headline": "The event in a line, with who says so.",
    "start": "First day on which it may have happened.",
    "end": "Last day on which it may have happened.",
    "date_precision": "day, range, week, month or year.",
    "date_prec": "The same in UCDP GED's codes, 1 to 5.",
    "night": "In the night between the two dates.",
    "place": "Name of the place.",
    "place_key": "Stable key of the place: geonames:…, katottg:…, admin1:…, country:…",
    "place_kind": "settlement, facility, district, region, country or area.",
    "region": "First-level division.",
    "country": "ISO 3166-1 alpha-2; the internationally recognised country.",
    "latitude": "Of the place; for a district, region or country its centre: see where_prec.",
    "longitude": "Of the place, likewise.",
    "place_precision": "exact, near (about 25 km), admin2, admin1, country or international.",
    "where_prec": "The same in UCDP GED's codes: 1 to 4, 6 and 7.",
    "initiators": "Who did it, as reported.",
    "targets": "To whom it was done.",
    "participants": "Who took part (talks, agreements).",
    "mediators": "Who mediated.",
    "target": "What was hit, taken or exchanged, in the text's words.",
    "weapon": "In the text's words.",
    "killed_low": "Lowest figure of killed.",
    "killed_best": "Best figure of killed.",
    "killed_high": "Highest figure of killed.",
    "wounded_low": "Lowest figure of wounded.",
    "wounded_best": "Best figure of wounded.",
    "wounded_high": "Highest figure of wounded.",
    "missing_low": "Lowest figure of missing.",
    "missing_best": "Best figure of missing.",
    "missing_high": "Highest figure of missing.",
    "captured_low": "Lowest figure of captured.",
    "captured_best": "Best figure of captured.",
    "captured_high": "Highest figure of captured.",
    "status": "reported, claimed (by one side), corroborated, disputed, denied or planned.",
    "status_reason": "Why it has that status.",
    "said_by": "Sides and independent bodies that assert it: country codes, groups, names.",
    "denied_by": "Sides that deny it.",
    "reports": "Number of reports.",
    "outlets": "Number of outlets.",
    "origins": "Number of independent origins: reprints of one text count once.",
    "sources": "The outlets, earliest report first.",
    "source_addresses": "Addresses of the articles, in the order of their publication.",
    "quote": "The verbatim quote of the earliest report.",
    "quote_address": "That quote in its article, on this site.",
    "first_reported": "Publication of the earliest report.",
    "last_reported": "Publication of the latest report.",
    "review": "unreviewed, or confirmed by a curator.",
    "confidence": "Of the machine's reading, 0 to 1.",
    "created": "When the event was first recorded here.",
    "revision": "When it last changed here: cite it with the address.",
}

# What is not text, by the names of XML Schema.
DATATYPES: dict[str, str] = {
    **dict.fromkeys(("id", "date_prec", "where_prec", "reports", "outlets", "origins"), "integer"),
    **dict.fromkeys(Tolls.TOLL_FIELDS, "integer"),
    **dict.fromkeys(("latitude", "longitude", "confidence"), "number"),
    **dict.fromkeys(("start", "end"), "date"),
    **dict.fromkeys(("first_reported", "last_reported", "created", "revision"), "datetime"),
    "night": "boolean",
}
LISTS = frozenset(
    "initiators targets participants mediators said_by denied_by sources source_addresses".split()
)


def instant(moment: datetime | None) -> str | None:
    """ "2024-03-01T12:00:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def actors(event: Event) -> dict[Role, list[str]]:
    """The names in each role."""
    names: dict[Role, list[str]] = {role: [] for role in Role}
    for part in event.parts.all():
        names[Role(part.role)].append(part.actor.name)
    return names


def outlets(event: Event) -> list[str]:
    return list(dict.fromkeys(report.article.source.name for report in event.live_reports))


def where_prec(event: Event) -> int | None:
    return UCDP_WHERE_PREC[PlacePrecision(event.place_precision)] if event.place_precision else None


def tolls(counted: Tolls) -> Record:
    return {name: getattr(counted, name) for name in Tolls.TOLL_FIELDS}


def record(event: Event, site: str) -> Record:
    """The event by COLUMNS. `site` is the scheme and host that addresses begin with."""
    place, reports = event.place, event.live_reports
    by_role = actors(event)
    return {
        "id": event.pk,
        "address": site + event.get_absolute_url(),
        "category": event.category,
        "type": event.type,
        "headline": event.headline,
        "start": event.start.isoformat(),
        "end": event.end.isoformat(),
        "date_precision": event.precision,
        "date_prec": UCDP_DATE_PREC[Precision(event.precision)],
        "night": event.night,
        "place": place.name if place else None,
        "place_key": place.key if place else None,
        "place_kind": place.kind if place else None,
        "region": (place.admin1 or None) if place else None,
        "country": (place.country or None) if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "place_precision": event.place_precision or None,
        "where_prec": where_prec(event),
        "initiators": by_role[Role.INITIATOR],
        "targets": by_role[Role.TARGET],
        "participants": by_role[Role.PARTICIPANT],
        "mediators": by_role[Role.MEDIATOR],
        "target": event.target or None,
        "weapon": event.weapon or None,
        **tolls(event),
        "status": event.status,
        "status_reason": event.status_reason or None,
        "said_by": event.said_by,
        "denied_by": event.denied_by,
        "reports": event.report_count,
        "outlets": event.outlet_count,
        "origins": event.origin_count,
        "sources": outlets(event),
        "source_addresses": list(dict.fromkeys(report.article.url for report in reports)),
        "quote": reports[0].quote if reports else None,
        "quote_address": site + reports[0].get_absolute_url() if reports else None,
        "first_reported": instant(event.first_reported_at),
        "last_reported": instant(event.last_reported_at),
        "review": event.review,
        "confidence": event.confidence,
        "created": instant(event.created_at),
        "revision": instant(event.updated_at),
    }


def ledger(event: Event, site: str) -> list[Record]:
    """The event's reports, earliest first: who says what, in which words."""
    return [testimony(report, site) for report in event.live_reports]


def testimony(report: Report, site: str) -> Record:
    article = report.article
    return {
        "id": report.pk,
        "address": site + report.get_absolute_url(),
        "outlet": article.source.name,
        "title": article.title,
        "original": article.url,
        "published": instant(article.published),
        "text_sha256": report.content_hash,
        "quote": report.quote,
        "quote_start": report.quote_start,
        "quote_end": report.quote_end,
        "stance": report.stance,
        "modality": report.modality,
        "speakers": report.attributed_to,
        "type": report.type,
        "start": report.start.isoformat(),
        "end": report.end.isoformat(),
        "date_precision": report.precision,
        "date_basis": report.date_basis,
        "place_key": report.place.key if report.place else None,
        "place_precision": report.place_precision or None,
        **tolls(report),
        "background": report.background,
        "confidence": report.confidence,
        "rule": report.rule,
        "extractor": report.extractor,
    }
