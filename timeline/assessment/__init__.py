"""What may be said of an event, given its reports. Pure: testimonies in, an assessment out.

    assessment = assess(testimonies, today)
    assessment.status, assessment.reason          # Status.CLAIMED, "Russia says this, 20 Dec 2025; no other origin"
    assessment.tolls[Toll.KILLED].best            # absent: not reported

`camps` says who speaks for whom, `status` who corroborates and disputes, `tolls` holds the series of figures,
`choosing` says which date, place and type stand for the event. The order of the testimonies never matters.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from timeline.assessment.camps import PERFORMATIVE
from timeline.assessment.choosing import choose_date, choose_place, choose_text, choose_type
from timeline.assessment.status import judge
from timeline.assessment.testimony import INDEPENDENT_BODIES, Speaker, Testimony, independent_body, known_at
from timeline.assessment.tolls import TollPoint, TollSummary, tolls
from timeline.extraction.codebook import PlacePrecision, Precision, Status, Toll

__all__ = [
    "INDEPENDENT_BODIES",
    "PERFORMATIVE",
    "Assessment",
    "Speaker",
    "Testimony",
    "TollPoint",
    "TollSummary",
    "assess",
    "independent_body",
    "known_at",
]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that is derived of an event.

    `reason` is a sentence without its full stop. `said_by` and `denied_by` are sides ("RU") and independent
    bodies ("UN"), `said` and `denied` the speakers by name. `place_from` is the report whose place stands for
    the event, None where none gives one. `overdue`: planned, and its date has passed on the day of the assessment.
    """

    status: Status
    reason: str
    said_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    said: tuple[Speaker, ...]
    denied: tuple[Speaker, ...]
    reports: int
    outlets: int
    origins: int
    type: str
    start: date
    end: date
    precision: Precision
    night: bool
    place_key: str
    place_precision: PlacePrecision | None
    place_from: Hashable | None
    target: str
    weapon: str
    tolls: Mapping[Toll, TollSummary]
    confidence: float
    first_reported: datetime
    last_reported: datetime
    overdue: bool


def assess(testimonies: Iterable[Testimony], today: date) -> Assessment:
    """Of an event's reports; those that are not live are left out. At least one must be live."""
    live = sorted((t for t in testimonies if t.live), key=lambda t: t.order)
    if not live:
        raise ValueError("an event without a live report cannot be assessed")
    verdict = judge(live, today)
    asserting = [t for t in live if not t.denies] or live
    telling = [t for t in asserting if t.happened] or asserting  # what happened, before what was planned
    dated, placed = choose_date(telling), choose_place(telling) or choose_place(live)
    return Assessment(
        status=verdict.status,
        reason=verdict.reason,
        said_by=verdict.said_by,
        denied_by=verdict.denied_by,
        said=verdict.said,
        denied=verdict.denied,
        reports=len(live),
        outlets=len({t.source for t in live}),
        origins=len({t.origin for t in live}),
        type=choose_type(telling),
        start=dated.start,
        end=dated.end,
        precision=dated.precision,
        night=dated.night,
        place_key=placed.place_key if placed else "",
        place_precision=placed.place_precision if placed else None,
        place_from=placed.report if placed else None,
        target=choose_text((t.origin, t.target) for t in telling),
        weapon=choose_text((t.origin, t.weapon) for t in telling),
        tolls=tolls(live),
        confidence=_confidence(live),
        first_reported=live[0].published,
        last_reported=live[-1].published,
        overdue=verdict.status is Status.PLANNED and max(t.end for t in asserting) < today,
    )


def _confidence(live: Iterable[Testimony]) -> float:
    """That at least one origin was read rightly; an origin counts once, with its surest reading."""
    surest: dict[str, float] = {}
    for t in live:
        surest[t.origin] = max(t.confidence, surest.get(t.origin, 0.0))
    wrong = 1.0
    for confidence in sorted(surest.values()):
        wrong *= 1 - confidence
    return round(1 - wrong, 4)
