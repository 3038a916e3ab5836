"""Mentions of places: what the text names, which place that is, and whether it is meant as a place.

    for mention in find_places(document, sentences(document.text)):
        mention.where, mention.role, mention.preposition

A country or capital may stand for its government: `role` says "metonym" where grammar shows that ("Kyiv said",
"talks with Moscow"), "place" otherwise; where grammar leaves it open, `preposition` lets the caller decide.
Mentions are in the order of the text and do not overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.findings import Document, Where
from timeline.extraction.gazetteer.lookup import Gazetteer, Kind, Match, Place, fold
from timeline.extraction.grammar.segment import Sentence
from timeline.extraction.grammar.segment import sentences as split
from timeline.extraction.places.anaphors import anaphors
from timeline.extraction.places.context import (
    after_place_verb,
    is_dateline,
    is_part_of_a_name,
    nearness,
    preposition_before,
    stands_for_government,
    surnames,
)
from timeline.extraction.places.mention import DATELINE, DEMONYM, METONYM, PLACE, PlaceMention
from timeline.extraction.places.reading import Reading, read
from timeline.extraction.places.resolution import Context, context_of, resolve
from timeline.extraction.places.spotting import ALIAS, Line, Spot, spot
from timeline.extraction.places.unlisted import unlisted_where
from timeline.extraction.places.vocabulary import is_common_noun, is_common_word, vocabulary

__all__ = ["DATELINE", "DEMONYM", "METONYM", "PLACE", "PlaceMention", "find_places"]


def find_places(document: Document, sentences: Sequence[Sentence]) -> list[PlaceMention]:
    """Every mention of a place, of a government by its capital, and of a nationality in `document.text`."""
    gazetteer = Gazetteer.open()
    text = document.text
    lines = spot(text, list(sentences), gazetteer)
    title = spot(document.title, split(document.title), gazetteer)
    context = context_of(text, lines, title, gazetteer.seats)
    readings = [read(line, text, gazetteer.country, context.likely) for line in lines]
    resolve(readings, context, gazetteer)
    article = _Article(text, context, gazetteer, surnames(lines, text))

    mentions: list[PlaceMention] = []
    for line, line_readings in zip(lines, readings, strict=True):
        recent = mentions[-_REMEMBERED:]
        found = list(_demonyms(line, gazetteer))
        found += _named(article, line, line_readings, recent)
        found.sort(key=lambda m: m.start)
        found += anaphors(line, text, [*recent, *found], context.main, gazetteer)
        mentions += _disjoint(found)
    return mentions


_REMEMBERED = 60  # mentions that "the city" or an unlisted village may refer to


@dataclass(frozen=True, slots=True)
class _Article:
    text: str
    context: Context
    gazetteer: Gazetteer
    surnames: frozenset[str]


def _disjoint(found: list[PlaceMention]) -> list[PlaceMention]:
    """In order; of overlapping mentions the one that begins first, then the longer."""
    kept: list[PlaceMention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _demonyms(line: Line, gazetteer: Gazetteer) -> Iterator[PlaceMention]:
    for found in line.spots:
        if found.demonym and (country := gazetteer.country(found.demonym)):
            where = country.where(found.surface)
            yield PlaceMention(
                found.start, found.end, where, DEMONYM, kind=Kind.COUNTRY, sentence=line.sentence.index
            )


def _named(
    article: _Article, line: Line, readings: list[Reading], before: Sequence[PlaceMention]
) -> Iterator[PlaceMention]:
    prepositions: dict[int, str] = {}  # of the line's names so far, by their last word
    earlier = list(before)
    for reading in readings:
        if reading.spot.demonym:
            continue
        preposition = preposition_before(line, article.text, reading.spot, prepositions)
        mention = None
        if reading.place is not None:
            mention = _known(article, line, reading, preposition, earlier[-1] if earlier else None)
        if mention is None and _may_be_unlisted(article, reading):
            mention = _unlisted(article, line, readings, reading, preposition, earlier)
        if mention is not None:
            for index in range(reading.spot.last, reading.last + 1):
                prepositions[index] = preposition
            earlier.append(mention)
            yield mention


def _may_be_unlisted(article: _Article, reading: Reading) -> bool:
    """Whether its place, if it has one, is too unlikely to keep the name from being another's."""
    place = reading.place
    if place is None or reading.match is Match.SPELLING:
        return True
    foreign = article.context.weight(place.country, reading.spot.surface) < 0.05
    return place.kind == Kind.SETTLEMENT and foreign


