"""Strikes, clashes and interceptions: triggers of one act in one sentence become one candidate."""

from itertools import pairwise

from timeline.extraction.actors.registry import ARMED, PERSON, Actor
from timeline.extraction.codebook import Modality, PlacePrecision, Role, Toll
from timeline.extraction.findings import Figure
from timeline.extraction.frames.binding import (
    contains,
    date_for,
    earlier,
    finest,
    phrase_date,
    places_for,
    speakers_for,
    speech_clauses,
)
from timeline.extraction.frames.candidate import Candidate, add_parties, ours
from timeline.extraction.frames.scene import Scene, is_place
from timeline.extraction.frames.strike_means import means_of
from timeline.extraction.frames.strike_places import elsewhere, one_of, told_apart
from timeline.extraction.grammar.clauses import Clause, Kind
from timeline.extraction.modality import modality_of
from timeline.extraction.places.finding import PlaceMention
from timeline.extraction.reading import Reading

_HARMING = frozenset(
    (
        "kill",
        "wound",
        "injure",
        "destroy",
        "damage",
        "die",
        "leave * dead",
        "leave * wounded",
        "leave * injured",
        "claim * lives",
        "maim",
    )
)
_AGAINST = frozenset(("on", "against", "at", "targeting", "of", "upon"))


def strikes(reading: Reading, index: int, scenes: list[Scene]) -> list[Candidate]:
    """Candidates of a sentence from its strike triggers whose needs are met."""
    found = [_interception(reading, index, s) for s in scenes if s.trigger.entry.type == "interception"]
    interceptions = {c.clause for c in found}
    acts = [s for s in scenes if s.trigger.entry.type != "interception"]
    acts = [s for s in acts if not (s.clause_index in interceptions and s.trigger.entry.weight < 0.7)]
    for span, members in _segments(reading, acts):
        candidate = _strike(reading, index, span, members)
        if candidate is not None:
            found += [candidate, *elsewhere(reading, candidate), *told_apart(reading, candidate)]
    return found


def _segments(reading: Reading, scenes: list[Scene]) -> list[tuple[tuple[int, int], list[Scene]]]:
    """Split the sentence where a clause opens an act of its own: another place with its own trigger or toll."""
    n = len(reading.parsed.tokens)
    clauses = reading.parsed.clauses
    if not scenes:
        return []
    cuts = [0]
    held: list[PlaceMention] = []
    active = False
    speeches = speech_clauses(reading)
    for k, clause in enumerate(clauses):
        here = [
            p
            for p in reading.places
            if is_place(p) and not p.anaphor and clause.start <= reading.position(p.start) < clause.end
        ]
        acts = any(s.clause_index == k for s in scenes)
        tolls = [t for t in reading.tolls if clause.start <= reading.position(t.start) < clause.end]
        here = finest(here)
        new = [p for p in here if not any(contains(h, p) or contains(p, h) for h in held)]
        splits = (
            (acts or tolls)
            and active
            and new
            and (held or _days_after(reading, clause))
            and k not in speeches
            and clause.kind not in (Kind.RELATIVE, Kind.INFINITIVE)
        )
        if splits and len(new) == len(here):
            cuts.append(_opening(reading, k, cuts[-1]))
            held = here
            active = acts
        else:
            if k not in speeches:
                held += here
            active = active or acts
    cuts.append(n)
    result = []
    for a, b in pairwise(cuts):
        members = [s for s in scenes if a <= s.trigger.head < b]
        if members:
            result.append(((a, b), members))
    return result


def _days_after(reading: Reading, clause: Clause) -> bool:
    """ "..., a day after the group attacked X": another act, though the first has no place."""
    unit = reading.parsed.tokens[clause.start - 1].lower if clause.start else ""
    return clause.conjunction == "after" and unit in _UNITS


_UNITS = frozenset("day days hours week weeks month months".split())


def _opening(reading: Reading, k: int, previous: int) -> int:
    """Where the new act begins: "four were hurt when drones attacked X" begins with the hurt."""
    clauses = reading.parsed.clauses
    clause = clauses[k]
    if clause.kind is Kind.ADVERBIAL and clause.conjunction in ("when", "after", "as") and clause.parent > 0:
        outer = clauses[clause.parent]
        placed = any(
            is_place(p) and outer.start <= reading.position(p.start) < outer.end for p in reading.places
        )
        if outer.start > previous and not placed and outer.own_subject:
            return outer.start
    return clause.start


