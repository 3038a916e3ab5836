"""What triggers of strikes need around them: one named test each."""

from itertools import pairwise

from timeline.extraction.actors.registry import ARMED, ORGANISATION
from timeline.extraction.frames.scene import Scene
from timeline.extraction.frames.sides import sides


def armed(s: Scene) -> bool:
    """Weapons, armed people or casualties in the clause, or a warring side hitting something."""
    a, b = s.span
    if not s.trigger.nominal and not s.passive and _figurative(s):
        return False
    if s.weapons_in(a, b) or s.tolls_in(a, b):
        return True
    if s.subject is not None and s.weapons_in(*s.subject):
        return True
    told = s.subject is not None and any(t.lower in _ATTACKS for t in s.tokens[slice(*s.subject)])
    if told and not s.passive and s.places_in(*s.object):
        return True  # "a similar strike hit X"
    if any(x.kind in ARMED for x in (*s.initiators, *s.objects)):
        return True
    hits_something = s.has("objects", *s.object) or (
        s.passive and s.subject is not None and s.has("objects", *s.subject)
    )
    if s.passive and s.trigger.phrase in _DESTROYED and s.subject_has("structures"):
        return True  # "the dam was destroyed": in an article about a war no accident
    if s.trigger.phrase == "target":
        return False  # "sanctions target the fleet"
    able = [a for a in s.initiators if a.kind != ORGANISATION or a.side == "nato"]
    return bool(sides(able)) and (hits_something or bool(s.places_in(*s.object)))


def _figurative(s: Scene) -> bool:
    """ "struck a deal", "hit a snag"."""
    phrase = s.reading.parsed.phrase_after(*s.object)
    return phrase is not None and s.tokens[phrase[1] - 1].lower in _FIGURES


_FIGURES = frozenset(
    "incursion invasion offensive counteroffensive counter-offensive "
    "investigation investigations probe inquiry lawsuit case programme program petition "
    "deal deals agreement accord bargain truce compromise tone chord note balance snag nerve milestone low high "
    "record".split()
)
_DESTROYED = frozenset(("destroy", "damage", "hit", "strike"))


def weapon_subject(s: Scene) -> bool:
    """A weapon or an explosion is what does it: "Explosions rocked the port", "debris of a drone fell on"."""
    if s.subject is None or s.passive:
        return False
    end = s.clause.group[0] if s.clause is not None and s.subject[0] < s.clause.group[0] else s.subject[1]
    words = {t.lower for t in s.tokens[s.subject[0] : end]}
    return bool(s.weapons_in(s.subject[0], end)) or bool(words & _ATTACKS)


def irregular(s: Scene) -> bool:
    """Gunmen, militants, a group: no army, whose storming of a town is fighting."""
    return bool(s.initiators) and not any(a.side.isupper() for a in s.initiators)


def blast_heard(s: Scene) -> bool:
    """ "Explosions were heard", "residents heard a blast", "gunfire rang out": heard, whoever caused them."""
    passive_or_its_own = s.passive or s.trigger.phrase != "hear"
    region = (s.subject or (0, 0)) if passive_or_its_own else s.object
    return s.has("blasts", region[0], min(region[1], region[0] + 6))


_ATTACKS = frozenset("attack attacks strike strikes raid raids shelling barrage salvo debris blasts".split())


def _natural(s: Scene) -> bool:
    """ "died of malnutrition", "died in a helicopter crash": no weapon did it."""
    if _NATURAL.isdisjoint(t.lower for t in s.tokens[s.span[0] : s.span[1]]):
        return False
    return not any(m != "airstrike" for _, m in s.weapons_in(*s.span))


_NATURAL = frozenset(
    "malnutrition starvation hunger famine disease cholera measles polio illness dehydration crash accident "
    "collision earthquake flood floods".split()
)


def found_dead(s: Scene) -> bool:
    """A number of bodies, found and not handed over."""
    return bool(s.tolls_in(*s.span)) and not _natural(s)


def bombards(s: Scene) -> bool:
    """Not "shell out"."""
    return s.trigger.last >= len(s.tokens) or s.tokens[s.trigger.last].lower != "out"


def launched(s: Scene) -> bool:
    """ "the launch of missiles at the city"."""
    last = s.trigger.last
    aimed = any(t.lower in ("at", "on", "against", "towards", "toward") for t in s.tokens[last : last + 7])
    return aimed and bool(s.weapons_in(last, last + 5))


def _rate(s: Scene) -> bool:
    """ "each day": a rate, no act."""
    words = [t.lower for t in s.tokens[s.span[0] : s.span[1]]]
    return "daily" in words or any(
        a in ("each", "every", "per") and b in ("day", "week", "month", "year") for a, b in pairwise(words)
    )