_LIST = frozenset({",", "and", ", and", "or", "&"})


def _known(
    article: _Article, line: Line, reading: Reading, preposition: str, previous: PlaceMention | None
) -> PlaceMention | None:
    found, place, text = reading.spot, reading.place, article.text
    assert place is not None
    listed = previous is not None and text[previous.end : found.start].strip() in _LIST
    dateline = is_dateline(text, found)
    site = _facility(line, found) if place.kind in (Kind.SETTLEMENT, Kind.ADMIN2) else ""
    stated = reading.stated or bool(site)
    if is_part_of_a_name(line, text, found, place, bool(reading.type_kind or site)):
        return None
    if place.kind == Kind.SETTLEMENT and found.first and found.surface.lower() in vocabulary().rivers:
        after = line.words[found.last + 1].text if found.last + 1 < len(line.words) else ""
        if line.words[found.first - 1].lower == "the" and not is_common_noun(after):
            return None  # "the right bank of the Dnipro": the river
    if _evidence(article, line, reading, place, preposition, dateline, bool(site), listed) < 2.0:
        return None

    start, end = _extent(line, reading, site)
    said = nearness(text, found, line.sentence.start) or ("near" if reading.noun in _AROUND else "")
    where = _nearby(place.where(text[start:end]), preposition, said)
    if place.kind in (Kind.SETTLEMENT, Kind.ADMIN2) and _spells_anew(reading, place):
        where = replace(where, name=found.surface)
    if found.direction and place.kind in (Kind.COUNTRY, Kind.ADMIN1, Kind.AREA):
        where = replace(where, name=f"{found.direction} {where.name}")
    if (
        reading.type_kind == Kind.ADMIN2
        and place.kind == Kind.SETTLEMENT
        and where.precision is PlacePrecision.EXACT
    ):
        where = replace(where, precision=PlacePrecision.ADMIN2)  # a district that goes by its seat
    if site and place.kind == Kind.SETTLEMENT:
        where = replace(where, name=f"{where.name} {site}")

    role = PLACE
    if dateline:
        role = DATELINE
    elif (
        not stated
        and (place.kind == Kind.COUNTRY or place.key in article.context.seats)
        and stands_for_government(line, text, found, place, preposition)
    ):
        role = METONYM
    return PlaceMention(
        start, end, where, role, preposition,
        locative=preposition in vocabulary().locative,
        qualifies=reading.qualifies,
        possessive=found.possessive,
        typed=bool(reading.type_kind),
        kind=Kind.FACILITY if site else place.kind,
        sentence=line.sentence.index,
        confidence=0.6 if reading.match is Match.SPELLING else 1.0,
    )  # fmt: skip


def _spells_anew(reading: Reading, place: Place) -> bool:
    """Whether the text's romanisation is to be shown: GeoNames' own is another ("Aybak", "Aibak"), or differs in
    accents only. A name that the lexicon sets ("Kyiv" for "Kiev") stays; the key tells the place either way.
    """
    if place.name in vocabulary().displayed:
        return False
    return reading.match in (Match.ALTERNATE, Match.SPELLING) or fold(reading.spot.surface) == fold(
        place.name
    )


