"""Status: what may be said of an event, given who says it. CODEBOOK "Who says so", and these decisions.

* A report without a speaker is the outlet's own voice; an outlet that speaks for a side (state media)
  speaks as that side.
* `claimed`: everyone who asserts it belongs to one camp (`camps`): the side that did it, the one that
  suffered it or gains by it, or one party to a meeting. A second origin that tells it in its own voice makes it
  `reported`: it is no longer only the side's word; and it is not corroborated, because outlets often
  leave out who told them.
* `corroborated`: two camps assert it, each in its own word, or one camp and an independent body. That both are
  quoted in one article does not matter, since it is their word; reprints add nobody's word.
* A third party (another state, a witness, someone whose side is not known) neither claims nor
  corroborates: alone or beside outlets it leaves the event `reported`, beside a camp `claimed`.
* Announcing is doing for statements, threats, sanctions, rulings and the like: the actor's own words are then
  no claim about the act but the act, and what quotes them reports it.
* Any live denial beside an assertion makes it `disputed`, an independent body's assertion too. So does blame:
  two sides of which each says that the other did it. A side that asserts later what it denied has admitted it,
  and its denial no longer counts.
* `planned`: nobody says that it happened. It stays so, with a note, when its date has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from timeline.assessment.camps import INDEPENDENT, OUTLET, Camps, takes_sides
from timeline.assessment.testimony import Speaker, Testimony, independent_body
from timeline.extraction.codebook import Modality, Status
from timeline.telling.wording import listing, verb


@dataclass(frozen=True, slots=True)
class Voice:
    """Someone who asserts or denies the event; `camp` as `camps.Camps` gives it."""

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
    camps = Camps.of(testimonies)

    def voice(speaker: Speaker, testimony: Testimony) -> Voice:
        return Voice(speaker.name, speaker.side, camps.camp(speaker, testimony), testimony)

    said: list[Voice] = []
    denied: list[Voice] = []
    for t in sorted(testimonies, key=lambda t: t.order):
        heard = [voice(s, t) for s in _foremost(t.speakers)]
        if not heard and t.outlet_side:
            heard = [voice(Speaker(t.source, t.outlet_side), t)]
        (denied if t.denies else said).extend(heard or [Voice(t.source, "", OUTLET, t)])
    return said, denied


def _foremost(speakers: Sequence[Speaker]) -> list[Speaker]:
    """Without the states for which another of them speaks: a minister, not the minister and the country."""
    spoken_for = {s.side for s in speakers if s.kind != "state"} - {""}
    return [s for s in speakers if s.kind != "state" or s.side not in spoken_for]


def judge(testimonies: Sequence[Testimony], today: date) -> Verdict:
    """`testimonies`: the live ones, at least one."""
    said, denied = voices(testimonies)
    standing = [v for v in denied if not _admitted(v, said)]
    status = _status(said, standing)
    reason = _reason(status, said, standing, today)
    if admitted := [v for v in denied if v not in standing]:
        since = day(min(v.testimony.published for v in admitted).date())
        reason = f"{reason}; {_names(admitted)} denied it at first, {since}"
    return Verdict(
        status=status,
        reason=reason,
        said_by=_sides(said),
        denied_by=_sides(standing),
        said=_speakers(said),
        denied=_speakers(standing),
    )


def _admitted(denial: Voice, said: Sequence[Voice]) -> bool:
    """Whether the side that denied says later, as a fact, that it was so."""
    return bool(denial.side) and any(
        v.side == denial.side and v.testimony.happened and v.testimony.published > denial.testimony.published
        for v in said
    )


def _status(said: Sequence[Voice], denied: Sequence[Voice]) -> Status:
    if denied:
        return Status.DISPUTED if said else Status.DENIED
    told = [v for v in said if v.testimony.happened]
    if not told:
        return Status.PLANNED
    if any(_blame_each_other(a, b) for a, b in combinations(told, 2)):
        return Status.DISPUTED
    claimed = [v for v in told if takes_sides(v.camp)]
    camps = {v.camp for v in told if takes_sides(v.camp) or v.camp == INDEPENDENT}
    if len(camps) > 1:
        return Status.CORROBORATED
    if not claimed:
        return Status.REPORTED
    their_origins = {v.testimony.origin for v in claimed}
    return Status.REPORTED if any(_vouches(v, their_origins) for v in told) else Status.CLAIMED


def _blame_each_other(a: Voice, b: Voice) -> bool:
    """ "They did it", says each of the other: not two words for one thing."""
    return (
        a.side != b.side
        and "" not in (a.side, b.side)
        and a.side in b.testimony.sides - a.testimony.sides
        and b.side in a.testimony.sides - b.testimony.sides
    )


def _vouches(voice: Voice, others: set[str]) -> bool:
    """An outlet's own voice, of another origin than those that quote the claim."""
    return voice.camp == OUTLET and voice.testimony.origin not in others


def _sides(heard: Sequence[Voice]) -> tuple[str, ...]:
    """Sides and independent bodies, in order of first mention."""
    named = [independent_body(v.name, v.side) or v.side for v in heard]
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
        case Status.DISPUTED if denied:
            return f"{_assertion(said)}; {_denial(denied, 'it')}"
        case Status.DISPUTED:
            return _blame(said)
        case Status.PLANNED:
            return _plan(said, today)
        case Status.CLAIMED:
            claimed = [v for v in said if takes_sides(v.camp)]
            since = day(min(v.testimony.published for v in claimed).date())
            return f"{_names(claimed)} {_verb(claimed, 'says', 'say')} this, {since}; {_spread(said)}"
        case Status.CORROBORATED:
            return _corroboration(said)
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


def _corroboration(said: Sequence[Voice]) -> str:
    """ "Russia says this; so does Ukraine, the other side" """
    heard = [v for v in said if v.testimony.happened and (takes_sides(v.camp) or v.camp == INDEPENDENT)]
    first = [v for v in heard if v.camp == heard[0].camp]
    bodies = [v for v in heard if v.camp == INDEPENDENT and v not in first]
    others = [v for v in heard if v not in first and v not in bodies]
    parts = [f"{_names(first)} {_verb(first, 'says', 'say')} this"]
    if others:
        which = "the other side" if len({v.camp for v in others}) == 1 else "other sides"
        if heard[0].camp == INDEPENDENT:
            which = "one side" if which == "the other side" else "both sides"
        parts.append(f"so {_verb(others, 'does', 'do')} {_names(others)}, {which}")
    if bodies:
        which = "an independent body" if len({v.name for v in bodies}) == 1 else "independent bodies"
        parts.append(f"so {_verb(bodies, 'does', 'do')} {_names(bodies)}, {which}")
    return "; ".join(parts)


def _blame(said: Sequence[Voice]) -> str:
    told = [v for v in said if v.testimony.happened]
    one, other = next((a, b) for a, b in combinations(told, 2) if _blame_each_other(a, b))
    return f"{one.name} and {other.name} each say that the other side did it"


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
