"""Frames: what is bound to what within a sentence, and which reading stands."""

from datetime import date

import pytest

from timeline.extraction import Document
from timeline.extraction.codebook import DateBasis, Role
from timeline.extraction.frames import Candidate, candidates
from timeline.extraction.reading import read
from timeline.extraction.relevance import relevance

DAY = date(2025, 12, 20)


def told(text: str) -> list[Candidate]:
    readings = read(Document(text, DAY, title="The war in Ukraine"))
    return [c for i, r in enumerate(readings) for c in candidates(r, i)]


def only(text: str, kind: str) -> Candidate:
    [found] = [c for c in told(text) if c.type == kind]
    return found


def test_the_object_is_the_target_and_the_subject_the_initiator() -> None:
    c = only("Russian troops shelled a hospital in Nikopol on Friday.", "shelling")
    assert c.target == "hospital"
    assert "RU" in c.side_of(Role.INITIATOR)


def test_the_by_phrase_of_a_passive_is_the_initiator() -> None:
    c = only("The port of Odesa was bombarded by Russian ships on Friday.", "shelling")
    assert "RU" in c.side_of(Role.INITIATOR)


def test_where_it_was_launched_from_is_not_where_it_hit() -> None:
    c = only("Russia launched missiles from Belgorod at Kharkiv on Friday.", "missile")
    assert c.place is not None
    assert c.place.where.name == "Kharkiv"


def test_where_officials_spoke_is_not_where_it_happened() -> None:
    c = only("A missile hit a school in Kramatorsk on Friday, officials in Kyiv said.", "missile")
    assert c.place is not None
    assert c.place.where.name == "Kramatorsk"


@pytest.mark.parametrize(
    ("text", "basis", "day"),
    [
        ("Russia said on Friday that it had captured Siversk.", DateBasis.SPEECH, 19),
        ("Russia said on Friday that it had captured Siversk on Wednesday.", DateBasis.EXPLICIT, 17),
        ("Russia captured Siversk on Thursday, the ministry said on Friday.", DateBasis.EXPLICIT, 18),
    ],
)
def test_the_day_of_the_act_goes_before_the_day_of_the_words(text: str, basis: DateBasis, day: int) -> None:
    c = only(text, "capture")
    assert c.date is not None
    assert (c.date.basis, c.date.mention.when.start.day) == (basis, day)


def test_a_part_is_not_the_toll() -> None:
    c = only("A missile strike on Dnipro killed nine people, including two children.", "missile")
    assert [f.best for f in c.tolls.values()] == [9]


def test_costly_battles_are_no_event_beside_the_capture_they_led_to() -> None:
    kinds = [c.type for c in told("Russia captured the town of Siversk on Friday in costly battles.")]
    assert kinds == ["capture"]


def test_a_reported_strike_is_not_also_a_statement() -> None:
    kinds = [c.type for c in told("Ukraine's defence ministry said a Russian missile hit Odesa on Friday.")]
    assert kinds == ["missile"]


def test_speech_acts_of_one_breath_are_one() -> None:
    found = told("France condemned the Russian attack and warned Moscow of new sanctions.")
    assert [c.type for c in found if c.category == "diplomacy"] == ["accusation"]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("Shelling killed two people in the town on Friday, officials said.", True),
        ("The army and the rebels agreed to a ceasefire after weeks of fighting.", True),
        ("The striker scored twice as the league leaders won the match.", False),
        ("The central bank cut interest rates, and shares rose.", False),
    ],
)
def test_relevance(text: str, passes: bool) -> None:
    assert relevance("", text).passes is passes
