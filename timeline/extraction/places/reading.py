"""How a sentence's names hang together: type nouns, lists, and what the text says lies in what.

"two villages in Ukraine's Sumy and Donetsk regions", "Chenkai village in Wukari district, Taraba State",
"the Congolese town of Eringeti".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from timeline.extraction.gazetteer.lookup import Kind, Match, Place
from timeline.extraction.places.context import heads_a_body
from timeline.extraction.places.geometry import contains
from timeline.extraction.places.spotting import ALIAS, Candidates, Line, Spot, Word
from timeline.extraction.places.vocabulary import vocabulary


@dataclass(slots=True)
class Reading:
    """A spot on its way to a decision.

    `type_kind` is the kind of place that a type noun asks for, `type_end` the noun's last word where it follows the
    name (else -1). `containers` are the readings in which the text says it lies.
    """

    spot: Spot
    candidates: Candidates = ()
    type_kind: str = ""
    type_end: int = -1
    noun: str = ""  # the type noun itself
    containers: list["Reading"] = field(default_factory=list)
    located: bool = False  # it is "in" the first container, in so many words
    contents: list["Reading"] = field(default_factory=list)
    qualifies: bool = False
    place: Place | None = None
    match: Match = Match.PRIMARY

    @property
    def last(self) -> int:
        """Its last word, the type noun included."""
        return max(self.spot.last, self.type_end)

    @property
    def stated(self) -> bool:
        """Whether the text itself says that this is a place."""
        return bool(self.type_kind or self.containers or self.qualifies)


def read(
    line: Line, text: str, country: Callable[[str], Place | None], likely: Callable[[Spot], bool]
) -> list[Reading]:
    """The line's names in order. `likely`: whether a known name fits the article's countries."""
    readings: list[Reading] = []
    for spot in line.spots:
        reading = Reading(spot, spot.candidates)
        if spot.demonym and (place := country(spot.demonym)):
            reading.candidates, reading.place = ((Match.PRIMARY, place),), place
        if readings and _one_name(readings[-1], reading, text, likely):
            previous = readings[-1].spot
            merged = Spot(
                spot.sentence, previous.first, spot.last, previous.start, spot.end, text[previous.start : spot.end],
                direction=previous.direction, possessive=spot.possessive,
            )  # fmt: skip
            readings[-1] = Reading(merged)
        else:
            readings.append(reading)
    for reading in readings:
        if not reading.spot.demonym:
            reading.noun, reading.type_end = _type_noun(line, reading)
            reading.type_kind = vocabulary().types.get(reading.noun, "")
    # "the East" is a region of Cameroon only when it is called one
    readings = [r for r in readings if r.type_kind or not _is_direction(r.spot.surface)]
    _share_plural(line, text, readings)
    _link(line, text, readings)
    return readings


@lru_cache(maxsize=4096)
def _is_direction(surface: str) -> bool:
    return all(word in vocabulary().directions for word in surface.lower().split())


def _one_name(a: Reading, b: Reading, text: str, likely: Callable[[Spot], bool]) -> bool:
    """Whether two adjacent capitalised names are one that no gazetteer has ("Fili Mavou", "George Bush")."""
    if text[a.spot.end : b.spot.start] != " " or a.spot.demonym or b.spot.demonym:
        return False
    if b.spot.surface.lower() in vocabulary().types:
        return False
    broad = _is_broad(a) or _is_broad(b)
    if a.candidates and b.candidates:
        related = any(
            contains(p, q) or contains(q, p) for _, p in a.candidates[:20] for _, q in b.candidates[:20]
        )
        return not (related or broad)
    known = a if a.candidates else b
    return not known.candidates or not (broad or likely(known.spot))


def _is_broad(reading: Reading) -> bool:
    """Whether it may be a country, a division or another name that is unlikely to be half of a longer one."""
    return any(match <= ALIAS and place.kind in _BROAD for match, place in reading.candidates)


_BROAD = (Kind.COUNTRY, Kind.AREA, Kind.FACILITY, Kind.ADMIN1)


def _type_noun(line: Line, reading: Reading) -> tuple[str, int]:
    """The noun of "X region", "village of X", "an area called X"; its position where it follows the name, or -1."""
    words, spot, types = line.words, reading.spot, vocabulary().types
    after = spot.last + 1
    follows = after < len(words) and line.starts[after] - spot.end == 1
    if follows and words[after].lower in vocabulary().type_words and not heads_a_body(words, after):
        for length in (3, 2, 1):
            noun = " ".join(w.lower for w in words[after : after + length])
            if noun in types and noun not in _NEVER_AFTER:
                return noun, min(spot.last + length, len(words) - 1)
    if spot.last > spot.first and words[spot.last].lower in types:
        return words[spot.last].lower, -1  # part of the name: "Sumy region", "Gaza City"
    if not spot.first or spot.start - line.full_end(spot.first - 1) != 1:
        return "", -1
    end = spot.first - (words[spot.first - 1].lower in ("of", "called", "named"))
    if end == spot.first and (end == 0 or words[end - 1].lower not in _APPOSED):
        return "", -1
    if end and words[end - 1].lower in vocabulary().type_words and not heads_a_body(words, end - 1):
        for length in (3, 2, 1):
            noun = " ".join(w.lower for w in words[max(0, end - length) : end])
            if noun in types:
                return noun, -1
    return "", -1


_NEVER_AFTER = frozenset({"capital", "base", "capitals", "bases"})  # "the Kharkiv base" is not called Kharkiv
_APPOSED = frozenset({"city", "town", "village", "hamlet", "settlement", "kibbutz", "moshav"})
_LIST = frozenset({",", "and", ", and", "&", "or"})


def _share_plural(line: Line, text: str, readings: list[Reading]) -> None:
    """Let a plural noun hold for each of its list: "Sumy and Donetsk regions", "A, B and C villages"."""
    noun = -1  # last word of the plural noun that ends the list at hand
    for previous, reading in zip(reversed(readings[:-1]), reversed(readings[1:]), strict=True):
        if reading.type_end >= 0:
            noun = reading.type_end if line.words[reading.type_end].lower.endswith("s") else -1
        listed = text[previous.spot.end : reading.spot.start].strip() in _LIST
        if noun < 0 or not listed or previous.type_kind or previous.spot.demonym:
            noun = -1
        else:
            previous.type_kind, previous.noun = reading.type_kind, reading.noun
    for previous, reading in pairwise(readings):  # "the towns of A, B and C"
        listed = text[previous.spot.end : reading.spot.start].strip() in _LIST
        if listed and previous.noun.endswith("s") and previous.type_end < 0 and not reading.type_kind:
            reading.type_kind, reading.noun = previous.type_kind, previous.noun


def _link(line: Line, text: str, readings: list[Reading]) -> None:
    for i, reading in enumerate(readings):
        if reading.spot.demonym or _describes(line, reading):
            _describe(line, readings, i)
        if reading.spot.demonym:
            continue
        inner = reading
        for outer in readings[i + 1 : i + 6]:
            if outer.spot.demonym:
                continue
            link = _linked(line, text, inner, outer) if outer.spot.first > inner.last else ""
            if link == "in" and not outer.candidates:
                inner = outer  # an unknown place in between: "X village of Y in Z district"
                continue
            if not link or not outer.candidates:
                break
            plain = _insists(reading, outer) or _description(line.words[inner.last + 1 : outer.spot.first])
            if not (_may_contain(outer, reading) or (link == "in" and plain)):
                break
            if link == "," and not reading.candidates and not _is_division(outer):
                break
            reading.located |= link == "in" and not reading.containers
            reading.containers.append(outer)
            outer.contents.append(reading)
            inner = outer

    for previous, reading in zip(reversed(readings[:-1]), reversed(readings[1:]), strict=True):
        listed = text[previous.spot.end : reading.spot.start].strip() in _LIST
        if listed and reading.containers and not previous.containers and not previous.spot.demonym:
            previous.containers = list(reading.containers)


def _insists(inner: Reading, outer: Reading) -> bool:
    """Whether the text is plain enough about "X in Y" to doubt every X that the gazetteer has elsewhere."""
    if inner.type_kind in (Kind.ADMIN1, Kind.ADMIN2) and not _is_division(outer):
        return False
    return inner.type_kind == Kind.SETTLEMENT or outer.type_kind in (Kind.ADMIN1, Kind.ADMIN2)


def _describes(line: Line, reading: Reading) -> bool:
    """Whether it may say where the next name lies: "Ukraine's Sumy", "the Pakistan province of Balochistan"."""
    if not reading.candidates:
        return False
    broad = reading.candidates[0][1].kind in (Kind.COUNTRY, Kind.AREA, Kind.ADMIN1)
    return reading.spot.possessive or (broad and reading.type_end > 0) or _is_sea(reading)


def _is_sea(reading: Reading) -> bool:
    """Seas describe what lies on them: "Ukraine's Black Sea Odesa region", "the Red Sea port city of Hodeidah"."""
    return (
        bool(reading.candidates)
        and reading.candidates[0][1].kind == Kind.AREA
        and not reading.candidates[0][1].country
    )


def _describe(line: Line, readings: list[Reading], i: int) -> None:
    vocab, describing = vocabulary(), readings[i]
    for inner in readings[i + 1 : i + 4]:
        span = line.words[describing.spot.last + 1 : inner.spot.first]
        known = {k for r in readings[i + 1 :] for k in range(r.spot.first, r.spot.last + 1)}
        if len(span) > 6 or not all(
            w.lower in vocab.passed or w.lower in vocab.types or w.lower in ("of", "and") or k in known
            for k, w in enumerate(span, describing.spot.last + 1)
        ):
            return
        if _is_sea(describing) and (span or inner.spot.start - describing.spot.end == 1):
            describing.qualifies = True
            return
        if _may_contain(describing, inner) and not inner.spot.demonym:
            inner.containers.append(describing)
            describing.contents.append(inner)
            if (
                describing.type_kind == Kind.SETTLEMENT
            ):  # in "the Donetsk town of Bakhmut" Bakhmut is the town
                describing.noun, describing.type_kind, describing.type_end = "", "", -1
            describing.qualifies = not describing.spot.demonym


_LINKS = frozenset({"in", "of", "the", "a", "an", "at", "part"})
_COMPASS = re.compile(r"(?:north|south|east|west)(?:-?(?:east|west))?$")


def _is_division(reading: Reading) -> bool:
    kinds = (Kind.COUNTRY, Kind.ADMIN1, Kind.ADMIN2)
    return reading.type_kind != Kind.SETTLEMENT and any(p.kind in kinds for _, p in reading.candidates)


def _linked(line: Line, text: str, inner: Reading, outer: Reading) -> str:
    """How a mere description joins two names: "in" for "X village in the northern Y", "," for "X, Y", else ""."""
    vocab = vocabulary()
    first = inner.last + 1
    span = line.words[first : outer.spot.first]
    if len(span) > 9:
        return ""
    link = line.gap(text, first - 1, first if span else outer.spot.first).strip().translate(_BRACKETS)
    if link not in ("", ","):
        return ""
    if not span and inner.spot.possessive:
        return "in"  # "Mozogo in Cameroon's Far North"
    if not link and inner.type_kind == Kind.ADMIN1 and any(w.lower in ("capital", "capitals") for w in span):
        return ""  # "the Bihar state capital of Patna"
    commas = len(link)
    description = _description(span) if link else 0
    for k, word in enumerate(span, first):
        low = word.lower
        if low in ("in", "of", "at"):
            compass = low == "of" and k > first and _COMPASS.match(line.words[k - 1].lower)
            if compass and (k < first + 2 or line.words[k - 2].lower != "the"):
                return ""  # "Kut, south of Baghdad" is not in Baghdad
            if low == "of" and link == "," and outer.type_end < 0 and line.words[k - 1].lower == outer.noun:
                return ""  # "in the district, the town of Y": an item of its own
            link = "in"
        elif not (
            low in _LINKS or low in vocab.passed or low in vocab.types or k in line.adjectives
            or (not link and low in vocab.facility_words) or k - first < description
        ):  # fmt: skip
            return ""
        gap = line.gap(text, k, k + 1).strip().translate(_BRACKETS)
        if gap not in ("", ","):
            return ""
        commas += len(gap)
        link = link or gap
    return link if commas < 2 else ""


_BRACKETS = str.maketrans("[(", ",,")


def _description(span: list[Word]) -> int:
    """Length of "a fishing community", "the main market town" at the beginning of an apposition."""
    if span[:1] and span[0].lower in ("a", "an", "the"):
        for k, word in enumerate(span[1:6], 1):
            if word.lower in vocabulary().types:
                return k + 1
            if word.capital:
                break
    return 0


def _may_contain(outer: Reading, inner: Reading) -> bool:
    """Whether some reading of `outer` contains some reading of `inner`; an unknown name may lie anywhere."""
    if not inner.candidates:
        return True
    return any(contains(o, i) for _, o in outer.candidates for _, i in inner.candidates[:60])
