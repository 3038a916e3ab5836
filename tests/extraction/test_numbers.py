"""Numbers of people: the table `data/numbers.toml`, and properties that hold for any text."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.findings import Figure
from timeline.extraction.grammar.numbers import add, find_quantities, parse_number

TABLE = tomllib.loads(Path(__file__).with_name("data").joinpath("numbers.toml").read_text(encoding="utf-8"))
CASES = [pytest.param(text, rows, id=text) for case in TABLE["case"] for text, rows in case["texts"]]


def is_ordered(figure: Figure) -> bool:
    known = [n for n in (figure.low, figure.best, figure.high) if n is not None]
    return all(a <= b for a, b in pairwise(known)) and all(n >= 0 for n in known)


@pytest.mark.parametrize(("text", "rows"), CASES)
def test_number_is_read(text: str, rows: list[list[int]]) -> None:
    figures = [q.figure for q in find_quantities(text)]
    assert [[-1 if n is None else n for n in (f.low, f.best, f.high)] for f in figures] == rows


def test_a_number_on_top_of_others_says_so() -> None:
    assert [q.additional for q in find_quantities("another three came, then four")] == [True, False]


def test_groups_add_up_with_what_is_open_left_open() -> None:
    two, least_one, dozens = Figure(2, 2, 2), Figure(1, 1, None), Figure(24, None, 99)
    assert add([two, least_one]) == Figure(3, 3, None)
    assert add([two, dozens]) == Figure(26, None, 101)
    assert add([Figure(None, 5, 5), two]) == Figure(2, 7, 7)
    assert add([]) is None


@given(st.integers(0, 8_000_000_000))
def test_figures_with_separators_are_read_back(number: int) -> None:
    assert parse_number(f"{number:,}") == number


NUMBER_WORDS = """at least up to almost nearly about more than between and or dozen dozens hundred hundreds thousand
    million two three 5 12 1,200 3.5 a half couple several few tens of - – to 99999999999999999999 percent people"""


@given(st.lists(st.sampled_from(NUMBER_WORDS.split()), max_size=20).map(" ".join) | st.text())
def test_any_text_gives_ordered_figures_within_it(text: str) -> None:
    previous = 0
    for quantity in find_quantities(text):
        assert previous <= quantity.start < quantity.end <= len(text)
        assert is_ordered(quantity.figure)
        assert quantity.figure.words == text[quantity.start : quantity.end].strip()
        previous = quantity.end


@given(
    st.lists(
        st.tuples(*[st.none() | st.integers(0, 1000)] * 3).map(lambda t: Figure(*t)).filter(is_ordered),
        max_size=5,
    )
)
def test_a_sum_of_ordered_figures_is_ordered(figures: list[Figure]) -> None:
    total = add(figures)
    assert total is None or is_ordered(total)
