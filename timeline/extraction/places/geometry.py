"""Distances between places, and which place lies in which."""

import math

from timeline.extraction.gazetteer.lookup import Kind, Place


def distance(a: Place, b: Place) -> float:
    """Kilometres between two places on a sphere; infinite where a coordinate is unknown."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.inf
    radians = math.radians
    lat1, lon1, lat2, lon2 = radians(a.lat), radians(a.lon), radians(b.lat), radians(b.lon)
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def may_be_near(a: Place, b: Place) -> bool:
    """Whether two places may be within 300 km: most pairs are not, which is seen without trigonometry."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None or abs(a.lat - b.lat) > 2.7:
        return False
    return abs(a.lon - b.lon) < 8 or abs(a.lat) > 65 or abs(a.lon - b.lon) > 352


_SMALL = (Kind.SETTLEMENT, Kind.FACILITY)


def contains(outer: Place, inner: Place) -> bool:
    """Whether `inner` lies in `outer`, as far as codes and distances tell (no borders are stored)."""
    if outer.key == inner.key or outer.country != inner.country:
        return False
    if outer.kind == Kind.COUNTRY:
        return inner.kind != Kind.COUNTRY
    if outer.kind == Kind.ADMIN1:
        return inner.kind not in (Kind.COUNTRY, Kind.ADMIN1) and inner.admin1_code == outer.admin1_code
    if outer.kind == Kind.ADMIN2:
        if inner.kind not in _SMALL or inner.admin1_code != outer.admin1_code:
            return False
        return inner.admin2 == outer.name or distance(outer, inner) < 60
    if outer.kind == Kind.AREA:
        return inner.kind in _SMALL and distance(outer, inner) < 250
    # a suburb of a city
    return inner.kind in _SMALL and outer.population > 20 * inner.population and distance(outer, inner) < 40
