"""The events of a filter as files: /events.csv?category=strike holds what /?category=strike lists.

Each format is streamed: rows are read from the database and written CHUNK at a time, whatever their number. The
query string is that of the page, order and `after` included. Unlike the page, an export takes a query string
whole or not at all: what is wrong with it is answered with 400 and no file.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from timeline.extraction.codebook import PlacePrecision
from timeline.listing.answers import ids_in_order
from timeline.listing.filters import MAX_VALUES, EventFilter, FilterForm, moment_text
from timeline.listing.present import tells_the_past
from timeline.models import Event, Place
from timeline.recording.as_of import Past, Unanswerable
from timeline.takeaway.ical import calendar
from timeline.takeaway.records import COLUMNS, DATATYPES, LISTS, NOTE, VERSION, Record, Value, ledger, record
from timeline.takeaway.schemes import (
    ACLED_COLUMNS,
    TIMELINEJS_COLUMNS,
    UCDP_COLUMNS,
    acled,
    timelinejs,
    ucdp,
)
from timeline.telling.languages import in_english

CHUNK = 500  # events read at once, with their reports and actors
BLOCK = 64_000  # characters sent at once
SEPARATOR = "; "  # of a list's items in a cell

Row = Callable[[Event, str], Record]
Writer = Callable[[Iterable[Event], str, dict[str, Any]], Iterator[str]]  # events, site, what the file is


# The query string


def refusals(chosen: EventFilter) -> list[str]:
    """What keeps a file from being made: values that are wrong, names that are no filter's."""
    known = {FilterForm.URL_NAMES.get(name, name): name for name in FilterForm.base_fields}
    messages = list(chosen.errors)
    for name in chosen.query:
        values = [value for value in chosen.query.getlist(name) if value]
        if name not in known:
            messages.append(f"{name}: there is no such filter.")
        elif known[name] not in FilterForm.MULTIPLE and len(values) > 1:
            messages.append(f"{name}: give it once.")
        elif len(values) > MAX_VALUES:
            messages.append(f"{name}: at most {MAX_VALUES} values.")
    return messages


def refuse(messages: Sequence[str], as_json: bool) -> HttpResponse:
    if as_json:
        return JsonResponse({"errors": list(messages)}, status=400)
    text = "".join(f"{message}\n" for message in messages)
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def site_of(request: HttpRequest) -> str:
    """ "https://timeline.example": what addresses begin with."""
    return f"{request.scheme}://{request.get_host()}"


def etag(chosen: EventFilter, name: str, site: str) -> str:
    """Changes when an event comes, goes or changes, and each day: names of places and actors may change too."""
    of_events = chosen.events().order_by().aggregate(count=Count("pk"), latest=Max("updated_at"))
    parts = (VERSION, name, site, chosen.query.urlencode(), timezone.now().date(), *of_events.values())
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """The answer to a client that has this version already."""
    answer = get_conditional_response(request, etag=tag)
    if answer is not None:
        answer["ETag"] = tag
    return answer


def events_of(chosen: EventFilter) -> Iterable[Event]:
    """The filter's events in its order, as rows of `for_list()` are; with `as_of`, as they were known then."""
    if chosen.as_of:
        return Past(chosen).events()
    return _present_events(chosen)


def _present_events(chosen: EventFilter) -> Iterator[Event]:
    """A chunk of ids at a time: a cursor over a million would first sort and store them all."""
    ids = ids_in_order(chosen)
    if ids is None:
        rows = chosen.ordered().for_list().defer("search", "overrides")
        yield from rows.iterator(chunk_size=CHUNK)
        return
    for start in range(0, len(ids), CHUNK):
        chunk = list(ids[start : start + CHUNK])
        rows = (
            Event.objects.published().filter(pk__in=chunk).order_by().for_list().defer("search", "overrides")
        )
        found = {event.pk: event for event in rows}
        yield from (found[pk] for pk in chunk if pk in found)


# CSV

# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV injection"), also in full width.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def cell(value: Value) -> str | int | float:
    """A value as CSV writes it. Text that a spreadsheet would run gets an apostrophe before it; numbers do not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = SEPARATOR.join(value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


class _Echo:
    """A file whose write() hands the line back to writerow()."""

    def write(self, line: str) -> str:
        return line


def csv_of(columns: Sequence[str], row: Row) -> Writer:
    def write(events: Iterable[Event], site: str, about: dict[str, Any]) -> Iterator[str]:
        writer: Any = csv.writer(_Echo())
        yield writer.writerow(columns)
        for event in events:
            values = row(event, site)
            yield writer.writerow([cell(values[name]) for name in columns])

    return write


def csvw(site: str) -> dict[str, Any]:
    """What /events.csv holds, for programs: W3C CSV on the Web metadata, at the address that it looks for."""
    described = []
    for name, meaning in COLUMNS.items():
        column: dict[str, Any] = {"name": name, "titles": name, "dc:description": meaning}
        column["datatype"] = DATATYPES.get(name, "string")
        if name in LISTS:
            column["separator"] = SEPARATOR
        described.append(column)
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": f"{site}{reverse('export', args=['csv'])}",
        "dc:title": "Conflict timeline: events",
        "dc:rights": NOTE,
        "schema:version": str(VERSION),
        "tableSchema": {"columns": described, "primaryKey": "id"},
    }


@tells_the_past  # the columns are the same
@require_safe
@in_english
def csv_metadata(request: HttpRequest) -> JsonResponse:
    """/events.csv-metadata.json"""
    return JsonResponse(csvw(site_of(request)), content_type="application/csvm+json")


# JSON and GeoJSON


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def full_record(event: Event, site: str) -> dict[str, Any]:
    return {**record(event, site), "ledger": ledger(event, site)}


def _point(place: Place) -> dict[str, Any] | None:
    if place.longitude is None or place.latitude is None:
        return None
    return {"type": "Point", "coordinates": [place.longitude, place.latitude]}


def feature(event: Event, site: str) -> dict[str, Any]:
    """A GeoJSON feature. Only a settlement or facility is a point: a region has no geometry, never a false pin."""
    place, geometry = event.place, None
    pinned = event.place_precision in (PlacePrecision.EXACT, PlacePrecision.NEAR)
    if place and pinned and place.kind in (Place.Kind.SETTLEMENT, Place.Kind.FACILITY):
        geometry = _point(place)
    return {"type": "Feature", "id": event.pk, "geometry": geometry, "properties": record(event, site)}


def _document(opening: dict[str, Any], key: str, entry: Callable[[Event, str], dict[str, Any]]) -> Writer:
    """One JSON object: what it is, the list, and last the length of the list, so that a cut file shows."""

    def write(events: Iterable[Event], site: str, about: dict[str, Any]) -> Iterator[str]:
        yield f"{_json({**opening, **about})[:-1]}, {_json(key)}: ["
        count = 0
        for count, event in enumerate(events, start=1):
            yield f"{',' if count > 1 else ''}\n{_json(entry(event, site))}"
        yield f'\n], "count": {count}}}\n'

    return write


def _lines(events: Iterable[Event], site: str, about: dict[str, Any]) -> Iterator[str]:
    for event in events:
        yield f"{_json(full_record(event, site))}\n"


# The formats and their door


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    media_type: str
    write: Writer

    @property
    def is_json(self) -> bool:
        return "json" in self.media_type


_CSV = "text/csv; charset=utf-8; header=present"
FORMATS: dict[str, Format] = {
    "csv": Format("CSV", _CSV, csv_of(tuple(COLUMNS), record)),
    "json": Format("JSON", "application/json", _document({}, "events", full_record)),
    "jsonl": Format("JSON lines", "application/jsonl; charset=utf-8", _lines),
    "geojson": Format(
        "GeoJSON", "application/geo+json", _document({"type": "FeatureCollection"}, "features", feature)
    ),
    "ics": Format("iCalendar", "text/calendar; charset=utf-8", calendar),
    "timelinejs.csv": Format("TimelineJS", _CSV, csv_of(TIMELINEJS_COLUMNS, timelinejs)),
    "acled.csv": Format("ACLED columns", _CSV, csv_of(ACLED_COLUMNS, acled)),
    "ucdp.csv": Format("UCDP columns", _CSV, csv_of(UCDP_COLUMNS, ucdp)),
}


def blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """The same text in blocks of about BLOCK characters: one write a block, not one a row."""
    gathered: list[str] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield "".join(gathered).encode()
            gathered, size = [], 0
    if gathered:
        yield "".join(gathered).encode()


@tells_the_past
@require_safe
@in_english
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """/events.<name>?<filter>"""
    if name not in FORMATS:
        raise Http404(f"There is no format {name}. There are: {', '.join(FORMATS)}.")
    kind = FORMATS[name]
    chosen = EventFilter(request.GET)
    if messages := refusals(chosen):
        return refuse(messages, kind.is_json)
    site = site_of(request)
    tag = etag(chosen, name, site)
    if known := unchanged(request, tag):
        return known
    about = {
        "version": VERSION,
        "note": NOTE,
        "filter": chosen.describe(),
        "as_of": moment_text(chosen.as_of) if chosen.as_of else None,
        "page": f"{site}{reverse('chronology')}?{chosen.query.urlencode()}".rstrip("?"),
        "made": timezone.now().isoformat(timespec="seconds"),
    }
    try:
        events = events_of(chosen)
    except Unanswerable as error:
        return refuse([str(error)], kind.is_json)
    pieces = () if request.method == "HEAD" else blocks(kind.write(events, site, about))
    file_name = f"conflict-timeline-{timezone.now().date().isoformat()}.{name}"
    return StreamingHttpResponse(
        pieces,
        content_type=kind.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "ETag": tag,
            "Link": f'<{site}{reverse("csv-metadata")}>; rel="describedby"; type="application/csvm+json"'
            if name == "csv"
            else f'<{site}{reverse("about")}>; rel="describedby"',
        },
    )
