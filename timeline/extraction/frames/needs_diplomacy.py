"""What triggers of diplomacy need around them: one named test each."""

from collections.abc import Callable

from timeline.extraction.actors.registry import AGENCY, GROUP, ORGANISATION, PERSON, STATE
from timeline.extraction.frames.scene import Scene, context_words
from timeline.extraction.frames.sides import officials, sides
from timeline.extraction.grammar.clause import Kind


def parties(s: Scene) -> bool:
    found = officials(s.reading.actors)
    if len(sides(found)) >= 2:
        return True
    words = {t.lower for t in s.tokens}
    if words & {
        "counterpart",
        "counterparts",
        "trilateral",
        "bilateral",
        "delegations",
        "leaders",
        "sides",
        "negotiators",
        "envoys",
        "mediators",
    } and (found or s.places_in(*s.span)):
        return True
    near = {t.lower for t in s.tokens[max(0, s.trigger.first - 4) : s.trigger.last + 6]}
    return (
        bool(found)
        and s.trigger.nominal
        and bool(near & {"peace", "ceasefire", "nuclear", "indirect", "direct", "truce", "ukraine", "war"})
    )


def meeting(s: Scene) -> bool:
    """Someone meets someone: the other party stands in the object or behind "with"; or talks are held."""
    if s.trigger.phrase == "speak" and s.clause is not None and s.clause.kind is Kind.PARTICIPLE:
        return False  # "Speaking in Brussels, ..."
    if s.trigger.phrase == "host" and len(sides(officials(s.actors_in(*s.object)))) >= 2:
        return True
    if not officials(s.subjects) and not s.passive:
        plural = any(a.kind == PERSON for a in s.subjects)
        if not plural:
            return False
    phrase = s.trigger.phrase
    first, last = s.object
    if phrase in ("discuss", "speak", "call", "host", "attend", "gather", "negotiate", "talk to", "speak to"):
        others = officials(s.actors_in(first, min(last, first + 14)))
        if phrase == "call" and first < len(s.tokens) and s.tokens[first].lower in ("on", "for", "upon"):
            return False
        if phrase in ("call",):
            token = s.tokens[first : first + 1]
            return (
                bool(others)
                and bool(token)
                and others[0].kind == PERSON
                and others[0].first <= first + 4
                and not s.has("peace", first, first + 2)
            )
        mine = sides(s.subjects)
        if phrase in ("speak to", "talk to") and not others:
            return False
        return (
            bool(sides(others) - mine)
            or bool(mine and len(sides(s.subjects)) > 1)
            or (s.has("peace", first, first + 8) and phrase in ("host", "attend"))
        )
    if phrase in (
        "meet",
        "meet with",
        "speak with",
        "talk with",
        "phone",
        "telephone",
        "confer",
        "sit down with",
        "huddle with",
    ):
        others = [
            a
            for a in s.actors_in(first, min(last, first + 14))
            if a.kind in (PERSON, STATE, GROUP, ORGANISATION, AGENCY)
        ]
        return (
            bool(others)
            or len(officials(s.subjects)) > 1
            or any(
                t.lower
                in ("leaders", "officials", "ministers", "teams", "delegations", "envoys", "negotiators")
                for t in s.tokens[slice(*(s.subject or (0, 0)))]
            )
        )
    return True


def official(s: Scene) -> bool:
    if officials(s.initiators):
        return True
    if s.trigger.nominal:
        return bool(officials(s.actors_in(*s.span)))
    if plural_team(s) and any(a.side for a in s.initiators):
        return True  # "a delegation of the army"
    return any(a.kind == PERSON and a.official for a in s.initiators)


def official_near(s: Scene) -> bool:
    """A state or a body is named, if only as the one that is sued."""
    return bool(officials(s.reading.actors))


def visited(s: Scene) -> bool:
    if s.trigger.nominal:
        phrase_places = s.places_in(s.trigger.first, min(len(s.tokens), s.trigger.last + 8))
        return bool(phrase_places)
    last = s.object[1]
    if not any(
        a.kind == PERSON or (a.kind in (STATE, ORGANISATION, AGENCY) and plural_team(s)) for a in s.initiators
    ):
        return False
    places = s.places_in(s.trigger.last - 1, min(last, s.trigger.last + 7))
    if s.trigger.phrase in ("receive", "welcome"):
        return bool(places) and any(a.kind == PERSON for a in s.objects)
    return bool(places) and not s.has("peace", s.trigger.last, s.trigger.last + 2)


def plural_team(s: Scene) -> bool:
    return any(
        t.lower
        in ("delegation", "delegations", "team", "teams", "negotiators", "envoys", "officials", "mission")
        for t in s.tokens[slice(*(s.subject or (0, 0)))]
    )


def in_object(group: str, reach: int = 16) -> Callable[[Scene], bool]:
    def test(s: Scene) -> bool:
        first = s.object[0]
        return s.has(group, first, min(len(s.tokens), first + reach)) or (s.subject_has(group))

    return test


def aid_object(s: Scene) -> bool:
    """Aid in the object, or in a passive's subject; "a package of sanctions" is none."""
    first, last = s.object
    if s.subject_has("aid"):
        return True
    clauses = s.reading.parsed.clauses
    follower = clauses[s.clause_index + 1] if s.clause_index + 1 < len(clauses) else None
    if s.trigger.phrase == "order" and follower is not None and follower.kind is Kind.INFINITIVE:
        return False  # "ordered X to let aid in"
    return not penal_object(s) and s.has("aid", first, min(last, first + 12))


def penal_object(s: Scene) -> bool:
    """ "a new package of sanctions"."""
    first, last = s.object
    return any(t.lower in _PENAL for t in s.tokens[first : min(last, first + 9)])


