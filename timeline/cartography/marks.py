"""Marks on the map: settlements gathered in cells of a grid, and how dark an area is shaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log2

from timeline.cartography.drawing import Bounds, Frame

STEPS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 10.0, 20.0)  # degrees
LEVELS = 4
TARGET = 12.0  # radius of what a pointer must hit (WCAG 2.5.8)


@dataclass(frozen=True, slots=True)
class Size:
    """How marks are gathered and drawn, in the frame's pixels. Marks stand a cell apart, on average."""

    cell: float
    single: float  # radius of one event
    least: float
    largest: float


FINE = Size(cell=44.0, single=5.0, least=8.0, largest=20.0)
#: For a phone, on whose screen the frame has less than half its size.
COARSE = Size(cell=100.0, single=27.0, least=27.0, largest=42.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with its number of events."""

    id: int
    name: str
    longitude: float
    latitude: float
    count: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """The places of one cell of the grid. `cell` holds these and no others: it can be asked for as a filter."""

    spots: list[Spot]
    cell: Bounds
    x: float
    y: float
    radius: float

    @property
    def target(self) -> float:
        return max(self.radius, TARGET)

    @property
    def count(self) -> int:
        return sum(spot.count for spot in self.spots)


def grid(view: Frame, cell: float = FINE.cell) -> float:
    """The side of a cell in degrees: fixed steps, so that a cell stays the same when the frame moves a little."""
    wanted = (view.bounds.east - view.bounds.west) / view.width * cell
    return next((step for step in STEPS if step >= wanted), STEPS[-1])


def _cell(degrees: float, step: float) -> tuple[float, float]:
    """The edges of the cell that holds `degrees`. They are rounded as a filter writes them, before they compare."""
    number = floor(degrees / step)
    while degrees >= round((number + 1) * step, 2):
        number += 1
    while degrees < round(number * step, 2):
        number -= 1
    return round(number * step, 2), round((number + 1) * step, 2)


def clusters(spots: Iterable[Spot], view: Frame, size: Size = FINE) -> list[Cluster]:
    """The spots inside the frame, gathered; the largest first, so that small ones are drawn over them."""
    step = grid(view, size.cell)
    cells: dict[Bounds, list[Spot]] = defaultdict(list)
    for spot in spots:
        if view.bounds.holds((spot.longitude, spot.latitude)):
            west, east = _cell(spot.longitude, step)
            south, north = _cell(spot.latitude, step)
            cells[Bounds(west, south, east, north)].append(spot)
    most = max((sum(s.count for s in found) for found in cells.values()), default=1)
    made = []
    for cell, found in cells.items():
        total = sum(spot.count for spot in found)
        x, y = view.point(
            (
                sum(s.longitude * s.count for s in found) / total,
                sum(s.latitude * s.count for s in found) / total,
            )
        )
        radius = max(size.single if total == 1 else size.least, size.largest * (total / most) ** 0.5)
        ordered = sorted(found, key=lambda s: (-s.count, s.name))
        made.append(Cluster(ordered, cell, x, y, round(radius, 1)))
    return sorted(made, key=lambda c: (-c.count, c.x, c.y))


def levels(counts: Sequence[int]) -> list[int]:
    """A shade from 1 to LEVELS for each count, each about twice to several times the one before; 0 for none."""
    most = max(counts, default=0)
    width = log2(most + 1) / LEVELS if most else 1
    return [min(LEVELS, ceil(log2(n + 1) / width - 1e-9)) if n else 0 for n in counts]
