"""Camps: for whom a voice speaks in an event. What CODEBOOK's "claimed" and "corroborated" go by.

An act of force has two camps: those who did it, and those who suffered it or gain by it, who are its
targets, the state where it happened and the sides at war with the doer (`lexicon/opponents.toml`). Where no
report says who did it, those at war with the state where it happened are taken for the doers. A meeting, deal
or exchange has as many camps as parties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from timeline.assessment.testimony import Speaker, Testimony, independent_body
from timeline.extraction.codebook import TYPES, Category
from timeline.extraction.lexicon import load

# Announcing is doing.
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
JOINT = frozenset({"talks", "agreement", "exchange"})  # several parties do it together

ACTOR, OTHER, INDEPENDENT, THIRD, OUTLET = "actor", "other", "independent", "third", "outlet"


@cache
def _wars() -> Mapping[str, frozenset[str]]:
    enemies: dict[str, set[str]] = defaultdict(set)
    for side, others in load("opponents")["wars"].items():
        for other in others:
            enemies[side].add(other)
            enemies[other].add(side)
    return {side: frozenset(others) for side, others in enemies.items()}


def opponents(sides: Iterable[str]) -> frozenset[str]:
    """The sides at war with one of these."""
    return frozenset().union(*(_wars().get(side, frozenset()) for side in sides))


@dataclass(frozen=True, slots=True)
class Camps:
    """`doers` did it; `others` suffered it or gain by it; `parties` did it together, each for itself."""

    doers: frozenset[str]
    others: frozenset[str]
    parties: frozenset[str] = frozenset()

    @classmethod
    def of(cls, testimonies: Iterable[Testimony]) -> Camps:
        """Of all live reports of one event, whoever says so."""
        doers: set[str] = set()
        others: set[str] = set()
        lands: set[str] = set()
        parties: set[str] = set()
        for t in testimonies:
            doers |= t.sides
            others |= t.target_sides
            if TYPES[t.type].category is not Category.DIPLOMACY and t.country:
                lands.add(t.country)
            if t.type in JOINT:
                parties |= t.sides | t.party_sides | t.target_sides
        if parties:
            return cls(frozenset(doers), frozenset(), frozenset(parties))
        if lands:
            struck = (others | lands) - doers
            doers |= opponents(struck) if not doers else set()
            others |= struck | opponents(doers)
        return cls(frozenset(doers), frozenset(others - doers))

    def camp(self, speaker: Speaker, testimony: Testimony) -> str:
        """OUTLET, THIRD, INDEPENDENT, or the name of the camp that the speaker belongs to."""
        side = speaker.side
        if independent_body(speaker.name, side):
            return INDEPENDENT
        if side and side in self.parties:
            return side
        if side and side in self.doers:
            own_act = testimony.type in PERFORMATIVE and side in testimony.sides
            return OUTLET if own_act and not testimony.denies else ACTOR
        return OTHER if side and side in self.others else THIRD


def takes_sides(camp: str) -> bool:
    """Whether it belongs to one of the event's own camps: its word alone is a claim."""
    return camp not in (INDEPENDENT, THIRD, OUTLET)
