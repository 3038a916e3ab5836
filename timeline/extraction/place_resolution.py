"""Which place a name means in its article.

The country is settled before the place: the countries that the article names (by name, adjective, capital or an
unmistakable town) set a prior. Then what the text states ("Vysoke in Sumy region") outweighs everything, how exactly
the name matches comes next, then nearness to the article's other places; population decides only between equals.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from timeline.extraction.gazetteer import Gazetteer, Kind, Match, Place, fold
from timeline.extraction.place_spotting import Line, Spot, type_nouns, word_set

Candidates = tuple[tuple[Match, Place], ...]

_MATCH = {Match.PRIMARY: 2.0, Match.ALIAS: 2.0, Match.ALTERNATE: 0.0, Match.SPELLING: -0.5}
_KIND = {
    Kind.COUNTRY: 5.0,
    Kind.AREA: 3.0,
    Kind.FACILITY: 2.0,
    Kind.SETTLEMENT: 0.0,
    Kind.ADMIN1: -0.4,
    Kind.ADMIN2: -2.0,
}
_BREADTH = {
    Kind.FACILITY: 0,
    Kind.SETTLEMENT: 1,
    Kind.ADMIN2: 2,
    Kind.ADMIN1: 3,
    Kind.AREA: 3,
    Kind.COUNTRY: 4,
}
FULL_SHARE = 0.3  # a country with this share of the leading country's mentions is as likely as the leader


@dataclass(slots=True)
class Reading:
    """A spot on its way to a decision. `containers` are the readings that the text says it lies in."""

    spot: Spot
    type_kind: str = ""  # "region", "village of": the kind that a type noun asks for
    type_span: tuple[int, int] = (0, 0)
    containers: list["Reading"] = field(default_factory=list)
    qualifies: bool = False
    place: Place | None = None
    match: Match = Match.PRIMARY
    candidates: Candidates = ()


@dataclass(slots=True)
class Context:
    """What the article says about where it is set."""

    votes: dict[str, float]
    in_sentence: dict[int, set[str]]
    admin1: set[str] = field(default_factory=set)
    anchors: list[Place] = field(default_factory=list)
    resolved: dict[str, str] = field(default_factory=dict)  # folded name > key

    def weight(self, country: str) -> float:
        leader = max(self.votes.values(), default=0.0)
        return min(1.0, self.votes.get(country, 0.0) / (leader * FULL_SHARE)) if leader else 0.0

    @property
    def countries(self) -> list[str]:
        """Countries with a full weight, the most named first."""
        return [c for c in sorted(self.votes, key=lambda c: -self.votes[c]) if self.weight(c) >= 1.0]

    @property
    def main(self) -> str:
        return max(self.votes, key=lambda c: self.votes[c], default="")


def context_of(lines: Sequence[Line], title: Sequence[Line], capitals: Callable[[str], str]) -> Context:
    """Count the countries that text and title name. `capitals` maps a place key to the country it governs, or ""."""
    votes: dict[str, float] = defaultdict(float)
    in_sentence: dict[int, set[str]] = defaultdict(set)
    for line, weight in [*((line, 1.0) for line in lines), *((line, 2.0) for line in title)]:
        for spot in line.spots:
            country, vote = _vote(spot, capitals)
            if country:
                votes[country] += vote * weight
                if weight == 1.0 and vote >= 1.0:
                    in_sentence[spot.sentence].add(country)
    return Context(dict(votes), in_sentence)


def _vote(spot: Spot, capitals: Callable[[str], str]) -> tuple[str, float]:
    if spot.demonym:
        return spot.demonym, 1.0
    best_match, best = spot.candidates[0]
    for match, place in spot.candidates:
        if place.kind == Kind.COUNTRY and match <= Match.ALIAS:
            return place.country, 1.0
        if capitals(place.key) and match <= Match.ALIAS:
            return place.country, 1.0
    named = [(m, p) for m, p in spot.candidates if m <= Match.ALIAS]
    if named:
        countries = {p.country for _, p in named}
        if len(countries) == 1:
            return next(iter(countries)), 0.7
        sizes = sorted((p.population, p.country) for _, p in named if p.kind == Kind.SETTLEMENT)[::-1]
        if len(sizes) > 1 and sizes[0][0] > 150_000 and sizes[0][0] > 8 * sizes[1][0]:
            return sizes[0][1], 0.5
    elif len(spot.candidates) == 1 and best.population > 20_000:
        return best.country, 0.3
    return "", 0.0


def read(line: Line, text: str) -> list[Reading]:
    """The line's spots and unknown names in order, with type nouns and stated containers."""
    readings = [
        Reading(spot, candidates=spot.candidates)
        for spot in sorted([*line.spots, *line.unknown], key=lambda s: (s.start, -s.end))
        if not spot.demonym
    ]
    for reading in readings:
        _type(line, reading)
    _share_plural(line, text, readings)
    _link(line, text, readings)
    return readings


