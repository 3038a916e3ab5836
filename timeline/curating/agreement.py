"""How far coders who coded the same articles apart from one another agree. Pure.

found = agreement([Sheet("a1", sentences, {"ada": [Unit(…), …], "grace": […]}), …])
found.events        # [Score("found", 0.8, …), …]: F1 of two coders' lists of events
found.fields        # [Reliability("type", units=8, same=0.75, alpha=0.62), …]: of events that both found
found.differences   # what two coders coded differently, and what only one found

Events of two coders are paired as those of a machine are with a gold standard: one to one within an article, of
the same category, best pairs first, by words that overlap (half of the shorter quote) or by the same type with
dates that touch and the same place. Krippendorff's alpha is computed by the package of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

import krippendorff

from timeline.extraction.codebook import TYPES, Toll
from timeline.extraction.findings import Figure

Span = tuple[int, int]
HALF = 0.5


@dataclass(frozen=True)
class Unit:
    """One event as one coder coded it. `id` is the caller's."""

    id: int
    span: Span
    type: str
    modality: str
    start: date
    end: date
    place: str = ""  # a key, "" for none
    place_name: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def category(self) -> str:
        return TYPES[self.type].category


@dataclass(frozen=True)
class Sheet:
    """An article: its sentences, and what each coder found in it. Coders who found nothing have an empty list."""

    article: str
    sentences: Sequence[Span]
    coders: Mapping[str, Sequence[Unit]]


@dataclass(frozen=True)
class Score:
    """F1 of two lists: twice what is in both, over the lengths of both. None where both are empty."""

    name: str
    both: int
    all: int

    @property
    def f1(self) -> float | None:
        return 2 * self.both / self.all if self.all else None


@dataclass(frozen=True)
class Reliability:
    """`alpha` is None where it says nothing: there are no two values to tell apart."""

    name: str
    units: int
    same: float | None
    alpha: float | None


@dataclass(frozen=True)
class Difference:
    """Two codings of one event, or what one coder found alone (`other` is None).

    `fields`: (name, the one's, the other's), of those that differ.
    """

    article: str
    coders: tuple[str, str]
    one: Unit
    other: Unit | None
    fields: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Agreement:
    articles: int
    events: list[Score]
    fields: list[Reliability]
    differences: list[Difference]


def _overlap(one: Span, other: Span) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / max(1, min(one[1] - one[0], other[1] - other[0]))


def _touch(one: Unit, other: Unit) -> bool:
    return one.start <= other.end and other.start <= one.end


def likeness(one: Unit, other: Unit) -> float:
    """0 for what cannot be the same event."""
    if one.category != other.category:
        return 0.0
    overlap, typed, where = _overlap(one.span, other.span), one.type == other.type, one.place == other.place
    if overlap < HALF and not (typed and where and one.place and _touch(one, other)):
        return 0.0
    return 1 + overlap + 0.8 * typed + 0.6 * where + 0.4 * _touch(one, other)


def paired(ones: Sequence[Unit], others: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """One to one, the likest first."""
    scored = sorted(
        ((likeness(a, b), -i, -j) for i, a in enumerate(ones) for j, b in enumerate(others)), reverse=True
    )
    left, right, pairs = set[int](), set[int](), []
    for score, i, j in scored:
        if score > 0 and i not in left and j not in right:
            left.add(i)
            right.add(j)
            pairs.append((ones[-i], others[-j]))
    return pairs


def _figure(unit: Unit, kind: str) -> str:
    """ "39", or "40/45/" for low, best and high; a bound that is not written is the best figure."""
    figure = unit.figures.get(kind)
    if figure is None:
        return ""
    bounds = [figure.best if bound is None else bound for bound in (figure.low, figure.best, figure.high)]
    told = ["" if bound is None else str(bound) for bound in bounds]
    return told[0] if len(set(told)) == 1 else "/".join(told)


FIELDS: dict[str, Callable[[Unit], str]] = {
    "type": lambda unit: unit.type,
    "modality": lambda unit: unit.modality,
    "first day": lambda unit: unit.start.isoformat(),
    "last day": lambda unit: unit.end.isoformat(),
    "place": lambda unit: unit.place,
    **{kind.value: (lambda unit, kind=kind.value: _figure(unit, kind)) for kind in Toll},  # type: ignore[misc]
}
_DAYS = frozenset({"first day", "last day"})


def alpha(rows: Sequence[Sequence[float | None]], level: str = "nominal") -> float | None:
    """Krippendorff's alpha. `rows`: one a coder, one value a unit, None where he coded none."""
    values = {value for row in rows for value in row if value is not None}
    pairable = [unit for unit in zip(*rows, strict=True) if sum(value is not None for value in unit) > 1]
    if len(values) < 2 or not pairable or len({v for unit in pairable for v in unit if v is not None}) < 2:
        return None
    data = [[float("nan") if value is None else value for value in row] for row in rows]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=level))  # type: ignore[arg-type]


