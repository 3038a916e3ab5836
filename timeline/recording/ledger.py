"""What an event is, from its reports and the curator's corrections. The only writer of derived fields.

with writing():                 # one transaction, one writer of memberships at a time
    event = new_event(reports)  # a heading for reports that are about to be saved under it
    derive(event)               # after its reports or its overrides changed
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import connection, models, transaction
from django.db.models import Value
from django.utils import timezone

from timeline.assessment import Assessment, Speaker, Testimony, assess
from timeline.extraction.codebook import (
    TYPES,
    DateBasis,
    Modality,
    PlacePrecision,
    Precision,
    Role,
    Stance,
    Status,
    Toll,
)
from timeline.extraction.findings import Figure, Where
from timeline.extraction.gazetteer.lookup import Gazetteer, Kind
from timeline.index import post
from timeline.models import Event, EventActor, Place, Report
from timeline.recording.accounts import parties_of
from timeline.recording.given_sides import Sides, given_sides, sided
from timeline.telling.headlines import Parts, headline

WRITERS = 72_001  # the key of the advisory lock


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which memberships of events may change. Writers come one after the other, so that
    several workers with reports of one event make one event. Reading and extraction go on beside it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])
        yield


_KINDS = {
    Kind.COUNTRY: Place.Kind.COUNTRY,
    Kind.ADMIN1: Place.Kind.REGION,
    Kind.ADMIN2: Place.Kind.DISTRICT,
    Kind.AREA: Place.Kind.AREA,
    Kind.FACILITY: Place.Kind.FACILITY,
    Kind.SETTLEMENT: Place.Kind.SETTLEMENT,
}
_KINDS_BY_PRECISION = {
    PlacePrecision.COUNTRY: Place.Kind.COUNTRY,
    PlacePrecision.ADMIN1: Place.Kind.REGION,
    PlacePrecision.ADMIN2: Place.Kind.DISTRICT,
    PlacePrecision.INTERNATIONAL: Place.Kind.AREA,
}


def place_of(where: Where) -> Place:
    """The row of a place, under the row of its region or country; made when it is first named."""
    known = Place.objects.filter(key=where.key).first()
    if known:
        return known
    entry = Gazetteer.open().by_key(where.key)
    kind = _KINDS[entry.kind] if entry else _KINDS_BY_PRECISION.get(where.precision, Place.Kind.SETTLEMENT)
    defaults = {
        "name": where.name[:200],
        "admin1": where.admin1[:200],
        "country": where.country,
        "latitude": where.lat,
        "longitude": where.lon,
        "kind": kind,
        "parent": _parent(where),
    }
    return Place.objects.get_or_create(key=where.key, defaults=defaults)[0]


def _parent(where: Where) -> Place | None:
    for key in (f"admin1:{where.country}.{where.admin1}", f"country:{where.country}"):
        entry = Gazetteer.open().by_key(key)
        if entry and where.key not in (key, f"country:{where.country}"):
            return place_of(entry.where())
    return None


def new_event(reports: list[Report]) -> Event:
    """A heading for unsaved or moving reports; `derive` fills it once they are under it."""
    first = reports[0]
    return Event.objects.create(
        category=TYPES[first.type].category,
        type=first.type,
        headline=TYPES[first.type].label,
        start=first.start,
        end=first.end,
        precision=first.precision,
        status="reported",
    )


def testimony_of(report: Report, sides: Sides) -> Testimony:
    """`report` with its article, source and place. `sides` are those that editors gave (`given_sides`)."""
    by_role: dict[str, set[str]] = {role.value: set() for role in Role}
    for _, role, _, side in sided(report.parties, sides):
        by_role[role].add(side)
    place, article = report.place, report.article
    return Testimony(
        report=report.pk,
        article=article.url,
        source=article.source.name,
        origin=article.origin,
        published=article.published,
        recorded_at=report.recorded_at,
        type=report.type,
        start=report.start,
        end=report.end,
        outlet_side=article.source.side,
        speakers=tuple(Speaker(name, side, kind) for name, kind, side in sided(report.speakers, sides)),
        stance=Stance(report.stance),
        modality=Modality(report.modality),
        sides=frozenset(by_role[Role.INITIATOR] - {""}),
        target_sides=frozenset(by_role[Role.TARGET] - {""}),
        party_sides=frozenset(by_role[Role.PARTICIPANT] - {""}),
        precision=Precision(report.precision),
        basis=DateBasis(report.date_basis),
        night=report.night,
        place_key=place.key if place else "",
        place_precision=PlacePrecision(report.place_precision) if report.place_precision else None,
        admin1=place.admin1 if place else "",
        country=place.country if place else "",
        target=report.target,
        weapon=report.weapon,
        figures={kind: figure for kind in Toll if (figure := report.figure(kind))},
        confidence=report.confidence,
    )


def derive(event: Event) -> None:
    """Write what follows from the event's live reports and its overrides. Idempotent."""
    reports = list(
        event.reports.live()
        .select_related("article__source", "place")
        .defer("article__text")
        .prefetch_related("parts__actor")
        .order_by("pk")
    )
    fill(event, reports, timezone.now().date())
    _save(event)
    if reports:
        _link_actors(event, reports)
        _index_text(event, reports)
    post(event.pk)