def _type(line: Line, reading: Reading) -> None:
    """Find "<Name> region" or "village of <Name>"."""
    words, spot, nouns = line.words, reading.spot, type_nouns()
    if not spot.possessive:
        for length in (3, 2, 1):
            span = words[spot.last + 1 : spot.last + 1 + length]
            if len(span) == length and span[0].start - spot.end == 1:
                noun = " ".join(w.lower for w in span)
                if noun in nouns and noun not in {"capital", "base"}:
                    reading.type_kind, reading.type_span = nouns[noun], (spot.last + 1, spot.last + length)
                    return
    before = words[max(0, spot.first - 5) : spot.first]
    if before and before[-1].lower == "of":
        before = before[:-1]
    elif not before or before[-1].lower not in {
        "city",
        "town",
        "village",
        "hamlet",
        "settlement",
        "kibbutz",
        "capital",
    }:
        return
    for length in (3, 2, 1):
        noun = " ".join(w.lower for w in before[-length:])
        if len(before) >= length and noun in nouns:
            reading.type_kind = nouns[noun]
            return


def _share_plural(line: Line, text: str, readings: list[Reading]) -> None:
    """ "Sumy and Donetsk regions", "Mangari and Warawara villages": the noun holds for each of the list."""
    for i in range(len(readings) - 1, 0, -1):
        reading, previous = readings[i], readings[i - 1]
        if not reading.type_kind or previous.type_kind or not reading.type_span[1]:
            continue
        noun = line.words[reading.type_span[1]].lower
        gap = text[previous.spot.end : reading.spot.start].strip()
        if noun.endswith("s") and gap in {",", "and", ", and", "&", "or"}:
            previous.type_kind, previous.type_span = reading.type_kind, (0, reading.type_span[1])


_LINKS = frozenset(["in", "of", "the", "a", "an", "at", "near", "on"])


def _link(line: Line, text: str, readings: list[Reading]) -> None:
    demonyms = {i for s in line.spots if s.demonym for i in range(s.first, s.last + 1)}
    passed = word_set("passed", "words") | word_set("directions", "words")
    nouns = type_nouns()

    def between(a: Reading, b: Reading) -> bool:
        first = max(a.spot.last, a.type_span[1]) + 1
        span = line.words[first : b.spot.first]
        if len(span) > 9:
            return False
        gap = text[line.words[first - 1].full_end : line.words[first].start if span else b.spot.start]
        comma = "," in gap
        linked = comma
        for k, word in enumerate(span, first):
            low = word.lower
            if low in {"in", "of"}:
                linked = True
            elif not (low in _LINKS or low in passed or low in nouns or k in demonyms):
                return False
            if k > first and text[line.words[k - 1].full_end : word.start].strip() not in {"", ","}:
                return False
        if span and text[span[-1].full_end : b.spot.start].strip() not in {"", ","}:
            return False
        return linked

    for i, a in enumerate(readings):
        last = a
        for b in readings[i + 1 : i + 5]:
            if b.spot.first <= last.spot.last or not b.candidates:
                break
            if not between(last, b):
                break
            if not _may_contain(a, b):
                break
            a.containers.append(b)
            last = b
        if a.spot.possessive and a.candidates:
            for b in readings[i + 1 : i + 3]:
                span = line.words[a.spot.last + 1 : b.spot.first]
                if len(span) <= 5 and all(
                    w.lower in passed or w.lower in nouns or w.lower == "of" for w in span
                ):
                    if _may_contain(b, a):
                        b.containers.append(a)
                        a.qualifies = True


def _may_contain(inner: Reading, outer: Reading) -> bool:
    """Whether some reading of `outer` contains some reading of `inner`."""
    if not inner.candidates:
        return True
    return any(contains(o, i) for _, o in outer.candidates for _, i in inner.candidates[:40])