def _strike(reading: Reading, index: int, span: tuple[int, int], members: list[Scene]) -> Candidate | None:
    habits = {s.clause_index for s in members if _habitual(s)}
    members = [s for s in members if not _within(reading, s.clause_index, habits)]
    if not members:
        return None
    best = max(members, key=lambda s: (s.trigger.entry.weight, not s.trigger.nominal))
    modality, word = Modality.HYPOTHETICAL, ""
    order = (Modality.OCCURRED, Modality.ONGOING, Modality.DENIED, Modality.PLANNED, Modality.HYPOTHETICAL)
    for s in members:
        m, w = modality_of(reading.parsed, s.trigger.head, s.trigger.nominal)
        if order.index(m) < order.index(modality) or (not word and m is modality):
            modality, word = m, w
            if m is Modality.OCCURRED and s.trigger.entry.weight >= best.trigger.entry.weight - 0.2:
                best = s
    tolls = _tolls(reading, span)
    kind, weapon = means_of(reading, span, members)
    candidate = Candidate(
        kind, index, best.trigger.head, span, best.trigger.entry.weight, f"strike:{best.trigger.phrase}",
        modality=modality, clause=best.clause_index, nominal=best.trigger.nominal, weapon=weapon, tolls=tolls,
    )  # fmt: skip
    if word:
        candidate.notes.append(f"modality {modality} from “{word}”")
    for s in members:
        add_parties(candidate, _doers(s), Role.INITIATOR)
    if not candidate.parties and members:
        add_parties(candidate, _by_weapon(reading, span), Role.INITIATOR)
    candidate.target = next(
        (t for s in sorted(members, key=lambda s: s.trigger.phrase in _HARMING) if (t := _target(s))), ""
    )
    own = {p.side for p in candidate.parties if p.side}
    for s in members:
        if not s.trigger.nominal and not s.passive:
            add_parties(
                candidate,
                [a for a in _direct(s) if a.side and a.side not in own and a.kind in (*ARMED, "state")],
                Role.TARGET,
            )
        if s.passive:
            hit = [a for a in s.subjects if a.side and a.side not in own]
            add_parties(candidate, hit, Role.TARGET)
    places = places_for(best, span)
    candidate.place = one_of(reading, places, span)
    if candidate.place is not None and candidate.place.where.precision is PlacePrecision.COUNTRY:
        own_land = candidate.place.where.country in candidate.side_of(Role.INITIATOR)
        candidate.place = None if own_land and not candidate.place.locative else candidate.place
    if candidate.place is not None:
        candidate.notes.append(f"place “{candidate.place.where.words or candidate.place.where.name}”")
    named = [best, *members]  # "wounded in the attack of 31 July has died": the attack's own date
    candidate.date = next((d for s in named if (d := phrase_date(s))), None) or date_for(
        reading, best.trigger.head, best.clause_index
    )
    names, says = speakers_for(reading, best.trigger.head)
    candidate.speakers = names
    if not candidate.side_of(Role.INITIATOR):
        add_parties(candidate, ours(reading, best, says), Role.INITIATOR)
    recalled = best.clause is not None and best.clause.kind is Kind.RELATIVE and not best.trigger.nominal
    if recalled and not tolls and candidate.date is None and len(members) == 1:
        return None  # "soldiers who fought in X": who they are, not news
    negated = candidate.modality is Modality.DENIED and not best.trigger.nominal and not tolls
    if negated and not any(a.denies for a in says):
        return None  # what did not happen is no event, unless someone denies it
    if not reading.parsed.clauses and best.trigger.nominal and not tolls and candidate.date is None:
        return None  # a heading
    if any(a.denies for a in says) and modality in (Modality.OCCURRED, Modality.ONGOING):
        candidate.modality = Modality.DENIED
    clause = best.clause
    candidate.past_perfect = earlier(reading, clause)
    candidate.definite = _definite(best)
    candidate.update = any(t.update for t in reading.tolls)
    has_sides = any(p.side or p.kind in ("group", "force") for p in candidate.parties)
    support = (
        bool(candidate.place)
        + 2 * bool(tolls)
        + has_sides
        + bool(weapon)
        + bool(candidate.date)
        + bool(candidate.target)
    )
    candidate.strength = min(0.95, candidate.strength + 0.06 * (support - 2))
    country = candidate.place is None or candidate.place.where.precision is PlacePrecision.COUNTRY
    if kind == "clash" and best.trigger.nominal and country and not candidate.parties and not tolls:
        return None
    if support < (1 if candidate.definite else 2) and candidate.strength < 0.8:
        return None
    return candidate


