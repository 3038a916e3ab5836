"""Reports as clustering sees them."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from typing import NamedTuple

from timeline.clustering import Account, content_words, headed
from timeline.extraction.codebook import DateBasis, Modality, PlacePrecision, Precision, Role, Stance, Toll
from timeline.extraction.findings import Figure, Party
from timeline.models import Report
from timeline.models.tolls import BOUNDS


def parties_of(report: Report) -> list[Party]:
    return [Party(name, Role(role), kind, side) for name, role, kind, side in report.parties]


class Told(NamedTuple):
    """What a stored report tells, as clustering needs it."""

    origin: str
    article: str
    published: datetime
    title: str
    type: str
    start: date
    end: date
    precision: str
    basis: str
    night: bool
    modality: str
    stance: str
    place_key: str
    place_name: str
    admin1: str
    country: str
    lat: float | None
    lon: float | None
    place_precision: str
    parties: list[list[str]]
    target: str
    weapon: str
    speakers: list[str]
    quote: str
    killed_low: int | None
    killed_best: int | None
    killed_high: int | None
    wounded_low: int | None
    wounded_best: int | None
    wounded_high: int | None


def account_of(report: Report, id: Hashable | None = None) -> Account:
    """`report` with its `place` and `article`; `id` where it is not stored yet."""
    place, article = report.place, report.article
    where = (
        (place.key, place.name, place.admin1, place.country, place.latitude, place.longitude)
        if place
        else _NOWHERE
    )
    told = Told(
        article.origin, article.url, article.published, article.title,
        report.type, report.start, report.end, report.precision, report.date_basis, report.night,
        report.modality, report.stance, *where, report.place_precision,
        report.parties, report.target, report.weapon, report.attributed_to, report.quote,
        *(getattr(report, f"{kind}_{bound}") for kind in (Toll.KILLED, Toll.WOUNDED) for bound in BOUNDS),
    )  # fmt: skip
    return account_from(told, report.pk if id is None else id)


_NOWHERE = ("", "", "", "", None, None)
_PRECISIONS = {p.value: p for p in Precision}
_BASES = {b.value: b for b in DateBasis}
_MODALITIES = {m.value: m for m in Modality}
_STANCES = {s.value: s for s in Stance}
_PLACE_PRECISIONS: dict[str, PlacePrecision | None] = {"": None} | {p.value: p for p in PlacePrecision}


def account_from(told: Told, id: Hashable) -> Account:
    located = told.place_key != ""
    initiators: list[list[str]] = []
    targets: list[list[str]] = []
    others: list[list[str]] = []
    for party in told.parties:
        role = party[1]
        (initiators if role == Role.INITIATOR else targets if role == Role.TARGET else others).append(party)
    words = content_words(told.quote)
    return Account(
        id=id,
        article=told.article,
        published=told.published,
        origin=told.origin,
        type=told.type,
        start=told.start,
        end=told.end,
        precision=_PRECISIONS[told.precision],
        basis=_BASES[told.basis],
        night=told.night,
        modality=_MODALITIES[told.modality],
        stance=_STANCES[told.stance],
        place_key=told.place_key,
        place_name=told.place_name if located else "",
        place_precision=_PLACE_PRECISIONS[told.place_precision],
        admin1=told.admin1 if located else "",
        country=told.country if located else "",
        lat=told.lat,
        lon=told.lon,
        initiators=frozenset(name for name, *_ in initiators),
        targets=frozenset(name for name, *_ in targets) | ({told.target} - {""}),
        participants=frozenset(name for name, *_ in others),
        people=frozenset(name for name, _, kind, _ in (*initiators, *others) if kind == "person"),
        sides=frozenset(side for *_, side in initiators if side),
        target_sides=frozenset(side for *_, side in targets if side),
        party_sides=frozenset(side for *_, side in others if side),
        speakers=frozenset(told.speakers),
        killed=_figure(told.killed_low, told.killed_best, told.killed_high),
        wounded=_figure(told.wounded_low, told.wounded_best, told.wounded_high),
        weapon=told.weapon,
        words=words,
        heading=headed(words, told.title),
    )


def _figure(low: int | None, best: int | None, high: int | None) -> Figure | None:
    return None if low is best is high is None else Figure(low, best, high)
