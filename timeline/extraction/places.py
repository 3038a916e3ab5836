"""Mentions of places: what the text names, which place that is, and whether it is meant as a place.

    for mention in find_places(document, sentences(document.text)):
        mention.where, mention.role, mention.preposition

A country or capital may stand for its government: `role` says "metonym" where grammar shows that ("Kyiv said",
"talks with Moscow"), "place" otherwise; where grammar leaves it open ("from Moscow"), `preposition` lets the caller
decide. Mentions are in the order of the text and do not overlap.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.findings import Document, Where
from timeline.extraction.gazetteer import Gazetteer, Kind, Match, Place, fold
from timeline.extraction.lexicon import load
from timeline.extraction.place_context import preposition_before, reads_as_name_part, surnames
from timeline.extraction.place_resolution import Context, Reading, context_of, read, resolve
from timeline.extraction.place_spotting import Line, Spot, is_common_word, spot, word_set
from timeline.extraction.segment import Sentence
from timeline.extraction.segment import sentences as split

PLACE, METONYM, DEMONYM, DATELINE = "place", "metonym", "demonym", "dateline"


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A span of the text and the place that it means.

    `start`/`end` cover the type noun and the direction ("eastern Ukraine", "Odesa region"). `role`: "place",
    "metonym" (a government), "demonym" (an adjective: never a place), "dateline" (where the report was written).
    `preposition` governs the mention, also over a list or a description ("in the town of X" has "in"), "" for none;
    `locative` when it says that something happens there. `qualifies`: the mention only says where the one before it
    (or, as a possessive, after it) lies. `anaphor`: "the city", "there".
    """

    start: int
    end: int
    where: Where
    role: str
    preposition: str = ""
    locative: bool = False
    qualifies: bool = False
    anaphor: bool = False
    possessive: bool = False
    typed: bool = False  # a noun says what it is: "village of", "region"
    kind: str = ""  # gazetteer.Kind
    sentence: int = 0
    confidence: float = 1.0

    @property
    def is_actor(self) -> bool:
        return self.role in (METONYM, DEMONYM)


def find_places(document: Document, sentences: Sequence[Sentence]) -> list[PlaceMention]:
    """Every mention of a place, government by its capital, or nationality in `document.text`."""
    gazetteer = Gazetteer.open()
    text = document.text
    lines = spot(text, list(sentences), gazetteer)
    title = spot(document.title, split(document.title), gazetteer)
    context = context_of(lines, title, lambda key: gazetteer.seats.get(key, ""))
    readings = [read(line, text) for line in lines]
    resolve(readings, context, gazetteer)
    names = surnames(lines, text)

    mentions: list[PlaceMention] = []
    for line, line_readings in zip(lines, readings, strict=True):
        found = list(_demonyms(line, gazetteer))
        previous: PlaceMention | None = None
        for reading in line_readings:
            mention = _mention(line, reading, text, context, gazetteer, names, previous, mentions)
            if mention is not None:
                found.append(mention)
                previous = mention
        found += _anaphors(line, text, mentions + found, context, gazetteer)
        mentions += _disjoint(found)
    return mentions


def _disjoint(found: list[PlaceMention]) -> list[PlaceMention]:
    kept: list[PlaceMention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end, m.role == DEMONYM)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _demonyms(line: Line, gazetteer: Gazetteer) -> Iterator[PlaceMention]:
    for found in line.spots:
        if found.demonym and (country := gazetteer.country(found.demonym)):
            yield PlaceMention(
                found.start,
                found.end,
                country.where(found.surface),
                DEMONYM,
                kind=Kind.COUNTRY,
                sentence=found.sentence,
            )


