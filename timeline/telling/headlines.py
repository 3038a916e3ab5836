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
from dataclasses import dataclass, replace

from timeline.assessment import Speaker
from timeline.extraction.codebook import Modality, PlacePrecision, Role, Status
from timeline.extraction.findings import Figure, Party
from timeline.telling.sides import side_name
from timeline.telling.wording import fold, listing, surname, verb, with_article

LONGEST = 160  # characters; a quote is cut at a word to keep to it


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
    destroyed: bool = False  # what was hit is said to be no more


@dataclass(frozen=True, slots=True)
class Form:
    """How one type is worded. Slots (`_slots`): {thing} is what or where it was done to.

    A slot that cannot be filled vanishes with its preposition. `clause` follows the verb, `by` leads to the
    actor in the noun.
    """

    noun: str
    verb: tuple[str, str, str]  # base, third person, past
    clause: str
    by: str = "by"


_STRIKE = ("strike", "strikes", "struck")
FORMS: dict[str, Form] = {
    "missile": Form("missile strike{by}{on_target}", _STRIKE, "{thing} with missiles"),
    "drone": Form("drone strike{by}{on_target}", _STRIKE, "{thing} with drones"),
    "airstrike": Form("air strike{by}{on_target}", _STRIKE, "{thing} from the air"),
    "shelling": Form("shelling{by}{of_target}", ("shell", "shells", "shelled"), "{thing}"),
    "combined": Form("combined strike{by}{on_target}", _STRIKE, "{thing} with missiles, drones or shells"),
    "explosion": Form(
        "explosion{by}{at_target}",
        ("set off", "sets off", "set off"),
        "an explosion{at_target}",
        "set off by",
    ),
    "clash": Form("fighting{by}{at_target}", ("fight", "fights", "fought"), "{at_target}", "involving"),
    "interception": Form(
        "interception{by}{of_target}{over_place}",
        ("shoot down", "shoots down", "shot down"),
        "{incoming}{over_place}",
    ),
    "attack": Form("attack{by}{on_target}", ("attack", "attacks", "attacked"), "{thing}"),
    "capture": Form("capture{by} of {thing}", ("capture", "captures", "captured"), "{thing}"),
    "recapture": Form("recapture{by} of {thing}", ("recapture", "recaptures", "recaptured"), "{thing}"),
    "advance": Form("advance{by}{at_target}", ("advance", "advances", "advanced"), "{at_target}"),
    "withdrawal": Form("withdrawal{by}{from_thing}", ("withdraw", "withdraws", "withdrew"), "{from_thing}"),
    "annexation": Form("annexation{by} of {thing}", ("annex", "annexes", "annexed"), "{thing}"),
    "demand": Form(
        "territorial demand{by}{over_thing}", ("make", "makes", "made"), "a territorial demand{over_thing}"
    ),
    "incursion": Form("incursion{by}{into_thing}", ("cross", "crosses", "crossed"), "{across}"),
    "control": Form("control{by} of {thing}", ("hold", "holds", "held"), "{thing}"),
    "talks": Form("talks{by}{in_place}", ("hold", "holds", "held"), "talks{with_others}{in_place}", "with"),
    "visit": Form("visit{by}{to_place}", ("pay", "pays", "paid"), "a visit{to_place}"),
    "proposal": Form("proposal{by}{to_others}", ("make", "makes", "made"), "a proposal{to_others}"),
    "agreement": Form(
        "agreement{by}{in_place}",
        ("reach", "reaches", "reached"),
        "an agreement{with_others}{in_place}",
        "involving",
    ),
    "exchange": Form(
        "exchange{by}{of_goods}{in_place}",
        ("carry out", "carries out", "carried out"),
        "an exchange{of_goods}{with_others}{in_place}",
    ),
    "statement": Form("statement{by}{on_others}", ("make", "makes", "made"), "a statement{on_others}"),
    "rejection": Form("rejection{by} of {a_proposal}", ("reject", "rejects", "rejected"), "{a_proposal}"),
    "threat": Form("threat{by}{against_others}", ("make", "makes", "made"), "a threat{against_others}"),
    "accusation": Form(
        "accusation{by}{against_others}", ("make", "makes", "made"), "an accusation{against_others}"
    ),
    "sanction": Form(
        "decision{by} on sanctions{concerning_others}",
        ("decide", "decides", "decided"),
        "on sanctions{concerning_others}",
    ),
    "aid": Form("aid{by}{for_others}", ("give", "gives", "gave"), "aid{to_others}", "from"),
    "legal": Form(
        "legal step{by}{concerning_others}", ("take", "takes", "took"), "a legal step{concerning_others}"
    ),
}
_DESTRUCTION = Form("destruction{by}{of_target}", ("destroy", "destroys", "destroyed"), "{thing}")
# Nouns that take no "a": "Norvia denies shelling".
_UNCOUNTED = frozenset({"shelling", "clash", "talks", "aid", "control", "capture", "recapture", "annexation"})
# In these, persons are named before the bodies they act for; elsewhere bodies before persons.
_BY_PERSONS = frozenset(
    {"talks", "visit", "proposal", "agreement", "statement", "rejection", "threat", "accusation", "demand"}
)
_SPEECH = frozenset({"proposal", "statement", "rejection", "threat", "accusation", "demand"})
# Told by what happened, even where it is known who did it.
_TOLD_AS_NOUNS = frozenset(
    {"missile", "drone", "airstrike", "shelling", "combined", "explosion", "clash", "attack"}
)
_JOINT = frozenset({"talks", "agreement", "exchange"})
# Told as "Norvia says it captured the town"; other types as "Strike on the town, Norvia says".
_TERRITORY_VERBS = frozenset(
    {"capture", "recapture", "advance", "withdrawal", "annexation", "incursion", "control"}
)
_LEAD_IN = re.compile(r"^(?:But|And|Meanwhile,|However,|Earlier,|Separately,|Also,|In addition,) ")
_RANK = {"state": 0, "group": 1, "force": 2, "agency": 3, "organisation": 4, "": 5, "people": 6, "person": 7}