def violent(s: Scene) -> bool:
    a, b = s.span
    tokens = s.tokens
    if (
        _rate(s)
        or _natural(s)
        or (s.trigger.phrase == "kill" and tokens[min(s.trigger.last, b - 1)].lower == "off")
    ):
        return False
    lower = tokens[s.trigger.head].lower
    if s.trigger.nominal and (not no_use(s) or not (_in_flight(s) or s.tolls_in(a, b))):
        return False
    if s.trigger.phrase in ("blow up", "blow * up", "detonate", "sabotage", "assassinate"):
        return True
    if s.trigger.nominal and (points_back(s) or _known_act(s, lower)):
        return True
    if s.tolls_in(a, b) or any(x.kind in ARMED for x in s.reading.actors):
        return True
    weapons = [p for p, _ in s.weapons_in(0, len(tokens)) if p != s.trigger.head]
    if weapons:
        return True
    if s.trigger.nominal:
        dated = any(s.reading.position(d.start) - s.trigger.last in (0, 1) for d in s.reading.dates)
        governed = (
            not dated
            and s.trigger.last < len(tokens)
            and tokens[s.trigger.last].lower
            in (
                "on",
                "at",
                "in",
                "against",
                "near",
                "by",
                "outside",
            )
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


_WEAPONS = frozenset("drone missile rocket shell bomb mine landmine grenade".split())


def _in_flight(s: Scene) -> bool:
    """A weapon does something, or something is done with it: "a drill of missiles" is no strike."""
    if s.tokens[s.trigger.head].noun not in _WEAPONS:
        return True
    return s.clause is not None and s.tokens[s.clause.verb].verb in _FLYING


_FLYING = frozenset(
    "hit strike fall land fly launch fire explode crash shoot attack rain kill wound injure damage destroy drop "
    "target detonate pound slam reach enter use send".split()
)


def no_use(s: Scene) -> bool:
    """Not "condemned the use of shelling"."""
    before = [t.lower for t in s.tokens[max(0, s.trigger.first - 4) : s.trigger.first]]
    return ("use", "of") not in pairwise(before)


_ACTS = frozenset(
    "strike strikes attack attacks blast blasts explosion explosions bombing shelling raid assault barrage".split()
)


def _known_act(s: Scene, lower: str) -> bool:
    """ "The strike destroyed a school": the subject is an act told before."""
    subject = s.clause.subject if s.clause is not None else None
    if lower not in _ACTS or subject is None or not subject[0] <= s.trigger.head < subject[1]:
        return False
    return s.tokens[subject[0]].lower in ("the", "this", "these")


def points_back(s: Scene) -> bool:
    """ "The incident happened in ...", "the killings took place on ..."."""
    if s.clause is None or s.clause.subject is None:
        return False
    tokens = s.tokens
    verb = tokens[s.clause.verb].verb
    in_subject = s.clause.subject[0] <= s.trigger.head < s.clause.subject[1]
    return (
        in_subject
        and verb in ("happen", "occur", "take", "come", "begin")
        and tokens[s.clause.subject[0]].lower in ("the", "this", "these")
    )


def incoming(s: Scene) -> bool:
    """The object (or passive subject) is a weapon in flight."""
    first, last = s.object
    tokens = s.tokens
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
        if not s.passive and first < len(tokens) and tokens[first].lower in ("it", "them"):
            return any(m in ("missile", "drone") for _, m in s.weapons_in(0, s.trigger.first))
        hit = s.subject if s.passive and s.subject is not None else _first_phrases(s)
        region_means = [m for _, m in s.weapons_in(*hit)]
        return any(m in ("missile", "drone") for m in region_means)
    return any(m in ("missile", "drone", "airstrike") for _, m in s.weapons_in(*region)) or (
        s.has("attempt", *region) and s.trigger.phrase in ("intercept",)
    )


def _first_phrases(s: Scene) -> tuple[int, int]:
    """The object itself, "of" included ("22 of 30 drones"), without what follows in a list."""
    phrase = s.reading.parsed.phrase_after(*s.object)
    if phrase is None:
        return s.object[0], min(s.object[1], s.object[0] + 3)
    after = phrase[1]
    if after < len(s.tokens) and s.tokens[after].lower in ("of", "out"):
        return phrase[0], min(s.object[1], after + 6)
    return phrase


def ground(s: Scene) -> bool:
    weaponless = not any(m in ("missile", "drone") for _, m in s.weapons_in(*s.object))
    attempt = s.has("attempt", *s.object) or (s.subject is not None and s.has("attempt", *s.subject))
    armed = any(a.kind in ARMED for a in (*s.initiators, *s.objects, *s.agents))
    return (
        weaponless
        and (attempt or armed)
        and (armed or bool(sides(s.initiators)) or (attempt and bool(s.places_in(*s.span))))
    )


def fighting(s: Scene) -> bool:
    tokens = s.tokens
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
