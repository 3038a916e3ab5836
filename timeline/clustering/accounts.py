"""One article's account of one act: the value that clustering compares."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from timeline.extraction.codebook import (
    TYPES,
    Category,
    DateBasis,
    Modality,
    PlacePrecision,
    Precision,
    Role,
    Stance,
)
from timeline.extraction.findings import Figure, Finding
from timeline.telling.wording import WORD, fold, surname

_COMMON = frozenset(
    WORD.findall(
        """about after again against also among been before being between both but during each from have having
        here into just more most near only other over said says same some such than that their them then there
        these they this those through under until very was were what when where which while will with would year
        years people according monday tuesday wednesday thursday friday saturday sunday told"""
    )
)

HEADED = 3  # a third of a headline's words in the quote, and it tells what the headline announces


def content_words(text: str) -> frozenset[str]:
    """The words of a sentence that say what it is about; they break ties, they never decide alone."""
    return frozenset(w for w in fold(text).split() if (len(w) > 3 or w.isdigit()) and w not in _COMMON)


_title_words = lru_cache(maxsize=10_000)(content_words)  # an article's reports have one title


def headed(words: frozenset[str], title: str) -> frozenset[str]:
    """The content words of a headline, if the quote with these `words` tells what it announces; else none."""
    heading = _title_words(title)
    return heading if heading and HEADED * len(heading & words) >= len(heading) else frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """A report as clustering sees it.

    `id` names the report. `article` names its article by something that does not depend on the order of
    arrival (its address): together with `published` (aware) it breaks ties the same way on every run.
    `origin` is the syndication group. Names are as extracted; `sides` are those of the initiators,
    `target_sides` of the targets, `party_sides` of participants and mediators. `people` are the named
    persons who act, speak or meet. `words` are the content words of the quote, `heading` those of its
    article's headline where the quote tells what the headline announces (`headed`).
    """

    id: Hashable
    article: str
    published: datetime
    type: str
    start: date
    end: date
    origin: str = ""
    precision: Precision = Precision.DAY
    basis: DateBasis = DateBasis.EXPLICIT
    night: bool = False
    modality: Modality = Modality.OCCURRED
    stance: Stance = Stance.ASSERTS
    place_key: str = ""
    place_name: str = ""
    place_precision: PlacePrecision | None = None
    admin1: str = ""
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    initiators: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    sides: frozenset[str] = frozenset()
    target_sides: frozenset[str] = frozenset()
    party_sides: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    killed: Figure | None = None
    wounded: Figure | None = None
    weapon: str = ""
    words: frozenset[str] = frozenset()
    heading: frozenset[str] = frozenset()
    # Derived once, because every comparison needs them.
    category: Category = field(init=False)
    order: tuple[Any, ...] = field(init=False, repr=False)
    surnames: frozenset[str] = field(init=False, repr=False)
    target_words: frozenset[str] = field(init=False, repr=False)
    first: int = field(init=False, repr=False)  # `start` and `end` as day numbers
    last: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("category", TYPES[self.type].category)
        put("surnames", frozenset(map(surname, self.people)))
        put("target_words", frozenset(w for t in self.targets for w in content_words(t)))
        put("first", self.start.toordinal())
        put("last", self.end.toordinal())
        # Ids come last, and as text: they may be of several kinds, and tell who came first.
        said = " ".join(sorted(self.words))
        within = (self.first, self.last, self.type, self.place_key, said, repr(self.id))
        put("order", (self.published, self.article, *within))

    @property
    def denies(self) -> bool:
        return self.stance is Stance.DENIES or self.modality is Modality.DENIED

    @classmethod
    def from_finding(
        cls,
        finding: Finding,
        *,
        id: Hashable,
        article: str,
        published: datetime,
        origin: str = "",
        quote: str = "",
        title: str = "",
    ) -> Account:
        """Of a finding that has a date; an undated one is no event (CODEBOOK: Time)."""
        if finding.when is None:
            raise ValueError("a finding without a date cannot be clustered")
        when, where = finding.when, finding.where
        by_role: dict[Role, list[Any]] = {role: [] for role in Role}
        for party in finding.parties:
            by_role[party.role].append(party)
        initiators, targets = by_role[Role.INITIATOR], by_role[Role.TARGET]
        parties = by_role[Role.PARTICIPANT] + by_role[Role.MEDIATOR]
        return cls(
            id=id,
            article=article,
            published=published,
            origin=origin,
            type=finding.type,
            start=when.start,
            end=when.end,
            precision=when.precision,
            basis=when.basis,
            night=when.night,
            modality=finding.modality,
            stance=finding.stance,
            place_key=where.key if where else "",
            place_name=where.name if where else "",
            place_precision=where.precision if where else None,
            admin1=where.admin1 if where else "",
            country=where.country if where else "",
            lat=where.lat if where else None,
            lon=where.lon if where else None,
            initiators=frozenset(p.name for p in initiators),
            targets=frozenset(p.name for p in targets) | ({finding.target} - {""}),
            participants=frozenset(p.name for p in parties),
            people=frozenset(p.name for p in initiators + parties if p.kind == "person"),
            sides=frozenset(p.side for p in initiators if p.side),
            target_sides=frozenset(p.side for p in targets if p.side),
            party_sides=frozenset(p.side for p in parties if p.side),
            speakers=frozenset(finding.attributed_to),
            killed=finding.killed,
            wounded=finding.wounded,
            weapon=finding.weapon,
            words=(words := content_words(quote)),
            heading=headed(words, title),
        )
