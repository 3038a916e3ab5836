"""What a trigger needs around it to count: one named test each, as the lexicon's `needs` lists them."""

from collections.abc import Callable
from itertools import pairwise

from timeline.extraction.actors import AGENCY, ARMED, GROUP, ORGANISATION, PERSON, STATE, Actor, is_named
from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.frames.scene import Scene, context_words, is_place
from timeline.extraction.tokens import Token


def officials(actors: list[Actor]) -> list[Actor]:
    """Those who can act in diplomacy: states, bodies, named or titled officials."""
    return [
        a
        for a in actors
        if (a.kind in (STATE, AGENCY, ORGANISATION) and a.side and not a.adjective)
        or (a.kind == PERSON and a.official and (a.side or a.body or is_named(a)))
        or (a.kind == GROUP and a.side)
    ]


def sides(actors: list[Actor]) -> set[str]:
    return {a.side for a in actors if a.side}


def _tokens(scene: Scene) -> list[Token]:
    return scene.reading.parsed.tokens


def _armed(s: Scene) -> bool:
    """Weapons, armed people or casualties in the clause, or a warring side hitting something."""
    a, b = s.span
    if s.weapons_in(a, b) or s.tolls_in(a, b):
        return True
    if s.subject is not None and s.weapons_in(*s.subject):
        return True
    if any(x.kind in ARMED for x in (*s.initiators, *s.objects)):
        return True
    hits_something = s.has("objects", *s.object) or (
        s.passive and s.subject is not None and s.has("objects", *s.subject)
    )
    return bool(sides(s.initiators)) and (hits_something or bool(s.places_in(*s.object)))


def _rate(s: Scene) -> bool:
    """ "each day": a rate, no act."""
    words = [t.lower for t in _tokens(s)[s.span[0] : s.span[1]]]
    return "daily" in words or any(
        a in ("each", "every", "per") and b in ("day", "week", "month", "year") for a, b in pairwise(words)
    )


def _violent(s: Scene) -> bool:
    a, b = s.span
    tokens = _tokens(s)
    if _rate(s):
        return False
    lower = tokens[s.trigger.head].lower
    if s.trigger.nominal and (_points_back(s) or _known_act(s, lower)):
        return True
    if s.tolls_in(a, b) or any(x.kind in ARMED for x in s.reading.actors):
        return True
    weapons = [p for p, _ in s.weapons_in(0, len(tokens)) if p != s.trigger.head]
    if weapons:
        return True
    if s.trigger.nominal:
        governed = s.trigger.last < len(tokens) and tokens[s.trigger.last].lower in (
            "on",
            "at",
            "in",
            "against",
            "near",
            "by",
            "outside",
        )
        return lower not in (
            "fire",
            "crash",
            "violence",
            "drone",
            "missile",
            "rocket",
            "shell",
            "bomb",
            "mine",
            "drones",
            "missiles",
        ) and (bool(sides(s.agents)) or (governed and bool(s.places_in(*s.span))))
    return (
        s.has("victims", *s.object)
        or (s.subject is not None and s.has("victims", *s.subject))
        or bool(s.reading.tolls)
    )


_ACTS = frozenset(
    "strike strikes attack attacks blast blasts explosion explosions bombing shelling raid assault barrage".split()
)


def _known_act(s: Scene, lower: str) -> bool:
    """ "The strike destroyed a school": the subject is an act told before."""
    subject = s.clause.subject if s.clause is not None else None
    if lower not in _ACTS or subject is None or not subject[0] <= s.trigger.head < subject[1]:
        return False
    return _tokens(s)[subject[0]].lower in ("the", "this", "these")


def _points_back(s: Scene) -> bool:
    """ "The incident happened in ...", "the killings took place on ..."."""
    if s.clause is None or s.clause.subject is None:
        return False
    tokens = _tokens(s)
    verb = tokens[s.clause.verb].verb
    in_subject = s.clause.subject[0] <= s.trigger.head < s.clause.subject[1]
    return (
        in_subject
        and verb in ("happen", "occur", "take", "come", "begin")
        and tokens[s.clause.subject[0]].lower in ("the", "this", "these")
    )