_HABIT = frozenset("regularly routinely frequently often repeatedly constantly usually always".split())


def _habitual(s: Scene) -> bool:
    """ "regularly shells", "has in the past carried out": what it does, on no day of its own."""
    if s.clause is None or s.reading.dates or s.reading.tolls:
        return False
    first, end = s.clause.group
    words = [t.lower for t in s.tokens[max(0, first - 1) : end + 1]]
    past = [t.lower for t in s.tokens]
    return bool(_HABIT & set(words)) or ("in", "the", "past") in zip(past, past[1:], past[2:], strict=False)


def _within(reading: Reading, k: int, clauses: set[int]) -> bool:
    seen: set[int] = set()
    while k >= 0 and k not in seen:
        if k in clauses:
            return True
        seen.add(k)
        k = reading.parsed.clauses[k].parent
    return False


def _tolls(reading: Reading, span: tuple[int, int]) -> dict[Toll, Figure]:
    """The figures of the span: of several totals of one kind the updated one ("bringing the toll to 20"), else the
    first that is no part of another."""
    found: dict[Toll, Figure] = {}
    for t in sorted(reading.tolls, key=lambda t: not t.update):
        if not span[0] <= reading.position(t.trigger) < span[1] or t.part_of_total or t.cumulative:
            continue
        found.setdefault(t.kind, t.figure)
    return found


def _doers(s: Scene) -> list[Actor]:
    """Who did it: armed or a side; people only when they command ("Putin ordered")."""
    actors = [a for a in s.initiators if a.kind in ARMED or a.side]
    if s.trigger.phrase.endswith(" bodies"):
        return []  # the police found them
    if s.trigger.phrase == "hear":
        return []  # who heard it did not do it
    if s.trigger.phrase in ("die", "lose * life", "lose * lives", "perish", "explode", "go off"):
        return []
    if s.trigger.phrase in (
        "come under fire",
        "come under attack",
        "come under shelling",
    ) or s.trigger.phrase.startswith("come under"):
        return [a for a in s.agents if a.side or a.kind in ARMED] or [a for a in s.objects if a.adjective]
    return [a for a in actors if a.kind != PERSON or a.side]


def _by_weapon(reading: Reading, span: tuple[int, int]) -> list[Actor]:
    """ "Russian drones", "Ukrainian UAVs": the adjective before a weapon or an attack noun."""
    tokens = reading.parsed.tokens
    found = []
    for a in reading.actors:
        if not span[0] <= a.first < span[1] or a.kind == PERSON:
            continue
        phrase = reading.parsed.phrase_at(a.first)
        if phrase is None:
            continue
        rest = {t.lower for t in tokens[a.last : phrase[1]]}
        if rest & _ATTACK_WORDS:
            found.append(a)
    return found[:1]


_ATTACK_WORDS = frozenset(
    (
        "missile missiles drone drones uav uavs rocket rockets strike strikes attack attacks shelling "
        "airstrike airstrikes bombs"
        "bombardment artillery raid raids fire assault barrage warplanes jets munitions shells forces "
        "troops army"
    ).split()
)


def _direct(s: Scene) -> list[Actor]:
    phrase = s.reading.parsed.phrase_after(s.object[0], s.object[1])
    return [a for a in s.reading.actors if phrase and phrase[0] <= a.first < phrase[1]] if phrase else []


