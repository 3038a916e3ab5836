"""Which new report takes the place of which old one, when an article is read again. Pure.

pairs(old, new)                 # (old, new), (old, None): dropped, (None, new): added
differences(old, new)           # {"killed": ("7", "8")}; empty: both say the same
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Protocol, TypeVar

from timeline.extraction.codebook import TYPES, Toll
from timeline.extraction.findings import Figure

ENOUGH = 3.0  # of likeness: the same words, or nearly the same words and one thing more
ALIKE = 0.6  # the least ratio at which two quotes are versions of one sentence


class Told(Protocol):
    """A report, stored or not."""

    article_id: int
    content_hash: str
    quote: str
    quote_start: int
    quote_end: int
    type: str
    modality: str
    stance: str
    attributed_to: list[str]
    parties: list[Any]
    start: date
    end: date
    precision: str
    night: bool
    place_id: int | None
    target: str
    weapon: str

    def figure(self, kind: str, /) -> Figure | None: ...


T = TypeVar("T", bound=Told)


def pairs(old: Sequence[T], new: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Each report once. The likest are paired first; what has no like stands alone."""
    scored = sorted(
        ((likeness(a, b), -i, -j) for i, a in enumerate(old) for j, b in enumerate(new)), reverse=True
    )
    partner: dict[int, int] = {}
    for score, i, j in scored:
        if score >= ENOUGH and -i not in partner and -j not in partner.values():
            partner[-i] = -j
    found: list[tuple[T | None, T | None]] = [
        (a, new[partner[i]] if i in partner else None) for i, a in enumerate(old)
    ]
    return found + [(None, b) for j, b in enumerate(new) if j not in partner.values()]


def likeness(old: Told, new: Told) -> float:
    """How far two reports of one article tell of one act; 0 for acts of different categories."""
    if TYPES[old.type].category != TYPES[new.type].category:
        return 0.0
    return (
        _same_words(old, new)
        + (old.type == new.type)
        + (old.place_id == new.place_id)
        + (old.start <= new.end and new.start <= old.end)
        + 0.1 * (not differences(old, new))
    )


def _same_words(old: Told, new: Told) -> float:
    if old.quote == new.quote:
        return 3.0
    if old.content_hash == new.content_hash:
        return 2.0 if old.quote_start < new.quote_end and new.quote_start < old.quote_end else 0.0
    matcher = SequenceMatcher(None, old.quote, new.quote, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    ratio = matcher.ratio()
    return 2 * ratio if ratio >= ALIKE else 0.0


def differences(old: Told, new: Told) -> dict[str, tuple[str, str]]:
    """What the two say differently, in words, by field. How it was read (rule, confidence, span) is not said."""
    mine, other = _sayings(old), _sayings(new)
    return {name: (mine[name], other[name]) for name in mine if mine[name] != other[name]}


def _sayings(told: Told) -> dict[str, str]:
    return {
        "type": TYPES[told.type].label,
        "modality": str(told.modality),
        "stance": str(told.stance),
        "speakers": ", ".join(told.attributed_to),
        "time": f"{told.start} to {told.end}{' (night)' if told.night else ''}, {told.precision}",
        "place": _place(told),
        "target": told.target,
        "weapon": told.weapon,
        "parties": ", ".join(sorted(f"{name} ({role})" for name, role, *_ in told.parties)),
        **{kind.value: _figure(told.figure(kind)) for kind in Toll},
    }


def _place(told: Told) -> str:
    return str(getattr(told, "place", None) or "none") if told.place_id else "none"


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return "not reported"
    low, best, high = figure.low, figure.best, figure.high
    if low == best == high:
        return str(best)
    span = f"{'?' if low is None else low} to {'open' if high is None else high}"
    return span if best is None else f"{best} ({span})"
