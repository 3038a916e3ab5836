"""Dates: the table `data/dates.toml`, and properties that hold for any text."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.dates.arithmetic import easter, month_day_candidates, shift, shift_months
from timeline.extraction.dates.finding import DateKind, DateMention, find_dates
from timeline.extraction.dates.tense import Tense, tense_at
from timeline.extraction.grammar.segment import sentences

TABLE = tomllib.loads(Path(__file__).with_name("data").joinpath("dates.toml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(text, expected, case.get("published", TABLE["published"]), id=text[:60])
    for case in TABLE["case"]
    for text, expected in case["texts"]
]


def read(text: str, day: date) -> list[DateMention]:
    return find_dates(text, sentences(text), day)


def as_row(text: str, mention: DateMention, length: int) -> list[str]:
    when = mention.when
    row = [
        text[mention.start : mention.end],
        str(when.start),
        str(when.end),
        str(when.precision),
        str(mention.kind),
    ]
    if when.night:
        row.append("night")
    # A case that names no kind means a point.
    return row[:4] if length == 4 and mention.kind is DateKind.POINT and not when.night else row


@pytest.mark.parametrize(("text", "expected", "published"), CASES)
def test_expression_is_resolved(text: str, expected: list[list[str]], published: date) -> None:
    found = read(text, published)
    lengths = [len(row) for row in expected] + [4] * len(found)
    assert [as_row(text, m, n) for m, n in zip(found, lengths, strict=False)] == expected


def test_words_of_a_date_are_those_of_the_text() -> None:
    text = "The port was hit in the early hours of Thursday."
    (mention,) = read(text, date(2025, 12, 20))
    assert mention.when.words == text[mention.start : mention.end] == "early hours of Thursday"


def test_a_day_told_long_before_is_not_hung_on() -> None:
    text = "On 5 December they came.\n\nNothing else was told.\n\nAgain nothing.\n\nThe next day they left."
    assert [text[m.start : m.end] for m in read(text, date(2025, 12, 20))] == ["5 December"]


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("The talks will be held on DAY.", Tense.FUTURE),
        ("On DAY the talks will be held.", Tense.FUTURE),
        ("The talks were held on DAY.", Tense.PAST),
        ("Officials said on DAY that talks will be held.", Tense.TOLD),
        ("The talks, which will be held in Doha, were agreed on DAY.", Tense.PAST),
        ("Talks on DAY.", Tense.UNKNOWN),
        ("The army is to leave by DAY.", Tense.FUTURE),
        ("They have met since DAY.", Tense.PAST),
    ],
)
def test_the_verb_that_governs_gives_the_tense(text: str, tense: Tense) -> None:
    start = text.index("DAY")
    assert tense_at(text, start, start + 3, 0, len(text)) is tense


def test_calendar_arithmetic_keeps_within_the_calendar() -> None:
    assert shift(date.max, 1) is None
    assert shift_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert shift_months(date(1, 1, 1), -1) is None
    assert easter(2024) == date(2024, 3, 31)
    assert [d.year for d in month_day_candidates(date(2025, 6, 1), 2, 29)] == [2020, 2024, 2028, 2032]


PIECES = st.sampled_from(
    """on in the of at early late overnight into since until between and to from Monday Friday Saturday night
    morning 19 20 31 30 2 2025 2022 1999 24 hours days weeks ago earlier later last next this past December Dec.
    February May March , . - – : ( ) ' 's ’s 30 February 2025-02-30 31/12/2025 same day will was said meet hit week
    weekend year month Christmas New Year's Eve every three a few couple 9/11 9999 0001 mid- end""".split()
)


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(), st.dates())
def test_any_text_on_any_day_gives_dates_in_order_within_it(text: str, day: date) -> None:
    found = read(text, day)
    previous = 0
    for mention in found:
        assert previous <= mention.start < mention.end <= len(text)
        assert mention.when.start <= mention.when.end
        assert mention.when.words == text[mention.start : mention.end]
        if mention.kind is DateKind.SINCE:
            assert mention.when.end == day
        previous = mention.end


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)), st.integers(0, 6))
def test_a_past_weekday_is_within_the_week_that_ends_with_publication(day: date, weekday: int) -> None:
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    (past,) = read(f"It fell on {name}.", day)
    (ahead,) = read(f"It will open on {name}.", day)
    assert 0 <= (day - past.when.start).days < 7
    assert 0 <= (ahead.when.start - day).days < 7
    assert past.when.start.weekday() == ahead.when.start.weekday() == weekday
