"""Where one act took place, and acts of one sentence that differ in place only."""

from dataclasses import replace
from itertools import pairwise

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.findings import Figure
from timeline.extraction.frames.binding import contains
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.frames.scene import is_place
from timeline.extraction.gazetteer.lookup import Kind as PlaceKind
from timeline.extraction.grammar.numbers import parse_number
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.places.finding import PlaceMention
from timeline.extraction.reading import Reading


def told_apart(reading: Reading, c: Candidate) -> list[Candidate]:
    """ "Twelve were killed in A, eight in B and five in C": each place has its own figure.

    `c` is set on the first of them.
    """
    tokens = reading.parsed.tokens
    places = sorted((p for p in reading.places if is_place(p) and p.locative), key=lambda p: p.start)
    for t in reading.tolls:
        at = reading.position(t.trigger)
        if (
            not c.span[0] <= at < c.span[1]
            or t.part_of_total
            or t.cumulative
            or c.tolls.get(t.kind) != t.figure
        ):
            continue
        later = [p for p in places if at < reading.position(p.start) < c.span[1] and not p.qualifies]
        shares: list[Candidate] = []
        for left, right in pairwise(later):
            figure = _share(tokens[reading.position(left.end - 1) + 1 : reading.position(right.start)])
            if figure is not None:
                shares.append(
                    replace(c, place=right, tolls={t.kind: figure}, notes=[*c.notes, "its own share"])
                )
            elif shares:
                break
        if shares:
            c.place = later[0]
            return shares
    return []


def _share(between: list[Token]) -> Figure | None:
    """The figure of ", eight in" or "and at least six others near"; None when other words stand there."""
    words = [t.lower for t in between if t.lower not in _FILL]
    if len(words) < 2 or words[-1] not in ("in", "at", "near", "outside"):
        return None
    number = parse_number(" ".join(w for w in words[:-1] if w != "at"))
    if number is None or not any(t.lower in (",", "and", "while") for t in between[:1]):
        return None
    return Figure(number, number, None if "least" in {t.lower for t in between} else number, words[0])


_FILL = frozenset(
    ", and while another at least about further more people others persons civilians soldiers of them the".split()
)
_WITHIN_CITY = frozenset(
    "neighborhood neighbourhood district quarter square suburb area street market".split()
)


def elsewhere(reading: Reading, c: Candidate) -> list[Candidate]:
    """The same act told of further places in one list ("shelled A, B and C"), when no toll is told for all."""
    if c.place is None or c.tolls or (c.type == "clash" and not c.place.locative):
        return []
    listed = _list_of(reading, c.place)
    if len(listed) < 2 or any(p.qualifies for p in listed):
        return []
    return [
        replace(c, place=p, notes=[*c.notes, f"listed with {c.place.where.name}"])
        for p in listed
        if p is not c.place
    ]


def _list_of(reading: Reading, place: PlaceMention) -> list[PlaceMention]:
    """The places that commas and conjunctions join with this one, all of one precision."""
    tokens = reading.parsed.tokens
    places = sorted((p for p in reading.places if is_place(p)), key=lambda p: p.start)
    at = next((i for i, p in enumerate(places) if p is place), None)
    if at is None:
        return []
    listed = [place]
    for step in (1, -1):
        i = at + step
        while 0 <= i < len(places):
            left, right = (places[i - 1], places[i]) if step == 1 else (places[i], places[i + 1])
            between = tokens[reading.position(left.end - 1) + 1 : reading.position(right.start)]
            words = {t.lower for t in between}
            joined = bool(words & {",", "and", "well"}) and words <= _JOINING
            if not joined or places[i].where.precision is not place.where.precision:
                break
            listed.append(places[i])
            i += step
    joined_by_and = any(
        t.lower in ("and", "well")
        for t in tokens[
            reading.position(min(p.start for p in listed)) : reading.position(max(p.start for p in listed))
        ]
    )
    return sorted(listed, key=lambda p: p.start) if joined_by_and else [place]


_JOINING = frozenset((",", "and", "both", "as", "well", "in", "the", "near", "also"))


def one_of(reading: Reading, places: list[PlaceMention], span: tuple[int, int]) -> PlaceMention | None:
    """The first place; of three or more settlements the area that holds them all, if the text names it; of a
    neighbourhood the city, where that is named with it."""
    if places and _WITHIN_CITY & set(places[0].where.words.lower().split()):
        cities = [
            p
            for p in reading.places
            if is_place(p)
            and p.qualifies
            and p.kind == PlaceKind.SETTLEMENT
            and span[0] <= reading.position(p.start) < span[1]
        ]
        if cities:
            return cities[0]
    settled = [p for p in places if p.where.precision in (PlacePrecision.EXACT, PlacePrecision.NEAR)]
    if len(settled) >= 3:
        areas = [p for p in reading.places if is_place(p) and span[0] <= reading.position(p.start) < span[1]]
        holding = [p for p in areas if p not in settled and all(contains(p, s) for s in settled)]
        if holding:
            return holding[0]
    return next(iter(_list_of(reading, places[0])), places[0]) if places else None
