"""A toll over time as a small picture: one mark for each figure, at its time, from low to high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol, TypeVar

from timeline.extraction.codebook import Toll
from timeline.extraction.findings import Figure

HEIGHT = 96
MARGIN = 10  # above and below the marks
EDGE = 8.0  # percent of the width left free on each side


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure. `x` in percent of the width, `y` of the best value and `top`/`bottom` of its range in pixels."""

    x: float
    y: float
    top: float
    bottom: float
    open_above: bool  # "at least": no upper bound is stated


@dataclass(frozen=True, slots=True)
class TollChart:
    marks: list[Mark]
    steps: list[tuple[float, float, float, float]]  # x1, y1, x2, y2 from one best value to the next
    highest: int
    height: int = HEIGHT


def _bounds(figure: Figure) -> tuple[int, int, int]:
    stated = [n for n in (figure.low, figure.best, figure.high) if n is not None]
    low, high = min(stated), max(stated)
    return low, figure.best if figure.best is not None else low, high


def draw(series: Sequence[tuple[datetime, Figure]]) -> TollChart:
    """Marks for (time, figure) in order of time. Every figure states at least one number.

    Figures of one moment stand side by side in the order given, so that none hides another.
    """
    bounds = [_bounds(figure) for _, figure in series]
    highest = max((high for _, _, high in bounds), default=0)
    if not series:
        return TollChart([], [], highest)
    begin, end = series[0][0], series[-1][0]
    span = (end - begin).total_seconds()

    def x(position: int, moment: datetime) -> float:
        # Half by time, half by order: days of silence show, and figures of one hour stay apart.
        by_order = position / (len(series) - 1) if len(series) > 1 else 0.5
        by_time = (moment - begin).total_seconds() / span if span else by_order
        return round(EDGE + (100 - 2 * EDGE) * (by_time + by_order) / 2, 2)

    def y(value: int) -> float:
        share = value / highest if highest else 0
        return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share, 1)

    marks = [
        Mark(x(position, moment), y(best), y(high), y(low), figure.high is None)
        for position, ((moment, figure), (low, best, high)) in enumerate(zip(series, bounds, strict=True))
    ]
    steps = [(a.x, a.y, b.x, b.y) for a, b in pairwise(marks)]
    return TollChart(marks, steps, highest)


class Tolled(Protocol):
    """A report, or whatever else gives figures."""

    def figure(self, kind: str, /) -> Figure | None: ...


R = TypeVar("R", bound=Tolled)


def toll_series(reports: Sequence[R]) -> list[tuple[str, list[tuple[R, Figure]]]]:
    """For each kind of toll that is stated, its figures in the order in which they were reported."""
    series = []
    for kind in Toll:
        points = [(report, figure) for report in reports if (figure := report.figure(kind))]
        if points:
            series.append((kind.value, points))
    return series
