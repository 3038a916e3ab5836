"""Triggers: the lexicon is sound, and its phrases are found in all their forms."""

import pytest

from timeline.extraction.codebook import TYPES
from timeline.extraction.frames.needs import NEEDS
from timeline.extraction.grammar.clauses import parse
from timeline.extraction.grammar.inflection import noun_forms, verb_forms
from timeline.extraction.grammar.tokens import tokenise
from timeline.extraction.lexicon import load
from timeline.extraction.triggers import find_triggers, means_in

ROWS = [(kind, row) for kind in ("verb", "noun") for row in load("triggers")[kind]]


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_lexicon_rows_name_types_and_needs_that_exist(kind: str, row: dict[str, object]) -> None:
    assert row["type"] == "means" or row["type"] in TYPES
    assert set(row["needs"]) <= set(NEEDS)
    assert 0 < float(str(row["weight"])) < 1
    assert row[f"{kind}s"]


def test_every_codebook_type_has_a_trigger() -> None:
    named = {row["type"] for _, row in ROWS} | set(load("triggers")["weapons"]) | {"combined", "attack"}
    assert set(TYPES) - {"statement"} <= named


def test_every_need_is_used() -> None:
    assert {need for _, row in ROWS for need in row["needs"]} == set(NEEDS)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Troops took control of the town.", "take control of"),
        ("Air defences shot five drones down.", "shoot * down"),
        ("Air defences shot down five drones.", "shoot down"),
        ("The army repelled an assault.", "repel"),
        ("Rebels laid siege to the city.", "lay siege to"),
        ("The strikes on the port went on.", "strike"),
        ("Two peace talks failed.", "peace talks"),
        ("The prisoner exchanges resumed.", "prisoner exchange"),
    ],
)
def test_phrases_in_their_forms(text: str, phrase: str) -> None:
    assert phrase in {t.phrase for t in find_triggers(parse(tokenise(text)))}


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Ballistic missiles hit the port.", {"missile"}),
        ("Drones and missiles hit the port.", {"drone", "missile"}),
        ("Glide bombs fell on the town.", {"airstrike"}),
        ("A car bomb went off.", {"explosion"}),
        ("Troops walked into the town.", set()),
    ],
)
def test_weapons(text: str, means: set[str]) -> None:
    parsed = parse(tokenise(text))
    assert {m for _, m in means_in(parsed, 0, len(parsed.tokens))} == means


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("shell", {"shell", "shells", "shelling", "shelled"}),
        ("carry", {"carry", "carries", "carrying", "carried"}),
        ("repel", {"repel", "repels", "repelling", "repelled"}),
        ("strike", {"strike", "strikes", "striking", "struck"}),
        ("seize", {"seize", "seizes", "seizing", "seized"}),
    ],
)
def test_verb_forms(lemma: str, forms: set[str]) -> None:
    assert verb_forms(lemma) == forms


def test_noun_forms() -> None:
    assert noun_forms("car bomb") == {"car bomb", "car bombs"}
    assert noun_forms("gunman") == {"gunman", "gunmen"}
