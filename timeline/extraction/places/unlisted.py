"""Places that no gazetteer has, but that the text presents as places: put where the text says they lie."""

import re
from collections.abc import Sequence

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.findings import Where
from timeline.extraction.gazetteer.lookup import Gazetteer, Kind, Match, Place, fold
from timeline.extraction.places.context import is_part_of_a_name, nearness
from timeline.extraction.places.mention import PlaceMention
from timeline.extraction.places.reading import Reading
from timeline.extraction.places.spotting import Line, Spot
from timeline.extraction.places.vocabulary import is_common_noun, is_common_word, vocabulary

_APPOSITIVE = re.compile(
    r",\s+(?:(?:a|an|the)\s+(?:[\w'-]+\s+){0,3}?(?:village|town|city|settlement|hamlet|suburb|district|community"
    r"|neighbou?rhood|area)\b|(?:about|some|around|nearly|roughly)?\s*\d[\d,.]*[\s-]?(?:km|kilomet|mile))"
)


def unlisted_where(
    text: str,
    line: Line,
    readings: Sequence[Reading],
    reading: Reading,
    preposition: str,
    site: str,
    before: Sequence[PlaceMention],
    main: str,
    persons: frozenset[str],
    gazetteer: Gazetteer,
) -> tuple[Where, float] | None:
    """Where a name without an entry lies, and the confidence that it is a place; None when nothing says so.

    `site`: the facility noun after it; `before`: earlier mentions; `main`: the article's country;
    `persons`: folded surnames in the article.
    """
    found, vocab = reading.spot, vocabulary()
    typed = reading.noun in vocab.plain_types
    contained = any(c.spot.start > found.end for c in reading.containers)
    if not typed and fold(found.surface) in persons:
        return None
    locative = preposition in vocab.locative
    presented = (
        typed
        or (contained and (locative or (reading.located and preposition in ("of", "to", "from"))))
        or (locative and (site[:1].isupper() or _APPOSITIVE.match(text, found.end) is not None))
    )
    if not presented and not _plainly_located(line, found, preposition):
        return None
    words = line.words[found.first : found.last + 1]
    if all(is_common_word(w.text) or w.lower in vocab.never for w in words):
        return None
    if is_part_of_a_name(line, text, found, None, typed):
        return None
    city = _city_around(reading, bool(site) or words[-1].lower in vocab.facility_words)
    if city is not None:
        return city.where(), 0.5 if presented else 0.3
    parent, precision = _parent(text, line, readings, reading, before, main, gazetteer)
    if parent is None:
        return None
    at_parent = precision is not PlacePrecision.COUNTRY
    where = Where(
        name=f"{found.surface} {site}".strip(),
        key=f"unlisted:{parent.admin1_code or parent.country}.{fold(found.surface).replace(' ', '-')}",
        country=parent.country,
        precision=precision,
        admin1=parent.admin1,
        lat=parent.lat if at_parent else None,
        lon=parent.lon if at_parent else None,
    )
    return where, 0.5 if presented else 0.3


_SETTLED = frozenset("village town settlement hamlet community city farm farmstead camp".split())


def _city_around(reading: Reading, is_site: bool) -> Place | None:
    """The city that a hotel, street or quarter stands in ("Banoda restaurant in Mogadishu"): the text supports
    the city's point, and no other. A village keeps its own name.
    """
    if reading.noun in _SETTLED:
        return None
    for container in reading.containers[:1]:
        place = container.place
        if place is not None and place.kind == Kind.SETTLEMENT:
            return place
        if is_site and not container.type_kind:  # "the X Hotel in Sousse": the town, not its governorate
            return next(
                (p for m, p in container.candidates if m <= Match.ALIAS and p.kind == Kind.SETTLEMENT), None
            )
    return None


def _plainly_located(line: Line, found: Spot, preposition: str) -> bool:
    """Whether the preposition stands right before one or two words that are no English ones: "in Hangu"."""
    if preposition not in ("in", "at", "near") or not found.first or found.possessive:
        return False
    words = line.words[found.first : found.last + 1]
    after = line.words[found.last + 1] if found.last + 1 < len(line.words) else None
    if after and line.starts[found.last + 1] - found.end == 1 and is_common_noun(after.text):
        return False  # "at Banoda restaurant", "in Peul villages"
    if line.words[found.first - 1].lower != preposition or len(words) > 2 or len(found.surface) < 4:
        return False
    return not any(is_common_word(w.text) or w.text.isupper() or w.lower in vocabulary().never for w in words)


_NEAR = re.compile(r"\b(?:near|outside)(?: the)?(?: [\w-]+){0,2}?(?: of)?\s*$")


def _parent(
    text: str,
    line: Line,
    readings: Sequence[Reading],
    reading: Reading,
    before: Sequence[PlaceMention],
    main: str,
    gazetteer: Gazetteer,
) -> tuple[Place | None, PlacePrecision]:
    """The known place that says where an unlisted one lies, and how precisely."""
    stated = [c.place for c in reading.containers if c.place]
    for place in stated:
        if place.kind != Kind.COUNTRY and place.country:
            return place, _precision_in(place)
    for other in readings:  # "around 20 km from the town of Mora"
        if other.place and other.place.kind == Kind.SETTLEMENT and other.spot.start > reading.spot.end:
            said = nearness(text, other.spot, reading.spot.end)
            if said == "near" or _NEAR.search(text, reading.spot.end, other.spot.start):
                return other.place, PlacePrecision.NEAR
            if said == "far":
                region = gazetteer.by_key(f"admin1:{other.place.country}.{other.place.admin1}")
                return region or gazetteer.country(other.place.country), PlacePrecision.ADMIN1
    country = next((place.country for place in stated if place.country), "")
    divisions = [
        (abs(other.spot.start - reading.spot.start), other.place)
        for other in readings
        if other.place
        and other is not reading
        and _is_surely_a_division(other)
        and country in ("", other.place.country)
    ]
    if divisions:
        nearest = min(divisions, key=lambda d: d[0])[1]
        return nearest, _precision_in(nearest)
    for mention in reversed(before):
        if mention.sentence < line.sentence.index - 2:
            break
        division = gazetteer.by_key(mention.where.key)
        if division and division.kind in (Kind.ADMIN1, Kind.ADMIN2) and country in ("", division.country):
            return division, _precision_in(division)
    for other in reversed(readings):
        if (
            not country
            and other.spot.end < reading.spot.start
            and other.place
            and other.place.kind == Kind.COUNTRY
        ):
            country = other.place.country
    country = country or main
    return (gazetteer.country(country) if country else None), PlacePrecision.COUNTRY


def _is_surely_a_division(reading: Reading) -> bool:
    """Whether it is a province or district and no town of that name: "Borno", "Kano State", but not "Vladimir"."""
    if reading.place is None or reading.place.kind not in (Kind.ADMIN1, Kind.ADMIN2):
        return False
    return bool(reading.type_kind) or all(p.kind != Kind.SETTLEMENT for _, p in reading.candidates)


def _precision_in(parent: Place) -> PlacePrecision:
    if parent.kind in (Kind.SETTLEMENT, Kind.FACILITY):
        return PlacePrecision.NEAR
    return PlacePrecision.ADMIN2 if parent.kind == Kind.ADMIN2 else PlacePrecision.ADMIN1
