"""Publication dates: read strictly, or not at all."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.reading import DateProblem, parse_published

NOW = datetime(2025, 12, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("2025-12-20T14:05:00+02:00", "2025-12-20T14:05:00+02:00"),
        ("2025-12-20T14:05Z", "2025-12-20T14:05:00+00:00"),
        ("2025-12-20t14:05:06.789z", "2025-12-20T14:05:06.789000+00:00"),
        ("2025-12-20 14:05:06 +0200", "2025-12-20T14:05:06+02:00"),
        ("2025-12-20 14:05 UTC", "2025-12-20T14:05:00+00:00"),
        ("2025-12-20T14:05:00+02", "2025-12-20T14:05:00+02:00"),
        ("2025-12-20T14:05:00.1234567Z", "2025-12-20T14:05:00.123456+00:00"),
        ("2025-12-20T14:05:00", "2025-12-20T14:05:00"),
        ("Sat, 20 Dec 2025 14:05:06 GMT", "2025-12-20T14:05:06+00:00"),
        ("Sat, 20 Dec 2025 14:05:06 +0200", "2025-12-20T14:05:06+02:00"),
        ("Sat, 20 Dec 2025 14:05 EET", "2025-12-20T14:05:00+02:00"),
        ("Sat, 20 Dec 2025 14:05:06 EST", "2025-12-20T14:05:06-05:00"),
        ("20 Dec 25 14:05:06 MSK", "2025-12-20T14:05:06+03:00"),
        ("Sat, 20 Dec 2025 14:05:06", "2025-12-20T14:05:06"),
        ("Sat, 20 Dec 2025 14:05:06 -0000", "2025-12-20T14:05:06"),
        ("Sat, 20 Dec 2025 14:05:06 XYZ", "2025-12-20T14:05:06"),
        ("  Sat,  20 Dec\n2025 14:05:06 GMT ", "2025-12-20T14:05:06+00:00"),
        ("1900-01-01", "1900-01-01T12:00:00"),
        ("1970-01-01", "1970-01-01T12:00:00"),
        ("2024-02-29", "2024-02-29T12:00:00"),
        ("20251220", "2025-12-20T12:00:00"),
        ("20.12.2025", "2025-12-20T12:00:00"),
        ("20 December 2025", "2025-12-20T12:00:00"),
        ("Saturday, December 20, 2025", "2025-12-20T12:00:00"),
        ("Dec. 20, 2025", "2025-12-20T12:00:00"),
        ("2025-12-23T11:59:00Z", "2025-12-23T11:59:00+00:00"),
    ],
)
def test_dates_that_are_read(words, iso):
    found = parse_published(words, NOW)
    assert found.at.isoformat() == iso
    assert found.day_only == iso.endswith("T12:00:00")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "empty"),
        ("2024-02-30", "not in the calendar"),
        ("2025-02-29", "not in the calendar"),
        ("2024-13-01", "not in the calendar"),
        ("2024-00-10", "not in the calendar"),
        ("2024-02-30T10:00:00Z", "not in the calendar"),
        ("2024-02-20T25:00:00Z", "not in the calendar"),
        ("Fri, 30 Feb 2024 10:00:00 GMT", "not in the calendar"),
        ("20 Dec 2025 24:30:00 GMT", "not in the calendar"),
        ("31.04.2025", "not in the calendar"),
        ("April 31, 2025", "not in the calendar"),
        ("0001-01-01", "not between"),
        ("Mon, 01 Jan 0001 00:00:00 GMT", "not between"),
        ("1899-12-31", "not between"),
        ("9999-12-31", "not between"),
        ("9999-12-31T23:59:59-12:00", "not between"),
        ("2030-12-20", "not between"),
        ("2025-12-23T12:01:00Z", "not between"),
        ("03/04/2025", "cannot be read"),
        ("yesterday", "cannot be read"),
        ("2025", "cannot be read"),
        ("2025-12", "cannot be read"),
        ("2025-W51-6", "cannot be read"),
        ("2025-354", "cannot be read"),
        ("1766239506", "cannot be read"),
        ("20 Foo 2025", "cannot be read"),
        ("۲۰۲۵-۱۲-۲۰", "cannot be read"),
        ("٢٠٢٥-١٢-٢٠T10:00:00Z", "cannot be read"),
        ("١٤٤٧/٦/٢٩ هـ", "cannot be read"),
        ("2025-12-20T10:00:00Z; drop table", "cannot be read"),
        ("2025-12-20" * 10_000, "cannot be read"),
    ],
)
def test_dates_that_are_refused(words, why):
    with pytest.raises(DateProblem, match=why) as caught:
        parse_published(words, NOW)
    assert len(str(caught.value)) < 250


@given(st.dates(date(1900, 1, 1), date(2025, 12, 21)))
def test_every_day_is_read_back_as_itself_and_stays_itself_in_every_zone(day):
    for words in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d %B %Y}"):
        at = parse_published(words, NOW).at
        assert at.date() == day
        for hours in (-11, 0, 11):
            assert (at.replace(tzinfo=UTC) + timedelta(hours=hours)).date() == day


@given(st.text(max_size=60))
def test_any_words_give_a_date_or_a_problem(words):
    try:
        found = parse_published(words, NOW)
    except DateProblem:
        return
    assert date(1900, 1, 1) <= found.at.date() <= date(2025, 12, 23)
