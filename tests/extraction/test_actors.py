"""Actors: names, kinds and sides; people by their later short names, pronouns and descriptions."""

import pytest

from timeline.extraction.actors.registry import (
    AGENCY,
    FORCE,
    GROUP,
    ORGANISATION,
    PERSON,
    STATE,
    Actor,
    Registry,
)
from timeline.extraction.grammar.clauses import parse
from timeline.extraction.grammar.tokens import tokenise


def read(*sentences: str) -> list[list[Actor]]:
    registry = Registry()
    return [registry.read(parse(tokenise(s))) for s in sentences]


@pytest.mark.parametrize(
    ("text", "name", "kind", "side"),
    [
        ("Russian forces entered the town.", "Russian forces", FORCE, "RU"),
        ("The Ukrainian military said so.", "Ukrainian military", FORCE, "UA"),
        ("Ukraine's army said so.", "Ukraine's army", FORCE, "UA"),
        ("Moscow denied the attack.", "Moscow", STATE, "RU"),
        ("The White House said so.", "White House", STATE, "US"),
        ("Hamas fired rockets.", "Hamas", GROUP, "hamas"),
        ("The United Nations condemned it.", "United Nations", ORGANISATION, "un"),
        ("The SBU claimed the strike.", "SBU", AGENCY, "UA"),
        ("Russian Foreign Minister Sergei Lavrov spoke.", "Sergei Lavrov", PERSON, "RU"),
        ("Ukraine's foreign minister, Andrii Sybiha, said so.", "Andrii Sybiha", PERSON, "UA"),
        ("Governor Oleh Petrenko said so.", "Oleh Petrenko", PERSON, ""),
        ("The rebels took the town.", "rebels", GROUP, ""),
    ],
)
def test_names(text: str, name: str, kind: str, side: str) -> None:
    [found] = read(text)
    assert (name, kind, side) in [(a.name, a.kind, a.side) for a in found]


def test_an_adjective_of_a_weapon_is_no_actor_of_its_own() -> None:
    [found] = read("Russian missiles hit the city.")
    assert [(a.side, a.adjective) for a in found] == [("RU", True)]


def test_two_sides_before_one_noun_are_two_actors() -> None:
    [found] = read("Ukrainian and Russian negotiators met.")
    assert {a.side for a in found} == {"UA", "RU"}


def test_short_names_and_pronouns_are_the_person_named_before() -> None:
    _, second, third = read(
        "Polish Defence Minister Jan Kowalski arrived in Kyiv.",
        "Kowalski met the president.",
        "He promised tanks.",
    )
    assert any(a.name == "Jan Kowalski" and a.side == "PL" for a in second)
    assert any(a.name == "Jan Kowalski" and a.pronoun for a in third)


def test_a_woman_is_not_he() -> None:
    _, second = read(
        "Kremlin spokesman Dmitry Peskov answered Maria Zakharova.", "She disagreed with the ministry."
    )
    assert any(a.name == "Maria Zakharova" and a.pronoun for a in second)


def test_a_description_is_the_official_named_last() -> None:
    _, second = read("Regional governor Oleh Petrenko reported an attack.", "The governor said two died.")
    assert any(a.name == "Oleh Petrenko" and a.pronoun for a in second)


def test_its_troops_are_the_subjects_side() -> None:
    [found] = read("Russia said its troops had taken the town.")
    assert any(a.kind == FORCE and a.side == "RU" for a in found)


def test_the_spelling_is_the_articles() -> None:
    [found] = read("Zelenskyy met Macron.")
    assert "Volodymyr Zelenskyy" in [a.name for a in found]


def test_west_bank_is_not_the_west() -> None:
    [found] = read("Soldiers raided the West Bank.")
    assert all(a.side != "west" for a in found)