def _incoming(s: Scene) -> bool:
    """The object (or passive subject) is a weapon in flight."""
    first, last = s.object
    tokens = _tokens(s)
    region = s.subject if s.passive and s.subject is not None else (first, min(last, first + 10))
    flying = [m for _, m in s.weapons_in(0, len(tokens))]
    if s.trigger.phrase in ("shoot down", "shoot * down", "down", "intercept", "bring down", "take down"):
        if any(m in ("missile", "drone", "airstrike") for m in flying):
            return True
    elif any(
        t.lower
        in ("airfield", "airbase", "base", "factory", "depot", "warehouse", "hangar", "launcher", "launchers")
        for t in tokens
    ):
        return False
    elif s.trigger.phrase != "repel":
        region_means = [m for _, m in s.weapons_in(*region)]
        return any(m in ("missile", "drone") for m in region_means)
    return any(m in ("missile", "drone", "airstrike") for _, m in s.weapons_in(*region)) or (
        s.has("attempt", *region) and s.trigger.phrase in ("intercept",)
    )


def _ground(s: Scene) -> bool:
    weaponless = not any(m in ("missile", "drone") for _, m in s.weapons_in(*s.object))
    attempt = s.has("attempt", *s.object) or (s.subject is not None and s.has("attempt", *s.subject))
    armed = any(a.kind in ARMED for a in (*s.initiators, *s.objects, *s.agents))
    return (
        weaponless
        and (attempt or armed)
        and (armed or bool(sides(s.initiators)) or (attempt and bool(s.places_in(*s.span))))
    )


def _fighting(s: Scene) -> bool:
    tokens = _tokens(s)
    words = {t.lower for t in tokens[s.span[0] : s.span[1]]}
    noun = bool(
        words
        & {
            "fighting",
            "clashes",
            "clash",
            "battle",
            "battles",
            "combat",
            "gunfire",
            "firefight",
            "gunbattle",
            "hostilities",
        }
    )
    if not s.trigger.nominal and not noun and s.trigger.phrase not in ("clash", "exchange fire"):
        return False
    return (
        bool(s.places_in(0, len(tokens)))
        or bool(s.reading.tolls)
        or any(a.kind in ARMED for a in s.reading.actors)
    )


def _object_region(s: Scene) -> tuple[int, int]:
    if s.passive and s.subject is not None:
        return s.subject
    first, last = s.object
    return first, min(last, first + 16)


def _land(s: Scene) -> bool:
    region = _object_region(s)
    if s.passive and s.subject is not None and not s.has("land", *region) and not s.places_in(*region):
        return False
    return s.has("land", *region) or bool(s.places_in(*region))


def _land_strict(s: Scene) -> bool:
    """The object itself is land: its first phrase is a place or a noun for one."""
    parsed = s.reading.parsed
    if s.passive and s.subject is not None:
        phrase = s.subject
    else:
        found = parsed.phrase_after(s.object[0], s.object[1])
        if found is None:
            return False
        phrase = found
    tokens = _tokens(s)
    if (
        phrase[1] < len(tokens)
        and tokens[phrase[1]].lower == "of"
        and (tail := parsed.phrase_at(phrase[1] + 1))
    ):
        phrase = (phrase[0], tail[1])  # "the northern part of X"
    if not (s.has("land", *phrase) or s.places_in(*phrase)):
        return False
    return any(a.kind in ARMED or a.kind == STATE or a.side for a in s.initiators) or (
        s.passive and bool(s.agents)
    )


def _land_subject(s: Scene) -> bool:
    if s.subject is None or s.passive:
        return False
    place = s.places_in(*s.subject) or s.has("land", *s.subject)
    if not place:
        return False
    if s.trigger.phrase == "fall":
        after = _tokens(s)[s.object[0] : s.object[0] + 1]
        return (
            not after or after[0].text in (".", ",") or after[0].lower in ("on", "after", "in", "last", "to")
        )
    return True


def _land_of(s: Scene) -> bool:
    tokens = _tokens(s)
    i = s.trigger.last
    if i < len(tokens) and tokens[i].lower in ("of", "by", "in"):
        return bool(s.places_in(i, min(len(tokens), i + 12))) or s.has("land", i, i + 8)
    phrase = s.reading.parsed.phrase_at(s.trigger.head)
    return bool(phrase and s.places_in(*phrase))


def _named_place(s: Scene) -> bool:
    return bool(s.places_in(s.trigger.first, min(s.span[1], s.trigger.last + 12)))


