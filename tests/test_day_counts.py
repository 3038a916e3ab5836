"""Events per day and category as arrays: the same sums as of a dictionary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.listing.day_counts import DayCounts

DAYS = st.dates(date(1, 1, 1), date(3, 12, 31))
COUNTS = st.dictionaries(
    st.tuples(DAYS, st.sampled_from(["strike", "diplomacy"])), st.integers(0, 9), max_size=12
)


@given(COUNTS, st.lists(st.tuples(DAYS, st.integers(0, 400)), max_size=6))
def test_sums_are_those_of_the_days(counts, periods):
    spans = [(first, first + timedelta(days=length)) for first, length in periods]
    expected = []
    for first, last in spans:
        sums: dict[str, int] = {}
        for (day, category), n in counts.items():
            if first <= day <= last and n:
                sums[category] = sums.get(category, 0) + n
        expected.append(sums)
    assert DayCounts.of(counts).sums(spans) == expected


@given(COUNTS)
def test_what_went_in_comes_out(counts):
    made = DayCounts.of(counts)
    assert {(day, category): n for day, category, n in made} == {key: n for key, n in counts.items() if n}
    assert int(made.total.sum()) == sum(counts.values())


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({(date(2025, 1, 2), "strike"): 3}, True),
        ({(date(2025, 1, 2), "strike"): 3, (date(2025, 1, 9), "strike"): 0}, True),
        ({(date(2025, 1, 2), "strike"): 2}, False),
        ({}, False),
    ],
)
def test_they_are_equal_where_they_count_the_same(other, same):
    assert (DayCounts.of({(date(2025, 1, 2), "strike"): 3}) == DayCounts.of(other)) is same