def contains(outer: Place, inner: Place) -> bool:
    if outer.key == inner.key or outer.country != inner.country:
        return False
    if outer.kind == Kind.COUNTRY:
        return inner.kind != Kind.COUNTRY
    if outer.kind == Kind.ADMIN1:
        return inner.kind not in (Kind.COUNTRY, Kind.ADMIN1) and inner.admin1_code == outer.admin1_code
    if outer.kind == Kind.ADMIN2:
        if inner.kind not in (Kind.SETTLEMENT, Kind.FACILITY) or inner.admin1_code != outer.admin1_code:
            return False
        return inner.admin2 == outer.name or distance(outer, inner) < 60
    if outer.kind == Kind.AREA:
        return inner.kind == Kind.SETTLEMENT and distance(outer, inner) < 250
    return (
        inner.kind in (Kind.SETTLEMENT, Kind.FACILITY)
        and outer.population > 20 * inner.population
        and distance(outer, inner) < 40
    )


def distance(a: Place, b: Place) -> float:
    """Kilometres between two places on a sphere; infinite where a coordinate is unknown."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.inf
    lat1, lon1, lat2, lon2 = map(math.radians, (a.lat, a.lon, b.lat, b.lon))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def resolve(lines: Sequence[list[Reading]], context: Context, gazetteer: Gazetteer) -> None:
    """Give every reading its place; those that stay without are unknown names.

    First the clear ones, which become anchors; then all, with nearness to the anchors.
    """
    readings = [r for line in lines for r in line]
    for reading in readings:
        if not reading.candidates:
            reading.candidates = _by_spelling(reading, context, gazetteer)
    for reading in readings:
        if not reading.candidates:
            continue
        ranked = _ranked(reading, context)
        clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] > 1.5
        best = ranked[0][2]
        if clear and context.weight(best.country) > 0 and best.kind not in (Kind.COUNTRY, Kind.AREA):
            context.anchors.append(best)
        if best.kind == Kind.ADMIN1 and context.weight(best.country) > 0:
            context.admin1.add(best.admin1_code)
    for reading in readings:
        if reading.candidates:
            _, reading.match, reading.place = _ranked(reading, context)[0]
            context.resolved.setdefault(fold(reading.spot.surface) + reading.type_kind, reading.place.key)
    for reading in readings:
        for container in reading.containers:
            if container.place and (reading.place is None or contains(container.place, reading.place)):
                container.qualifies = True


def _by_spelling(reading: Reading, context: Context, gazetteer: Gazetteer) -> Candidates:
    surface = reading.spot.surface
    if len(fold(surface)) < 5:
        return ()
    found = gazetteer.lookup(surface, True)
    stated = {p.country for c in reading.containers for _, p in c.candidates}
    return tuple(
        (m, p) for m, p in found
        if p.country in stated or (context.weight(p.country) >= 1.0
        and (p.kind != Kind.ADMIN2 or reading.type_kind in ("admin2", "admin1")))
    )  # fmt: skip


def _ranked(reading: Reading, context: Context) -> list[tuple[float, Match, Place]]:
    scored = [(_score(reading, match, place, context), match, place) for match, place in reading.candidates]
    scored.sort(key=lambda s: -s[0])
    return scored


def _score(reading: Reading, match: Match, place: Place, context: Context) -> float:
    score = _MATCH[match] + _KIND[place.kind]
    score += 4.0 * context.weight(place.country) if place.country else 2.0
    if place.country in context.in_sentence.get(reading.spot.sentence, ()):
        score += 1.0
    if place.admin1_code in context.admin1:
        score += 1.0
    score += 0.6 * math.log10(place.population + 10)
    score += _type_score(reading, place)
    if any(contains(outer, place) for c in reading.containers for outer in _readings_of(c)):
        score += 8.0
    if context.resolved.get(fold(reading.spot.surface) + reading.type_kind) == place.key:
        score += 6.0
    if place.kind in (Kind.SETTLEMENT, Kind.FACILITY) and context.anchors:
        nearest = min((distance(place, a) for a in context.anchors if a.key != place.key), default=math.inf)
        score += 2.0 if nearest < 100 else 1.0 if nearest < 300 else 0.0
    return score


def _readings_of(container: Reading) -> Iterable[Place]:
    kind = container.type_kind
    return (
        p for _, p in container.candidates if not kind or kind == "settlement" or p.kind in (kind, Kind.AREA)
    )


def _type_score(reading: Reading, place: Place) -> float:
    kind = reading.type_kind
    if not kind:
        return 0.0
    if place.kind == kind:
        return 6.0
    if kind in (Kind.ADMIN1, Kind.ADMIN2) and place.kind in (Kind.ADMIN1, Kind.ADMIN2):
        return 3.5  # "the Khan Younis governorate", "Kano district"
    if place.kind == Kind.AREA and kind != Kind.SETTLEMENT:
        return 2.0
    if kind == Kind.ADMIN1 and place.kind == Kind.SETTLEMENT:
        return -1.0
    return -4.0 if place.kind == Kind.COUNTRY else -2.0
