"""The line that names an event in lists, feeds and exports: made of its parts, with who says so. Pure.

    headline(Parts("capture", Status.CLAIMED, parties=(Party("Russia", Role.INITIATOR, "state", "RU"),),
                   place="Siversk", said=(Speaker("Russia", "RU"),)))
    # "Russia says it captured Siversk"

Every type has two forms: a clause ("Russia captures Siversk") and a noun ("capture of Siversk by Russia");
the status decides which of them is used and in what frame. The word "claims" is not used: it casts doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from timeline.assessment import Speaker
from timeline.extraction.codebook import Modality, PlacePrecision, Role, Status
from timeline.extraction.findings import Figure, Party
from timeline.wording import is_plural, listing, verb, with_article

LONGEST = 220  # characters; a quote is cut at a word to keep to it


@dataclass(frozen=True, slots=True)
class Parts:
    """What a headline is made of. All but `type` and `status` may be missing.

    `target` is what was hit, taken or exchanged, as the text has it; `place` is a display name; `said` and
    `denied` are the named speakers (Assessment.said, .denied); `gist` is a sentence of the quote, used where
    the event is an act of speech. `killed` and `wounded` are the leading figures.
    """

    type: str
    status: Status
    modality: Modality = Modality.OCCURRED
    parties: tuple[Party, ...] = ()
    target: str = ""
    place: str = ""
    place_precision: PlacePrecision | None = None
    killed: Figure | None = None
    wounded: Figure | None = None
    said: tuple[Speaker, ...] = ()
    denied: tuple[Speaker, ...] = ()
    gist: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How one type is worded. Slots: {thing} what or where it was done to, {in_place}, {with_target}, {to_target}...

    A slot that cannot be filled vanishes with its preposition. `clause` follows the verb.
    """

    noun: str
    verb: tuple[str, str, str]  # base, third person, past
    clause: str
    by: str = "by"  # the actor after the noun


_STRIKE = ("strike", "strikes", "struck")
FORMS: dict[str, Form] = {
    "missile": Form("missile strike{on_target}{in_place}", _STRIKE, "{thing} with missiles"),
    "drone": Form("drone strike{on_target}{in_place}", _STRIKE, "{thing} with drones"),
    "airstrike": Form("air strike{on_target}{in_place}", _STRIKE, "{thing} from the air"),
    "shelling": Form("shelling{of_target}{in_place}", ("shell", "shells", "shelled"), "{thing}"),
    "combined": Form(
        "combined strike{on_target}{in_place}", _STRIKE, "{thing} with missiles, drones or shells"
    ),
    "explosion": Form(
        "explosion{at_target}{in_place}",
        ("set off", "sets off", "set off"),
        "an explosion{at_target}{in_place}",
        "set off by",
    ),
    "clash": Form(
        "fighting{at_target}{in_place}", ("fight", "fights", "fought"), "{at_target}{in_place}", "involving"
    ),
    "interception": Form(
        "interception{of_target}{over_place}",
        ("shoot down", "shoots down", "shot down"),
        "{incoming}{over_place}",
    ),
    "attack": Form("attack{on_target}{in_place}", ("attack", "attacks", "attacked"), "{thing}"),
    "capture": Form("capture of {thing}", ("capture", "captures", "captured"), "{thing}"),
    "recapture": Form("recapture of {thing}", ("recapture", "recaptures", "recaptured"), "{thing}"),
    "advance": Form(
        "advance{at_target}{in_place}", ("advance", "advances", "advanced"), "{at_target}{in_place}"
    ),
    "withdrawal": Form("withdrawal{from_thing}", ("withdraw", "withdraws", "withdrew"), "{from_thing}"),
    "annexation": Form("annexation of {thing}", ("annex", "annexes", "annexed"), "{thing}"),
    "demand": Form(
        "territorial demand{over_thing}", ("make", "makes", "made"), "a territorial demand{over_thing}"
    ),
    "incursion": Form("incursion{into_thing}", ("cross", "crosses", "crossed"), "{across}"),
    "control": Form("control of {thing}", ("hold", "holds", "held"), "{thing}"),
    "talks": Form("talks{in_place}", ("hold", "holds", "held"), "talks{with_others}{in_place}", "with"),
    "visit": Form("visit{to_place}", ("visit", "visits", "visited"), "{place_or_others}"),
    "proposal": Form("proposal{to_others}", ("make", "makes", "made"), "a proposal{to_others}"),
    "agreement": Form(
        "agreement{in_place}", ("reach", "reaches", "reached"), "an agreement{with_others}{in_place}", "of"
    ),
    "exchange": Form(
        "exchange{of_target}{in_place}",
        ("make", "makes", "made"),
        "an exchange{of_target}{with_others}{in_place}",
        "by",
    ),
    "statement": Form("statement{on_others}", ("make", "makes", "made"), "a statement{on_others}"),
    "rejection": Form("rejection{of_proposal}", ("reject", "rejects", "rejected"), "{a_proposal}"),
    "threat": Form("threat{against_others}", ("make", "makes", "made"), "a threat{against_others}"),
    "accusation": Form(
        "accusation{against_others}", ("make", "makes", "made"), "an accusation{against_others}"
    ),
    "sanction": Form(
        "decision on sanctions{against_others}",
        ("decide", "decides", "decided"),
        "on sanctions{against_others}",
    ),
    "aid": Form("aid{for_others}", ("give", "gives", "gave"), "aid{to_others}", "from"),
    "legal": Form(
        "legal step{concerning_others}", ("take", "takes", "took"), "a legal step{concerning_others}"
    ),
}
# Nouns that take no "a": "Norvia denies shelling".
_UNCOUNTED = frozenset({"shelling", "clash", "talks", "aid", "control", "capture", "recapture", "annexation"})
# In these, persons are named before the bodies they act for; elsewhere bodies before persons.
_BY_PERSONS = frozenset(
    "talks visit proposal agreement statement rejection threat accusation demand".split()  # noqa: SIM905
)
_SPEECH = frozenset({"proposal", "statement", "rejection", "threat", "accusation", "demand"})
_JOINT = frozenset({"talks", "agreement", "exchange"})
# Accounts of these are told as "Norvia says it captured the town"; others as "Strike on the town, Norvia says".
_TERRITORY_VERBS = frozenset(
    {"capture", "recapture", "advance", "withdrawal", "annexation", "incursion", "control"}
)
_RANK = {"force": 0, "group": 1, "state": 2, "agency": 3, "organisation": 4, "": 5, "people": 6, "person": 7}


