"""Calendar arithmetic for the resolver of dates: pure functions on `date`, never the system clock.

A span is a pair of inclusive days. Days that do not exist (30 February) give None; nothing rolls over, and
arithmetic that would leave the calendar (year 0, year 10000) gives None as well.
"""

import calendar
from datetime import date, timedelta

from timeline.extraction.codebook import Precision

Span = tuple[date, date]


def make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def shift_months(day: date, months: int) -> date | None:
    """The same day of another month, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def span_of(start: date | None, end: date | None) -> Span | None:
    """A span whose ends both exist and are in order, else None."""
    if start is None or end is None or start > end:
        return None
    return start, end


def weekday_until(day: date, weekday: int) -> date | None:
    """The latest such weekday (Monday is 0) not after `day`."""
    return shift(day, -((day.weekday() - weekday) % 7))


def weekday_from(day: date, weekday: int) -> date | None:
    """The first such weekday not before `day`."""
    return shift(day, (weekday - day.weekday()) % 7)


def week_span(day: date, weeks: int = 0) -> Span | None:
    """Monday to Sunday of the week of `day`, `weeks` later (negative: earlier)."""
    monday = shift(day, 7 * weeks - day.weekday())
    return span_of(monday, shift(monday, 6) if monday else None)


def weekend_span(day: date, weeks: int = 0) -> Span | None:
    """Saturday and Sunday of the week of `day`, `weeks` later."""
    week = week_span(day, weeks)
    return (week[1] - timedelta(days=1), week[1]) if week else None


def month_span(year: int, month: int) -> Span | None:
    start = make_day(year, month, 1)
    return (start, date(year, month, calendar.monthrange(year, month)[1])) if start else None


def months_span(day: date, months: int = 0) -> Span | None:
    """The calendar month of `day`, `months` later."""
    there = shift_months(day, months)
    return month_span(there.year, there.month) if there else None


def year_span(year: int) -> Span | None:
    return (date(year, 1, 1), date(year, 12, 31)) if 1 <= year <= 9999 else None


def month_day_candidates(day: date, month: int, number: int) -> list[date]:
    """The days "number month" of the years around `day` (eight back and ahead, so that 29 February occurs)."""
    years = range(day.year - 8, day.year + 9)
    return [found for year in years if (found := make_day(year, month, number))]


def part_of(span: Span, part: str) -> Span:
    """ "early", "mid" or "late" third of a span; the span itself for any other word."""
    start, end = span
    third = ((end - start).days + 1) // 3
    if part == "early":
        return start, start + timedelta(days=max(0, third - 1))
    if part == "mid":
        return start + timedelta(days=third), end - timedelta(days=third)
    if part == "late":
        return end - timedelta(days=max(0, third - 1)), end
    return span


def precision_of(span: Span) -> Precision:
    """The codebook's precision for a span of that many days."""
    days = (span[1] - span[0]).days + 1
    if days == 1:
        return Precision.DAY
    if days <= 6:
        return Precision.RANGE
    if days <= 13:
        return Precision.WEEK
    return Precision.MONTH if days <= 45 else Precision.YEAR


def easter(year: int) -> date | None:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    if not 1583 <= year <= 9999:
        return None
    century, golden = year // 100, year % 19
    skipped = century - century // 4 - (8 * century + 13) // 25 + 15
    epact = (19 * golden + skipped) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    sunday = epact - (year + year // 4 + epact + 2 - century + century // 4) % 7
    month = 3 + (sunday + 40) // 44
    return date(year, month, sunday + 28 - 31 * (month // 4))


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    first = make_day(year, month, 1)
    found = weekday_from(first, weekday) if first else None
    return shift(found, 7 * (nth - 1)) if found else None
