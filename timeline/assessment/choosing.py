"""Which of the reported dates, places and types stands for the event.

A value is supported by the origins that give it or something wider that contains it ("Odesa region" supports
"Odesa"; a night and the days that it touches support each other). The best supported wins; one step of
precision weighs as much as half an origin, so that one vague outlier never hides an exact place, nor one exact
outlier the place that all others give. Ties: the earliest report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from timeline.assessment.testimony import Testimony
from timeline.extraction.codebook import DateBasis, PlacePrecision, Precision

_DATE_STEPS = {Precision.DAY: 4, Precision.RANGE: 3, Precision.WEEK: 2, Precision.MONTH: 1, Precision.YEAR: 0}
_BASIS_STEPS = {
    DateBasis.EXPLICIT: 2.0,
    DateBasis.CARRIED: 1.0,
    DateBasis.SPEECH: -1.0,
    DateBasis.PUBLICATION: -2.0,
}
_PLACE_STEPS = {
    PlacePrecision.EXACT: 4,
    PlacePrecision.NEAR: 3,
    PlacePrecision.ADMIN2: 2,
    PlacePrecision.ADMIN1: 1,
    PlacePrecision.COUNTRY: 0,
    PlacePrecision.INTERNATIONAL: 0,
}
# Types that say less than others of their kind.
_UNSPECIFIC = frozenset({"attack", "statement", "control"})
STEP = 0.5  # of an origin

Key = TypeVar("Key", bound=Hashable)


def _best(
    testimonies: Sequence[Testimony],
    key: Callable[[Testimony], Key],
    supports: Callable[[Testimony, Testimony], bool],
    steps: Callable[[Testimony], float],
) -> Testimony | None:
    """The testimony whose value stands for all. `testimonies` are in order, of one event."""
    by_value: dict[Key, Testimony] = {}
    for testimony in testimonies:
        known = by_value.get(key(testimony))
        if known is None or steps(testimony) > steps(known):
            by_value[key(testimony)] = testimony
    best, most = None, float("-inf")
    for candidate in by_value.values():
        origins = {t.origin for t in testimonies if supports(t, candidate)}
        score = len(origins) + STEP * steps(candidate)
        if score > most:
            best, most = candidate, score
    return best


def choose_date(testimonies: Sequence[Testimony]) -> Testimony:
    chosen = _best(
        testimonies,
        key=lambda t: (t.start, t.end, t.precision, t.night),
        supports=_same_time,
        # A night is as exact as a day, and says more than either of its days.
        steps=lambda t: (
            (_DATE_STEPS[Precision.DAY] + 1 if t.night else _DATE_STEPS[t.precision]) + _BASIS_STEPS[t.basis]
        ),
    )
    assert chosen is not None
    return chosen


def _same_time(t: Testimony, candidate: Testimony) -> bool:
    if candidate.night:  # a day supports the night that touches it
        return t.start <= candidate.end and candidate.start <= t.end
    return t.start <= candidate.start and candidate.end <= t.end


def choose_place(testimonies: Sequence[Testimony]) -> Testimony | None:
    """None where no report gives a place."""
    return _best(
        [t for t in testimonies if t.place_key and t.place_precision is not None],
        key=lambda t: t.place_key,
        supports=lambda t, c: t.place_key == c.place_key or _contains(t, c),
        steps=lambda t: _PLACE_STEPS[t.place_precision] if t.place_precision is not None else 0,
    )


def _contains(wider: Testimony, finer: Testimony) -> bool:
    if wider.place_precision is PlacePrecision.COUNTRY:
        return wider.country == finer.country
    return (
        wider.place_precision is PlacePrecision.ADMIN1
        and finer.place_precision is not PlacePrecision.COUNTRY
        and (wider.country, wider.admin1) == (finer.country, finer.admin1)
    )


def choose_type(testimonies: Sequence[Testimony]) -> str:
    chosen = _best(
        testimonies,
        key=lambda t: t.type,
        supports=lambda t, c: t.type == c.type or t.type in _UNSPECIFIC,
        steps=lambda t: 0 if t.type in _UNSPECIFIC else 1,
    )
    assert chosen is not None
    return chosen.type


def choose_text(values: Iterable[tuple[str, str]]) -> str:
    """Of (origin, text): the text that most origins give, ties to the first; "" where none gives any."""
    origins: dict[str, set[str]] = defaultdict(set)
    for origin, text in values:
        if text:
            origins[text].add(origin)
    return max(origins, key=lambda text: len(origins[text]), default="")
