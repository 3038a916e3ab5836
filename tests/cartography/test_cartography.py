"""Outlines, projection, clipping, clusters and shades: pure."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.cartography.build import simplified
from timeline.cartography.drawing import UKRAINE, WORLD, Bounds, around, clipped, frame, path
from timeline.cartography.marks import COARSE, FINE, LEVELS, Spot, clusters, levels
from timeline.cartography.shapes import ukraine, unbroken, world


def inside(point: tuple[float, float], rings: list[list[tuple[float, float]]]) -> bool:
    """Even-odd rule."""
    x, y = point
    found = False
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                found = not found
    return found


@pytest.mark.parametrize(
    ("place", "point", "country"),
    [
        ("Simferopol", (34.1, 44.95), "UA"),
        ("Donetsk", (37.8, 48.0), "UA"),
        ("Moscow", (37.6, 55.75), "RU"),
        ("Laayoune", (-13.0, 27.0), "EH"),
        ("Gaza", (34.42, 31.45), "PS"),
        ("Pristina", (21.1, 42.6), "XK"),
        ("Taipei", (121.5, 25.0), "TW"),
        ("Anadyr, beyond it the antimeridian", (177.0, 65.0), "RU"),
        ("Uelen, east of the antimeridian", (-171.5, 66.5), "RU"),
    ],
)
def test_a_place_lies_in_its_country_and_in_no_other(place, point, country):
    assert [code for code, rings in world().shapes.items() if inside(point, rings)] == [country]


@pytest.mark.parametrize(
    ("point", "region"),
    [
        ((34.1, 45.1), "Crimea"),
        ((33.55, 44.58), "Sevastopol"),
        ((34.8, 50.9), "Sumy"),
        ((30.72, 46.5), "Odesa"),
    ],
)
def test_a_place_lies_in_its_region(point, region):
    assert [name for name, rings in ukraine().shapes.items() if inside(point, rings)] == [region]


def test_all_regions_of_the_gazetteer_are_there():
    assert len(ukraine().shapes) == 27
    assert {"Crimea", "Sevastopol", "Kyiv", "Kyiv City", "Zaporizhzhia"} <= ukraine().shapes.keys()


def test_the_line_round_crimea_is_dashed():
    assert any(33 < x < 35 and 45.8 < y < 46.3 for line in ukraine().dashed for x, y in line)


def test_a_line_is_simplified_no_farther_than_the_tolerance():
    line = [(0.0, 0.0), (1.0, 0.4), (2.0, 0.0), (3.0, 5.0), (4.0, 0.0)]
    assert simplified(line, 1.0) == [(0.0, 0.0), (2.0, 0.0), (3.0, 5.0), (4.0, 0.0)]
    assert simplified([(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 0.0)], 1.0)[0] == (0.0, 0.0)


def test_a_ring_over_the_antimeridian_has_no_jump():
    parts = unbroken([(178.0, 1.0), (-179.0, 1.0), (-179.0, 3.0), (178.0, 3.0)])
    assert parts == [
        [(178.0, 1.0), (181.0, 1.0), (181.0, 3.0), (178.0, 3.0)],
        [(-182.0, 1.0), (-179.0, 1.0), (-179.0, 3.0), (-182.0, 3.0)],
    ]


@pytest.mark.parametrize("bounds", [UKRAINE, WORLD, Bounds(30, 46, 30.2, 46.1), Bounds(-10, -50, -9, 60)])
def test_a_frame_holds_what_is_wanted_in_a_shape_that_fits(bounds):
    shown = frame(bounds)
    b = shown.bounds
    assert b.west <= bounds.west
    assert b.east >= bounds.east
    assert b.south <= bounds.south
    assert b.north >= bounds.north
    assert 320 <= shown.height <= 620
    assert shown.point((b.west, b.north)) == (0, 0)
    assert shown.point((b.east, b.south)) == (960, shown.height)


def test_a_ring_is_cut_at_the_box():
    assert sorted(clipped([(-1, -1), (3, -1), (3, 3), (-1, 3)], Bounds(0, 0, 2, 2))) == [
        (0, 0),
        (0, 2),
        (2, 0),
        (2, 2),
    ]
    assert clipped([(5, 5), (6, 5), (6, 6)], Bounds(0, 0, 2, 2)) == []


def test_a_path_stays_within_its_frame_and_is_small():
    shown = frame(UKRAINE)
    drawn = path((ring for rings in world().shapes.values() for ring in rings), shown)
    assert re.fullmatch(r"(M-?[\d.]+[ -][\d.]+l[-\d. ]+z)+", drawn)
    starts = [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) ?(-?[\d.]+)l", drawn)]
    assert all(-9 <= x <= 969 and -9 <= y <= shown.height + 9 for x, y in starts)
    assert len(drawn) < 15_000
    assert len(path((ring for rings in world().shapes.values() for ring in rings), frame(WORLD))) < 130_000


def test_nothing_is_around_nothing_and_a_point_gets_room():
    assert around([]) is None
    assert around([(30.0, 50.0)]) == Bounds(28.5, 48.5, 31.5, 51.5)


SPOTS = st.lists(
    st.builds(
        Spot,
        id=st.integers(1, 10_000),
        name=st.just("Arvad"),
        longitude=st.floats(21, 41).map(lambda x: round(x, 2)),
        latitude=st.floats(43.5, 53).map(lambda y: round(y, 2)),
        count=st.integers(1, 500),
    ),
    max_size=40,
)


@given(SPOTS, st.sampled_from([FINE, COARSE]))
def test_a_cell_holds_its_places_and_no_others(spots, size):
    shown = frame(UKRAINE)
    seen = [s for s in spots if shown.bounds.holds((s.longitude, s.latitude))]
    made = clusters(spots, shown, size)
    assert sum(c.count for c in made) == sum(s.count for s in seen)
    for cluster in made:
        within = [s for s in seen if cluster.cell.holds((s.longitude, s.latitude))]
        assert sorted(within, key=id) == sorted(cluster.spots, key=id)


def test_shades_grow_with_the_counts():
    assert levels([]) == []
    assert levels([0, 1]) == [0, LEVELS]
    assert levels([0, 1, 3, 15, 255]) == [0, 1, 1, 2, 4]
