"""Which place a name means in its article.

The country is settled before the place: the countries that the article names (by name, adjective, capital or an
unmistakable town) set a prior. Then what the text states ("Vysoke in Sumy region") outweighs everything, how
exactly the name matches comes next, then nearness to the article's other places; population decides only between
equals.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from timeline.extraction.gazetteer.lookup import Gazetteer, Kind, Match, Place, fold
from timeline.extraction.places.geometry import contains, distance, may_be_near
from timeline.extraction.places.reading import Reading
from timeline.extraction.places.spotting import ALIAS, Candidates, Line, Spot
from timeline.extraction.places.vocabulary import is_common_word, vocabulary

_MATCH = {Match.PRIMARY: 2.0, Match.ALIAS: 2.0, Match.ALTERNATE: -1.0, Match.SPELLING: -1.5}
_KIND = {
    Kind.COUNTRY: 5.0, Kind.AREA: 3.0, Kind.FACILITY: 2.0,
    Kind.SETTLEMENT: 0.0, Kind.ADMIN1: -1.5, Kind.ADMIN2: -2.0,
}  # fmt: skip
FULL_SHARE = 0.3  # a country with this share of the leading country's mentions is as likely as the leader
ADJECTIVE = (
    0.9  # votes of "Saudi" in "Saudi air strikes on Sanaa": a little less than those of a country's name
)
NAMED = 0.3  # votes from which on an article says in which country it is set
_WAR_TOWN = 2.0  # what a town of the lexicon has over its namesakes: Pokrovsk in Donetsk, not in Yakutia
FRONT = 0.25  # share of a country's votes that the other side of its war is given
THEATRE = 0.15  # votes that countries at war are given where it does not say


Ranked = tuple[float, Match, Place]


@dataclass(slots=True)
class Context:
    """What the article says about where it is set. `own` is what each name itself has voted, by folded name."""

    votes: dict[str, float]
    own: dict[str, tuple[str, float]]
    in_sentence: dict[int, set[str]]
    seats: Mapping[str, str]  # key of a seat of power > the country it stands for
    admin1: set[str] = field(default_factory=set)
    anchors: dict[str, Place] = field(default_factory=dict)
    leader: float = 0.0  # votes of the country named most
    main: str = ""  # that country, "" when the article names none
    ranks: dict[tuple[object, ...], list[Ranked]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        best = max(self.votes, key=lambda country: self.votes[country], default="")
        self.leader = self.votes.get(best, 0.0)
        self.main = best if self.leader >= NAMED else ""

    def weight(self, country: str, apart_from: str = "") -> float:
        """0..1: how likely the article is set in a country, what the name `apart_from` says of itself left out."""
        votes, leader = self.votes.get(country, 0.0), self.leader
        if apart_from and (own := self.own.get(fold(apart_from))) and own[0] == country:
            votes -= own[1]
        return min(1.0, votes / (leader * FULL_SHARE)) if leader else 0.0

    def is_set(self, apart_from: str) -> bool:
        """Whether other names than this one say in which country the article is set."""
        country, vote = self.own.get(fold(apart_from), ("", 0.0))
        return any(votes - (vote if code == country else 0.0) >= NAMED for code, votes in self.votes.items())

    def likely(self, spot: Spot) -> bool:
        """Whether one of the name's places lies in a country that the article is about."""
        return any(self.weight(p.country, spot.surface) >= 0.5 for _, p in spot.candidates)


def context_of(text: str, lines: Sequence[Line], title: Sequence[Line], seats: Mapping[str, str]) -> Context:
    """Count the countries that text and title name."""
    votes: dict[str, float] = {}
    own: dict[str, tuple[str, float]] = {}
    in_sentence: dict[int, set[str]] = defaultdict(set)
    for source, weight in ((lines, 1.0), (title, 2.0)):
        for line in source:
            for spot in line.spots:
                country, vote = _vote(spot, line, seats)
                if vote >= ADJECTIVE:
                    votes[country] = votes.get(country, 0.0) + vote * weight
                    if source is lines and vote > ADJECTIVE:
                        in_sentence[spot.sentence].add(country)
                elif country and (name := fold(spot.surface)) not in own:
                    own[name] = (country, vote)
                    votes[country] = votes.get(country, 0.0) + vote
    lent: dict[str, float] = {}
    for one, other in vocabulary().fronts:
        lent[one] = max(lent.get(one, 0.0), FRONT * votes.get(other, 0.0))
        lent[other] = max(lent.get(other, 0.0), FRONT * votes.get(one, 0.0))
    for country, vote in lent.items():
        votes[country] = votes.get(country, 0.0) + vote
    if max(votes.values(), default=0.0) < NAMED:
        for country in vocabulary().theatres:
            votes[country] = votes.get(country, 0.0) + THEATRE
    return Context(votes, own, in_sentence, seats)


