"""Denials and confirmations: tests/extraction/data/contested.toml says what answers what."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from timeline.extraction import Document, Finding, extract
from timeline.extraction.codebook import Modality, Stance

CASES = tomllib.loads(Path(__file__).with_name("data").joinpath("contested.toml").read_text())["case"]
PUBLISHED = date(2025, 12, 20)


def answers(text: str) -> list[Finding]:
    return [f for f in extract(Document(text, PUBLISHED)) if f.stance is not Stance.ASSERTS]


def fits(finding: Finding, want: dict[str, Any]) -> bool:
    return (
        finding.stance == want.get("stance", "denies")
        and finding.type == want.get("type", finding.type)
        and any(want["by"] in name for name in finding.attributed_to)
        and want.get("place", "") in (finding.where.name if finding.where else "")
    )


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{n}-{c['construction']}".replace(" ", "_")) for n, c in enumerate(CASES)]
)
def test_what_answers_what(case: dict[str, Any]) -> None:
    found = answers(case["text"])
    wanted = case.get("answers", [])
    told = "\n".join(str(f.as_dict()) for f in found)
    for want in wanted:
        assert [f for f in found if fits(f, want)], f"no answer fits {want}: {told}"
    assert len(found) == len(wanted), told


def test_an_answer_is_the_act_in_the_words_of_the_answer() -> None:
    text = "Ukraine said Russian missiles hit a school in Kharkiv on Friday, killing nine people. Moscow denied it."
    act, denial = extract(Document(text, PUBLISHED))
    assert (denial.type, denial.when, denial.where, denial.parties) == (
        act.type,
        act.when,
        act.where,
        act.parties,
    )
    assert [text[a:b] for a, b in denial.evidence] == ["Moscow denied it."]
    assert denial.modality is Modality.OCCURRED
    assert act.killed is not None
    assert denial.killed is None
    assert "answers sentence 1" in denial.notes[0]


@pytest.mark.parametrize(
    "words", ["blamed Ukraine", "Russia accused Ukraine", "Moscow denied", "It denied that", "”denied”"]
)
def test_an_answer_that_breaks_off_answers_nothing_new(words: str) -> None:
    """A caption or a cut text: what is denied or whose fault it is may be missing."""
    told = "Ukraine said Russian missiles hit a school in Kharkiv on Friday. "
    for text in (told + words, told + words + ".", words, f"{told}“{words}"):
        assert len(answers(text)) <= 1


def test_a_side_denies_an_act_once() -> None:
    text = (
        "Russia said on Thursday that its forces had captured Toretsk. Ukraine denied it. "
        "Ukraine's General Staff said that the report was false."
    )
    assert len(answers(text)) == 1


def test_an_act_named_in_a_denial_is_no_further_assertion() -> None:
    text = (
        "Russia said its troops had taken Bakhmut on Saturday. Ukraine denied that Bakhmut had been captured."
    )
    captures = [f for f in extract(Document(text, PUBLISHED)) if f.type == "capture"]
    assert [(f.stance, len(f.evidence)) for f in captures] == [(Stance.ASSERTS, 1), (Stance.DENIES, 1)]


def test_a_denial_of_what_nobody_told_stays_a_denied_event() -> None:
    text = "Ukraine's military denied on Friday that Russian troops had captured Kupiansk."
    (finding,) = [f for f in extract(Document(text, PUBLISHED)) if f.category == "territory"]
    assert finding.modality is Modality.DENIED
    assert finding.stance is Stance.ASSERTS


def test_a_speaker_that_denies_what_it_seemed_to_tell_is_one_account() -> None:
    text = (
        "Missiles exploded on Tuesday at the Engels air base, Russia's Defence Ministry said. "
        "It denied that the base had come under fire."
    )
    (finding,) = [f for f in extract(Document(text, PUBLISHED)) if f.category == "strike"]
    assert finding.stance is Stance.DENIES
    assert len(finding.evidence) == 2


def test_an_accusation_that_names_an_act_tells_it() -> None:
    text = (
        "The Kremlin on Tuesday accused Ukraine of sabotage at the Kakhovka dam, which collapsed overnight."
    )
    (finding,) = [f for f in extract(Document(text, PUBLISHED)) if f.category == "strike"]
    assert finding.type == "explosion"
    assert "Kremlin" in finding.attributed_to
    assert {p.side for p in finding.parties} == {"UA"}
    assert finding.where is not None


def test_who_blames_the_other_side_denies_that_its_own_forces_did_it() -> None:
    text = (
        "The Kremlin on Tuesday accused Ukraine of sabotage at the Kakhovka dam. "
        "Spokesman Dmitry Peskov rejected Ukraine's statements that Russian troops had destroyed the dam."
    )
    told, denied = [f for f in extract(Document(text, PUBLISHED)) if f.category == "strike"]
    assert (told.stance, denied.stance) == (Stance.ASSERTS, Stance.DENIES)
    assert denied.where == told.where
    assert not [p for p in denied.parties if p.role == "initiator"]
