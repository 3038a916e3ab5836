"""Texts made to hurt: they cost in proportion to their length, and what they bury is still found."""

import time
from datetime import date

import pytest

from timeline.extraction import Document, extract, extractor
from timeline.extraction.grammar.segment import sentences
from timeline.extraction.relevance import Relevance, relevance

NEWS = (
    "Russian missiles struck the port of Odesa overnight, killing eight people and wounding 27, Ukrainian "
    "officials said on Saturday. Ukraine's army said it had retaken the village of Robotyne. "
)
PUBLISHED = date(2025, 12, 20)


def types(text: str) -> list[str]:
    return [finding.type for finding in extract(Document(text, PUBLISHED))]


@pytest.mark.parametrize("letter", ["x", "A", "7", "é", "_"])
@pytest.mark.parametrize("length", [1_000, 100_000])
def test_a_word_without_end_hides_nothing(letter: str, length: int) -> None:
    assert types(NEWS) != []
    assert types(NEWS + letter * length) == types(NEWS)
    assert types(f"{letter * length} {NEWS}") == types(NEWS)


def test_a_word_without_end_makes_nothing_relevant() -> None:
    weather = "The weather will stay fine in the north, and the wind will turn to the west. "
    assert not relevance("", weather + "x" * 100_000).passes


@pytest.mark.parametrize(
    "unit",
    [
        "x", "7", "é", "n't", "a-", "x.", ". ", ", ", '"', "“", "(", "\n", "\t", " ", "A. ", "10 ", "’s",
        "Kyiv ", "Kyiv-", "Al-", "Ukraine's ", "Odesa, ", "of the village ", "the state of ",
        "said that ", "denied ", "who ", "to ", "the killed\t", "killed 10 in Kyiv ", "rose to ", "strike and ",
        "March ", "between Monday and ",
    ],
)  # fmt: skip
def test_ten_times_the_text_costs_ten_times_the_work(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "relevance", lambda *_: Relevance(100.0, 0.0, 9, (), 0))

    def cost(length: int) -> float:
        document = Document(NEWS + unit * (length // len(unit)), PUBLISHED)
        spent = []
        for _ in range(2):
            began = time.process_time()
            extract(document)
            spent.append(time.process_time() - began)
        return min(spent)

    cost(1_000)  # warm
    assert cost(20_000) < 15 * cost(2_000) + 0.05


def test_a_sentence_without_end_is_read_in_pieces() -> None:
    text = "killed in Kyiv " * 500
    found = sentences(text)
    assert len(found) > 1
    assert max(s.end - s.start for s in found) < 1_600
    assert " ".join(text[s.start : s.end] for s in found) == text.strip()
