"""Tolls: the table `data/casualties.toml`, and properties that hold for any text."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.casualties.finding import TollMention, find_tolls

TABLE = tomllib.loads(
    Path(__file__).with_name("data").joinpath("casualties.toml").read_text(encoding="utf-8")
)
CASES = [pytest.param(text, rows, id=text[:60]) for case in TABLE["case"] for text, rows in case["texts"]]


def as_row(toll: TollMention) -> list[str | int]:
    flags = {
        "part": toll.part_of_total,
        "update": toll.update,
        "cumulative": toll.cumulative,
        "additional": toll.additional,
    }
    figures = (toll.figure.low, toll.figure.best, toll.figure.high)
    return [
        str(toll.kind),
        *(-1 if n is None else n for n in figures),
        *(name for name, on in flags.items() if on),
    ]


@pytest.mark.parametrize(("text", "rows"), CASES)
def test_tolls_are_found(text: str, rows: list[list[str | int]]) -> None:
    assert [as_row(toll) for toll in find_tolls(text, 0, len(text))] == rows


def test_a_toll_knows_its_words() -> None:
    text = "Police said at least five farmers were killed by a mine."
    (toll,) = find_tolls(text, 0, len(text))
    assert text[toll.start : toll.end] == "at least five farmers were killed"
    assert text[toll.number[0] : toll.number[1]] == toll.figure.words == "at least five"
    assert text[toll.trigger :].startswith("killed")
    assert toll.who == "farmers"


def test_only_the_sentence_asked_for_is_read() -> None:
    text = "Five were killed. Six were wounded."
    assert [as_row(toll) for toll in find_tolls(text, 18, len(text))] == [["wounded", 6, 6, 6]]


def test_text_without_full_stops_is_read_to_its_end() -> None:
    text = "A mine near the river wounded nine farmers " * 400
    assert len(find_tolls(text, 0, len(text))) in range(390, 401)  # one may be cut where a piece ends


WORDS = """killed wounded injured dead killing five at least 12 people men a woman and her son , . was were been
    have including two children of them death toll rose to from 7 8 the bodies lives no one hurt missing captured
    soldiers or - ' 's could not said others another more dozens couple shot since war began “ ” ( ) both who"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join) | st.text())
def test_any_text_gives_ordered_figures_within_it(text: str) -> None:
    for toll in find_tolls(text, 0, len(text)):
        assert 0 <= toll.start <= toll.number[0] < toll.number[1] <= toll.end <= len(text)
        known = [n for n in (toll.figure.low, toll.figure.best, toll.figure.high) if n is not None]
        assert known
        assert all(a <= b for a, b in pairwise(known))