def _mention(
    line: Line,
    reading: Reading,
    text: str,
    context: Context,
    gazetteer: Gazetteer,
    names: frozenset[str],
    previous: PlaceMention | None,
    before: list[PlaceMention],
) -> PlaceMention | None:
    found, place = reading.spot, reading.place
    preposition = preposition_before(line, text, found, previous)
    locative = preposition in word_set("prepositions", "locative")
    dateline = _is_dateline(text, found)
    typed = bool(reading.type_kind)
    site = _facility(line, found)
    if place is None:
        return _unlisted(line, reading, text, context, gazetteer, preposition, locative, before, site)
    if reads_as_name_part(line, text, found, place, typed or bool(site), preposition):
        return None
    if _evidence(reading, place, context, names, preposition, locative, dateline, bool(site)) < 2.0:
        return None

    start, end = _extent(line, reading, site)
    where = place.where(text[start:end])
    if preposition in word_set("prepositions", "near") or _is_near(text, found):
        if where.precision is PlacePrecision.EXACT:
            where = replace(where, precision=PlacePrecision.NEAR)
    if found.direction and place.kind in (Kind.COUNTRY, Kind.ADMIN1, Kind.AREA):
        where = replace(where, name=f"{found.direction} {where.name}")
    if site and place.kind == Kind.SETTLEMENT:
        where = replace(where, name=f"{place.name} {site}")
    role = (
        DATELINE
        if dateline
        else _role(line, text, found, place, preposition, locative, gazetteer, typed or bool(site))
    )
    return PlaceMention(
        start, end, where, role, preposition, locative, reading.qualifies, False, found.possessive, typed,
        Kind.FACILITY if site else place.kind, found.sentence, 0.6 if reading.match is Match.SPELLING else 1.0,
    )  # fmt: skip


def _evidence(
    reading: Reading,
    place: Place,
    context: Context,
    names: frozenset[str],
    preposition: str,
    locative: bool,
    dateline: bool,
    site: bool,
) -> float:
    """How much speaks for a place being meant at all; 2 is enough."""
    found = reading.spot
    if place.kind in (Kind.COUNTRY, Kind.AREA, Kind.FACILITY):
        return 3.0
    score = 2.0 if locative or dateline else 1.0 if preposition else 0.0
    score += 2.0 if reading.type_kind or site else 0.0
    score += 3.0 if reading.containers or reading.qualifies else 0.0
    score += 2.0 * context.weight(place.country) - (0.0 if context.weight(place.country) else 1.0)
    score += 1.0 if place.population > 100_000 else 0.0
    score += 1.0 if place.population > 1_000_000 else 0.0
    score += 1.5 if place.kind == Kind.ADMIN1 and place.country in context.countries else 0.0
    score -= {Match.PRIMARY: 0.0, Match.ALIAS: 0.0, Match.ALTERNATE: 1.0, Match.SPELLING: 1.0}[reading.match]
    if (
        " " not in found.surface
        and is_common_word(found.surface)
        and not (reading.type_kind or reading.containers)
    ):
        score -= 3.0
    if fold(found.surface) in names and not (reading.type_kind or reading.containers):
        score -= 2.0 if locative else 5.0
    return score


def _extent(line: Line, reading: Reading, site: str) -> tuple[int, int]:
    """From the direction to the type noun."""
    found, words = reading.spot, line.words
    start = words[found.first - 1].start if found.direction else found.start
    end = found.end
    if reading.type_span[0] == found.last + 1 and not found.possessive:
        end = words[reading.type_span[1]].end
    elif site:
        end = words[found.last + len(site.split())].end
    return start, end


def _facility(line: Line, found: Spot) -> str:
    """The noun of a site named after the town: "air base" after Engels."""
    if found.possessive:
        return ""
    for length in (3, 2, 1):
        span = line.words[found.last + 1 : found.last + 1 + length]
        if len(span) == length and span[0].start - found.end == 1:
            noun = " ".join(w.text for w in span)
            if noun.lower() in word_set("facilities", "after"):
                return noun
    return ""