def headline(parts: Parts) -> str:
    """One line, without a full stop."""
    line = _framed(parts)
    toll = _toll(parts)
    if toll:
        line = f"{line}; {toll}"
    gist = _cut(parts.gist, LONGEST - len(line) - 4) if parts.type in _SPEECH else ""
    if gist:
        line = f"{line}: “{gist}”"
    return line[:1].upper() + line[1:]


# ---- who -----------------------------------------------------------------------------------------------


def _named(parts: Parts, *roles: Role) -> list[Party]:
    """One party a side: the person or the body, whichever the type is told of."""
    persons_first = parts.type in _BY_PERSONS
    best: dict[str, Party] = {}
    for party in (p for role in roles for p in parts.parties if p.role is role):
        side = party.side or party.name
        known = best.get(side)
        rank = _RANK.get(party.kind, 5)
        if known is None:
            best[side] = party
        elif persons_first:
            if party.kind == "person" != known.kind:
                best[side] = party
        elif rank < _RANK.get(known.kind, 5):
            best[side] = party
    return list(best.values())


def _names(parties: Iterable[Party]) -> list[str]:
    return [with_article(p.name) for p in parties]


def _actors(parts: Parts) -> list[Party]:
    if parts.type in _JOINT:
        joint = _named(parts, Role.INITIATOR, Role.PARTICIPANT)
        return joint or _named(parts, Role.MEDIATOR)
    return _named(parts, Role.INITIATOR) or _named(parts, Role.PARTICIPANT)


def _others(parts: Parts) -> list[str]:
    acting = {p.side or p.name for p in _actors(parts)}
    return _names(
        p for p in _named(parts, Role.TARGET) if (p.side or p.name) not in acting and p.kind != "equipment"
    )


# ---- the forms filled --------------------------------------------------------------------------------------


def _slots(parts: Parts) -> dict[str, str]:
    place = with_article(parts.place)
    near = "near" if parts.place_precision is PlacePrecision.NEAR else "in"
    in_place = f" {near} {place}" if place else ""
    others = listing(_others(parts))
    bodies = listing([n for n in _others(parts)])
    target = parts.target.strip()
    hit = target or (bodies if not place else "")
    thing = f"{target}{in_place}" if target else place or bodies or "territory"

    def after(preposition: str, words: str) -> str:
        return f" {preposition} {words}" if words else ""

    land = thing if thing != "territory" else ""
    return {
        "thing": thing if parts.type in _TERRITORY_VERBS or thing != "territory" else "a target",
        "in_place": in_place,
        "over_place": after("over", place),
        "to_place": after("to", place or others),
        "on_target": after("on", hit),
        "of_target": after("of", hit),
        "at_target": after("at", target),
        "from_thing": after("from", land),
        "into_thing": after("into", land),
        "over_thing": after("over", land),
        "across": f"into {land}" if land else "the border",
        "incoming": target or "incoming weapons",
        "place_or_others": place or others or "another country",
        "with_others": after("with", others),
        "to_others": after("to", others),
        "for_others": after("for", others),
        "on_others": after("on", others or place),
        "against_others": after("against", others),
        "concerning_others": after("concerning", others),
        "of_proposal": after("of a proposal by", others) or " of a proposal",
        "a_proposal": f"a proposal by {others}" if others else "a proposal",
    }


def _noun(parts: Parts, actors: Sequence[Party] = ()) -> str:
    form = FORMS[parts.type]
    noun = form.noun.format_map(_slots(parts))
    if not actors:
        return noun
    if parts.type in _JOINT and len(actors) > 1:
        return f"{noun} between {listing(_names(actors))}"
    return f"{noun} {form.by} {listing(_names(actors))}"