def fill(
    event: Event,
    reports: list[Report],
    today: date,
    places: Callable[[int], Place] | None = None,
    sides: Sides | None = None,
) -> None:
    """Set the derived fields of `event`, unsaved: from `reports`, as they are live on a day, and its overrides.

    Without reports the event keeps its last fields and counts none. `places` finds the place of an override;
    `sides` are those that editors gave, looked up where they are not.
    """
    if not reports:
        event.report_count = event.outlet_count = event.origin_count = 0
        return
    if sides is None:
        sides = given_sides()
    found = assess([testimony_of(report, sides) for report in reports], today)
    by_pk: dict[Hashable, Report] = {report.pk: report for report in reports}
    event.category = TYPES[found.type].category
    event.type = found.type
    event.start, event.end, event.precision, event.night = (
        found.start,
        found.end,
        found.precision,
        found.night,
    )
    event.place = _kept(by_pk[found.place_from].place) if found.place_from is not None else None
    event.place_precision = found.place_precision or ""
    event.target, event.weapon = found.target, found.weapon
    event.status, event.status_reason = found.status, found.reason[:500]
    event.said_by, event.denied_by = list(found.said_by), list(found.denied_by)
    event.confidence = found.confidence
    event.report_count, event.outlet_count, event.origin_count = found.reports, found.outlets, found.origins
    event.first_reported_at, event.last_reported_at = found.first_reported, found.last_reported
    for kind in Toll:
        summary = found.tolls.get(kind)
        event.set_figure(kind, summary.figure if summary else None)
    for name, value in event.overrides.items():
        setattr(event, name, from_json(name, value, places))
    if "headline" not in event.overrides:
        event.headline = _headline(event, reports, found)


def _kept(place: Place | None) -> Place | None:
    """The place that an editor merged it into, if any."""
    return place.merged_into if place and place.merged_into_id else place


def _save(event: Event) -> None:
    """Save what differs, so that `updated_at` is the time of a change and not of a look."""
    fields = [f.attname for f in Event._meta.concrete_fields if f.name not in ("updated_at", "search")]
    stored = Event.objects.filter(pk=event.pk).values(*fields).first()
    if stored != {name: getattr(event, name) for name in fields}:
        event.save()


def _headline(event: Event, reports: list[Report], found: Assessment) -> str:
    """Made of the values that stand for the event, corrections included."""
    telling = [r for r in reports if r.stance != Stance.DENIES] or reports
    parties = dict.fromkeys(party for report in telling for party in parties_of(report))
    modalities = [Modality(r.modality) for r in telling]
    return headline(
        Parts(
            event.type,
            Status(event.status),
            next((m for m in modalities if m == Modality.OCCURRED), modalities[-1]),
            tuple(parties),
            event.target,
            event.place.name if event.place else "",
            PlacePrecision(event.place_precision) if event.place_precision else None,
            _leading(event, found, Toll.KILLED),
            _leading(event, found, Toll.WOUNDED),
            found.said,
            found.denied,
            telling[0].quote,
            telling[0].rule == "strike:destroy",
        )
    )[:500]


def _leading(event: Event, found: Assessment, kind: Toll) -> Figure | None:
    """The latest figure, unless a curator set another."""
    if f"{kind}_best" in event.overrides or kind not in found.tolls:
        return event.figure(kind)
    return found.tolls[kind].latest.figure


def _link_actors(event: Event, reports: list[Report]) -> None:
    wanted = {
        (part.actor.merged_into_id or part.actor_id, part.role)
        for report in reports
        for part in report.parts.all()
    }
    have = {(part.actor_id, part.role): part.pk for part in event.parts.all()}
    EventActor.objects.filter(pk__in=[pk for key, pk in have.items() if key not in wanted]).delete()
    EventActor.objects.bulk_create(
        [EventActor(event=event, actor_id=actor, role=role) for actor, role in sorted(wanted - have.keys())]
    )


def _index_text(event: Event, reports: list[Report]) -> None:
    headline, names, quotes = words_of(event, reports)
    Event.objects.filter(pk=event.pk).update(
        search=_vector("A", headline) + _vector("B", names) + _vector("C", quotes)
    )


def words_of(event: Event, reports: list[Report]) -> tuple[str, str, str]:
    """What the text search finds, by weight: headline and place, actors, the words of the quotes."""
    named = {part.actor for report in reports for part in report.parts.all()}
    names = sorted({name for actor in named for name in (actor.name, *actor.aliases)})
    place = str(event.place) if event.place else ""
    quotes = sorted({report.quote for report in reports})
    return f"{event.headline} {place}", " ".join(names), " ".join(quotes)


def _vector(weight: str, text: str) -> SearchVector:
    return SearchVector(Value(text[:200_000]), weight=weight, config="english")


# Overrides are JSON: dates and places come back as what the field holds.


def to_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.pk if isinstance(value, models.Model) else value


def from_json(name: str, value: Any, places: Callable[[int], Place] | None = None) -> Any:
    if value is None:
        return None
    if name in ("start", "end"):
        return date.fromisoformat(value)
    if name == "place":
        return places(value) if places else Place.objects.get(pk=value)
    return value