def _vote(spot: Spot, line: Line, seats: Mapping[str, str]) -> tuple[str, float]:
    """The country that a name speaks for: 1 for a country or its capital, less for a town known by its size."""
    if spot.demonym:
        return spot.demonym, ADJECTIVE
    named = [p for m, p in spot.candidates if m <= ALIAS]
    for place in named:
        if place.kind == Kind.COUNTRY or (place.key in seats and place.population > 100_000):
            return place.country, 1.0
    named.sort(key=lambda p: -p.population)
    if not named or not named[0].country:
        return "", 0.0
    after = line.words[spot.last + 1].lower if spot.last + 1 < len(line.words) else ""
    if after in vocabulary().types:
        called = {
            p.country for p in named if p.kind == Kind.ADMIN1 and vocabulary().calls_it(p.country, after)
        }
        if len(called) == 1:
            return called.pop(), ADJECTIVE
    if named[0].kind == Kind.ADMIN1 and len({p.country for p in named if p.population > 100_000}) == 1:
        return named[0].country, 0.8
    before = line.words[spot.first - 1].lower if spot.first else ""
    if before not in vocabulary().locative and before != "of":
        return "", 0.0
    if len({p.country for p in named}) == 1:
        return named[0].country, 0.4 if named[0].population > 50_000 else 0.2
    if named[0].population > 150_000 and named[0].population > 8 * named[1].population:
        return named[0].country, 0.4
    return "", 0.0


def resolve(lines: Sequence[list[Reading]], context: Context, gazetteer: Gazetteer) -> None:
    """Give every reading its place; those that stay without are unknown names.

    First the clear ones, which become anchors; then all, with nearness to the anchors.
    """
    readings = [r for line in lines for r in line if not r.spot.demonym]
    for reading in readings:
        if not reading.candidates:
            reading.candidates = _by_spelling(reading, context, gazetteer)
    for reading in readings:
        if not reading.candidates:
            continue
        ranked = _ranked(reading, context)
        best = ranked[0][2]
        if context.weight(best.country, reading.spot.surface) > 0.3 or reading.containers:
            clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] > 1.5
            if (
                clear
                and best.kind in (Kind.SETTLEMENT, Kind.FACILITY, Kind.ADMIN2)
                and len(context.anchors) < 40
            ):
                context.anchors[best.key] = best
            if best.kind == Kind.ADMIN1:
                context.admin1.add(best.admin1_code)
    for reading in readings:
        if reading.candidates:
            _, reading.match, reading.place = _ranked(reading, context)[0]
    for reading in reversed(readings):  # containers mostly come after what they contain
        if reading.place and _is_namesake(reading, reading.place, context):
            reading.place = None
    for reading in readings:
        for container in reading.containers:
            if container.place and (reading.place is None or contains(container.place, reading.place)):
                container.qualifies = True


def _is_namesake(reading: Reading, place: Place, context: Context) -> bool:
    """Whether the best place only shares its name with the one meant, which no gazetteer has.

    So when it does not lie where the text says, or is a village in a country that the article does not name.
    """
    if reading.noun == "county" and place.country == "US" and place.kind != Kind.ADMIN2:
        return True  # "Utah County" is no state, and the index has no counties
    if place.kind not in (Kind.SETTLEMENT, Kind.ADMIN2):
        return False
    outer = [c for c in reading.containers if c.place]
    if outer:
        narrow = [c for c in outer if c.place and c.place.kind != Kind.COUNTRY][:1] or outer
        likely = reading.match <= ALIAS and context.weight(place.country, reading.spot.surface) >= 0.5
        return not any(_holds(o, place) for o in narrow) and (bool(reading.type_kind) or not likely)
    foreign = (
        context.is_set(reading.spot.surface) and context.weight(place.country, reading.spot.surface) < 0.05
    )
    small = reading.noun and reading.noun not in ("city", "capital", "port city", "town", "state", "province")
    if small and reading.match > ALIAS:
        return foreign
    return foreign and place.population < (100_000 if reading.noun else 5_000)


def _holds(container: Reading, place: Place) -> bool:
    outer = container.place
    if outer is None:
        return False
    around = outer.kind == Kind.SETTLEMENT and container.type_kind in (Kind.ADMIN1, Kind.ADMIN2)
    return contains(outer, place) or (
        around and distance(outer, place) < 100
    )  # "the Beni region" is around Beni


def _by_spelling(reading: Reading, context: Context, gazetteer: Gazetteer) -> Candidates:
    """Places whose name differs in romanisation only, in the countries that the article is about."""
    surface = reading.spot.surface
    if len(surface) < 5 or all(is_common_word(word) for word in surface.split()):
        return ()
    stated = {p.country for c in reading.containers for _, p in c.candidates}
    district = reading.type_kind in (Kind.ADMIN1, Kind.ADMIN2)
    return tuple(
        (m, p) for m, p in gazetteer.lookup(surface, True)
        if (p.country in stated or (not stated and context.weight(p.country) >= 1.0))
        and (district or p.kind != Kind.ADMIN2)
    )  # fmt: skip