def _troops(s: Scene) -> bool:
    actors = (*s.initiators, *s.subjects)
    if any(a.kind in ARMED for a in actors):
        return True
    if any(a.kind in (STATE, GROUP) for a in actors) and not any(a.kind == PERSON for a in actors):
        if s.trigger.entry.type != "withdrawal" or any(a.kind in ARMED for a in s.objects):
            return True
        leaves = s.trigger.phrase in ("withdraw", "retreat", "pull out", "pull back", "abandon")
        return leaves and bool(s.places_in(*s.object))
    if s.trigger.nominal:
        return bool(sides(s.agents)) or any(a.kind in ARMED for a in s.actors_in(*s.span))
    return any(a.kind in ARMED for a in s.objects) and bool(sides(list(actors)))


def _armed_object(s: Scene) -> bool:
    """Those driven out are troops or a warring side."""
    region = s.subject if s.passive and s.subject is not None else (s.trigger.head, s.object[1])
    return any(a.kind in ARMED or (a.kind == STATE and not a.adjective) for a in s.actors_in(*region))


def _place(s: Scene) -> bool:
    return bool(s.places_in(*s.span)) or (s.subject is not None and bool(s.places_in(*s.subject)))


def _concession(s: Scene) -> bool:
    region = (max(0, s.trigger.first - 6), min(len(_tokens(s)), s.trigger.last + 14))
    return s.has("concession", *region) and (bool(sides(s.reading.actors)) or bool(s.places_in(*region)))


def _state_place(s: Scene) -> bool:
    """Another state's land: the object names a country (or its land) that is not the initiator's."""
    tokens = _tokens(s)
    if s.trigger.nominal:
        last = min(len(tokens), s.trigger.last + 8)
        after = s.places_in(s.trigger.last, last)
        targets = {p.where.country for p in after} | {
            a.side for a in s.actors_in(s.trigger.last, last) if a.kind == STATE
        }
        own = sides(s.agents)
        if tokens[s.trigger.head].noun == "war":
            return False
        return bool(targets - own) or bool(own)
    region = _object_region(s)
    targets = {p.where.country for p in s.places_in(*region)} | {
        a.side for a in s.actors_in(*region) if a.kind == STATE
    }
    own = sides(s.initiators)
    return bool(targets - own) and (bool(own) or s.trigger.phrase == "invade" or s.passive)


def _dated_near(s: Scene) -> bool:
    """A date that can only be the act's: within a few words of it, and in its clause."""
    head = s.trigger.head
    return any(
        abs(s.reading.position(d.start) - head) <= 8 and s.span[0] <= s.reading.position(d.start) < s.span[1]
        for d in s.reading.dates
    )


def _parties(s: Scene) -> bool:
    found = officials(s.reading.actors)
    if len(sides(found)) >= 2:
        return True
    words = {t.lower for t in _tokens(s)}
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
    return (
        bool(found)
        and s.trigger.nominal
        and bool(words & {"peace", "ceasefire", "nuclear", "indirect", "direct", "truce", "ukraine", "war"})
    )


def _meeting(s: Scene) -> bool:
    """Someone meets someone: the other party stands in the object or behind "with"; or talks are held."""
    if not officials(s.subjects) and not s.passive:
        plural = any(a.kind == PERSON for a in s.subjects)
        if not plural:
            return False
    phrase = s.trigger.phrase
    first, last = s.object
    if phrase in ("discuss", "speak", "call", "host", "attend", "gather", "negotiate", "talk to", "speak to"):
        others = officials(s.actors_in(first, min(last, first + 14)))
        if phrase in ("call",):
            token = _tokens(s)[first : first + 1]
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
                for t in _tokens(s)[slice(*(s.subject or (0, 0)))]
            )
        )
    return True


def _official(s: Scene) -> bool:
    if officials(s.initiators):
        return True
    if s.trigger.nominal:
        return bool(officials(s.actors_in(*s.span)))
    return any(a.kind == PERSON and a.official for a in s.initiators)


def _visited(s: Scene) -> bool:
    if s.trigger.nominal:
        phrase_places = s.places_in(s.trigger.first, min(len(_tokens(s)), s.trigger.last + 8))
        return bool(phrase_places)
    first, last = s.object
    if not any(
        a.kind == PERSON or (a.kind in (STATE, ORGANISATION, AGENCY) and _plural_team(s))
        for a in s.initiators
    ):
        return False
    places = s.places_in(s.trigger.last - 1, min(last, s.trigger.last + 7))
    if s.trigger.phrase in ("receive", "welcome"):
        return bool(places) and any(a.kind == PERSON for a in s.objects)
    return bool(places) and not s.has("peace", s.trigger.last, s.trigger.last + 2)