def _predicate(parts: Parts, form: int) -> str:
    """Verb and object; `form`: 0 base, 1 third person, 2 past."""
    words = FORMS[parts.type]
    slots = _slots(parts)
    if parts.type == "talks" and len(_actors(parts)) > 1 and not slots["with_others"]:
        return f"{('meet', 'meets', 'met')[form]}{slots['in_place']}"
    return re.sub(r" {2,}", " ", f"{words.verb[form]} {words.clause.format_map(slots)}").strip()


def _clause(parts: Parts, actors: Sequence[Party], past: bool = False) -> str:
    names = _names(actors)
    form = 2 if past else 1 if verb(names, "one", "several") == "one" else 0
    return f"{listing(names)} {_predicate(parts, form)}"


# ---- the frame: who says so ----------------------------------------------------------------------------------


def _framed(parts: Parts) -> str:
    actors = _actors(parts)
    match parts.status:
        case Status.PLANNED:
            return _planned(parts, actors)
        case Status.DENIED:
            return _denied(parts, actors)
        case Status.CLAIMED:
            return _told(parts, actors)
        case Status.DISPUTED:
            told = _told(parts, actors) if parts.said else f"reported {_noun(parts, actors)}"
            return (
                f"{told}; {_speakers(parts.denied)} {_says(parts.denied, 'deny')} it"
                if parts.denied
                else told
            )
        case _:
            return _plain(parts, actors)


def _plain(parts: Parts, actors: Sequence[Party]) -> str:
    if (
        actors
        and FORMS[parts.type].verb is not _STRIKE
        and parts.type not in ("shelling", "attack", "clash", "explosion")
    ):
        return _clause(parts, actors)
    return _noun(parts, actors)


def _told(parts: Parts, actors: Sequence[Party]) -> str:
    """As someone's word."""
    if not parts.said:
        return _plain(parts, actors)
    sides = {p.side for p in actors if p.side} | {p.name for p in actors}
    own = all(s.side in sides or s.name in sides for s in parts.said)
    bodies = [p for p in actors if p.kind != "person"]
    if own and bodies and len(bodies) == len(actors):
        names = _names(actors)
        who = "they" if verb(names, "one", "several") == "several" else "it"
        return f"{listing(names)} {verb(names, 'says', 'say')} {who} {_predicate(parts, 2)}"
    if own:
        return f"{_noun(parts)}, {_speakers(parts.said)} {_says(parts.said, 'say')}"
    if actors and parts.type in _TERRITORY_VERBS:
        return f"{_speakers(parts.said)} {_says(parts.said, 'say')} {_clause(parts, actors, past=True)}"
    return f"{_plain(parts, actors)}, {_speakers(parts.said)} {_says(parts.said, 'say')}"


def _denied(parts: Parts, actors: Sequence[Party]) -> str:
    if not parts.denied:
        return f"{_noun(parts, actors)} did not take place, reports say"
    who, denies = _speakers(parts.denied), _says(parts.denied, "deny")
    sides = {p.side for p in actors if p.side} | {p.name for p in actors}
    if actors and not all(s.side in sides or s.name in sides for s in parts.denied):
        return f"{who} {denies} that {_clause(parts, actors, past=True)}"
    noun = _noun(parts)
    article = "" if parts.type in _UNCOUNTED else "an " if noun[0] in "aeiou" else "a "
    return f"{who} {denies} {article}{noun}"


def _planned(parts: Parts, actors: Sequence[Party]) -> str:
    supposed = parts.modality is Modality.HYPOTHETICAL
    if actors:
        return f"{listing(_names(actors))} {'may' if supposed else 'to'} {_predicate(parts, 0)}"
    return f"{_noun(parts)} {'possible' if supposed else 'planned'}"


def _speakers(speakers: Sequence[Speaker]) -> str:
    return listing([with_article(s.name) for s in speakers])


def _says(speakers: Sequence[Speaker], base: str) -> str:
    third = {"say": "says", "deny": "denies"}[base]
    return verb([s.name for s in speakers], third, base)


# ---- toll and quote ----------------------------------------------------------------------------------------------


def _toll(parts: Parts) -> str:
    counted = [
        (figure_words(f), what) for f, what in ((parts.killed, "killed"), (parts.wounded, "wounded")) if f
    ]
    return ", ".join(f"{number} {what}" for number, what in counted if number)


def figure_words(figure: Figure) -> str:
    """ "8", "at least 8", "about 36", "24 to 99", "no one"; "" where no bound is known."""
    low, best, high = figure.low, figure.best, figure.high
    if best is not None:
        if high is None:
            return f"at least {low if low is not None else best}"
        return "no one" if best == 0 else f"{best}" if low == high else f"about {best}"
    if low is not None:
        return f"at least {low}" if high is None else f"{low} to {high}"
    return f"up to {high}" if high is not None else ""


def _cut(text: str, longest: int) -> str:
    """At a word, with an ellipsis; "" where there is no room for anything sensible."""
    text = " ".join(text.split()).strip("“”\"' ")
    if len(text) <= longest:
        return text
    if longest < 30:
        return ""
    return f"{text[: longest - 1].rsplit(' ', 1)[0].rstrip(',;:–— ')}…"
