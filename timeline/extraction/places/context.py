"""What stands around a name: its preposition, whether it stands for a government, whether it is no place at all."""

import re
from collections.abc import Sequence

from timeline.extraction.gazetteer.lookup import Kind, Place, fold
from timeline.extraction.places.spotting import Line, Spot, Word
from timeline.extraction.places.vocabulary import vocabulary

_BACK = 9  # words looked back over
_OF_WITHIN = frozenset(
    {"outskirts", "centre", "center", "suburbs", "suburb", "heart", "streets", "edge", "part", "parts"}
)
_COMPASS = re.compile(r"(?:north|south|east|west)(?:-?(?:east|west))?$")


def preposition_before(line: Line, text: str, found: Spot, lists: dict[int, str]) -> str:
    """The preposition that governs a name: "in" for "in the besieged town of X", and for B in "in A, B and C".

    `lists` has the prepositions of the line's earlier names, by their last word; a list hands them on.
    """
    words, vocab = line.words, vocabulary()
    adjectives, after = line.adjectives, found.first
    typed = False
    for index in range(found.first - 1, max(-1, found.first - 1 - _BACK), -1):
        word = words[index]
        low = word.lower
        gap = line.gap(text, index, after).strip()
        if gap not in ("", ","):
            return ""
        if index in lists and index not in adjectives:
            return lists[index] if typed or (gap == "," and _list_goes_on(line, text, found)) else ""
        if low in ("and", "or", "as") and gap == "" and index - 1 in lists:
            return lists[index - 1]
        if low == "of":
            if gap:
                return ""
            back = words[index - 1].lower if index else ""
            if _COMPASS.match(back) and not (index > 1 and words[index - 2].lower == "the"):
                return "near"
            if not (back in vocab.types or back in vocab.passed or back in _OF_WITHIN):
                return "of"
        elif low in vocab.prepositions:
            return low if gap == "" or typed else ""
        elif low in vocab.types or low in _OF_WITHIN:
            typed = True
        elif not (low in vocab.passed or index in adjectives):
            return ""
        after = index
    return ""


def _list_goes_on(line: Line, text: str, found: Spot) -> bool:
    """Whether B is an item in "in A, B and C" or "in A, B." and not the subject in "in A, B said"."""
    if found.last + 1 >= len(line.words):
        return True
    return line.gap(text, found.last, found.last + 1).strip() != "" or line.words[found.last + 1].lower in (
        "and",
        "or",
    )


def surnames(lines: Sequence[Line], text: str) -> frozenset[str]:
    """Folded names that the article uses as a person's: after a title, or after another capitalised name."""
    vocab = vocabulary()
    found: set[str] = set()
    for line in lines:
        known = {k for s in line.spots if _is_broad(s) for k in range(s.first, s.last + 1)}
        for spot in line.spots:
            if spot.demonym or not spot.first:
                continue
            before = line.words[spot.first - 1]
            if not before.capital or line.gap(text, spot.first - 1, spot.first).strip(".") != " ":
                continue
            if before.lower in vocab.person_titles or not (
                _leaves_a_place(before.lower) or spot.first - 1 in known or before.text.isupper()
            ):
                found.add(fold(spot.surface))
    return frozenset(found)


def _is_broad(spot: Spot) -> bool:
    """Whether it names a country, a division or an area: nobody's given name, apart from a few."""
    if spot.demonym or spot.surface in vocabulary().given_names:
        return bool(spot.demonym)
    kinds = {place.kind for _, place in spot.candidates}
    return not kinds.isdisjoint((Kind.COUNTRY, Kind.AREA)) or (
        Kind.ADMIN1 in kinds and Kind.SETTLEMENT not in kinds
    )


def _leaves_a_place(word: str) -> bool:
    """Whether a capitalised word before a name leaves it one of its own: "On", "Tuesday", "Eastern"."""
    vocab = vocabulary()
    return word in vocab.neutral or word in vocab.passed or word in vocab.types


_INITIAL = re.compile(r"\b[A-Z]\.\s*$")


_BODIES = frozenset({"department", "council", "division", "agency"})  # type nouns of bodies too


def heads_a_body(words: Sequence[Word], noun: int) -> bool:
    """Whether a capitalised noun and "of" make a body: "Louisiana Department of Justice"."""
    if noun + 2 >= len(words) or words[noun].lower not in _BODIES:
        return False
    return words[noun].capital and words[noun + 1].lower == "of" and words[noun + 2].capital


def belongs_to_a_body(line: Line, text: str, found: Spot) -> bool:
    """Whether "of" makes the name part of a body's: "Armed Forces of Ukraine", "Bank of Moscow"."""
    if found.first < 2 or line.words[found.first - 1].lower not in ("of", "the"):
        return False
    of = found.first - 1 - (line.words[found.first - 1].lower == "the")
    if of < 1 or line.words[of].lower != "of" or line.gap(text, of - 1, of) != " ":
        return False
    head = line.words[of - 1]
    sentence_start = of - 1 == 0 or head.lower in vocabulary().before_of
    place_noun = head.lower in vocabulary().types and head.lower not in _BODIES
    return head.capital and not sentence_start and not place_noun


