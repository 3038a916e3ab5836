"""How much two accounts look like accounts of one act: weights, added up, each with its reason.

The weights are points on a common scale; `THRESHOLD` points say "the same act". A `VETO` settles the
matter at once. `weigh` is symmetrical and depends on the two accounts alone.
"""

from __future__ import annotations

from math import cos, hypot, radians

from timeline.clustering.accounts import Account
from timeline.extraction.codebook import (
    TYPES,
    Category,
    DateBasis,
    Modality,
    PlacePrecision,
    Precision,
)
from timeline.extraction.findings import Figure
from timeline.telling.wording import fold

THRESHOLD = 4.0
VETO = -100.0

Weight = tuple[float, str]
NOTHING: Weight = (0.0, "")

# ---- type ------------------------------------------------------------------------------------------

SAME_TYPE: Weight = (1.0, "same type")
OTHER_TYPE: Weight = (VETO, "types that do not go together")


def _related() -> dict[tuple[str, str], Weight]:
    """Pairs of types by which two outlets may name one act; any other pair is two acts."""
    rows: list[tuple[float, str, list[str]]] = [
        (
            0.6,
            "one means within a combined attack",
            ["combined missile", "combined drone", "combined airstrike"],
        ),
        (0.6, "one means within a combined attack", ["combined shelling"]),
        (
            0.6,
            "means not said by one",
            [f"attack {t}" for t in ("missile", "drone", "airstrike", "shelling")],
        ),
        (0.6, "means not said by one", ["attack combined", "attack explosion"]),
        (0.4, "means told differently", ["missile airstrike", "missile shelling", "explosion drone"]),
        (0.2, "means told differently", ["drone airstrike", "missile drone", "explosion missile"]),
        (0.2, "means told differently", ["explosion airstrike", "shelling airstrike"]),
        (0.3, "fighting and attack", ["clash attack"]),
        (
            -0.6,
            "an attack and its interception",
            [f"interception {t}" for t in ("drone", "missile", "combined")],
        ),
        (0.6, "related types", ["capture recapture"]),
        (
            0.3,
            "related types",
            ["capture advance", "capture control", "recapture advance", "recapture control"],
        ),
        (0.3, "related types", ["advance incursion", "withdrawal capture", "withdrawal recapture"]),
        (0.6, "related types", ["talks visit"]),
        (
            0.2,
            "related types",
            ["talks agreement", "proposal agreement", "sanction agreement", "aid agreement"],
        ),
        (0.4, "related types", ["statement threat", "statement accusation", "statement rejection"]),
        (0.4, "related types", ["statement proposal", "threat proposal", "rejection accusation"]),
        (0.2, "related types", ["threat accusation", "rejection threat", "proposal rejection"]),
        (0.2, "related types", ["statement aid", "statement sanction", "threat sanction", "proposal aid"]),
    ]
    table = {(code, code): SAME_TYPE for code in TYPES}
    for weight, why, pairs in rows:
        for one, other in (pair.split() for pair in pairs):
            table[one, other] = table[other, one] = (weight, why)
    return table


RELATED = _related()
# Acts so rare that the same type by the same side in one month is the same act.
LANDMARKS = frozenset({"incursion", "annexation", "recapture"})
# One-time acts on land: accounts differ by days over when the place changed hands.
CHANGES_OF_HANDS = frozenset({"capture", "recapture", "withdrawal", "annexation"})
SPEECH = frozenset({"statement", "threat", "accusation", "rejection", "proposal", "demand"})
MEETINGS = frozenset({"talks", "visit", "agreement", "exchange"})


def _type(a: Account, b: Account) -> Weight:
    return RELATED.get((a.type, b.type), OTHER_TYPE)


# ---- date ------------------------------------------------------------------------------------------