def _evidence(
    article: _Article,
    line: Line,
    reading: Reading,
    place: Place,
    preposition: str,
    dateline: bool,
    site: bool,
    listed: bool,
) -> float:
    """How much speaks for a place being meant at all; 2 is enough."""
    found, context = reading.spot, article.context
    if place.kind in (Kind.COUNTRY, Kind.AREA, Kind.FACILITY):
        return 3.0
    stated = bool(reading.type_kind or reading.containers)
    single = " " not in found.surface
    if reading.match is Match.SPELLING and not (stated or preposition in vocabulary().locative):
        return 0.0
    score = 2.0 if preposition in vocabulary().locative or dateline else 1.0 if preposition else 0.0
    score += 2.0 if reading.type_kind or site else 0.0
    score += 3.0 if reading.containers else 1.5 if reading.qualifies else 0.0
    weight = context.weight(place.country, found.surface)
    if not context.is_set(found.surface):
        score += 1.0 if place.country in vocabulary().theatres else 0.0
    else:
        score += 2.0 * weight if weight > 0.05 else -1.0
    score += 1.5 if listed else 0.0
    score += (place.population > 100_000) + (place.population > 1_000_000)
    if not preposition and _is_well_known(reading, place):
        score += 2.0
    if not preposition and after_place_verb(line, found):
        score += 1.5
    score += 1.5 if place.kind == Kind.ADMIN1 and weight >= 1.0 else 0.0
    score -= 1.0 if reading.match >= Match.ALTERNATE else 0.0
    if not stated:
        if single and is_common_word(found.surface):
            score -= 3.0
        english = place.country in vocabulary().english_names and place.key not in context.seats
        if single and english and not (preposition or dateline):
            score -= 2.0
        if fold(found.surface) in article.surnames:
            score -= 2.0 if preposition in vocabulary().locative else 5.0
    return score


def _is_well_known(reading: Reading, place: Place) -> bool:
    """Whether the name alone says which city is meant: "Kherson was shelled"."""
    surface = reading.spot.surface
    if place.population < 50_000 or reading.match > ALIAS or surface.lower() in vocabulary().names:
        return False
    others = (p.population for m, p in reading.candidates if m <= ALIAS and p.country != place.country)
    return place.population > 2.5 * max(others, default=0)


_AROUND = frozenset(
    {"area", "areas", "outskirts", "sector", "suburb", "suburbs", "direction", "directions", "axis"}
)


def _nearby(where: Where, preposition: str, said: str) -> Where:
    """What a distance does to a place: "near X" is within 25 km of it, "60 km from X" somewhere in its region."""
    if where.precision is not PlacePrecision.EXACT:
        return where
    if said == "far":
        return replace(where, precision=PlacePrecision.ADMIN1, lat=None, lon=None)
    if said or preposition in vocabulary().near_prepositions:
        return replace(where, precision=PlacePrecision.NEAR)
    return where


def _extent(line: Line, reading: Reading, site: str) -> tuple[int, int]:
    """From the direction to the type noun."""
    found, words = reading.spot, line.words
    start = line.starts[found.first - 1] if found.direction else found.start
    end = found.end
    noun = line.starts[found.last + 1] if found.last + 1 < len(words) else -1
    if reading.type_end > found.last and not found.possessive and noun - found.end == 1:
        if not any(found.last < s.first <= reading.type_end for s in line.spots):
            end = line.end(reading.type_end)
    elif site:
        end = line.end(found.last + len(site.split()))
    return start, end


def _facility(line: Line, found: Spot) -> str:
    """The noun of a site named after the town: "air base" after Engels."""
    words, first = line.words, found.last + 1
    if first >= len(words) or line.starts[first] - found.end != 1:
        return ""
    if words[first].lower not in vocabulary().facility_words:
        return ""
    for length in (3, 2, 1):
        noun = " ".join(w.text for w in words[first : first + length])
        if noun.lower() in vocabulary().facilities:
            return noun
    return ""


def _unlisted(
    article: _Article,
    line: Line,
    readings: list[Reading],
    reading: Reading,
    preposition: str,
    before: Sequence[PlaceMention],
) -> PlaceMention | None:
    site = _facility(line, reading.spot)
    start, end = _extent(line, reading, site)
    found = unlisted_where(
        article.text,
        line,
        readings,
        reading,
        preposition,
        site,
        before,
        article.context.main,
        article.surnames,
        article.gazetteer,
    )
    if found is None:
        return None
    where, confidence = found
    return PlaceMention(
        start, end, replace(where, words=article.text[start:end]), PLACE, preposition,
        locative=preposition in vocabulary().locative,
        possessive=reading.spot.possessive,
        typed=bool(reading.type_kind),
        kind=Kind.FACILITY if site else Kind.SETTLEMENT,
        sentence=line.sentence.index,
        confidence=confidence,
    )  # fmt: skip