_NEAR = re.compile(
    r"(?:close to|not far from|outskirts of|suburbs? of|vicinity of|(?:north|south|east|west)(?:-?(?:east|west))?(?:ern)? of"
    r"|adjacent to|next to|(?:kilomet(?:re|er)s?|km|miles?) (?:from|of))(?: the)?(?: (?:city|town|village|port|capital) of)?\s*$",
    re.IGNORECASE,
)
_FAR = re.compile(r"(\d[\d,.]*)[\s-]*(kilomet(?:re|er)s?|kms?|miles?)\b", re.IGNORECASE)


def _is_near(text: str, found: Spot) -> bool:
    return bool(_NEAR.search(text, max(0, found.start - 60), found.start))


def _is_dateline(text: str, found: Spot) -> bool:
    """ "KYIV, Ukraine (AP) —" at the beginning of the text."""
    if found.start > 60 or text[: found.start].strip(" \n\"'("):
        return False
    return bool(
        re.match(
            r"[^\n.]{0,50}?(?:\([A-Z][A-Za-z /]+\)\s*)?\s?[—–]|[^\n.]{0,40}?\([A-Z][A-Za-z]+\)\s*-",
            text[found.end :],
        )
    )


_MOTION_BACK = 40


def _role(
    line: Line,
    text: str,
    found: Spot,
    place: Place,
    preposition: str,
    locative: bool,
    gazetteer: Gazetteer,
    typed: bool,
) -> str:
    stands_for = place.country if place.kind == Kind.COUNTRY else gazetteer.seats.get(place.key, "")
    if not stands_for or typed or found.direction:
        return PLACE
    if locative:
        return PLACE
    if preposition in word_set("prepositions", "actor"):
        return METONYM
    if preposition in ("to", "from"):
        if place.kind == Kind.COUNTRY:
            return PLACE
        back = text[max(line.sentence.start, found.start - _MOTION_BACK) : found.start].lower()
        return PLACE if any(re.search(rf"\b{stem}", back) for stem in _stems("of_motion")) else METONYM
    if preposition == "of":
        return PLACE
    if _after_place_verb(line, found):
        return PLACE
    return METONYM


def _after_place_verb(line: Line, found: Spot) -> bool:
    index = found.first - 1
    while index >= 0 and line.words[index].lower in word_set("passed", "words"):
        index -= 1
    return (
        index >= 0
        and not line.words[index].capital
        and line.words[index].lower.startswith(_stems("of_place"))
    )


@cache
def _stems(key: str) -> tuple[str, ...]:
    return tuple(load("place_words")["verbs"][key])


def _unlisted(
    line: Line,
    reading: Reading,
    text: str,
    context: Context,
    gazetteer: Gazetteer,
    preposition: str,
    locative: bool,
    before: list[PlaceMention],
    site: str,
) -> PlaceMention | None:
    """A place that no gazetteer has: taken for one when the text says so, put where its container is."""
    found = reading.spot
    type_says_so = reading.type_kind in (Kind.SETTLEMENT, Kind.ADMIN2)
    container_says_so = bool(reading.containers) and locative
    appositive = locative and _APPOSITIVE.match(text, found.end) is not None
    if not (type_says_so or container_says_so or appositive or (site and locative)):
        return None
    if reads_as_name_part(line, text, found, None, type_says_so, preposition):
        return None
    parent = next((c.place for c in reading.containers if c.place), None)
    if parent is None:
        parent = _latest_container(before, context, gazetteer)
    if parent is None:
        return None
    start, end = _extent(line, reading, site)
    name = f"{found.surface} {site}" if site else found.surface
    precision, lat, lon = _placed_in(parent)
    where = Where(
        name, f"unlisted:{parent.admin1_code or parent.country}.{fold(name).replace(' ', '-')}", parent.country, precision,
        parent.admin1, lat, lon, text[start:end],
    )  # fmt: skip
    return PlaceMention(
        start, end, where, PLACE, preposition, locative, False, False, found.possessive, type_says_so,
        Kind.FACILITY if site else Kind.SETTLEMENT, found.sentence, 0.5,
    )  # fmt: skip


