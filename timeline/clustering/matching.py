"""An account against an event: where to look, how alike they are, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

from timeline.clustering.accounts import Account
from timeline.clustering.likeness import (
    BOUNDS,
    COARSE,
    LANDMARKS,
    REACH,
    SPEECH,
    THRESHOLD,
    VETO,
    alike,
    related_types,
    weigh,
)
from timeline.extraction.codebook import Category

AGREEING = 3  # an account is judged by this many of an event's accounts: those most like it
# The same parties do these once a day.
ONE_A_DAY = frozenset({"talks", "visit", "agreement", "exchange", "sanction", "legal", "annexation"})
DISSENT = 1 / 3  # no larger share of an event's accounts may be incompatible with it


@dataclass(frozen=True, slots=True)
class Window:
    """Where the accounts are that could share an event with one account: one query.

    The dates overlap [first, last] and the type is in `types`; where `country` is set, the country is that
    or empty; where `admin1` is set, the region is that or empty; where `place_key` is set, the place is
    that one. `admits` is this query in Python.
    """

    types: frozenset[str]
    first: date
    last: date
    country: str = ""
    admin1: str = ""
    place_key: str = ""

    @classmethod
    def around(cls, account: Account) -> Window:
        """All that `likeness.weigh` does not veto lies within, seen from either account."""
        located = account.category is not Category.DIPLOMACY and account.type != "demand"
        country, admin1 = (account.country, account.admin1) if located else ("", "")
        if account.precision in COARSE:
            key = "" if account.type in LANDMARKS else account.place_key
            return cls(frozenset({account.type}), account.start, account.end, country, admin1, key)
        back = ahead = REACH[account.category]
        if account.category is not Category.TERRITORY and account.basis not in BOUNDS:
            back = 1  # only a date that is an upper bound reaches further back
        return cls(
            types=related_types(account.type),
            first=account.start - timedelta(days=back),
            last=account.end + timedelta(days=ahead),
            country=country,
            admin1=admin1,
        )

    @classmethod
    def around_all(cls, accounts: Sequence[Account]) -> Window:
        """One query for several accounts: it returns more than their windows do together, never less."""
        each = [cls.around(a) for a in accounts]

        def shared(values: set[str]) -> str:
            return values.pop() if len(values) == 1 else ""

        return cls(
            types=frozenset().union(*(w.types for w in each)),
            first=min(w.first for w in each),
            last=max(w.last for w in each),
            country=shared({w.country for w in each}),
            admin1=shared({w.admin1 for w in each}),
            place_key=shared({w.place_key for w in each}),
        )

    def admits(self, other: Account) -> bool:
        return (
            other.type in self.types
            and other.start <= self.last
            and other.end >= self.first
            and (not self.country or other.country in ("", self.country))
            and (not self.admin1 or other.admin1 in ("", self.admin1))
            and (not self.place_key or other.place_key == self.place_key)
        )


@dataclass(frozen=True, slots=True)
class Match:
    """What links an account to an event.

    `score` is 0..1, .5 at the threshold; `reasons` are those for the most similar account, the weightiest
    first, each with its points; `same` is the decision.
    """

    score: float
    reasons: tuple[str, ...] = ()
    same: bool = False
    points: float = VETO


@dataclass(frozen=True, slots=True)
class EventView:
    """What matching needs of an event: its accounts, in order of publication."""

    accounts: tuple[Account, ...]

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> EventView:
        return cls(tuple(sorted(accounts, key=lambda a: a.order)))


def compare(account: Account, event: EventView) -> Match:
    """Judge by the event's accounts that are most like it, so that one vague account does not chain two acts."""
    scored = []
    vetoes = 0
    for other in event.accounts:
        points, weights = weigh(account, other)
        if points <= VETO / 2:
            vetoes += 1
        else:
            scored.append((points, weights))
    if not scored or vetoes > DISSENT * len(event.accounts):
        return Match(0.0)
    scored.sort(key=lambda s: -s[0])
    closest = [points for points, _ in scored[:AGREEING]]
    points = (closest[0] + sum(closest) / len(closest)) / 2
    if points < THRESHOLD:
        return Match(_score(points), points=points)
    reasons = tuple(f"{text} ({weight:+.1f})" for weight, text in sorted(scored[0][1], key=lambda w: -w[0]))
    return Match(_score(points), reasons, True, points)


def _score(points: float) -> float:
    return round(1 / (1 + exp(THRESHOLD - points)), 3)


def retells(a: Account, b: Account) -> bool:
    """Whether two accounts of one article may be of one act after all.

    The extractor merges mentions of one act: what it kept apart is two acts, unless one side's word is set
    against another's (a denial beside an assertion, or two speakers on the same act with the same figures), or
    nothing tells two meetings of the same parties, or two statements of one person, apart. Two strikes on one
    town stay two.
    """
    if a.category is not b.category:
        return False
    if a.denies != b.denies:
        return True
    if a.type == b.type and (a.type in ONE_A_DAY or (a.type in SPEECH and a.surnames & b.surnames)):
        return (a.first, a.last) == (b.first, b.last) and alike(a, b)
    return (
        a.category is not Category.DIPLOMACY
        and (a.type, a.first, a.last, a.place_key) == (b.type, b.first, b.last, b.place_key)
        and a.place_key != ""
        and a.sides == b.sides
        and a.speakers != frozenset() != b.speakers
        and not a.speakers & b.speakers
        and (a.killed, a.wounded) == (b.killed, b.wounded)
    )