def _target(s: Scene) -> str:
    """What was hit, as text: the object, the passive subject, or the noun behind "on"."""
    reading = s.reading
    tokens = reading.parsed.tokens
    if s.trigger.nominal:
        i = s.trigger.last
        while i < min(len(tokens), s.trigger.last + 6):
            if tokens[i].lower in _AGAINST and i + 1 < len(tokens):
                phrase = reading.parsed.phrase_after(i + 1, len(tokens))
                return _named(s, phrase)
            i += 1
        subject = s.clause.subject if s.clause is not None else None
        if s.clause is not None and subject is not None and subject[0] <= s.trigger.head < subject[1]:
            # "the strike destroyed X"
            return _named(s, reading.parsed.phrase_after(s.clause.group[1], s.clause.end))
        return ""
    if s.passive:
        return _named(s, s.subject)
    return _named(s, reading.parsed.phrase_after(s.object[0], s.object[1]))


def _named(s: Scene, phrase: tuple[int, int] | None) -> str:
    if phrase is None:
        return ""
    tokens = s.reading.parsed.tokens
    head = tokens[phrase[1] - 1]
    if (
        head.lower in _NO_TARGET
        or head.tag == "PRP"
        or (head.tag == "CD" and phrase[1] - phrase[0] == 1)
        or (s.weapons_in(phrase[1] - 1, phrase[1]) and s.trigger.phrase not in _DESTROYING)
    ):
        return ""
    counted = [s.reading.position(t.number[0]) for t in s.reading.tolls]
    if any(phrase[0] <= n < phrase[1] for n in counted):
        return ""  # casualties are no target
    words = s.reading.words(phrase[0], _with_of(s, phrase))
    for article in ("the ", "a ", "an ", "The ", "A "):
        words = words.removeprefix(article)
    return words[:120]


def _with_of(s: Scene, phrase: tuple[int, int]) -> int:
    """The end of the phrase with what it is made of: "a column of tanks"."""
    tokens, end = s.reading.parsed.tokens, phrase[1]
    if end + 1 >= len(tokens) or tokens[end].lower != "of":
        return end
    tail = s.reading.parsed.phrase_at(end + 1)
    return tail[1] if tail is not None else end


# What is destroyed may be a weapon ("two jets"); what is fired or launched is none of the targets.
_DESTROYING = frozenset(("destroy", "damage", "sink", "wipe out"))

# People counted, times, and words that only count: none is what was hit.
_NO_TARGET = frozenset(
    (
        "people persons civilians others men women children residents soldiers several many most some all more "
        "least few dozens scores hundreds two late early overnight war type day morning evening night afternoon "
        "monday tuesday wednesday thursday friday saturday sunday"
    ).split()
)


def _definite(s: Scene) -> bool:
    """ "the attack", "the strikes": told of before."""
    if not s.trigger.nominal:
        return False
    phrase = s.reading.parsed.phrase_at(s.trigger.head)
    if phrase is None:
        return False
    first = s.reading.parsed.tokens[phrase[0]].lower
    return first in ("the", "this", "that", "these", "those", "its", "latest") and phrase[1] - phrase[0] <= 3


def _interception(reading: Reading, index: int, s: Scene) -> Candidate:
    modality, word = modality_of(reading.parsed, s.trigger.head, s.trigger.nominal)
    candidate = Candidate(
        "interception", index, s.trigger.head, s.span, s.trigger.entry.weight, f"strike:{s.trigger.phrase}",
        modality=modality, clause=s.clause_index,
    )  # fmt: skip
    add_parties(candidate, [a for a in s.initiators if a.side or a.kind in ARMED], Role.INITIATOR)
    region = s.subject if s.passive and s.subject else s.object
    own = candidate.sides
    targets = [
        a for a in s.actors_in(region[0], min(region[1], region[0] + 10)) if a.side and a.side not in own
    ]
    add_parties(candidate, targets[:1], Role.TARGET)
    candidate.target = _target(s)
    candidate.weapon = candidate.target
    places = places_for(s, s.span)
    candidate.place = places[0] if places else None
    candidate.date = date_for(reading, s.trigger.head, s.clause_index)
    candidate.speakers = speakers_for(reading, s.trigger.head)[0]
    if word:
        candidate.notes.append(f"modality {modality} from “{word}”")
    return candidate