def headline(parts: Parts) -> str:
    """One line, without a full stop."""
    line = _said(parts) or _framed(parts)
    toll = _toll(parts)
    if toll:
        line = f"{line}; {toll}"
    return line[:1].upper() + line[1:]


def _said(parts: Parts) -> str:
    """An act of speech is told by its words: the sentence that names the speaker, else "Speaker: “words”"."""
    told = parts.status in (Status.REPORTED, Status.CORROBORATED)
    if not (told and parts.type in _SPEECH and parts.gist):
        return ""
    words = frozenset(surname(word) for word in fold(parts.gist).split())
    actors = _actors(parts)
    if not actors or any(surname(p.name) in words for p in actors):
        return _cut(_LEAD_IN.sub("", parts.gist), LONGEST)
    who = listing(_names(actors))
    gist = _cut(parts.gist, LONGEST - len(who) - 4)
    return f"{who}: {gist}" if set('“”"') & set(gist) else f"{who}: “{gist}”"


# ---- who -----------------------------------------------------------------------------------------------


def _named(parts: Parts, *roles: Role) -> list[Party]:
    """A side's foremost body, or, where the type is told of persons, all its persons instead."""
    sides: dict[str, list[Party]] = {}
    for party in (p for role in roles for p in parts.parties if p.role is role):
        sides.setdefault(party.side or party.name, []).append(party)
    named: list[Party] = []
    for parties in sides.values():
        persons = [p for p in parties if p.kind == "person"] if parts.type in _BY_PERSONS else []
        persons = list({surname(p.name): p for p in reversed(persons)}.values())[::-1]
        named += persons or [min(parties, key=lambda p: _RANK.get(p.kind, 5))]
    return named


def _names(parties: Iterable[Party]) -> list[str]:
    return [with_article(p.name) for p in parties]


def _actors(parts: Parts) -> list[Party]:
    if parts.type == "clash":
        return _named(parts, Role.INITIATOR, Role.PARTICIPANT, Role.TARGET)
    if parts.type in _JOINT:
        joint = _named(parts, Role.INITIATOR, Role.PARTICIPANT)
        return joint or _named(parts, Role.MEDIATOR)
    return _named(parts, Role.INITIATOR) or _named(parts, Role.PARTICIPANT)