COARSE = frozenset({Precision.MONTH, Precision.YEAR})
# The act happened on that day or before it: what is said is when it was announced or printed.
BOUNDS = frozenset({DateBasis.SPEECH, DateBasis.PUBLICATION})
# Days between two accounts of one act, at most.
REACH = {Category.DIPLOMACY: 2, Category.STRIKE: 2, Category.TERRITORY: 7}
FAR_APART: Weight = (VETO, "dates too far apart")


def _date(a: Account, b: Account) -> Weight:
    gap = max(a.first, b.first) - min(a.last, b.last)
    if a.precision in COARSE or b.precision in COARSE:
        return _coarse_date(a, b, gap)
    if gap <= 0:
        if a.first == b.first and a.last == b.last:
            if a.night and b.night:
                return 2.2, "same night"
            if a.basis in BOUNDS and b.basis in BOUNDS:
                # Talks are mentioned on many days that they were not held on.
                return (0.8 if a.type == b.type == "talks" else 1.5), "same day of report"
            return 2.0, "same date"
        if a.night and b.night and gap == 0:
            return -1.0, "one night apart"
        if (a.night or b.night) and a.last - a.first <= 1 and b.last - b.first <= 1:
            return 1.6, "the night touches that day"
        if Precision.WEEK in (a.precision, b.precision):
            return 0.6, "within the same week"
        return 1.0, "dates overlap"
    later = a if a.first > b.first else b
    bounded = later.basis in BOUNDS
    if gap == 1:
        return (0.8, "reported the day after") if bounded else (-1.0, "one day apart")
    if gap > REACH[a.category]:
        return FAR_APART
    if later.denies and a.category is Category.TERRITORY:
        return -0.2, "denied days later"
    if a.type in CHANGES_OF_HANDS and b.type in CHANGES_OF_HANDS:
        return (0.2, "reported within the week") if bounded else (-0.2, "days apart, as accounts of it are")
    if bounded and gap <= REACH[Category.STRIKE]:
        return -0.4, "reported days later"
    return FAR_APART


def _coarse_date(a: Account, b: Account, gap: int) -> Weight:
    """A month or a year meets only what is rare, or is about the same settlement."""
    if gap > 0:
        return FAR_APART
    if a.type != b.type or not (a.type in LANDMARKS or (a.place_key == b.place_key != "" and _level(a) == 3)):
        return VETO, "only a month or year in common"
    return (0.2, "same year") if Precision.YEAR in (a.precision, b.precision) else (1.5, "same month")


# ---- place -----------------------------------------------------------------------------------------

_LEVELS = {
    PlacePrecision.EXACT: 3,
    PlacePrecision.NEAR: 3,
    PlacePrecision.ADMIN2: 2,
    PlacePrecision.ADMIN1: 1,
    PlacePrecision.COUNTRY: 0,
    PlacePrecision.INTERNATIONAL: 0,
}
SAME_PLACE: dict[int, Weight] = {
    3: (2.5, "same settlement"),
    2: (1.8, "same district"),
    1: (1.3, "same region"),
    0: (0.4, "same country or waters"),
}
NEIGHBOURS_KM, SURROUNDINGS_KM = 10.0, 25.0


def _level(a: Account) -> int:
    return _LEVELS[a.place_precision] if a.place_precision is not None else -1


