"""Places in sentences of our own (data/places.toml), and what holds for any text."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.extraction.findings import Document
from timeline.extraction.grammar.segment import sentences
from timeline.extraction.places.finding import DATELINE, DEMONYM, METONYM, PLACE, PlaceMention, find_places

CASES = tomllib.loads((Path(__file__).parent / "data" / "places.toml").read_text(encoding="utf-8"))["case"]
ROLES = {PLACE, METONYM, DEMONYM, DATELINE}


def mentions(text: str, title: str = "") -> list[PlaceMention]:
    return find_places(Document(text, date(2025, 3, 1), title), sentences(text))


def described(mention: PlaceMention, text: str) -> dict[str, Any]:
    where = mention.where
    return {
        "words": text[mention.start : mention.end],
        "name": where.name,
        "admin1": where.admin1,
        "country": where.country,
        "precision": str(where.precision),
        "key": where.key,
        "role": mention.role,
        "preposition": mention.preposition,
        "qualifies": mention.qualifies,
        "anaphor": mention.anaphor,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_places_of_a_sentence(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [described(m, text) for m in mentions(text, case.get("title", ""))]
    for wanted in case.get("places", []):
        named = [f for f in found if f["words"] == wanted["words"]]
        assert named, f"{wanted['words']!r} not found in {found}"
        assert any(wanted.items() <= f.items() for f in named), f"{wanted} is not among {named}"
    for words in case.get("none", []):
        assert not [f for f in found if words in f["words"]], found


def test_the_title_says_where_an_article_is_set() -> None:
    text = "Three people were hurt in Pokrovsk, a hospital said."
    (at_war,) = mentions(text, "Ukraine reports new attacks")
    (far_away,) = mentions(text, "Yakutia, Russia: a flood on the Lena")
    assert (at_war.where.country, far_away.where.country) == ("UA", "RU")


def test_a_name_keeps_its_first_resolution_in_an_article() -> None:
    text = "Shells hit Vysoke in the Sumy region of Ukraine. Vysoke lies close to Russia."
    first, second = [m for m in mentions(text) if m.where.name == "Vysoke"]
    assert first.where.key == second.where.key
    assert second.where.admin1 == "Sumy"


def test_a_list_shares_its_preposition() -> None:
    text = "Air raid sirens sounded in Kyiv, Poltava and Dnipro in Ukraine."
    assert [(m.where.name, m.preposition) for m in mentions(text)[:3]] == [
        ("Kyiv", "in"),
        ("Poltava", "in"),
        ("Dnipro", "in"),
    ]


def test_no_coordinate_where_the_text_supports_none() -> None:
    (village,) = [m for m in mentions("In Mali, gunmen attacked the village of Tenzouray.") if m.typed]
    assert village.where.key == "unlisted:ML.tenzouray"
    assert (village.where.lat, village.where.lon) == (None, None)


def test_a_place_far_from_a_town_is_not_pinned_to_the_town() -> None:
    far = next(
        m for m in mentions("The blast was 80 miles west of Baghdad, Iraqi police said.") if m.preposition
    )
    assert far.where.lat is None


_NAMES = st.sampled_from(
    [
        "Kyiv", "Moscow", "Odesa region", "al-Mawasi", "the city", "there", "Israel-Lebanon border", "U.S.",
        "Xyzzy", "Gaza", "St. Petersburg", "Ukraine's", "in", "near", "of", ",", "and", "(", "—", "\n",
        "100 km from", "KYIV", "Bush", "’s",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(_NAMES, max_size=25).map(" ".join)))
def test_any_text_gives_ordered_spans_inside_it(text: str) -> None:
    found = mentions(text, text[:40])
    end = 0
    for mention in found:
        assert end <= mention.start < mention.end <= len(text)
        assert mention.role in ROLES
        assert (mention.where.lat is None) == (mention.where.lon is None)
        end = mention.end
