"""The events of a filter on a map: what is drawn, and the same as a list.

    draw_map(EventFilter(request.GET), "fit")

Only events whose place is a settlement or facility are points. What is known to a region or country shades that
area: a shade counts all events of the area, as the area's filter does, and says how many are known no better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count
from django.utils.translation import gettext as _

from timeline.cartography.drawing import UKRAINE, WORLD, Bounds, Frame, around, frame, path
from timeline.cartography.marks import COARSE, Cluster, Spot, clusters, levels
from timeline.cartography.shapes import Line, ukraine, world
from timeline.listing.filters import EventFilter
from timeline.listing.narrowing import PINNED_KINDS, PINNED_PRECISIONS, Box
from timeline.telling.phrases import side

VIEWS = {"fit": lambda: _("Fit the events"), "ukraine": lambda: _("Ukraine"), "world": lambda: _("World")}
STRAY_SHARE = 0.05  # of the events, at each edge: a fitted frame leaves them out


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    count: int
    wider: int  # of these, known no better than to the area
    level: int
    path: str  # "" where the frame does not show it
    query: str  # empty where no filter asks for just these


@dataclass(frozen=True, slots=True)
class Mark:
    cluster: Cluster
    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Map:
    frame: Frame
    view: str
    query: str
    land: str
    regions: str
    nation: str  # Ukraine's border, over all shades
    dashed: str
    countries: list[Area]
    divisions: list[Area]  # regions of Ukraine: drawn over the countries
    marks: list[Mark]
    coarse_marks: list[Mark]  # the same events, gathered for a phone's screen
    spots: list[tuple[Spot, str]]  # the list twin: with each place's query string
    unplaced: int  # events without a place
    unseen: int  # events at settlements outside the frame
    placed: int  # all others


@dataclass(slots=True)
class _Counts:
    spots: dict[int, Spot]
    region: Counter[str]
    region_wider: Counter[str]
    country: Counter[str]
    country_wider: Counter[str]
    total: int
    unplaced: int


def _count(chosen: EventFilter) -> _Counts:
    rows = (
        chosen.events()
        .order_by()
        .values_list(
            "place", "place__name", "place__admin1", "place__country", "place__kind", "place__longitude",
            "place__latitude", "place_precision",
        )
        .annotate(n=Count("pk"))
    )  # fmt: skip
    found = _Counts({}, Counter(), Counter(), Counter(), Counter(), 0, 0)
    regions = ukraine().shapes
    for pk, name, admin1, country, kind, longitude, latitude, precision, n in rows:
        found.total += n
        if pk is None:
            found.unplaced += n
            continue
        pinned = kind in PINNED_KINDS and precision in PINNED_PRECISIONS and longitude is not None
        if pinned:
            before = found.spots[pk].count if pk in found.spots else 0
            found.spots[pk] = Spot(pk, name, longitude, latitude, before + n)
        if country:
            found.country[country] += n
        if country == "UA" and admin1 in regions:
            found.region[admin1] += n
            found.region_wider[admin1] += 0 if pinned else n
        elif country:
            found.country_wider[country] += 0 if pinned else n
    return found


def fitted(spots: Iterable[Spot], areas: Iterable[Line]) -> Bounds:
    """A frame about the points without their strays; about the areas where there are no points."""
    ordered = list(spots)
    allowed = sum(s.count for s in ordered) * STRAY_SHARE

    def trimmed(by: str) -> set[int]:
        out: set[int] = set()
        for backwards in (False, True):
            passed = 0
            for spot in sorted(ordered, key=lambda s: getattr(s, by), reverse=backwards):
                passed += spot.count
                if passed > allowed:
                    break
                out.add(spot.id)
        return out

    strays = trimmed("longitude") | trimmed("latitude")
    kept = [(s.longitude, s.latitude) for s in ordered if s.id not in strays]
    return around(kept) or around(p for ring in areas for p in ring) or UKRAINE


def draw_map(chosen: EventFilter, view: str = "fit") -> Map:
    """`view` is one of VIEWS."""
    counts = _count(chosen)
    outlines, regions = world(), ukraine()
    hit = [ring for name in counts.region for ring in regions.shapes[name]]
    hit += [rings[0] for code in counts.country if code != "UA" and (rings := outlines.shapes.get(code))]
    bounds = {"ukraine": UKRAINE, "world": WORLD}.get(view) or fitted(counts.spots.values(), hit)
    shown = frame(bounds)
    abroad = {code: n for code, n in counts.country.items() if code != "UA"}
    shades = levels([*counts.region.values(), *abroad.values()])
    divisions = [
        Area(
            _region_name(name),
            n,
            counts.region_wider[name],
            level,
            path(regions.shapes[name], shown),
            chosen.query_string(region=f"UA.{name}"),
        )
        for (name, n), level in zip(counts.region.items(), shades, strict=False)
    ]
    countries = [
        Area(
            side(code),
            n,
            counts.country_wider[code],
            level,
            path(outlines.shapes.get(code, []), shown),
            chosen.query_string(country=code),
        )
        for (code, n), level in zip(abroad.items(), shades[len(counts.region) :], strict=True)
    ]
    if wider := counts.country_wider["UA"]:
        # Ukraine is shaded by region; what is known to the country only stands in the list.
        countries.append(Area(_("Ukraine as a whole"), wider, wider, 0, "", ""))
    marks = [_mark(chosen, cluster) for cluster in clusters(counts.spots.values(), shown)]
    seen = sum(mark.cluster.count for mark in marks)
    land, region_lines, nation, dashed = earth_in(shown)
    listed = sorted(counts.spots.values(), key=lambda s: (-s.count, s.name))
    return Map(
        frame=shown,
        view=view,
        query=chosen.query_string(),
        land=land,
        regions=region_lines,
        nation=nation,
        dashed=dashed,
        countries=sorted(countries, key=lambda area: (-area.count, area.name)),
        divisions=sorted(divisions, key=lambda area: (-area.count, area.name)),
        marks=marks,
        coarse_marks=[_mark(chosen, cluster) for cluster in clusters(counts.spots.values(), shown, COARSE)],
        spots=[(spot, chosen.query_string(place=str(spot.id))) for spot in listed],
        unplaced=counts.unplaced,
        unseen=sum(s.count for s in counts.spots.values()) - seen,
        placed=counts.total - counts.unplaced,
    )


def _region_name(name: str) -> str:
    """Most regions are named like their capital and must not read as the town."""
    own = " " in name or name in ("Crimea", "Sevastopol", "Zakarpattia", "Volyn")
    return name if own else _("%(region)s region") % {"region": name}


@lru_cache(maxsize=32)
def earth_in(shown: Frame) -> tuple[str, str, str, str]:
    """What the events lie on: land, Ukraine's regions and border, lines that are not agreed."""
    countries, regions = world(), ukraine()
    return (
        path((ring for code, rings in countries.shapes.items() if code != "UA" for ring in rings), shown),
        path((ring for rings in regions.shapes.values() for ring in rings), shown),
        path(countries.shapes["UA"], shown),
        path([*countries.dashed, *regions.dashed], shown, closed=False),
    )


def _mark(chosen: EventFilter, cluster: Cluster) -> Mark:
    first, *others = cluster.spots
    if not others:
        return Mark(cluster, first.name, chosen.query_string(place=str(first.id)))
    box = Box(*cluster.cell)
    if asked := chosen.values.get("box"):
        box = box & asked
    label = _("%(place)s and %(n)d other places") % {"place": first.name, "n": len(others)}
    if len(others) == 1:
        label = _("%(place)s and %(other)s") % {"place": first.name, "other": others[0].name}
    return Mark(cluster, label, chosen.query_string(box=str(box)))
