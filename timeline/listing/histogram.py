"""Events over time as bars: from counts per day and category to the geometry of a server-made SVG.

    make_histogram(counts, link, selected=(since, until))

`counts` maps (day, category) to a number of events, as one GROUP BY gives it, or are DayCounts. Bars are days,
weeks, months or years: the finest unit that fits. A few stray events far from the rest (an article that recalls
1991) do not flatten the picture: they are gathered in one bar "before …" or "after …" at the edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _

from timeline.listing.day_counts import DayCounts
from timeline.telling.phrases import date_words

Unit = Literal["day", "week", "month", "year"]

UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")
MOST_BARS = 62
STRAY_SHARE = 0.03  # of all events, at each edge
MOST_TICKS = 6
WIDTH = 100.0  # percent: the SVG is as wide as its column
HEIGHT = 88  # pixels
GAP = 0.15  # of a bar's width
CATEGORY_ORDER = ("strike", "territory", "diplomacy")  # from the ground up


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `x` and `width` in percent of the width; segments are (category, y, height) in pixels."""

    label: str
    start: date
    end: date
    counts: dict[str, int]
    total: int
    x: float
    width: float
    segments: list[tuple[str, float, float]]
    query: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    bars: list[Bar]
    unit: Unit
    ticks: list[tuple[float, str]] = field(default_factory=list)  # x in percent, label
    highest: int = 0
    width: float = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Bin:
    start: date
    end: date
    label: str
    stray: bool = False  # what lies outside the picture


def floor(day: date, unit: Unit) -> date:
    """The first day of the unit that `day` is in (weeks start on Monday)."""
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
    return day.replace(month=1, day=1)


def after(day: date, unit: Unit) -> date:
    """The first day of the next unit, for a `day` that is the first of its own."""
    match unit:
        case "day":
            return day + timedelta(days=1)
        case "week":
            return day + timedelta(days=7)
        case "month":
            return date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date(day.year + 1, 1, 1)


def starts(first: date, last: date, unit: Unit) -> Iterator[date]:
    day = floor(first, unit)
    while day <= last:
        yield day
        day = after(day, unit)


def bar_count(first: date, last: date, unit: Unit) -> int:
    match unit:
        case "day":
            return (last - first).days + 1
        case "week":
            return (floor(last, unit) - floor(first, unit)).days // 7 + 1
        case "month":
            return (last.year - first.year) * 12 + last.month - first.month + 1
    return last.year - first.year + 1


def finest_unit(first: date, last: date) -> Unit:
    """The finest unit that needs no more than MOST_BARS bars; years for anything longer."""
    return next((unit for unit in UNITS if bar_count(first, last, unit) <= MOST_BARS), "year")


def core(counts: DayCounts) -> tuple[date, date]:
    """First and last day of the picture: all days, or without the strays where that allows a finer unit."""
    total = counts.total
    filled = np.flatnonzero(total)
    allowed = total.sum() * STRAY_SHARE
    begin = int(np.argmax(np.cumsum(total) > allowed))
    end = len(total) - 1 - int(np.argmax(np.cumsum(total[::-1]) > allowed))
    whole = counts.day(filled[0]), counts.day(filled[-1])
    inner = counts.day(begin), counts.day(end)
    finer = UNITS.index(finest_unit(*inner)) < UNITS.index(finest_unit(*whole))
    return inner if finer else whole


def bins(counts: DayCounts) -> tuple[list[Bin], Unit]:
    first, last = core(counts)
    unit = finest_unit(first, last)
    made = [
        Bin(day, after(day, unit) - timedelta(days=1), unit_label(day, unit))
        for day in starts(first, last, unit)
    ]
    filled = np.flatnonzero(counts.total)
    earliest, latest = counts.day(filled[0]), counts.day(filled[-1])
    begin, end = made[0].start, made[-1].end
    if earliest < begin:
        label = _("before %(day)s") % {"day": date_words(begin, "j M Y")}
        made.insert(0, Bin(earliest, begin - timedelta(days=1), label, stray=True))
    if latest > end:
        made.append(
            Bin(
                end + timedelta(days=1),
                latest,
                _("after %(day)s") % {"day": date_words(end, "j M Y")},
                stray=True,
            )
        )
    return made, unit


def unit_label(start: date, unit: Unit) -> str:
    match unit:
        case "day":
            return date_words(start, "l j E Y")
        case "week":
            return _("week from %(day)s") % {"day": date_words(start, "j M Y")}
        case "month":
            return date_words(start, "F Y")
    return date_words(start, "Y")


def tick_label(start: date, unit: Unit) -> str:
    return date_words(start, {"day": "j M", "week": "j M Y", "month": "M Y", "year": "Y"}[unit])


def segments(counts: Mapping[str, int], highest: int) -> list[tuple[str, float, float]]:
    """A stack from the ground up; the highest bar fills the height. An event is never less than a pixel."""
    stack: list[tuple[str, float, float]] = []
    ground = float(HEIGHT)
    for category in CATEGORY_ORDER:
        if n := counts.get(category, 0):
            height = max(1.0, round(HEIGHT * n / highest, 1))
            ground = round(ground - height, 1)
            stack.append((category, ground, height))
    return stack


def make_histogram(
    counts: DayCounts | Mapping[tuple[date, str], int],
    link: Callable[[date, date], str],
    selected: tuple[date | None, date | None] = (None, None),
) -> Histogram:
    """Bars for `counts`; `link` gives each its query string, `selected` is the range that the filter asks for."""
    daily = counts if isinstance(counts, DayCounts) else DayCounts.of(counts)
    if not daily.total.any():
        return Histogram([], "day")
    made, unit = bins(daily)
    sums = daily.sums([(each.start, each.end) for each in made])
    highest = max(sum(each.values()) for each in sums)
    step = WIDTH / len(made)
    since, until = selected

    def is_selected(each: Bin) -> bool:
        if since is None and until is None:
            return False
        return (until is None or each.start <= until) and (since is None or each.end >= since)

    bars = [
        Bar(
            label=each.label,
            start=each.start,
            end=each.end,
            counts=n,
            total=sum(n.values()),
            x=round(i * step + step * GAP / 2, 3),
            width=round(step * (1 - GAP), 3),
            segments=segments(n, highest),
            query=link(each.start, each.end),
            selected=is_selected(each),
        )
        for i, (each, n) in enumerate(zip(made, sums, strict=True))
    ]
    regular = [i for i, each in enumerate(made) if not each.stray]
    every = -(-len(regular) // MOST_TICKS)
    ticks = [(round(i * step, 3), tick_label(made[i].start, unit)) for i in regular[::every]]
    return Histogram(bars, unit, ticks, highest)
