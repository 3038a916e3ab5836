"""Status: what may be said of an event, given who says it. CODEBOOK "Who says so", and these decisions.

* A report without a speaker is the outlet's own voice; an outlet that speaks for a side (state media)
  speaks as that side.
* `claimed`: everyone who asserts it belongs to one camp: the side that did it or gains by it, or the side that
  suffered it. A second origin that tells it in its own voice makes it `reported`: it is no longer only the
  side's word; and it is not corroborated, because outlets often leave out who told them.
* `corroborated`: two camps assert it, each in its own word, or one camp and an independent body. That both are
  quoted in one article does not matter, since it is their word; reprints add nobody's word.
* A third party (another state, a witness, someone whose side is not known) neither claims nor
  corroborates: alone or beside outlets it leaves the event `reported`, beside a camp `claimed`.
* Announcing is doing for statements, threats, sanctions, rulings and the like: the actor's own words are then
  no claim about the act but the act, and what quotes them reports it.
* Any live denial beside an assertion makes it `disputed`, an independent body's assertion too.
* `planned`: nobody says that it happened. It stays so, with a note, when its date has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from timeline.assessment.testimony import Speaker, Testimony, independent_body
from timeline.extraction.codebook import Modality, Status
from timeline.wording import listing, verb

PERFORMATIVE = frozenset(
    {
        "statement",
        "visit",
        "threat",
        "accusation",
        "rejection",
        "proposal",
        "demand",
        "sanction",
        "aid",
        "legal",
        "annexation",
    }
)

ACTOR, VICTIM, INDEPENDENT, THIRD, OUTLET = "actor", "victim", "independent", "third", "outlet"


@dataclass(frozen=True, slots=True)
class Voice:
    """Someone who asserts or denies the event. `camp` is ACTOR, VICTIM, INDEPENDENT, THIRD or OUTLET."""

    name: str
    side: str
    camp: str
    testimony: Testimony


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    reason: str
    said_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    said: tuple[Speaker, ...]
    denied: tuple[Speaker, ...]


def voices(testimonies: Sequence[Testimony]) -> tuple[list[Voice], list[Voice]]:
    """(who asserts, who denies), in order of publication."""
    sides = frozenset().union(*(t.sides | t.gains for t in testimonies)) if testimonies else frozenset()
    targets = (
        frozenset().union(*(t.target_sides for t in testimonies)) - sides if testimonies else frozenset()
    )

    def camp(name: str, side: str, testimony: Testimony) -> str:
        if independent_body(name):
            return INDEPENDENT
        if side and side in sides:
            own_act = testimony.type in PERFORMATIVE and side in testimony.sides
            return OUTLET if own_act and not testimony.denies else ACTOR
        return VICTIM if side and side in targets else THIRD

    said: list[Voice] = []
    denied: list[Voice] = []
    for t in sorted(testimonies, key=lambda t: t.order):
        heard = [Voice(s.name, s.side, camp(s.name, s.side, t), t) for s in _foremost(t.speakers)]
        if not heard and t.outlet_side:
            heard = [Voice(t.source, t.outlet_side, camp(t.source, t.outlet_side, t), t)]
        (denied if t.denies else said).extend(heard or [Voice(t.source, "", OUTLET, t)])
    return said, denied


def _foremost(speakers: Sequence[Speaker]) -> list[Speaker]:
    """Without the states for which another of them speaks: a minister, not the minister and the country."""
    spoken_for = {s.side for s in speakers if s.kind != "state"} - {""}
    return [s for s in speakers if s.kind != "state" or s.side not in spoken_for]


def judge(testimonies: Sequence[Testimony], today: date) -> Verdict:
    """`testimonies`: the live ones, at least one."""
    said, denied = voices(testimonies)
    status = _status(said, denied)
    return Verdict(
        status=status,
        reason=_reason(status, said, denied, today),
        said_by=_sides(said),
        denied_by=_sides(denied),
        said=_speakers(said),
        denied=_speakers(denied),
    )


def _status(said: Sequence[Voice], denied: Sequence[Voice]) -> Status:
    if denied:
        return Status.DISPUTED if said else Status.DENIED
    if not any(v.testimony.happened for v in said):
        return Status.PLANNED
    told = [v for v in said if v.testimony.happened]
    camps = {v.camp for v in told}
    if len(camps & {ACTOR, VICTIM, INDEPENDENT}) > 1:
        return Status.CORROBORATED
    claimed = [v for v in told if v.camp in (ACTOR, VICTIM)]
    if not claimed:
        return Status.REPORTED
    their_origins = {v.testimony.origin for v in claimed}
    return Status.REPORTED if any(_vouches(v, their_origins) for v in told) else Status.CLAIMED


def _vouches(voice: Voice, others: set[str]) -> bool:
    """An outlet's own voice, of another origin than those that quote the claim."""
    return voice.camp == OUTLET and voice.testimony.origin not in others