def _number(name: str, unit: Unit, codes: dict[str, int]) -> float:
    if name in _DAYS:
        return float((unit.start if name == "first day" else unit.end).toordinal())
    return float(codes.setdefault(FIELDS[name](unit), len(codes)))


def _reliability(name: str, pairs: Sequence[tuple[Unit, Unit]]) -> Reliability:
    codes: dict[str, int] = {}
    rows = [[_number(name, unit, codes) for unit in side] for side in zip(*pairs, strict=True)]
    same = sum(a == b for a, b in zip(*rows, strict=True)) / len(pairs) if pairs else None
    level = "interval" if name in _DAYS else "nominal"
    return Reliability(name, len(pairs), same, alpha(rows, level) if pairs else None)


def _presence(sheets: Sequence[Sheet]) -> Reliability:
    """Whether a sentence tells of an event at all: of every sentence, by all coders."""
    coders = sorted({coder for sheet in sheets for coder in sheet.coders})
    rows: dict[str, list[float | None]] = {coder: [] for coder in coders}
    for sheet in sheets:
        for sentence in sheet.sentences:
            for coder in coders:
                units = sheet.coders.get(coder)
                found = None if units is None else any(_overlap(sentence, unit.span) > 0 for unit in units)
                rows[coder].append(None if found is None else float(found))
    columns = [[v for v in unit if v is not None] for unit in zip(*rows.values(), strict=True)]
    columns = [values for values in columns if len(values) > 1]
    same = sum(len(set(values)) == 1 for values in columns) / len(columns) if columns else None
    return Reliability(
        "an event in the sentence", len(columns), same, alpha(list(rows.values())) if rows else None
    )


def agreement(sheets: Sequence[Sheet]) -> Agreement:
    """Of articles that two coders or more have finished. With more than two, each two of them are compared."""
    pairs: list[tuple[Unit, Unit]] = []
    differences: list[Difference] = []
    listed = 0
    for sheet in sheets:
        for one, other in combinations(sorted(sheet.coders), 2):
            ones, others = sheet.coders[one], sheet.coders[other]
            listed += len(ones) + len(others)
            found = paired(ones, others)
            pairs += found
            differences += _differences(sheet.article, (one, other), found)
            left, right = {a.id for a, _ in found}, {b.id for _, b in found}
            differences += [
                Difference(sheet.article, (one, other), u, None, []) for u in ones if u.id not in left
            ]
            differences += [
                Difference(sheet.article, (other, one), u, None, []) for u in others if u.id not in right
            ]
    typed = [(a, b) for a, b in pairs if a.type == b.type]
    coded = [(a, b) for a, b in typed if a.place == b.place and _touch(a, b)]
    return Agreement(
        articles=len(sheets),
        events=[Score("found", len(pairs), listed), Score("typed", len(typed), listed),
                Score("coded", len(coded), listed)],
        fields=[_presence(sheets), *(_reliability(name, pairs) for name in FIELDS)],
        differences=differences,
    )  # fmt: skip


def _differences(
    article: str, coders: tuple[str, str], pairs: Sequence[tuple[Unit, Unit]]
) -> list[Difference]:
    found = []
    for one, other in pairs:
        told = [
            (n, _words(n, one), _words(n, other)) for n, value in FIELDS.items() if value(one) != value(other)
        ]
        if told:
            found.append(Difference(article, coders, one, other, told))
    return found


def _words(name: str, unit: Unit) -> str:
    return unit.place_name if name == "place" else FIELDS[name](unit)
