"""From degrees to an SVG's pixels, and outlines as path data.

The projection is equirectangular, true to scale in the middle of the frame: lines of longitude and latitude are
straight, so that a rectangle dragged on the map is a rectangle of degrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import NamedTuple

from timeline.cartography.shapes import Line, Point

WIDTH = 960.0
LOWEST, HIGHEST = 320.0, 620.0  # heights of the picture
MARGIN = 8.0  # pixels drawn outside the frame, so that a cut edge is never seen
FINEST = 1.2  # pixels: nearer points of an outline are one
SPECK = 4.0  # pixels of width and height together: smaller rings are left out


class Bounds(NamedTuple):
    """A rectangle of degrees. It never crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, point: Point) -> bool:
        return self.west <= point[0] < self.east and self.south <= point[1] < self.north

    def padded(self, share: float, least: float) -> Bounds:
        """Wider by a share on each side, and at least `least` degrees each way."""
        x = max((self.east - self.west) * share, (least - (self.east - self.west)) / 2)
        y = max((self.north - self.south) * share, (least - (self.north - self.south)) / 2)
        return Bounds(
            max(-180.0, self.west - x),
            max(-85.0, self.south - y),
            min(180.0, self.east + x),
            min(85.0, self.north + y),
        )


WORLD = Bounds(-170, -56, 180, 78)
UKRAINE = Bounds(21.5, 44.0, 40.7, 52.6)


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the earth the picture shows, and its size in pixels."""

    bounds: Bounds
    width: float
    height: float

    def point(self, where: Point) -> Point:
        b = self.bounds
        return (
            round((where[0] - b.west) / (b.east - b.west) * self.width, 1),
            round((b.north - where[1]) / (b.north - b.south) * self.height, 1),
        )


def frame(wanted: Bounds) -> Frame:
    """A frame that holds `wanted`, widened to a shape that fits a page."""
    b = wanted
    squeeze = cos(radians((b.north + b.south) / 2))
    wide, high = (b.east - b.west) * squeeze, b.north - b.south
    height = WIDTH * high / wide
    if height < LOWEST:
        extra = (wide * LOWEST / WIDTH - high) / 2
        b = Bounds(b.west, b.south - extra, b.east, b.north + extra)
        height = LOWEST
    elif height > HIGHEST:
        extra = (high * WIDTH / HIGHEST / squeeze - (b.east - b.west)) / 2
        b = Bounds(b.west - extra, b.south, b.east + extra, b.north)
        height = HIGHEST
    return Frame(b, WIDTH, round(height))


def around(points: Iterable[Point], least: float = 3.0) -> Bounds | None:
    """A rectangle about the points; None where there are none."""
    found = list(points)
    if not found:
        return None
    xs, ys = [x for x, _y in found], [y for _x, y in found]
    return Bounds(min(xs), min(ys), max(xs), max(ys)).padded(0.08, least)


def clipped(ring: Line, box: Bounds) -> Line:
    """The part of a closed ring inside the box (Sutherland and Hodgman): for filling, not for stroking its cuts."""
    sides = ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1))
    for axis, limit, sign in sides:
        kept: Line = []
        previous = ring[-1] if ring else None
        for point in ring:
            assert previous is not None
            inside, before = ((p[axis] - limit) * sign >= 0 for p in (point, previous))
            if inside != before:
                share = (limit - previous[axis]) / (point[axis] - previous[axis])
                kept.append(
                    (
                        previous[0] + share * (point[0] - previous[0]),
                        previous[1] + share * (point[1] - previous[1]),
                    )
                )
            if inside:
                kept.append(point)
            previous = point
        ring = kept
        if not ring:
            break
    return ring


def path(lines: Iterable[Line], view: Frame, closed: bool = True) -> str:
    """SVG path data of the lines inside the frame; "" where none is."""
    b = view.bounds
    x, y = (b.east - b.west) / view.width * MARGIN, (b.north - b.south) / view.height * MARGIN
    outer = Bounds(b.west - x, b.south - y, b.east + x, b.north + y)
    drawn = []
    for line in lines:
        shown = clipped(line, outer) if closed else line
        points: Line = []
        for point in map(view.point, shown):
            if not points or abs(point[0] - points[-1][0]) + abs(point[1] - points[-1][1]) >= FINEST:
                points.append(point)
        if closed and _extent(points) < SPECK:
            continue
        if len(points) > (2 if closed else 1):
            drawn.append(_data(points) + ("z" if closed else ""))
    return "".join(drawn)


def _extent(points: Line) -> float:
    if not points:
        return 0.0
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return max(xs) - min(xs) + max(ys) - min(ys)


def _data(points: Line) -> str:
    """Steps from point to point in tenths: a third of the length of absolute positions."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = (f"{(bx - ax) / 10:g} {(by - ay) / 10:g}" for (ax, ay), (bx, by) in pairwise(tenths))
    return f"M{points[0][0]:g} {points[0][1]:g}l{' '.join(steps)}".replace(" -", "-")
