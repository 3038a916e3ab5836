"""The stored outlines, read once a process.

world().countries["UA"]      # rings of (longitude, latitude)
world().dashed               # lines that are not agreed
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise

from timeline.cartography.build import SCALE

Point = tuple[float, float]  # longitude, latitude
Line = list[Point]


@dataclass(frozen=True, slots=True)
class Outlines:
    shapes: dict[str, list[Line]]  # closed rings, largest first
    dashed: list[Line]


def _line(stored: list[int]) -> Line:
    x = y = 0
    points = []
    for dx, dy in zip(stored[::2], stored[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x / SCALE, y / SCALE))
    return points


def unbroken(ring: Line) -> list[Line]:
    """A ring without the jump at the antimeridian: it runs on beyond 180°, and once more a turn back."""
    turn, points = 0.0, ring[:1]
    for (before, _y), (x, y) in pairwise(ring):
        turn += 360 * ((x - before < -180) - (x - before > 180))
        points.append((x + turn, y))
    for edge, back in ((180, -360), (-180, 360)):
        if any((x - edge) * back < 0 for x, _y in points):
            return [points, [(x + back, y) for x, y in points]]
    return [points]


def _read(name: str) -> Outlines:
    stored = json.loads(files("timeline.cartography").joinpath("data", f"{name}.json").read_text())
    arcs = [_line(arc) for arc in stored["arcs"]]

    def joined(ring: list[int]) -> Line:
        return list(chain.from_iterable(arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring))

    return Outlines(
        {
            code: [part for ring in rings for part in unbroken(joined(ring))]
            for code, rings in stored["shapes"].items()
        },
        [arcs[i] for i in stored["dashed"]],
    )


@cache
def world() -> Outlines:
    """Countries by ISO 3166-1 alpha-2; land that has no such code under a key that begins with "-"."""
    return _read("world")


@cache
def ukraine() -> Outlines:
    """Ukraine's regions by the gazetteer's names: "Sumy", "Crimea", "Kyiv City"."""
    return _read("ukraine")
