from datetime import date, timedelta

import pytest

from timeline.listing.histogram import HEIGHT, MOST_BARS, MOST_TICKS, finest_unit, make_histogram


def link(start: date, end: date) -> str:
    return f"from={start}&to={end}"


def daily(first: date, last: date, n: int = 1, category: str = "strike") -> dict[tuple[date, str], int]:
    return {(first + timedelta(days=i), category): n for i in range((last - first).days + 1)}


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        (date(2025, 12, 19), date(2025, 12, 19), "day"),
        (date(2025, 11, 1), date(2025, 12, 31), "day"),  # 61 days
        (date(2025, 10, 30), date(2025, 12, 31), "week"),  # 63 days
        (date(2024, 11, 4), date(2025, 12, 31), "week"),
        (date(2024, 1, 1), date(2025, 12, 31), "month"),
        (date(2020, 11, 1), date(2025, 12, 31), "month"),  # 62 months
        (date(2020, 10, 31), date(2025, 12, 31), "year"),
        (date(1945, 1, 1), date(2025, 12, 31), "year"),
    ],
)
def test_the_finest_unit_that_fits_is_chosen(first, last, unit):
    assert finest_unit(first, last) == unit


def test_no_events_make_no_bars():
    assert make_histogram({}, link).bars == []
    assert make_histogram({(date(2025, 1, 1), "strike"): 0}, link).bars == []


def test_a_bar_counts_each_category_and_links_to_its_time():
    counts = {
        (date(2025, 12, 1), "strike"): 3,
        (date(2025, 12, 1), "diplomacy"): 1,
        (date(2025, 12, 3), "strike"): 2,
    }
    made = make_histogram(counts, link)
    assert [bar.total for bar in made.bars] == [4, 0, 2]
    assert made.bars[0].counts == {"strike": 3, "diplomacy": 1}
    assert made.bars[0].label == "Monday 1 December 2025"
    assert made.bars[0].query == "from=2025-12-01&to=2025-12-01"
    assert made.highest == 4


def test_stacks_grow_from_the_ground_and_the_highest_fills_the_height():
    counts = {
        (date(2025, 12, 1), "territory"): 2,
        (date(2025, 12, 1), "strike"): 2,
        (date(2025, 12, 2), "strike"): 1,
    }
    full, quarter = make_histogram(counts, link).bars
    assert full.segments == [("strike", HEIGHT / 2, HEIGHT / 2), ("territory", 0.0, HEIGHT / 2)]
    assert quarter.segments == [("strike", HEIGHT * 0.75, HEIGHT * 0.25)]


def test_one_event_beside_thousands_is_still_seen():
    counts = {(date(2025, 12, 1), "strike"): 5000, (date(2025, 12, 2), "strike"): 1}
    assert make_histogram(counts, link).bars[1].segments == [("strike", HEIGHT - 1.0, 1.0)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 12, 1), date(2025, 12, 31)),
        (date(2025, 1, 1), date(2025, 12, 31)),
        (date(2022, 2, 24), date(2025, 12, 31)),
        (date(1990, 1, 1), date(2025, 12, 31)),
    ],
)
def test_bars_cover_every_day_once_and_stay_inside(first, last):
    made = make_histogram(daily(first, last), link)
    assert sum(bar.total for bar in made.bars) == (last - first).days + 1
    assert len(made.bars) <= MOST_BARS
    assert len(made.ticks) <= MOST_TICKS
    assert made.bars[0].start <= first
    assert made.bars[-1].end >= last
    for bar, following in zip(made.bars, made.bars[1:], strict=False):
        assert following.start == bar.end + timedelta(days=1)
        assert bar.x + bar.width <= following.x
    assert made.bars[-1].x + made.bars[-1].width <= made.width


def test_weeks_start_on_monday_and_months_on_the_first():
    weeks = make_histogram(daily(date(2025, 9, 3), date(2025, 12, 31)), link)
    assert weeks.unit == "week"
    assert {bar.start.weekday() for bar in weeks.bars} == {0}
    months = make_histogram(daily(date(2023, 6, 15), date(2025, 12, 31)), link)
    assert months.unit == "month"
    assert {bar.start.day for bar in months.bars} == {1}
    assert months.bars[0].end == date(2023, 6, 30)


def test_stray_events_are_gathered_at_the_edge_instead_of_flattening_the_picture():
    counts = daily(date(2025, 12, 1), date(2025, 12, 31), n=10)
    counts[date(1991, 8, 24), "diplomacy"] = 1
    counts[date(2027, 1, 1), "diplomacy"] = 2
    made = make_histogram(counts, link)
    assert made.unit == "day"
    assert made.bars[0].label == "before 1 Dec 2025"
    assert (made.bars[0].start, made.bars[0].end, made.bars[0].total) == (
        date(1991, 8, 24),
        date(2025, 11, 30),
        1,
    )
    assert made.bars[-1].label == "after 31 Dec 2025"
    assert (made.bars[-1].end, made.bars[-1].total) == (date(2027, 1, 1), 2)
    assert "before" not in " ".join(label for _, label in made.ticks)


def test_many_old_events_are_no_strays():
    counts = daily(date(2025, 12, 1), date(2025, 12, 31))
    counts[date(1991, 8, 24), "diplomacy"] = 30
    made = make_histogram(counts, link)
    assert made.unit == "year"
    assert made.bars[0].label == "1991"


@pytest.mark.parametrize(
    ("selected", "days"),
    [
        ((None, None), []),
        ((date(2025, 12, 3), None), [3, 4, 5]),
        ((None, date(2025, 12, 2)), [1, 2]),
        ((date(2025, 12, 2), date(2025, 12, 3)), [2, 3]),
        ((date(2026, 1, 1), None), []),
    ],
)
def test_bars_that_the_dates_touch_are_selected(selected, days):
    made = make_histogram(daily(date(2025, 12, 1), date(2025, 12, 5)), link, selected)
    assert [bar.start.day for bar in made.bars if bar.selected] == days
