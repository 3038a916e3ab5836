"""Which of a sentence's dates is the act's, and what an act takes from the sentences around it."""

from datetime import date

import pytest

from timeline.extraction import Document, Finding, extract
from timeline.extraction.codebook import DateBasis
from timeline.extraction.frames import Candidate, candidates
from timeline.extraction.reading import read

DAY = date(2025, 12, 20)  # a Saturday


def only(text: str) -> Candidate:
    readings = read(Document(text, DAY))
    [found] = [c for i, r in enumerate(readings) for c in candidates(r, i)]
    return found


def dated(text: str) -> tuple[DateBasis, date]:
    c = only(text)
    assert c.date is not None
    return c.date.basis, c.date.mention.when.start


def findings(text: str) -> list[Finding]:
    return extract(Document(text, DAY))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (
            "Two people died in the attack on Kherson of 31 July, and the mayor spoke of it on Friday.",
            (7, 31),
        ),
        (
            "Rescuers on Thursday ended work after the missile strike on Kherson on Tuesday that killed five.",
            (12, 16),
        ),
        ("A missile strike on Kherson on Thursday killed four people, officials said on Friday.", (12, 18)),
        ("Wednesday's missile strike on Kherson killed four people, officials said on Friday.", (12, 17)),
    ],
)
def test_a_date_in_the_nouns_own_phrase_goes_before_all_others(text: str, day: tuple[int, int]) -> None:
    assert dated(text) == (DateBasis.EXPLICIT, date(2025, *day))


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("The death toll from the shelling of Kherson rose to 30 on Thursday.", DateBasis.SPEECH),
        ("The toll of the shelling of Kherson reached 30 on Thursday.", DateBasis.SPEECH),
        ("The shelling of Kherson killed 30 people on Thursday.", DateBasis.EXPLICIT),
    ],
)
def test_the_day_on_which_a_count_changed_is_only_the_latest_possible(text: str, basis: DateBasis) -> None:
    assert dated(text) == (basis, date(2025, 12, 18))


@pytest.mark.parametrize(
    ("after", "day"),
    [
        ("three days after a missile hit the market", 15),
        ("a day after a missile hit the market", 17),
        ("a week after a missile hit the market", 11),
        ("after a missile hit the market", 18),
    ],
)
def test_days_are_counted_back_from_the_day_of_what_followed(after: str, day: int) -> None:
    assert dated(f"Rescue work in Kherson ended on Thursday, {after}.")[1] == date(2025, 12, day)


LEAD = "A Russian missile hit a market in Kherson on Thursday, killing 40 people."


def test_a_standing_toll_is_the_latest_of_the_one_strike_told() -> None:
    [strike] = findings(f"{LEAD} The death toll now stands at 44.")
    assert strike.killed is not None
    assert strike.killed.best == 44
    assert len(strike.evidence) == 2


@pytest.mark.parametrize(
    "rest",
    [
        "The hospital treats 44 dead.",  # no toll, in so many words
        "A drone hit a school in Nikopol on Thursday, killing two. The death toll now stands at 44.",  # of which?
        "The death toll in Odesa now stands at 44.",  # another's
    ],
)
def test_a_toll_that_may_be_anothers_is_not_taken(rest: str) -> None:
    first = findings(f"{LEAD} {rest}")[0]
    assert first.killed is not None
    assert first.killed.best == 40


@pytest.mark.parametrize(
    ("lead", "kind"),
    [
        ("Russian missiles hit several cities in Ukraine on Thursday, officials said.", "missile"),
        ("A Russian missile hit Kherson in Ukraine on Thursday, officials said.", "attack"),  # no wave
    ],
)
def test_an_attack_without_means_has_those_of_the_wave_it_is_part_of(lead: str, kind: str) -> None:
    told = findings(f"{lead} In Kharkiv, an attack killed four people. An attack on Nikopol wounded three.")
    nikopol = [f for f in told if f.where is not None and f.where.name == "Nikopol"]
    assert [f.type for f in nikopol] == [kind]
