"""What triggers of territory need around them: one named test each."""

from timeline.extraction.actors.registry import ARMED, GROUP, PERSON, STATE
from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.frames.scene import Scene
from timeline.extraction.frames.sides import sides


def _object_region(s: Scene) -> tuple[int, int]:
    if s.passive and s.subject is not None:
        return s.subject
    if s.antecedent is not None:
        return s.antecedent
    first, last = s.object
    return first, min(last, first + 16)


def land(s: Scene) -> bool:
    region = _object_region(s)
    if s.passive and s.subject is not None and not s.has("land", *region) and not s.places_in(*region):
        return False
    return s.has("land", *region) or bool(s.places_in(*region))


def land_strict(s: Scene) -> bool:
    """The object itself is land: its first phrase is a place or a noun for one."""
    parsed = s.reading.parsed
    if s.passive and s.subject is not None:
        phrase = s.subject
    else:
        first = s.object[0]
        while first < s.object[1] and s.tokens[first].lower in _ROUGHLY:
            first += 1
        found = parsed.phrase_after(first, s.object[1])
        if found is None:
            return False
        phrase = found
    tokens = s.tokens
    if phrase[1] < len(tokens) and tokens[phrase[1]].lower in ("%", "percent"):
        phrase = (phrase[0], phrase[1] + 1)  # "about 70% of the region"
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


_ROUGHLY = frozenset("about around almost nearly roughly some over more than at least up to all".split())


def land_named(s: Scene) -> bool:
    """Land is named in the clause, by a place or by a noun for one ("four regions")."""
    return place(s) or s.has("land", *s.span)


def land_subject(s: Scene) -> bool:
    if s.subject is None or s.passive:
        return False
    subject = s.subject
    if s.tokens[subject[1] - 1].lower in ("control", "command") and s.clause is not None:
        subject = (subject[0], max(subject[1], s.clause.group[0]))  # "control of X passed to"
    place = s.places_in(*subject) or s.has("land", *subject)
    if not place:
        return False
    if s.trigger.phrase == "pass to" and s.tokens[s.subject[1] - 1].lower != "control":
        return False
    if s.trigger.phrase == "fall":
        after = s.tokens[s.object[0] : s.object[0] + 1]
        return (
            not after or after[0].text in (".", ",") or after[0].lower in ("on", "after", "in", "last", "to")
        )
    return True


def land_of(s: Scene) -> bool:
    tokens = s.tokens
    i = s.trigger.last
    if i < len(tokens) and tokens[i].lower in ("of", "by", "in"):
        return bool(s.places_in(i, min(len(tokens), i + 12))) or s.has("land", i, i + 8)
    phrase = s.reading.parsed.phrase_at(s.trigger.head)
    return bool(phrase and s.places_in(*phrase))


def named_place(s: Scene) -> bool:
    return bool(s.places_in(s.trigger.first, min(s.span[1], s.trigger.last + 12)))


def troops(s: Scene) -> bool:
    actors = (*s.initiators, *s.subjects)
    if any(a.kind in ARMED for a in actors) or s.we:
        return True
    if any(a.kind in (STATE, GROUP) for a in actors) and not any(a.kind == PERSON for a in actors):
        if s.trigger.entry.type != "withdrawal" or any(a.kind in ARMED for a in s.objects):
            return True
        leaves = s.trigger.phrase in ("withdraw", "retreat", "pull out", "pull back", "abandon")
        return leaves and bool(s.places_in(*s.object))
    if s.trigger.nominal:
        return bool(sides(s.agents)) or any(a.kind in ARMED for a in s.actors_in(*s.span))
    return any(a.kind in ARMED for a in s.objects) and bool(sides(list(actors)))


def armed_object(s: Scene) -> bool:
    """Those driven out are troops or a warring side."""
    region: tuple[int, int] = (s.trigger.head, s.object[1])
    if s.passive and s.subject is not None:
        region = s.subject
    elif s.reading.parsed.phrase_after(s.trigger.head + 1, s.object[1]) is None:
        return False  # "driving through the town from the west"
    return any(a.kind in ARMED or (a.kind == STATE and not a.adjective) for a in s.actors_in(*region))


def place(s: Scene) -> bool:
    first = s.object[0]
    if not s.trigger.nominal and first < len(s.tokens) and s.tokens[first].lower == "it":
        return bool(s.places_in(0, s.trigger.first))
    return bool(s.places_in(*s.span)) or (s.subject is not None and bool(s.places_in(*s.subject)))


def front_subject(s: Scene) -> bool:
    """It is the front that moves."""
    if s.subject is None or s.passive:
        return False
    words = [t.lower for t in s.tokens[slice(*s.subject)]]
    return (
        "frontline" in words or "frontlines" in words or ("front" in words and words[-1] in ("line", "lines"))
    )


def flag_subject(s: Scene) -> bool:
    """ "The Russian flag was raised over the village"."""
    return s.passive and s.subject is not None and s.tokens[s.subject[1] - 1].lower in ("flag", "flags")


def place_near(s: Scene) -> bool:
    """A place right behind the noun, or in its own phrase."""
    return bool(s.places_in(max(0, s.trigger.first - 4), min(s.span[1], s.trigger.last + 12)))


def concession(s: Scene) -> bool:
    region = (max(0, s.trigger.first - 6), min(len(s.tokens), s.trigger.last + 14))
    if s.trigger.phrase == "concession":  # of what? "concessions on its missile programme" are no land
        words = {t.lower for t in s.tokens[region[0] : region[1]]}
        if not (words & _OF_LAND or s.places_in(s.trigger.last, region[1])):
            return False
    return s.has("concession", *region) and (bool(sides(s.reading.actors)) or bool(s.places_in(*region)))


_OF_LAND = frozenset("territorial territory land territories border borders region regions".split())


def withdrawal_object(s: Scene) -> bool:
    """ "demands a complete withdrawal from X": the land that is asked for is named."""
    first, last = s.object
    asked = any(t.lower in _LEAVING for t in s.tokens[first : min(last, first + 6)])
    return asked and bool(s.places_in(first, min(last, first + 14)))


_LEAVING = frozenset("withdrawal pullout pullback retreat return cession surrender withdraw handover".split())


def foreign_country(s: Scene) -> bool:
    """The object is a country, or a part of one that is no region of it, and not that of the troops."""
    found = s.reading.parsed.phrase_after(*s.object)
    own = sides(s.initiators)
    return (
        found is not None
        and bool(own)
        and any(
            p.where.precision is PlacePrecision.COUNTRY and p.where.country not in own
            for p in s.places_in(*found)
        )
    )


def state_place(s: Scene) -> bool:
    """Another state's land: the object names a country (or its land) that is not the initiator's."""
    tokens = s.tokens
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


def dated_near(s: Scene) -> bool:
    """A date that can only be the act's: within a few words of it, and in its clause."""
    head = s.trigger.head
    if any(t.lower == "anniversary" for t in s.tokens[max(0, head - 6) : head]):
        return False
    for d in s.reading.dates:
        at = s.reading.position(d.start)
        parted = any(t.lower in ("after", "since", "before") for t in s.tokens[at:head])
        if abs(at - head) <= 8 and s.span[0] <= at < s.span[1] and not parted:
            return True
    return False