def _ranked(reading: Reading, context: Context) -> list[Ranked]:
    """A reading's places, the likeliest first. A name by itself is ranked once for what is known so far."""
    candidates = reading.candidates
    if len(candidates) == 1:
        return [(0.0, *candidates[0])]
    if reading.type_kind or reading.containers or reading.contents:
        return _rank(reading, context)
    near = frozenset(context.in_sentence.get(reading.spot.sentence, ()))
    known = (id(candidates), near, len(context.anchors), len(context.admin1))  # both only grow
    if known not in context.ranks:
        context.ranks[known] = _rank(reading, context)
    return context.ranks[known]


def _rank(reading: Reading, context: Context) -> list[Ranked]:
    candidates = reading.candidates
    largest = max((p.population for m, p in candidates if m <= ALIAS), default=0)
    scored = [
        (_score(reading, match, place, context) - _outshone(reading, match, place, largest), match, place)
        for match, place in candidates
    ]
    scored.sort(key=lambda s: -s[0])
    bar = scored[0][0] - _NEAREST
    if scored[1][0] >= bar and context.anchors:
        scored = [
            (score + (_nearness(place, context) if score >= bar else 0.0), match, place)
            for score, match, place in scored
        ]
        scored.sort(key=lambda s: -s[0])
    return scored


def _outshone(reading: Reading, match: Match, place: Place, largest: int) -> float:
    """A small town is not meant where the same name is a city many times its size, unless the text says
    where it lies: "Geneva" is not Geneva, Florida, because Florida is mentioned too."""
    small = place.kind == Kind.SETTLEMENT and place.population * 30 < largest and largest > 100_000
    stated = any(contains(outer, place) for c in reading.containers for outer in _as_asked(c))
    return 4.0 if small and not stated else 0.0


_NEAREST = 2.0  # the most that nearness to the article's other places can add


def _nearness(place: Place, context: Context) -> float:
    if place.kind not in (Kind.SETTLEMENT, Kind.FACILITY):
        return 0.0
    found = 0.0
    for anchor in context.anchors.values():
        if may_be_near(anchor, place) and anchor.key != place.key:
            apart = distance(place, anchor)
            if apart < 100:
                return _NEAREST
            found = 1.0 if apart < 300 else found
    return found


def _score(reading: Reading, match: Match, place: Place, context: Context) -> float:
    spot = reading.spot
    score = _MATCH[match] + _KIND[place.kind]
    score += 4.0 * context.weight(place.country) if place.country else 5.0
    if place.country in context.in_sentence.get(spot.sentence, ()):
        score += 1.0
    if place.kind != Kind.ADMIN1 and place.admin1_code in context.admin1:
        score += 1.0
    if place.key in context.seats and match <= ALIAS:
        score += 2.0
    if match <= ALIAS and place.country in vocabulary().theatres and place.name in vocabulary().displayed:
        score += _WAR_TOWN
    score += 0.6 * math.log10(place.population + 10)
    score += _type_score(reading, place)
    for container in reading.containers:
        if any(contains(outer, place) for outer in _as_asked(container)):
            score += 8.0
    for inner in reading.contents:
        if not inner.candidates:
            score += (
                3.0 if place.kind in (Kind.COUNTRY, Kind.ADMIN1, Kind.ADMIN2) else 0.0
            )  # "Iguala, Guerrero"
        elif any(contains(place, p) for _, p in inner.candidates[:40]):
            score += 4.0
    return score


def _as_asked(container: Reading) -> list[Place]:
    """A container's places of the kind that its type noun asks for ("Sumy region" is not the city)."""
    kind = container.type_kind
    if kind in ("", Kind.SETTLEMENT):
        return [p for _, p in container.candidates]
    return [p for _, p in container.candidates if p.kind in (kind, Kind.AREA)] or [
        p for _, p in container.candidates
    ]


def _type_score(reading: Reading, place: Place) -> float:
    kind = reading.type_kind
    if not kind:
        return 0.0
    if place.kind == kind:
        return 7.5 if kind == Kind.ADMIN1 and vocabulary().calls_it(place.country, reading.noun) else 6.0
    if kind in (Kind.ADMIN1, Kind.ADMIN2):
        if place.kind in (Kind.ADMIN1, Kind.ADMIN2):
            return 3.5  # "the Khan Younis governorate", "Kano district"
        return 2.0 if place.kind == Kind.AREA else -1.0 if place.kind == Kind.SETTLEMENT else -4.0
    return -4.0 if place.kind == Kind.COUNTRY else -2.0