_PENAL = frozenset("sanction sanctions embargo tariffs tariff".split())


def delivered(s: Scene) -> bool:
    """A delivery that took place: the subject of what tells its course."""
    clause = s.clause
    if (
        clause is None
        or clause.subject is None
        or not clause.subject[0] <= s.trigger.head < clause.subject[1]
    ):
        return False
    return s.tokens[clause.verb].verb in _COURSE and s.has("aid", s.trigger.last, s.trigger.last + 8)


_COURSE = frozenset("complete begin start arrive reach resume announce approve halt suspend finish".split())


def deal_subject(s: Scene) -> bool:
    """ "A ceasefire between X and Y came into force"."""
    if s.subject is None or s.clause is None:
        return False
    return s.has("deal", s.subject[0], max(s.subject[1], s.clause.group[0]))


def no_round(s: Scene) -> bool:
    """Not "concluded a round of talks", which is no agreement."""
    words = {t.lower for t in s.tokens[s.object[0] : s.object[0] + 7]}
    return s.trigger.phrase != "conclude" or not words & {
        "talks",
        "round",
        "negotiations",
        "meeting",
        "visit",
    }


def deal_made(s: Scene) -> bool:
    tokens = s.tokens
    words = {t.lower for t in tokens[max(0, s.trigger.first - 6) : s.trigger.last + 6]}
    return bool(
        words
        & {
            "signed",
            "reached",
            "agreed",
            "announced",
            "declared",
            "effect",
            "brokered",
            "violated",
            "expired",
            "began",
            "concluded",
            "came",
            "ratified",
            "holding",
        }
    )


def captives(s: Scene) -> bool:
    first, last = s.object
    if s.trigger.nominal:
        if _course_of(s, ("exchange", "swap")):
            return True
        return s.has("captives", max(0, s.trigger.first - 4), s.trigger.last + 6)
    freed = s.subject is not None and s.trigger.phrase == "return"
    home = freed and any(t.lower in _FREED for t in s.tokens[slice(*(s.subject or (0, 0)))])
    return home or s.has("captives", first, min(last, first + 8)) or s.subject_has("captives")


_FREED = frozenset("prisoners prisoner hostages hostage captives captive detainees pows defenders".split())


def _course_of(s: Scene, nouns: tuple[str, ...]) -> bool:
    """ "The exchange was mediated by X": what was told before."""
    clause = s.clause
    if clause is None or clause.subject is None or s.trigger.phrase not in nouns:
        return False
    first = s.tokens[clause.subject[0]].lower
    inside = clause.subject[0] <= s.trigger.head < clause.subject[1]
    return inside and first in ("the", "this") and s.tokens[clause.verb].verb in ("mediate", "broker", "take")


def sanction_act(s: Scene) -> bool:
    words = {t.lower for t in s.tokens[max(0, s.trigger.first - 7) : s.trigger.last + 7]}
    return bool(words & _SANCTIONING) and bool(sides(s.reading.actors))


_SANCTIONING = frozenset(
    "imposed impose imposing imposes lifted extended adopted announced unveiled approved slapped eased".split()
)


def legal(s: Scene) -> bool:
    if s.trigger.phrase in _JUSTICE and not _JUDGES & {t.lower for t in s.tokens}:
        return False
    return s.near("legal_body") and bool(sides(s.reading.actors) or officials(s.reading.actors))


# What a court or its officers do; a mention of the UN makes no court of it.
_JUSTICE = frozenset(
    "order rule detain arrest jail charge extradite convict sentence indict file prosecute conviction".split()
)
_JUDGES = frozenset(
    "court courts tribunal judge judges prosecutor prosecutors icc icj warrant warrants police fsb sbu".split()
)


def conflict(s: Scene) -> bool:
    return s.near("conflict") or len(sides(s.reading.actors)) >= 2


def scheduled(s: Scene) -> bool:
    """The noun is what the clause is about: held, resumed, followed, in a place or at a time."""
    tokens = s.tokens
    head = s.trigger.head
    verb = tokens[s.clause.verb].verb if s.clause is not None else None
    words = context_words("meeting_verbs")[0]
    near_place = bool(s.places_in(head, min(len(tokens), head + 6)))
    near_date = any(abs(s.reading.position(d.start) - head) <= 6 for d in s.reading.dates)
    phrase = s.reading.parsed.phrase_at(head)
    opening = phrase[0] if phrase is not None else head
    if opening > 0 and tokens[opening - 1].lower in _TOPIC and not (near_date or near_place):
        return False  # "spoke of many messages on talks with X"
    with_party = any(t.lower in ("with", "between") for t in tokens[s.trigger.last : s.trigger.last + 3])
    qualified = any(
        t.lower
        in (
            "peace",
            "trilateral",
            "bilateral",
            "direct",
            "indirect",
            "ceasefire",
            "phone",
            "telephone",
            "nuclear",
        )
        for t in tokens[max(0, head - 3) : head]
    )
    if tokens[head].noun in ("call", "discussion", "conference", "conversation") and not (
        with_party or near_date
    ):
        return False
    held = any(head < c.verb <= head + 12 and tokens[c.verb].verb in _HELD for c in s.reading.parsed.clauses)
    if held and (near_place or s.places_in(0, head) or len(sides(officials(s.reading.actors))) >= 2):
        return True
    return near_place or near_date or ((verb is None or verb in words) and (with_party or qualified))


_TOPIC = frozenset(("on", "about", "regarding", "concerning"))
_HELD = frozenset(("take", "hold", "mediate", "broker", "begin", "start", "resume", "host", "schedule"))