def _plural_team(s: Scene) -> bool:
    return any(
        t.lower
        in ("delegation", "delegations", "team", "teams", "negotiators", "envoys", "officials", "mission")
        for t in _tokens(s)[slice(*(s.subject or (0, 0)))]
    )


def _in_object(group: str, reach: int = 16) -> Callable[[Scene], bool]:
    def test(s: Scene) -> bool:
        first, last = s.object
        return s.has(group, first, min(len(_tokens(s)), first + reach)) or (
            s.passive and s.subject is not None and s.has(group, *s.subject)
        )

    return test


def _deal_made(s: Scene) -> bool:
    tokens = _tokens(s)
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


def _captives(s: Scene) -> bool:
    first, last = s.object
    if s.trigger.nominal:
        return s.has("captives", max(0, s.trigger.first - 4), s.trigger.last + 6)
    return s.has("captives", first, min(last, first + 8)) or (
        s.passive and s.subject is not None and s.has("captives", *s.subject)
    )


def _sanction_act(s: Scene) -> bool:
    words = {t.lower for t in _tokens(s)[max(0, s.trigger.first - 7) : s.trigger.last + 7]}
    return bool(words & _SANCTIONING) and bool(sides(s.reading.actors))


_SANCTIONING = frozenset(
    "imposed impose imposing imposes lifted extended adopted announced unveiled approved slapped eased".split()
)


def _legal(s: Scene) -> bool:
    return s.near("legal_body") and bool(sides(s.reading.actors) or officials(s.reading.actors))


def _conflict(s: Scene) -> bool:
    return s.near("conflict") or len(sides(s.reading.actors)) >= 2


def _scheduled(s: Scene) -> bool:
    """The noun is what the clause is about: held, resumed, followed, in a place or at a time."""
    tokens = _tokens(s)
    head = s.trigger.head
    verb = tokens[s.clause.verb].verb if s.clause is not None else ""
    words = context_words("meeting_verbs")[0]
    near_place = bool(s.places_in(head, min(len(tokens), head + 6)))
    near_date = any(abs(s.reading.position(d.start) - head) <= 6 for d in s.reading.dates)
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
    if tokens[head].noun in ("call", "discussion", "conference", "conversation") and not (with_party or near_date):
        return False
    held = any(head < c.verb <= head + 12 and tokens[c.verb].verb in _HELD for c in s.reading.parsed.clauses)
    if held and (near_place or s.places_in(0, head) or len(sides(officials(s.reading.actors))) >= 2):
        return True
    return near_place or near_date or ((verb in words or verb == "") and (with_party or qualified))


_HELD = frozenset(("take", "hold", "mediate", "broker", "begin", "start", "resume", "host", "schedule"))


def country_only(scene: Scene) -> bool:
    """Whether the only places are whole countries."""
    return all(p.where.precision == PlacePrecision.COUNTRY for p in scene.reading.places if is_place(p))


NEEDS: dict[str, Callable[[Scene], bool]] = {
    "armed": _armed,
    "violent": _violent,
    "incoming": _incoming,
    "points_back": _points_back,
    "ground": _ground,
    "fighting": _fighting,
    "land": _land,
    "land_strict": _land_strict,
    "land_subject": _land_subject,
    "land_of": _land_of,
    "named_place": _named_place,
    "troops": _troops,
    "place": _place,
    "armed_object": _armed_object,
    "concession": _concession,
    "state_place": _state_place,
    "dated_near": _dated_near,
    "parties": _parties,
    "meeting": _meeting,
    "official": _official,
    "visited": _visited,
    "peace_object": _in_object("peace"),
    "deal_object": _in_object("deal", 10),
    "deal_made": _deal_made,
    "captives": _captives,
    "sanction_object": _in_object("sanctions", 12),
    "sanction_act": _sanction_act,
    "aid_object": _in_object("aid", 12),
    "legal_body": _legal,
    "conflict": _conflict,
    "scheduled": _scheduled,
}


def unmet(scene: Scene) -> list[str]:
    """The needs of the trigger that its scene does not meet."""
    return [name for name in scene.trigger.entry.needs if not NEEDS[name](scene)]