def kilometres(a: Account, b: Account) -> float | None:
    """Distance, good enough for tens of kilometres; None where either has no coordinates."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    return 111.2 * hypot(a.lat - b.lat, (a.lon - b.lon) * cos(radians((a.lat + b.lat) / 2)))


def _place(a: Account, b: Account) -> Weight:
    diplomatic = a.category is Category.DIPLOMACY
    if not a.place_key or not b.place_key:
        one_has = bool(a.place_key or b.place_key)
        return (-0.6, "place known to one only") if one_has and not diplomatic else NOTHING
    level_a, level_b = _level(a), _level(b)
    if a.place_key == b.place_key:
        return SAME_PLACE[min(level_a, level_b)]
    elsewhere = (-1.5, "different places") if diplomatic else (VETO, "different places")
    if diplomatic and a.type in SPEECH and b.type in SPEECH:
        elsewhere = (-0.3, "about different places")
    if a.country != b.country:
        return elsewhere
    if a.admin1 and b.admin1 and a.admin1 != b.admin1:
        return elsewhere
    if level_a == level_b == 3:
        if a.place_name and fold(a.place_name) == fold(b.place_name):
            return SAME_PLACE[3]
        apart = kilometres(a, b)
        if apart is not None and a.category is not Category.TERRITORY:
            if apart <= NEIGHBOURS_KM:
                return 0.3, "neighbouring places"
            if apart <= SURROUNDINGS_KM:
                return -0.8, "places within 25 km"
        return elsewhere
    if min(level_a, level_b) == 0:
        return -0.2, "one place lies in the other's country"
    if min(level_a, level_b) == 1 and a.admin1 == b.admin1:
        return 0.7, "one place lies in the other's region"
    if level_a != level_b and a.admin1 == b.admin1 != "":
        return 0.4, "perhaps the same district"
    return elsewhere


# ---- who, to whom, with what -----------------------------------------------------------------------


def _sides(a: Account, b: Account) -> Weight:
    if a.category is Category.DIPLOMACY or (a.type in SPEECH and b.type in SPEECH):
        return _parties(a, b)
    if a.sides and b.sides:
        if a.sides & b.sides:
            return 0.8, "same side acted"
        if {a.type, b.type} in ({"withdrawal", "capture"}, {"withdrawal", "recapture"}, {"clash"}):
            return NOTHING  # one side leaves what the other takes; a clash has two sides
        # Each may blame the other for one strike on one town; in a region both strike on the same day.
        one_town = (
            a.category is Category.STRIKE and a.place_key == b.place_key and _level(a) == _level(b) == 3
        )
        return (-1.9 if one_town else -3.0), "different sides acted"
    return NOTHING


def _parties(a: Account, b: Account) -> Weight:
    if a.type in MEETINGS and b.type in MEETINGS:
        return _met(a, b)
    if a.surnames and b.surnames:
        if a.surnames & b.surnames:
            return 2.0, "same person"
        if a.type in SPEECH and b.type in SPEECH:
            return -3.0, "different speakers"
    if a.sides and b.sides:
        if not a.sides & b.sides:
            return -3.0, "different sides acted"
        if a.initiators & b.initiators and not (a.surnames or b.surnames):
            return 1.3, "same body acted"
        return 0.6, "same side acted"
    if a.initiators & b.initiators:
        return 1.3, "same body acted"
    if a.initiators and b.initiators:
        return -2.0, "different bodies acted"
    return NOTHING


def _met(a: Account, b: Account) -> Weight:
    """Who met: two parties make a meeting, one party has many in a day."""
    all_a = a.sides | a.party_sides | a.target_sides
    all_b = b.sides | b.party_sides | b.target_sides
    shared, people = len(all_a & all_b), len(a.surnames & b.surnames)
    if people > 1:
        return 2.2, "same people met"
    if shared > 1:
        if people:
            return 1.8, "same parties and a person in common"
        return (0.6, "same parties, other people") if a.surnames and b.surnames else (1.5, "same parties")
    if shared == 1 or people:
        if len(all_a) > 1 and len(all_b) > 1:
            return -0.8, "one party met others"
        return (1.2, "a person in common") if people else (0.4, "one party in common")
    return (-2.5, "different parties") if all_a and all_b else NOTHING


def _target(a: Account, b: Account) -> Weight:
    if a.target_words and b.target_words and a.target_words & b.target_words:
        return 0.5, "same target"
    if a.target_sides and b.target_sides and not {a.type, b.type} & MEETINGS:
        return (
            (0.4, "same side hit or addressed") if a.target_sides & b.target_sides else (-0.5, "other target")
        )
    return NOTHING


def _weapon(a: Account, b: Account) -> Weight:
    if a.weapon and b.weapon:
        return (0.4, "same weapon") if fold(a.weapon) == fold(b.weapon) else (-0.1, "other weapon")
    return NOTHING


def number(figure: Figure | None) -> int | None:
    """The figure to compare by: best, else low, else high."""
    if figure is None:
        return None
    return next((n for n in (figure.best, figure.low, figure.high) if n is not None), None)


def _toll(a: Account, b: Account) -> Weight:
    earlier, later = (a, b) if a.published <= b.published else (b, a)
    x, y = number(earlier.killed), number(later.killed)
    if x is not None and y is not None:
        if x == y:
            return (1.2, "same number killed") if x >= 3 else (0.7, "same number killed")
        if 3 * min(x, y) >= 2 * max(x, y) or abs(x - y) == 1:
            return 0.4, "near number killed"
        if abs(x - y) > 2 and 5 * min(x, y) < 2 * max(x, y):
            rose = y > x > 0 and earlier.published < later.published
            return (-0.5, "toll rose") if rose else (-1.2, "very different number killed")
        return NOTHING
    x, y = number(earlier.wounded), number(later.wounded)
    if x is not None and y is not None:
        if x == y:
            return (0.8, "same number wounded") if x >= 3 else (0.4, "same number wounded")
        if abs(x - y) > 4 and 3 * min(x, y) < max(x, y):
            return -0.5, "very different number wounded"
    return NOTHING


def _modality(a: Account, b: Account) -> Weight:
    supposed = (a.modality is Modality.HYPOTHETICAL) + (b.modality is Modality.HYPOTHETICAL)
    return (-0.8, "one only supposes it") if supposed == 1 else NOTHING


def _words(a: Account, b: Account) -> Weight:
    fewest = min(len(a.words), len(b.words))
    if not fewest:
        return NOTHING
    shared = len(a.words & b.words)
    if shared == len(a.words) == len(b.words) and shared >= 6:
        return 1.5, "same sentence"
    if 5 * shared >= 2 * fewest:
        return 0.5, "similar words"
    # One speech has several subjects; two articles that quote one person seldom share all their words.
    if a.article != b.article and a.type in SPEECH and b.type in SPEECH and 8 * shared < fewest:
        return -0.5, "about other things"
    return NOTHING


def _heading(a: Account, b: Account) -> Weight:
    """Both are what their articles are about."""
    if not a.heading or not b.heading:
        return NOTHING
    shared, fewest = len(a.heading & b.heading), min(len(a.heading), len(b.heading))
    if shared >= 3 and 2 * shared >= fewest:
        return 1.0, "under like headlines"
    return (0.5, "under related headlines") if shared >= 2 and 3 * shared >= fewest else NOTHING


_PARTS = (
    _type,
    _date,
    _place,  # the cheap ones that may veto come first
    _sides,
    _target,
    _weapon,
    _toll,
    _modality,
    _words,
    _heading,
)


def weigh(a: Account, b: Account) -> tuple[float, tuple[Weight, ...]]:
    """(points, what they are made of). Points below `VETO / 2` mean that a veto was met."""
    points = 0.0
    reasons = []
    for part in _PARTS:
        weight = part(a, b)
        if weight[1]:
            points += weight[0]
            reasons.append(weight)
            if weight[0] == VETO:
                return VETO, (weight,)
    return round(points, 6), tuple(reasons)  # rounded, so that a sum on the threshold is on the threshold


def alike(a: Account, b: Account) -> bool:
    """Whether the two by themselves would be taken for accounts of one act."""
    return weigh(a, b)[0] >= THRESHOLD


def related_types(type_: str) -> frozenset[str]:
    """The types that an account of this type can share an event with, itself included."""
    return _RELATED_TYPES[type_]


_RELATED_TYPES = {code: frozenset(other for one, other in RELATED if one == code) for code in TYPES}