def _sides(heard: Sequence[Voice]) -> tuple[str, ...]:
    """Sides and independent bodies, in order of first mention."""
    named = [independent_body(v.name) or v.side for v in heard]
    return tuple(dict.fromkeys(name for name in named if name))


def _speakers(heard: Sequence[Voice]) -> tuple[Speaker, ...]:
    """Those heard by name, state media included, in order of first mention; one a name."""
    found: dict[str, Speaker] = {}
    for voice in heard:
        if voice.camp != OUTLET or voice.side:
            found.setdefault(voice.name, Speaker(voice.name, voice.side))
    return tuple(found.values())


# ---- the sentence that explains it -----------------------------------------------------------------


def day(d: date) -> str:
    return f"{d.day} {d:%b %Y}"


def _names(heard: Sequence[Voice]) -> str:
    return listing([v.name for v in heard])


def _verb(heard: Sequence[Voice], one: str, several: str) -> str:
    return verb([v.name for v in heard], one, several)


def _reason(status: Status, said: Sequence[Voice], denied: Sequence[Voice], today: date) -> str:
    match status:
        case Status.DENIED:
            return f"{_denial(denied, 'this')}; no report asserts it"
        case Status.DISPUTED:
            return f"{_assertion(said)}; {_denial(denied, 'it')}"
        case Status.PLANNED:
            return _plan(said, today)
        case Status.CLAIMED:
            claimed = [v for v in said if v.camp in (ACTOR, VICTIM)]
            since = day(min(v.testimony.published for v in claimed).date())
            return f"{_names(claimed)} {_verb(claimed, 'says', 'say')} this, {since}; {_spread(said)}"
        case Status.CORROBORATED:
            first, second = _two_camps(said)
            too = f"{_names(second)} {_verb(second, 'says', 'say')} so too"
            return f"{_names(first)} {_verb(first, 'says', 'say')} this; {too}"
        case _:
            return _assertion(said)


def _assertion(said: Sequence[Voice]) -> str:
    """ "3 outlets report this; Russia says so too" """
    outlets = list(dict.fromkeys(v.testimony.source for v in said if v.camp == OUTLET))
    named = [v for v in said if v.camp != OUTLET]
    if not outlets:
        return f"{_names(named)} {_verb(named, 'says', 'say')} this"
    who = f"{len(outlets)} outlets report this" if len(outlets) > 1 else f"{outlets[0]} reports this"
    return f"{who}; {_names(named)} {_verb(named, 'says', 'say')} so too" if named else who


def _denial(denied: Sequence[Voice], what: str) -> str:
    named = [v for v in denied if v.camp != OUTLET]
    if not named:
        return f"{_names(denied)} {_verb(denied, 'reports', 'report')} the contrary"
    return f"{_names(named)} {_verb(named, 'denies', 'deny')} {what}"


def _two_camps(said: Sequence[Voice]) -> tuple[list[Voice], list[Voice]]:
    """Those of the camp that spoke first, and those of the other camps; outlets and third parties left out."""
    heard = [v for v in said if v.camp in (ACTOR, VICTIM, INDEPENDENT) and v.testimony.happened]
    return [v for v in heard if v.camp == heard[0].camp], [v for v in heard if v.camp != heard[0].camp]


def _spread(said: Sequence[Voice]) -> str:
    origins = {v.testimony.origin for v in said}
    outlets = {v.testimony.source for v in said}
    if len(origins) > 1:
        return f"{len(origins)} origins quote it, none reports it in its own voice"
    return "no other origin" if len(outlets) == 1 else f"{len(outlets)} outlets, no other origin"


def _plan(said: Sequence[Voice], today: date) -> str:
    supposed = all(v.testimony.modality is Modality.HYPOTHETICAL for v in said)
    named = [v for v in said if v.camp != OUTLET]
    by = f" by {_names(named)}" if named else ""
    ends = max(v.testimony.end for v in said)
    what = f"spoken of{by} as possible" if supposed else f"announced{by}"
    if ends < today:
        return f"{what}; its date, {day(ends)}, has passed, and no report says that it took place"
    return what
