"""JSON lines: good rows come through, bad ones say what is wrong with which field of which line."""

import io
import json
from datetime import UTC, datetime

import pytest

from articles.reading import Row, RowError, read_jsonl

NOW = datetime(2025, 12, 21, 12, tzinfo=UTC)
GOOD = {
    "id": "a1",
    "source": "Demo",
    "url": "https://e.org/1",
    "title": "T",
    "published": "2025-12-20",
    "text": "Words.",
}


def rows(*lines: str | bytes, now=NOW):
    body = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return list(read_jsonl(io.BytesIO(body), now))


def row(**changes) -> Row | RowError:
    data = {k: v for k, v in (GOOD | changes).items() if v is not ...}
    [(_, found)] = rows(json.dumps(data))
    return found


def test_a_row_is_read_as_it_is():
    assert row() == Row(
        text="Words.",
        id="a1",
        source="Demo",
        url="https://e.org/1",
        title="T",
        published=datetime(2025, 12, 20, 12),
        published_day_only=True,
    )


def test_the_text_is_not_touched_so_offsets_hold():
    text = "One\r\n\r\n  two\u00a0three\u200b "
    assert row(text=text).text == text


def test_lines_are_numbered_and_reading_goes_on_after_bad_ones():
    good = json.dumps(GOOD)
    got = rows("\ufeff" + good, "", "  ", "not json", good, b"\xff\xfe", good)
    assert [(number, type(found)) for number, found in got] == [
        (1, Row),
        (4, RowError),
        (5, Row),
        (6, RowError),
        (7, Row),
    ]
    assert [found.line for _, found in got if isinstance(found, RowError)] == [4, 6]


def test_text_mode_is_read_too():
    assert [number for number, found in read_jsonl(io.StringIO(json.dumps(GOOD) + "\n"), NOW)] == [1]


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("2025-12-20", "2025-12-20T12:00:00"),
        ("2025-12-20T10:00", "2025-12-20T10:00:00"),
        ("2025-12-20T10:00+02:00", "2025-12-20T10:00:00+02:00"),
    ],
)
def test_dates_with_and_without_zone(words, iso):
    assert row(published=words).published.isoformat() == iso


def test_what_may_be_left_out():
    assert row(id=..., title=..., source=..., published=...) == Row(text="Words.", url="https://e.org/1")
    assert row(url=None, title="", published="").published is None
    assert row(id=7, url=...).id == "7"
    assert isinstance(row(more={"x": 1}), Row)


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"text": ...}, "text", "missing"),
        ({"text": None}, "text", "missing"),
        ({"text": ["a"]}, "text", "a list"),
        ({"text": " \n"}, "text", "empty"),
        ({"id": ..., "url": ...}, "id", "one is needed"),
        ({"id": True}, "id", "true or false"),
        ({"id": 1.5}, "id", "a number"),
        ({"title": {"en": "x"}}, "title", "an object"),
        ({"source": 5}, "source", "a number"),
        ({"url": "javascript:alert(1)"}, "url", "no web address"),
        ({"url": "e.org/1"}, "url", "no web address"),
        ({"url": "http:// e.org/x"}, "url", "no web address"),
        ({"published": "2025-02-30"}, "published", "not in the calendar"),
        ({"published": "soon"}, "published", "cannot be read"),
        ({"published": 1766239506}, "published", "a number"),
        ({"published": "2031-01-01"}, "published", "not between"),
    ],
)
def test_a_bad_field_is_named_with_the_mend(changes, field, why):
    found = row(**changes)
    assert isinstance(found, RowError)
    assert found.field == field
    assert why in str(found)
    assert str(found).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("[1, 2]", "no JSON object"),
        ("[", "not a list"),
        ('"words"', "no JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"text": ' + "9" * 10_000 + "}", "not JSON"),
        (b'{"text": "\xff"}', "Byte 11 is not valid UTF-8"),
        ("x" * 5_000_001, "longer than"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line, why):
    [(number, found)] = rows(line)
    assert number == 1
    assert why in str(found)
    assert len(str(found)) < 300


def test_without_a_clock_only_the_store_can_call_a_date_future():
    [(_, found)] = rows(json.dumps(GOOD | {"published": "2031-01-01"}), now=None)
    assert found.published.year == 2031


def test_control_characters_do_not_get_into_names():
    found = row(title="a\u202eb\0c\nd\ud800", source=" x\ty ")
    assert (found.title, found.source) == ("abc d\ufffd", "x y")


def test_a_space_in_an_address_is_read_as_browsers_do():
    assert row(url="https://e.org/two words.html").url == "https://e.org/two%20words.html"
