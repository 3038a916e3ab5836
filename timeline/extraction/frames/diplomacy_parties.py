"""Who takes part in a diplomatic act: who does it, to whom, who is present and who mediates."""

from timeline.extraction.actors.registry import FORCE, GROUP, PERSON, Actor
from timeline.extraction.codebook import Role
from timeline.extraction.frames.binding import speech_clauses
from timeline.extraction.frames.candidate import Candidate, add_parties
from timeline.extraction.frames.scene import Scene, is_place
from timeline.extraction.frames.sides import officials
from timeline.extraction.reading import Reading

SITUATIONS = frozenset(
    "war conflict peace ceasefire fighting situation hostilities truce crisis violence offensive".split()
)


def bind_parties(candidate: Candidate, s: Scene) -> None:
    kind = candidate.type
    reading = s.reading
    if kind in ("talks", "agreement", "exchange"):
        present = [a for a in reading.actors if not venue(reading, a)]
        everyone = [
            a
            for a in officials(present)
            if not _only_speaks(reading, a) or s.span[0] <= a.first < s.span[1] or a in s.subjects
        ]
        everyone = [a for a in everyone if not _possessor(reading, a)]
        mediators = [a for a in everyone if _mediates(s, a)]
        add_parties(candidate, [a for a in everyone if a not in mediators], Role.PARTICIPANT)
        add_parties(candidate, mediators, Role.MEDIATOR)
        return
    doers = officials(s.initiators) or [a for a in s.initiators if a.kind == PERSON and a.official]
    if kind == "visit" and s.trigger.nominal and s.clause is not None and s.clause.subject is not None:
        subject = s.clause.subject  # "During a visit to X, the minister said"
        if not subject[0] <= s.trigger.head < subject[1]:
            doers = officials(s.actors_in(*subject)) or doers
    if not doers and kind == "visit":
        doers = [a for a in s.initiators if a.side and a.kind == FORCE]  # "a delegation of the army"
    if not doers and s.trigger.nominal:
        doers = officials(s.actors_in(s.span[0], s.trigger.first)) or officials(s.actors_in(*s.span))[:1]
    if kind == "visit" and s.trigger.phrase in ("receive", "welcome"):
        guests = [a for a in s.objects if a.kind == PERSON]
        add_parties(candidate, guests, Role.INITIATOR)
        add_parties(candidate, doers, Role.TARGET)
        return
    add_parties(candidate, doers or _givers(candidate, s), Role.INITIATOR)
    own = candidate.sides
    others = [
        a
        for a in _affected(candidate, s)
        if not _source(reading, a)
        and (a.side not in own or not a.side)
        and not _topic(reading, a)
        and not (venue(reading, a) and not _struck(reading, kind, a))
    ]
    add_parties(candidate, others[:2], Role.TARGET)


def _givers(candidate: Candidate, s: Scene) -> list[Actor]:
    """Of aid: "18 jets from X were handed over", "X's planes dropped food"."""
    if candidate.type != "aid" or s.subject is None:
        return []
    tokens, end = s.tokens, s.subject[1]
    if not s.passive:
        return [a for a in s.subjects if a.adjective]
    tail = s.reading.parsed.phrase_at(end + 1) if tokens[end].lower == "from" else None
    return s.actors_in(*tail) if tail is not None else []


_TOUCHING = {
    "accusation": frozenset((FORCE, GROUP)),
    "aid": frozenset((FORCE,)),
    "threat": frozenset((FORCE, GROUP)),
}


def _affected(candidate: Candidate, s: Scene) -> list[Actor]:
    """To whom it is done: the object, of a passive the subject; the accused; whose banks are sanctioned."""
    kind = candidate.type
    touched = s.subjects if s.passive and kind in ("accusation", "sanction", "threat", "legal") else s.objects
    region = s.object
    if not s.passive and kind == "accusation" and not touched:
        # "accused X of doing": X is the subject of what it is said to have done
        region = (s.object[0], len(s.tokens))
        phrase = s.reading.parsed.phrase_after(*region)
        touched = s.actors_in(*phrase) if phrase is not None else []
    if kind == "sanction":
        sanctioned = [a for a in touched if a.adjective and a.side]
        return officials(touched) or sanctioned
    direct = s.reading.parsed.phrase_after(*region)
    hit = [
        a
        for a in touched
        if a.kind in _TOUCHING.get(kind, ())
        and (s.passive or (direct is not None and direct[0] <= a.first < direct[1]))
    ]
    return [*hit, *(a for a in officials(touched) if a not in hit)]


def _struck(reading: Reading, kind: str, actor: Actor) -> bool:
    """ "sanctions on Russia"."""
    return kind == "sanction" and actor.first > 0 and reading.parsed.tokens[actor.first - 1].lower == "on"


def _topic(reading: Reading, actor: Actor) -> bool:
    """ "the Ukraine war": what a journey or a promise is about is not whom it is to."""
    tokens = reading.parsed.tokens
    return actor.last < len(tokens) and tokens[actor.last].lower in SITUATIONS


def venue(reading: Reading, actor: Actor) -> bool:
    """ "in Rome": where it takes place is no party to it."""
    return any(
        is_place(p) and p.locative and actor.first <= reading.position(p.start) < actor.last
        for p in reading.places
    )


def _source(reading: Reading, actor: Actor) -> bool:
    """ "according to a US official"."""
    return any(a.clause < 0 and a.speaker.actor is actor for a in reading.says)


def _only_speaks(reading: Reading, actor: Actor) -> bool:
    if _source(reading, actor):
        return True
    for k in speech_clauses(reading):
        subject = reading.parsed.clauses[k].subject
        if subject is not None and subject[0] <= actor.first < subject[1]:
            return True
    return False


def _possessor(reading: Reading, actor: Actor) -> bool:
    """ "Trump's envoy Steve Witkoff": the envoy is there, not whose envoy he is."""
    tokens = reading.parsed.tokens
    if actor.kind != PERSON or actor.last >= len(tokens) or tokens[actor.last].tag != "POS":
        return False
    following = next((a for a in reading.actors if a.first > actor.last), None)
    return following is not None and all(
        t.tag.startswith(("NN", "JJ")) for t in tokens[actor.last + 1 : following.first]
    )


_BROKERED = frozenset("mediated brokered facilitated mediation".split())


def _mediates(s: Scene, actor: Actor) -> bool:
    """ "talks brokered by X's minister and Y", "Qatari mediators", "under Omani mediation"."""
    tokens = s.reading.parsed.tokens
    named = {t.lower for t in tokens[actor.first : actor.last + 3]}
    if named & {"mediated", "mediates", "mediating", "brokered", "mediators", "mediator", "mediation"}:
        return True
    for t in reversed(tokens[: actor.first]):
        if t.lower in _BROKERED:
            return True
        if t.tag.startswith(("VB", "MD")) or t.text in ";:":
            return False  # out of the phrase that names the mediators
        if t.tag == "IN" and t.lower not in ("by", "of"):
            return False
    return False
