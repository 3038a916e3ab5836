"""Territory: one candidate for each place that a trigger names."""

from itertools import pairwise

from timeline.extraction.actors.registry import ARMED, PERSON, STATE, Actor
from timeline.extraction.codebook import Modality, PlacePrecision, Role
from timeline.extraction.frames.binding import (
    date_for,
    earlier,
    finest,
    phrase_date,
    places_for,
    speakers_for,
)
from timeline.extraction.frames.candidate import Candidate, add_parties, ours
from timeline.extraction.frames.scene import Scene
from timeline.extraction.modality import modality_of
from timeline.extraction.places.finding import PlaceMention
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Attribution

# Types that are told place by place; others are one act however many places are named.
_EACH_PLACE = frozenset(("capture", "recapture", "control"))
_PRESENT = ("VBZ", "VBP")
# Into another state they are an incursion, into a town an advance.
_INTO_TOWNS = frozenset(("march into", "roll into"))
_NOT_YET = (Modality.HYPOTHETICAL, Modality.PLANNED)


def territory(reading: Reading, index: int, scenes: list[Scene]) -> list[Candidate]:
    found: list[Candidate] = []
    for s in scenes:
        found += _candidates(reading, index, s)
    return found


def _candidates(reading: Reading, index: int, s: Scene) -> list[Candidate]:
    kind = s.trigger.entry.type
    if s.trigger.phrase == "occupy" and not s.trigger.nominal and s.tokens[s.trigger.head].tag in _PRESENT:
        kind = "control"
    modality, word = modality_of(reading.parsed, s.trigger.head, s.trigger.nominal)
    if kind == "demand":
        if s.trigger.phrase in ("recognise", "recognize") and modality is Modality.DENIED:
            return []  # "none of them recognises it"
        asks = s.trigger.phrase in _ASKING or _asked(reading, s)
        if modality is not Modality.HYPOTHETICAL and not asks:
            return []
        modality = Modality.OCCURRED
    elif modality is Modality.PLANNED and kind in ("withdrawal", "annexation"):
        pass
    elif modality in _NOT_YET:
        if kind not in ("capture", "recapture") or word not in (
            "try",
            "attempt",
            "seek",
            "aim",
            "in order to",
            "to",
            "fight",
        ):
            return []
        kind, modality = "advance", Modality.ONGOING
    it = not s.trigger.nominal and s.object[0] < len(s.tokens) and s.tokens[s.object[0]].lower == "it"
    places = _object_places(s) if kind in _EACH_PLACE or it else _land(s)
    if not places and kind in _EACH_PLACE:
        places = [p for p in places_for(s, s.span) if p.locative][:1]
    doers = _doers(s)
    if kind == "incursion":
        places = _invaded(s, places, doers)
        if s.trigger.phrase in _INTO_TOWNS and places and places[0].where.precision is PlacePrecision.EXACT:
            kind = "advance"
    measured = not places and doers and kind in _EACH_PLACE and _measured(s)
    if kind in ("capture", "recapture", "advance", "control", "withdrawal") and not places and not measured:
        return []
    if (
        kind in ("capture", "recapture", "advance", "control")
        and places
        and all(p.where.precision == PlacePrecision.COUNTRY for p in places)
        and not doers
    ):
        return []
    chosen: list[PlaceMention | None] = list(places[:8]) if kind in _EACH_PLACE else list(places[:1])
    found = []
    for place in chosen or [None]:
        candidate = Candidate(
            kind, index, s.trigger.head, s.span, s.trigger.entry.weight, f"territory:{s.trigger.phrase}",
            modality=modality, place=place, clause=s.clause_index, nominal=s.trigger.nominal,
        )  # fmt: skip
        names, says = speakers_for(reading, s.trigger.head)
        if kind == "demand" and not s.trigger.nominal and s.trigger.phrase not in _ASKING:
            doers = _demanding(s, says)
            add_parties(candidate, _giving(s), Role.TARGET)
        add_parties(candidate, doers, Role.INITIATOR)
        own = candidate.sides
        losers = [
            a
            for a in (*(s.subjects if s.passive else ()), *s.objects, *s.actors_in(*s.span))
            if a.side
            and a.side not in own
            and a.kind != PERSON
            and not _describes_subject(s, a)
            and (kind == "incursion" or not _is_the_place(reading, a, place))
        ]
        add_parties(candidate, losers[:1], Role.TARGET)
        candidate.date = phrase_date(s) or date_for(reading, s.trigger.head, s.clause_index)
        candidate.speakers = names
        if not doers:
            add_parties(candidate, ours(reading, s, says), Role.INITIATOR)
        if any(a.denies for a in says):
            candidate.modality = Modality.DENIED
        if word:
            candidate.notes.append(f"modality {modality} from “{word}”")
        if place is not None:
            candidate.notes.append(f"place “{place.where.words or place.where.name}”")
        if kind == "demand" and place is None and not candidate.side_of(Role.INITIATOR):
            return []  # of no land, and by nobody
        clause = s.clause
        candidate.past_perfect = earlier(reading, clause)
        candidate.strength = min(0.95, candidate.strength + 0.05 * (bool(doers) + bool(candidate.date) - 1))
        found.append(candidate)
    return found


_ASKING = ("demand", "insist on")


def _is_the_place(reading: Reading, actor: Actor, place: PlaceMention | None) -> bool:
    return place is not None and actor.first <= reading.position(place.start) < actor.last


def _measured(s: Scene) -> bool:
    """ "took 500 square kilometres": so much land, wherever it lies."""
    first, last = s.object
    words = [t.lower for t in s.tokens[first : min(last, first + 7)]]
    return not _AREAS.isdisjoint(pairwise(words))


