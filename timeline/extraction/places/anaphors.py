"""Words that point back at a place: "the city", "the region", "there", "Nigeria's capital"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from timeline.extraction.findings import Where
from timeline.extraction.gazetteer.lookup import Gazetteer, Kind
from timeline.extraction.places.mention import PLACE, PlaceMention
from timeline.extraction.places.spotting import Line
from timeline.extraction.places.vocabulary import vocabulary


@cache
def _the() -> re.Pattern[str]:
    nouns = "|".join(
        noun.replace(" ", r"\s+") for noun in sorted(vocabulary().anaphors, key=len, reverse=True)
    )
    return re.compile(rf"\b[Tt](?:he|hat|his)\s+({nouns})\b(?!(?:\s+city|\s+town)?\s+of\b|-)")


_CAPITAL = re.compile(
    r"(?:['’]s?|)\s+(?:\w+\s+)?capital\b(?!\s+(?:of|punishment|letter|market|flight|gains)\b)"
)
_THERE = re.compile(  # not "there is", "is there"
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b(?!['’])(?!\s+(?:is|are|was|were|be|been|has|have|had"
    r"|will|would|may|might|must|can|could|should|no|seem\w*|remain\w*|appear\w*|exist\w*)\b)"
)
_BEFORE = re.compile(r"([a-z]+)\s+$")


def anaphors(
    line: Line, text: str, before: Sequence[PlaceMention], main: str, gazetteer: Gazetteer
) -> Iterator[PlaceMention]:
    """Mentions by a common noun, at the latest place of that kind. `main`: the article's country."""
    sentence = line.sentence

    def latest(start: int, reach: int, *kinds: str, noun: str = "") -> PlaceMention | None:
        for mention in reversed(before):
            if mention.sentence < sentence.index - reach:
                return None
            named = mention.role == PLACE and not mention.anaphor and not mention.qualifies
            if named and mention.start < start and mention.kind in kinds and _fits(noun, mention):
                return mention
        return None

    for m in _the().finditer(text, sentence.start, sentence.end):
        kind = vocabulary().anaphors[" ".join(m.group(1).split())]
        if _name_follows(line, m.end()):
            continue
        if kind == "capital":
            if main and (capital := gazetteer.capital(main)):
                yield _mention(text, m.start(), m.end(), line, capital.where(), Kind.SETTLEMENT)
        elif ":" in kind:
            if place := next((p for p in reversed(before) if p.where.key == kind), None):
                yield _mention(text, m.start(), m.end(), line, place.where, place.kind)
        elif target := latest(
            m.start(), _REACH if kind == Kind.SETTLEMENT else _SHORT, kind, noun=m.group(1)
        ):
            yield _mention(text, m.start(), m.end(), line, target.where, kind)
    has_there = text.find("there", sentence.start, sentence.end) >= 0
    for m in _THERE.finditer(text, sentence.start, sentence.end) if has_there else ():
        if target := latest(m.start(), _SHORT, *_ANYWHERE):
            yield _mention(text, m.start(), m.end(), line, target.where, target.kind)
    yield from _capitals(line, text, gazetteer)


_ANYWHERE = (Kind.SETTLEMENT, Kind.FACILITY, Kind.ADMIN1, Kind.ADMIN2, Kind.AREA, Kind.COUNTRY)


def _capitals(line: Line, text: str, gazetteer: Gazetteer) -> Iterator[PlaceMention]:
    """Capitals without their name: "Nigeria's capital", "the Iraqi capital"."""
    for spot in line.spots:
        m = _CAPITAL.match(text, spot.end, line.sentence.end)
        if m is None or _name_follows(line, m.end()):
            continue
        country = spot.demonym or next((p.country for _, p in spot.candidates if p.kind == Kind.COUNTRY), "")
        if country and (capital := gazetteer.capital(country)):
            yield _mention(text, spot.start, m.end(), line, capital.where(), Kind.SETTLEMENT)


def _mention(text: str, start: int, end: int, line: Line, where: Where, kind: str) -> PlaceMention:
    words = text[start:end]
    m = _BEFORE.search(text[max(line.sentence.start, start - 16) : start].removesuffix("the "))
    preposition = m.group(1) if m and m.group(1) in vocabulary().prepositions else ""
    return PlaceMention(
        start, end, replace(where, words=words), PLACE, preposition,
        locative=preposition in vocabulary().locative or words.lower() == "there",
        anaphor=True, possessive=text[end : end + 2] in ("'s", "’s"), kind=kind, sentence=line.sentence.index,
        confidence=0.7,
    )  # fmt: skip


_REACH, _SHORT = 8, 3  # sentences looked back over for a town, for anything else


def _fits(noun: str, mention: PlaceMention) -> bool:
    """Whether a country calls its divisions so: Nigeria has states, Ukraine has not."""
    if noun not in ("state", "province", "governorate", "oblast"):
        return True
    own = vocabulary().calls_it(mention.where.country, noun)
    return own and (noun != "state" or mention.typed)  # "the state" is more often the country's


def _name_follows(line: Line, at: int) -> bool:
    """Whether the name follows, and is the mention: "the town Lyman", "the capital, Kyiv"."""
    return any(at < s.start <= at + 3 and not s.demonym for s in line.spots)