def _others(parts: Parts) -> list[str]:
    """Whom it was done to or with, where that is neither the actor nor a thing."""
    acting = {p.side or p.name for p in _actors(parts)}
    others = (p for p in _named(parts, Role.TARGET) if (p.side or p.name) not in acting)
    return _names(p for p in others if p.kind not in ("equipment", "facility"))


# ---- the forms filled --------------------------------------------------------------------------------------


# Land that is taken, held or left is seldom a whole region.
_CHANGES_HANDS = frozenset({"capture", "recapture", "withdrawal", "control"})
_WIDE = frozenset({PlacePrecision.ADMIN2, PlacePrecision.ADMIN1, PlacePrecision.COUNTRY})


def _slots(parts: Parts) -> dict[str, str]:
    def after(preposition: str, words: str) -> str:
        return f" {preposition} {words}" if words else ""

    place = with_article(parts.place)
    settled = parts.place_precision is PlacePrecision.EXACT
    in_place = after("near" if parts.place_precision is PlacePrecision.NEAR else "in", place)
    others, target = listing(_others(parts)), parts.target.strip()
    if not target and parts.type in _CHANGES_HANDS and parts.place_precision in _WIDE:
        target = "territory"  # a village "in Sumy region" is not the region
    thing = f"{target}{in_place}" if target else place or others
    land = target or place

    def hit(preposition: str) -> str:
        """ "on the port in Odesa", "on Odesa", "in Odesa region" """
        if target:
            return after(preposition, f"{target}{in_place}")
        return (after(preposition, place) if settled else in_place) or after(preposition, others)

    return {
        "by": "",
        "thing": thing or ("territory" if parts.type in _TERRITORY_VERBS else "a target"),
        "in_place": in_place,
        "over_place": after("over", place),
        "to_place": after("to", place or others),
        "on_target": hit("on"),
        "of_target": after("of", target) if parts.type == "interception" else hit("of"),
        "at_target": f"{after('at', target)}{in_place}",
        "of_goods": after("of", target),
        "from_thing": after("from", thing if land else ""),
        "into_thing": after("into", thing if land else ""),
        "over_thing": after("over", thing if land else ""),
        "across": f"into {thing}" if land else "the border",
        "incoming": target or "incoming weapons",
        "with_others": after("with", others),
        "to_others": after("to", others),
        "for_others": after("for", others),
        "on_others": after("on", others or place),
        "against_others": after("against", others),
        "concerning_others": after("concerning", others),
        "a_proposal": f"a proposal{after('from', others)}",
    }


def _form(parts: Parts) -> Form:
    return _DESTRUCTION if parts.type == "attack" and parts.destroyed and parts.target else FORMS[parts.type]


def _noun(parts: Parts, actors: Sequence[Party] = ()) -> str:
    form = _form(parts)
    slots = _slots(parts)
    if actors:
        between = len(actors) > 1 and (parts.type in _JOINT or parts.type == "clash")
        slots["by"] = f" {'between' if between else form.by} {listing(_names(actors))}"
    return form.noun.format_map(slots) + _mediators(parts)


def _predicate(parts: Parts, form: int) -> str:
    """Verb and object; `form`: 0 base, 1 third person, 2 past."""
    words = _form(parts)
    slots = _slots(parts)
    if parts.type == "talks" and len(_actors(parts)) > 1 and not slots["with_others"]:
        said = f"{('meet', 'meets', 'met')[form]}{slots['in_place']}"
    else:
        said = f"{words.verb[form]} {words.clause.format_map(slots).lstrip()}".rstrip()
    return said + _mediators(parts)


def _mediators(parts: Parts) -> str:
    between = _named(parts, Role.MEDIATOR)
    acting = {p.side or p.name for p in _actors(parts)}
    names = _names(p for p in between if (p.side or p.name) not in acting)
    return f", with {listing(names)} mediating" if names and parts.type in _JOINT else ""


def _past(parts: Parts, names: Sequence[str]) -> str:
    """What is said to have been done; of control, what is said to be."""
    return _predicate(parts, int(verb(names, "1", "0")) if parts.type == "control" else 2)