_AREAS = frozenset(
    (
        ("square", "kilometres"),
        ("square", "kilometers"),
        ("square", "miles"),
        ("sq", "km"),
        ("sq.", "km"),
        ("square", "km"),
    )
)


def _giving(s: Scene) -> list[Actor]:
    """Who is to give land up: the subject, or that of "is expected to"."""
    outer = (
        s.reading.parsed.clauses[s.clause.parent] if s.clause is not None and s.clause.parent >= 0 else None
    )
    if not s.subjects and outer is not None and outer.passive and outer.subject is not None:
        return s.actors_in(*outer.subject)
    return s.subjects


def _demanding(s: Scene, says: list[Attribution]) -> list[Actor]:
    """Who wants the land: the subject of an outer clause ("X demands that Y cede"), or who says that Y must."""
    clauses = s.reading.parsed.clauses
    giving = {a.side for a in _giving(s)}
    k = s.clause.parent if s.clause is not None else -1
    while k >= 0:
        subject = clauses[k].subject
        if subject is not None and not clauses[k].passive:
            asking = [a for a in s.actors_in(*subject) if a.side and a.side not in giving]
            if asking:
                return asking
        k = clauses[k].parent
    return [a for said in says if (a := said.speaker.actor) is not None and a.side and a.side not in giving]


def _describes_subject(s: Scene, actor: Actor) -> bool:
    """ "rebels backed by Rwanda took the town": neither loser nor doer."""
    return s.clause is not None and s.subject is not None and s.subject[1] <= actor.first < s.clause.group[0]


def _asked(reading: Reading, s: Scene) -> bool:
    """Whether the concession is demanded, offered or refused, not made."""
    words = {t.lower for t in reading.parsed.tokens}
    return bool(
        words
        & {
            "demand",
            "demands",
            "demanded",
            "demanding",
            "concession",
            "concessions",
            "refuse",
            "refused",
            "refuses",
            "reject",
            "rejected",
            "insist",
            "insists",
            "insisted",
            "pressing",
            "press",
            "must",
            "would",
            "should",
            "surrender",
            "ruled",
            "proposal",
            "cede",
            "ceding",
            "renounce",
            "never",
            "recognise",
            "recognize",
            "condition",
            "conditions",
            "called",
        }
    )


def _land(s: Scene) -> list[PlaceMention]:
    """Places in the trigger's own clause, or where the sentence says that something is: "Washington's envoys" of
    another clause are nowhere that land is given up, nor is "Kyiv" that is to give it up."""
    position = s.reading.position
    return [
        p
        for p in places_for(s, s.span)
        if p.locative
        or (
            s.span[0] <= position(p.start) < s.span[1]
            and not any(a.kind == STATE and a.first <= position(p.start) < a.last for a in _giving(s))
        )
    ]


def _object_places(s: Scene) -> list[PlaceMention]:
    """The places taken: the object and what it is "in", not what follows "from" or an adverbial."""
    if s.trigger.entry.frame == "ousted":
        return finest(s.places_in(s.trigger.head, s.span[1]))
    if s.trigger.entry.frame == "subject_place" or s.passive:
        region = s.subject or s.span
        if s.clause is not None and s.subject is not None and s.subject[0] < s.clause.group[0]:
            region = (s.subject[0], s.clause.group[0])  # with what hangs on it: "the city of X"
        inside = s.places_in(*region)
        if inside:
            return finest(inside)
    if s.trigger.nominal:
        return finest(s.places_in(s.trigger.first, min(s.span[1], s.trigger.last + 20)))
    if s.antecedent is not None:
        return finest(s.places_in(*s.antecedent))
    first, last = s.object
    tokens = s.reading.parsed.tokens
    if first < len(tokens) and tokens[first].lower == "it":
        return s.places_in(0, s.trigger.first)[-1:]  # "withdrew from X, and the others entered it"
    return finest(
        [
            p
            for p in s.places_in(first, _extent(s, first, last))
            if p.preposition not in ("from", "after", "since")
        ]
    )


def _extent(s: Scene, first: int, last: int) -> int:
    """Where the object ends: at a comma that no list of places goes on over."""
    tokens = s.reading.parsed.tokens
    for i in range(first, last):
        if tokens[i].text == "," and not any(
            s.reading.position(p.start) - i in (1, 2, 3) for p in s.reading.places
        ):
            return i
    return last


def _invaded(s: Scene, places: list[PlaceMention], doers: list[Actor]) -> list[PlaceMention]:
    """The land invaded is another's."""
    own = {a.side for a in doers if a.side}
    after = [
        p for p in places if s.reading.position(p.start) >= s.trigger.first and p.where.country not in own
    ]
    return after or [p for p in places if p.where.country not in own] or places


def _doers(s: Scene) -> list[Actor]:
    actors = s.initiators
    if not actors and s.passive and s.subject is not None and s.tokens[s.subject[1] - 1].lower == "flag":
        return [a for a in s.subjects if a.side]
    if s.trigger.entry.frame == "subject_place":
        first, last = s.object
        actors = [a for a in s.actors_in(max(0, first - 6), min(last, first + 9)) if not a.pronoun]
    armed = [a for a in actors if a.kind in ARMED or a.side]
    if not armed and s.trigger.nominal:
        armed = [a for a in s.actors_in(*s.span) if (a.kind in ARMED or a.side) and a.first < s.trigger.first]
        armed = armed[-1:]  # "the EU has imposed sanctions on Russia since its invasion"
    return armed
