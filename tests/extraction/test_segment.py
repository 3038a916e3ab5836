"""Sentences: the table `data/sentences.toml`, and properties that hold for any text."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.grammar.segment import sentences

TABLE = tomllib.loads(Path(__file__).with_name("data").joinpath("sentences.toml").read_text(encoding="utf-8"))
CASES = [pytest.param(text, parts, id=text[:50]) for case in TABLE["case"] for text, parts in case["texts"]]


@pytest.mark.parametrize(("text", "parts"), CASES)
def test_text_is_split(text: str, parts: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences(text)] == parts


def test_sentences_know_their_order_and_paragraph() -> None:
    found = sentences("One. Two.\n\nThree.\n\n\nFour. Five.")
    assert [(s.index, s.paragraph) for s in found] == [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2)]


PIECES = st.sampled_from(
    [
        "Mr. ",
        "U.S. ",
        "The ",
        "end. ",
        "\n",
        "\n\n",
        '."',
        " (",
        "No. 5 ",
        "?! ",
        "\r\n",
        "\u2028",
        "word ",
        "- ",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
def test_sentences_leave_out_only_white_space(text: str) -> None:
    found = sentences(text)
    position = 0
    for index, sentence in enumerate(found):
        assert sentence.index == index
        assert not text[position : sentence.start].strip()
        assert sentence.start < sentence.end
        assert not text[sentence.start].isspace()
        assert not text[sentence.end - 1].isspace()
        position = sentence.end
    assert not text[position:].strip()
    assert [s.paragraph for s in found] == sorted(s.paragraph for s in found)
