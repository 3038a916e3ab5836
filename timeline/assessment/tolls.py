"""Tolls as a series: every figure with who gave it and when; the latest leads, nothing is averaged."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from timeline.assessment.testimony import Testimony
from timeline.extraction.codebook import Toll
from timeline.extraction.findings import Figure


@dataclass(frozen=True, slots=True)
class TollPoint:
    """One figure as one report gave it. `change` against the figure that led before: "first", "rose", "fell",
    "same", or "less exact" (it agrees with the leading figure, which stays)."""

    report: Hashable
    speaker: str
    published: datetime
    figure: Figure
    change: str

    @property
    def words(self) -> str:
        return self.figure.words


@dataclass(frozen=True, slots=True)
class TollSummary:
    """One kind of toll. `latest` leads. `low` and `high` span what each speaker said last; None is open."""

    latest: TollPoint
    low: int | None
    best: int | None
    high: int | None
    series: tuple[TollPoint, ...]

    @property
    def figure(self) -> Figure:
        return Figure(self.low, self.best, self.high, self.latest.words)

    @property
    def revised_down(self) -> bool:
        return any(point.change == "fell" for point in self.series)


def tolls(testimonies: Iterable[Testimony]) -> dict[Toll, TollSummary]:
    """Of live reports. A kind of which nobody gives a figure is absent: not reported, which is not 0."""
    live = sorted((t for t in testimonies if t.live and not t.denies), key=lambda t: t.order)
    told = [t for t in live if t.happened] or live
    found = {}
    for kind in Toll:
        given = [(t, t.figures[kind]) for t in told if kind in t.figures and _says_something(t.figures[kind])]
        if given:
            found[kind] = _summary(given)
    return found


def _says_something(figure: Figure) -> bool:
    return not (figure.low is None and figure.best is None and figure.high is None)


def _summary(given: Sequence[tuple[Testimony, Figure]]) -> TollSummary:
    series: list[TollPoint] = []
    lead: TollPoint | None = None
    for testimony, figure in given:
        change = _change(lead.figure if lead else None, figure)
        point = TollPoint(testimony.report, testimony.voice(), testimony.published, figure, change)
        series.append(point)
        if lead is None or change != "less exact":
            lead = point
    assert lead is not None
    last_words: dict[str, Figure] = {}
    for point in series:
        if point.change != "less exact" or point.speaker not in last_words:
            last_words[point.speaker] = point.figure
    lows = [n for f in last_words.values() if (n := _first(f.low, f.best, f.high)) is not None]
    highs = [n for f in last_words.values() if (n := _first(f.high, f.best, f.low)) is not None]
    return TollSummary(
        latest=lead,
        low=min(lows),
        best=lead.figure.best,
        high=None if lead.figure.high is None else max(highs),
        series=tuple(series),
    )


def _first(*numbers: int | None) -> int | None:
    return next((n for n in numbers if n is not None), None)


def _change(lead: Figure | None, figure: Figure) -> str:
    if lead is None:
        return "first"
    was, now = _first(lead.best, lead.low, lead.high) or 0, _first(figure.best, figure.low, figure.high) or 0
    if (figure.low, figure.best, figure.high) == (lead.low, lead.best, lead.high):
        return "same"
    if _vague(figure) and lead.best is not None and _admits(figure, lead.best):
        return "less exact"
    return "rose" if now > was else "fell" if now < was else "same"


def _vague(figure: Figure) -> bool:
    """ "dozens" or "at least eight": a span, one end of it open or no best figure."""
    return figure.best is None or figure.high is None or figure.low is None


def _admits(figure: Figure, number: int) -> bool:
    return (figure.low is None or figure.low <= number) and (figure.high is None or number <= figure.high)