def _clause(parts: Parts, actors: Sequence[Party], past: bool = False) -> str:
    names = _names(actors)
    said = _past(parts, names) if past else _predicate(parts, int(verb(names, "1", "0")))
    return f"{listing(names)} {said}"


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
    return _clause(parts, actors) if actors and parts.type not in _TOLD_AS_NOUNS else _noun(parts, actors)


def _told(parts: Parts, actors: Sequence[Party]) -> str:
    """As someone's word."""
    if not parts.said:
        return _plain(parts, actors)
    say = f"{_speakers(parts.said)} {_says(parts.said, 'say')}"
    everyone = {p.side or p.name for p in actors} <= {w for s in parts.said for w in (s.side, s.name)}
    if _own(parts.said, actors) and everyone:
        if any(p.kind == "person" for p in actors):
            return f"{_noun(parts)}, {say}"
        names = _names(actors)
        it = verb(names, "it", "they")
        return f"{listing(names)} {verb(names, 'says', 'say')} {it} {_past(parts, names)}"
    if actors and parts.type in _TERRITORY_VERBS:
        return f"{say} {_clause(parts, actors, past=True)}"
    return f"{_plain(parts, actors)}, {say}"


def _own(speakers: Sequence[Speaker], actors: Sequence[Party]) -> bool:
    """Whether all that speak are those that acted."""
    sides = {p.side for p in actors if p.side} | {p.name for p in actors}
    return bool(actors) and all(s.side in sides or s.name in sides for s in speakers)


def _denied(parts: Parts, actors: Sequence[Party]) -> str:
    if not parts.denied:
        return f"no {_noun(parts, actors)}, reports say"
    who, denies = _speakers(parts.denied), _says(parts.denied, "deny")
    if actors and not _own(parts.denied, actors):
        return f"{who} {denies} that {_clause(_seen_by(parts, parts.denied), actors, past=True)}"
    noun = _noun(parts)
    article = "" if parts.type in _UNCOUNTED else "an " if noun[0] in "aeiou" else "a "
    return f"{who} {denies} {article}{noun}"


def _seen_by(parts: Parts, speakers: Sequence[Speaker]) -> Parts:
    """With the speaker, where it is the target, as a pronoun: "Norvia denies that Karsk gave aid to it"."""
    if len({s.name for s in speakers}) > 1:
        return parts
    speaker = speakers[0]
    it = verb([speaker.name], "it", "them")
    return replace(
        parts,
        parties=tuple(
            replace(p, name=it)
            if p.role is Role.TARGET and p.kind != "person" and speaker.side and p.side == speaker.side
            else p
            for p in parts.parties
        ),
    )


def _planned(parts: Parts, actors: Sequence[Party]) -> str:
    supposed = parts.modality is Modality.HYPOTHETICAL
    if actors:
        return f"{listing(_names(actors))} {'may' if supposed else 'to'} {_predicate(parts, 0)}"
    return f"{_noun(parts)} {'possible' if supposed else 'planned'}"


def _voices(speakers: Sequence[Speaker]) -> list[str]:
    """One name a side: its only speaker, or the side itself where several speak for it."""
    sides: dict[str, dict[str, str]] = {}
    for s in speakers:
        names = sides.setdefault(s.side or s.name, {})
        names.setdefault(re.sub(r"(?i)^the ", "", s.name), s.name)
    return [
        next(iter(names.values())) if len(names) == 1 else side_name(side) for side, names in sides.items()
    ]


def _speakers(speakers: Sequence[Speaker]) -> str:
    return listing([with_article(name) for name in _voices(speakers)])


def _says(speakers: Sequence[Speaker], base: str) -> str:
    third = {"say": "says", "deny": "denies"}[base]
    return verb(_voices(speakers), third, base)


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
        if low == best == high:
            return f"{best}" if best else "no one"
        return f"at least {best}" if low == best and high is None else f"about {best}"
    if low is not None:
        return f"at least {low}" if high is None else f"{low} to {high}"
    return f"up to {high}" if high is not None else ""


def _cut(text: str, longest: int) -> str:
    """Without its full stop; cut at a word, with an ellipsis, where it is too long."""
    text = " ".join(text.split()).removesuffix(".")
    if len(text) <= longest:
        return text
    return f"{text[: longest - 1].rsplit(' ', 1)[0].rstrip(',;:–— ')}…"