_APPOSITIVE = re.compile(
    r",\s+(?:a|an|the)\s+(?:[\w'-]+\s+){0,3}?(?:village|town|city|settlement|hamlet|suburb|district|community|neighbou?rhood"
    r"|area)\b"
)


def _placed_in(parent: Place) -> tuple[PlacePrecision, float | None, float | None]:
    if parent.kind in (Kind.SETTLEMENT, Kind.FACILITY):
        return PlacePrecision.NEAR, parent.lat, parent.lon
    if parent.kind == Kind.ADMIN2 and parent.lat is not None:
        return PlacePrecision.ADMIN2, parent.lat, parent.lon
    if parent.kind == Kind.ADMIN1:
        return PlacePrecision.ADMIN1, parent.lat, parent.lon
    return PlacePrecision.COUNTRY, None, None


def _latest_container(before: list[PlaceMention], context: Context, gazetteer: Gazetteer) -> Place | None:
    for mention in reversed(before):
        if mention.kind in (Kind.ADMIN1, Kind.ADMIN2) and (place := gazetteer.by_key(mention.where.key)):
            return place
    return gazetteer.country(context.main) if context.main else None


_ANAPHOR = re.compile(
    r"\b(?:[Tt]he|[Tt]hat|[Tt]his)\s+((?:coastal\s+|port\s+|border\s+)?[a-z]+)\b(?!\s+of\b)"
)
_THERE = re.compile(
    r"\bthere\b(?!\s+(?:is|are|was|were|be|been|has|have|had|will|would|may|might|must|seem|no)\b)(?!['’])"
)


def _anaphors(
    line: Line, text: str, before: list[PlaceMention], context: Context, gazetteer: Gazetteer
) -> Iterator[PlaceMention]:
    """ "the city", "the region", "the capital", "there", at the latest place of that kind."""
    sentence = line.sentence
    earlier = [m for m in before if not m.anaphor and m.role in (PLACE, METONYM) and not m.qualifies]
    for m in _ANAPHOR.finditer(text, sentence.start, sentence.end):
        noun = m.group(1)
        kind = _anaphor_kind(noun)
        if not kind or _names_itself(line, m.end()):
            continue
        if kind == "capital":
            capital = gazetteer.capital(context.main) if context.main else None
            where = capital.where(m.group()) if capital else None
        else:
            target = next(
                (p for p in reversed(earlier) if p.start < m.start() and p.kind == kind and p.role == PLACE),
                None,
            )
            where = target.where if target else None
        if where is not None:
            yield _anaphor(text, m, sentence.index, where, kind)
    for m in _THERE.finditer(text, sentence.start, sentence.end):
        target = next(
            (
                p
                for p in reversed(earlier)
                if p.start < m.start() and p.role == PLACE and (p.locative or p.typed)
            ),
            None,
        )
        if target is not None:
            yield _anaphor(text, m, sentence.index, target.where, target.kind)


def _anaphor(text: str, m: re.Match[str], sentence: int, where: Where, kind: str) -> PlaceMention:
    words = re.findall(r"[a-z]+", text[max(0, m.start() - 12) : m.start()].lower())
    preposition = words[-1] if words and words[-1] in word_set("prepositions", "locative") else ""
    return PlaceMention(
        m.start(), m.end(), replace(where, words=m.group()), PLACE, preposition,
        bool(preposition) or m.group().lower() == "there", False, True, False, False,
        Kind.SETTLEMENT if kind == "capital" else kind, sentence, 0.7,
    )  # fmt: skip


@cache
def _anaphor_nouns() -> dict[str, str]:
    return {noun: kind for kind, nouns in load("place_words")["anaphors"].items() for noun in nouns}


def _anaphor_kind(noun: str) -> str:
    return _anaphor_nouns().get(noun, "")


def _names_itself(line: Line, at: int) -> bool:
    """ "the town Lyman", "the capital Kyiv", "the capital, Kyiv": the name follows."""
    return any(at < s.start <= at + 3 for s in line.spots)