def is_part_of_a_name(line: Line, text: str, found: Spot, place: Place | None, stated: bool) -> bool:
    """Whether the name belongs to a larger one: "Fidel Castro", "Jordan Bardella", "Paris Agreement"."""
    words, vocab = line.words, vocabulary()
    known = line.known
    broad = place is not None and place.kind in (Kind.COUNTRY, Kind.AREA)

    if not broad and not stated and belongs_to_a_body(line, text, found):
        return True
    if found.first and not broad:
        before = words[found.first - 1]
        adjacent = line.gap(text, found.first - 1, found.first) in (" ", ". ")
        if adjacent and before.capital and not before.possessive:
            if before.lower in vocab.person_titles:
                return not stated
            if not (
                stated or _leaves_a_place(before.lower) or found.first - 1 in known or before.text.isupper()
            ):
                return True
        if _INITIAL.search(text[max(0, found.start - 4) : found.start]):
            return True

    if found.possessive or found.last + 1 >= len(words):
        return False
    after = words[found.last + 1]
    if line.gap(text, found.last, found.last + 1) != " ":
        return False
    if heads_a_body(line.words, found.last + 1):
        return True
    if after.lower in (vocab.named_after if after.capital else vocab.named_after_lower):
        return True
    if not broad and len(after.text) == 1 and after.capital:
        return True  # "George W. Bush"
    if not after.capital or stated or after.text.isupper():
        return False
    if after.lower in vocab.neutral or after.lower in vocab.types or after.lower in vocab.titles:
        return False
    if found.last + 1 in known:
        return found.surface in vocab.given_names
    if after.lower in vocab.facility_words:
        return False
    return not broad or found.surface in vocab.given_names


def stands_for_government(line: Line, text: str, found: Spot, place: Place, preposition: str) -> bool:
    """Whether a country or seat of power is meant as an actor: "Kyiv said", "talks with Moscow", "from Moscow"."""
    vocab = vocabulary()
    if belongs_to_a_body(line, text, found):
        return True
    if found.direction or preposition in vocab.locative or preposition == "of":
        return False
    if preposition in vocab.actor_prepositions:
        return True
    if preposition in ("to", "from"):
        if place.kind == Kind.COUNTRY:
            return False
        back = text[max(line.sentence.start, found.start - 40) : found.start].lower().split()
        return not any(word.startswith(vocab.motion) for word in back)
    return not after_place_verb(line, found)


def after_place_verb(line: Line, found: Spot) -> bool:
    """Whether the name is the object of a verb that takes places: "entered Kursk", "struck occupied Donetsk"."""
    index = found.first - 1
    while index >= 0 and line.words[index].lower in vocabulary().passed:
        index -= 1
    if index < 0 or line.words[index].capital:
        return False
    return line.words[index].lower.startswith(vocabulary().place_verbs)


_NEAR = re.compile(
    r"\b(?:close to|not far from|outskirts of|approach(?:es)? to|suburbs? of|vicinity of|adjacent to|next to"
    r"|(?<!in the )(?<!In the )(?:north|south|east|west)(?:-?(?:east|west))?(?:ern)? of"
    r"|(?:kilomet(?:re|er)s?|km|miles?)\)? (?:away )?from)"
    r"(?: the)?(?: [\w-]+){0,2}?(?: (?:city|town|village|port|capital|hub)(?: of)?)?\s*$",
    re.IGNORECASE,
)
_FAR = re.compile(r"\b(\d[\d,.]*)(?:\s*|-)(kilomet(?:re|er)s?|kms?|miles?)\b", re.IGNORECASE)
_BEYOND = 30  # kilometres


def nearness(text: str, found: Spot, sentence_start: int) -> str:
    """What the words before a name say of the distance to it: "near", "far" (more than 30 km) or ""."""
    back = text[max(sentence_start, found.start - 80) : found.start]
    low = back.lower()
    if not (" of" in low or " to" in low or " from" in low) or not _NEAR.search(back):
        return ""
    stated = list(_FAR.finditer(back))
    if not stated:
        return "near"
    value = float(stated[0].group(1).replace(",", "").rstrip(".") or 0)
    kilometres = value * (1.609 if stated[0].group(2).lower().startswith("mile") else 1.0)
    return "far" if kilometres > _BEYOND else "near"


def is_dateline(text: str, found: Spot) -> bool:
    """Whether the name opens a dateline: "KYIV, Ukraine (AP) —" at the beginning of the text."""
    if found.start > 60 or text[: found.start].strip(" \n\"'("):
        return False
    return _DATELINE.match(text, found.end) is not None


_DATELINE = re.compile(
    r"[^\n.—–]{0,40}(?:\([A-Z][A-Za-z /]+\)\s*)?\s[—–]\s|[^\n.]{0,40}\([A-Z][A-Za-z]+\)\s*-|,[^\n]{0,30}/[A-Z]{3,}/"
)
