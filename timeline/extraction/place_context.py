"""What stands around a name: its preposition, and whether it is only part of a person's or a body's name."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from timeline.extraction.gazetteer import Kind, Place, fold
from timeline.extraction.place_spotting import Line, Spot, type_nouns, word_set

if TYPE_CHECKING:
    from timeline.extraction.places import PlaceMention

_PREPOSITIONS_BACK = 8


def preposition_before(line: Line, text: str, found: Spot, previous: "PlaceMention | None") -> str:
    """The preposition that governs a name, looking back over its description and over a list."""
    words = line.words
    locative, other = word_set("prepositions", "locative"), word_set("prepositions", "other")
    passed = word_set("passed", "words") | word_set("directions", "words")
    nouns = type_nouns()
    demonyms = {i for s in line.spots if s.demonym for i in range(s.first, s.last + 1)}
    index = found.first - 1
    after = found.start
    described = False  # seen a type noun: "in the town of X"
    for _ in range(_PREPOSITIONS_BACK):
        if index < 0:
            return ""
        word = words[index]
        gap = text[word.full_end : after]
        if previous is not None and previous.start <= word.start < previous.end:
            if gap.strip() in {",", ""} and (previous.preposition or previous.typed):
                return previous.preposition if gap.strip() == "," or word.possessive else ""
            return ""
        if gap.strip() not in {"", ","} and not (word.lower == "and" and gap.strip() == ""):
            return ""
        low = word.lower
        if low in locative:
            return low
        if low == "of":
            # "in the town of X", "south of X", "parts of X": go on; "capture of X": stop here.
            back = words[index - 1].lower if index else ""
            if not (
                back in nouns
                or back in passed
                or back in {"outskirts", "centre", "center", "suburbs", "suburb"}
            ):
                return "of"
            if back in {"north", "south", "east", "west"} | {
                w for w in passed if w.startswith(("north", "south"))
            }:
                return "near"
        elif low in other:
            return low
        elif (
            low in {"and", "or"}
            and previous is not None
            and text[previous.end : word.start].strip(" ,’'s") == ""
        ):
            return previous.preposition
        elif low in nouns or low.endswith("'s"):
            described = True
        elif not (
            low in passed or index in demonyms or (described and word.text.isalpha() and low.islower())
        ):
            if word.possessive and any(s.last == index for s in line.spots):
                pass  # "in Ukraine's Sumy region"
            else:
                return ""
        after = word.start
        index -= 1
    return ""


def surnames(lines: Sequence[Line], text: str) -> frozenset[str]:
    """Folded names that the article uses as a person's: after a title, or after another capitalised unknown word."""
    person, neutral = word_set("titles", "person"), word_set("neutral", "words")
    nouns, directions = type_nouns(), word_set("directions", "words")
    found: Counter[str] = Counter()
    for line in lines:
        known = {i for s in line.spots for i in range(s.first, s.last + 1)}
        for spot in line.spots:
            if spot.demonym or not spot.first:
                continue
            before = line.words[spot.first - 1]
            if text[before.full_end : spot.start].strip(".") != " " or not before.capital:
                continue
            if before.lower in person or (
                before.lower not in neutral
                and before.lower not in nouns
                and before.lower not in directions
                and spot.first - 1 not in known
                and not before.text.isupper()
            ):
                found[fold(spot.surface)] += 1
    return frozenset(found)


_INITIAL = re.compile(r"\b[A-Z]\.\s*$")


def reads_as_name_part(
    line: Line, text: str, found: Spot, place: Place | None, typed: bool, preposition: str
) -> bool:
    """Whether the name is part of a larger one: "George Bush", "Jordan Bardella", "Paris Agreement", "Moscow Times"."""
    words = line.words
    person, neutral = word_set("titles", "person"), word_set("neutral", "words")
    nouns, directions = type_nouns(), word_set("directions", "words")
    spots = {i for s in line.spots for i in range(s.first, s.last + 1)}
    broad = place is not None and place.kind in (Kind.COUNTRY, Kind.AREA)

    if found.first:
        before = words[found.first - 1]
        adjacent = text[before.full_end : found.start] in {" ", ". "}
        if adjacent and not before.possessive and before.capital and not broad:
            if before.lower in person and not typed:
                return True
            if not (
                before.lower in neutral
                or before.lower in nouns
                or before.lower in directions
                or before.lower in word_set("passed", "words")
                or found.first - 1 in spots
                or typed
            ):
                return True
        if _INITIAL.search(text[max(0, found.start - 4) : found.start]) and not broad:
            return True

    if found.possessive or found.last + 1 >= len(words):
        return False
    after = words[found.last + 1]
    if text[found.end : after.start] != " ":
        return False
    if after.lower in word_set("named_after", "words") and (
        after.capital
        or after.lower
        in {
            "agreement",
            "agreements",
            "accord",
            "accords",
            "convention",
            "conventions",
            "treaty",
            "protocol",
            "format",
            "memorandum",
            "process",
        }
    ):
        return True
    if not after.capital or typed or broad:
        return False
    if after.lower in neutral or after.lower in nouns or after.lower in word_set("titles", "words"):
        return False
    if after.lower in {w for noun in word_set("facilities", "after") for w in noun.split()}:
        return False
    return found.last + 1 not in spots or bool(after.text.isupper())
