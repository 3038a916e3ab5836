"""Who says so: before, after and inside, by phrase and passive, and how far the word goes."""

import pytest

from timeline.extraction.actors.registry import Registry
from timeline.extraction.grammar.clauses import Parsed, parse
from timeline.extraction.grammar.tokens import tokenise
from timeline.extraction.speakers.attribution import Attribution, attributions


def said(text: str) -> tuple[Parsed, list[Attribution]]:
    parsed = parse(tokenise(text))
    return parsed, attributions(parsed, Registry().read(parsed))


def speakers_of(text: str, word: str) -> list[str]:
    parsed, found = said(text)
    position = next(i for i, t in enumerate(parsed.tokens) if t.text == word)
    return [name for a in found if a.covers(position) for name in a.speaker.names]


@pytest.mark.parametrize(
    ("text", "word", "speaker"),
    [
        ("Russia said its troops had captured the town.", "captured", "Russia"),
        ("Russian troops captured the town, the ministry said on Friday.", "captured", "ministry"),
        ("The town, officials said, was captured at dawn.", "town", "officials"),
        ("Drones hit the depot, according to the SBU.", "hit", "SBU"),
        ("According to residents, drones hit the depot.", "hit", "residents"),
        ("“They hit the depot,” said the mayor, Oleh Petrenko.", "hit", "Oleh Petrenko"),
        ("DeepState, a group of analysts, said the town fell.", "fell", "DeepState"),
        ("Kremlin spokesman Dmitry Peskov told the TASS agency that talks failed.", "failed", "TASS"),
        (
            "Kremlin spokesman Dmitry Peskov told the TASS agency that talks failed.",
            "failed",
            "Dmitry Peskov",
        ),
        ("Ukraine claims to have sunk a ship.", "sunk", "Ukraine"),
    ],
)
def test_speaker(text: str, word: str, speaker: str) -> None:
    assert any(speaker in name for name in speakers_of(text, word))


def test_two_sources_of_one_sentence_each_vouch_for_their_half() -> None:
    text = "Moscow said the town fell, but Kyiv said its troops still held it."
    assert speakers_of(text, "fell") == ["Moscow"]
    assert speakers_of(text, "held") == ["Kyiv"]


def test_a_denial_is_marked() -> None:
    _, found = said("Ukraine denied that the town had fallen.")
    assert [a.denies for a in found] == [True]


@pytest.mark.parametrize("text", ["Fighting continued in the town.", "He pointed a gun at the soldiers."])
def test_no_speech_no_speaker(text: str) -> None:
    assert said(text)[1] == []
