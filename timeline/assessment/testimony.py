"""What one report says: the value that assessment works on."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from timeline.extraction.codebook import (
    DateBasis,
    Modality,
    PlacePrecision,
    Precision,
    Stance,
    Toll,
)
from timeline.extraction.findings import Figure

# Bodies that take no side in a war: organisations between states, their agencies and courts, and the Red
# Cross (CODEBOOK: "an independent body such as the UN, OSCE, IAEA, ICRC"). Alliances (NATO, EU) are none,
# nor are campaigning organisations, whose reports count as a third party's word.
INDEPENDENT_BODIES: dict[str, str] = {
    "UN": r"(?:the )?(?:UN|U\.N\.|United Nations)(?: .*)?",
    "UN human rights office": r"(?:the )?(?:OHCHR|HRMMU)",
    "UN agencies": r"(?:the )?(?:UNHCR|UNICEF|UNRWA|OCHA|WFP|World Food Programme|UNFPA|UNESCO)",
    "UN peacekeepers": r"(?:the )?(?:UNIFIL|UNDOF|UNMISS|UNAMID|MONUSCO|MINUSMA|MINUSCA)",
    "WHO": r"(?:the )?(?:WHO|World Health Organi[sz]ation)",
    "IAEA": r"(?:the )?(?:IAEA|International Atomic Energy Agency)",
    "OSCE": r"(?:the )?(?:OSCE|Organi[sz]ation for Security and Co-?operation in Europe)(?: .*)?",
    "OPCW": r"(?:the )?(?:OPCW|Organi[sz]ation for the Prohibition of Chemical Weapons)",
    "Red Cross": r"(?:the )?(?:ICRC|International (?:Committee of the )?Red Cross|Red Cross)",
    "ICC": r"(?:the )?(?:ICC|International Criminal Court)",
    "ICJ": r"(?:the )?(?:ICJ|International Court of Justice)",
}
_INDEPENDENT = {body: re.compile(pattern) for body, pattern in INDEPENDENT_BODIES.items()}


# The sides (lexicon/actors.toml) of people who speak for such a body.
_BODY_OF_SIDE = {
    "un": "UN",
    "who": "WHO",
    "iaea": "IAEA",
    "osce": "OSCE",
    "icrc": "Red Cross",
    "icc": "ICC",
    "icj": "ICJ",
}


def independent_body(name: str, side: str = "") -> str | None:
    """ "UN" for "the UN's human rights monitors" and for its officials; None for anyone who may take a side."""
    if side in _BODY_OF_SIDE:
        return _BODY_OF_SIDE[side]
    plain = re.sub(r"['’]s\b", "", name).strip()
    return next((body for body, pattern in _INDEPENDENT.items() if pattern.fullmatch(plain)), None)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose word a report rests on. `side` is a country code or a group's key, "" where unknown or none."""

    name: str
    side: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Testimony:
    """One report of an event.

    `source` names the outlet and `outlet_side` the side that it speaks for, if any (state media); `origin` is
    the syndication group. No `speakers`: the outlet's own voice. `sides` did it, `target_sides` suffered
    it, `party_sides` took part in it (talks, deals). `order` breaks ties (the report's id).
    """

    report: Hashable
    article: Hashable
    source: str
    origin: str
    published: datetime
    type: str
    start: date
    end: date
    recorded_at: datetime | None = None
    outlet_side: str = ""
    speakers: tuple[Speaker, ...] = ()
    stance: Stance = Stance.ASSERTS
    modality: Modality = Modality.OCCURRED
    sides: frozenset[str] = frozenset()
    target_sides: frozenset[str] = frozenset()
    party_sides: frozenset[str] = frozenset()
    precision: Precision = Precision.DAY
    basis: DateBasis = DateBasis.EXPLICIT
    night: bool = False
    place_key: str = ""
    place_precision: PlacePrecision | None = None
    admin1: str = ""
    country: str = ""
    target: str = ""
    weapon: str = ""
    figures: Mapping[Toll, Figure] = field(default_factory=dict)
    confidence: float = 1.0
    live: bool = True  # not struck out, not superseded

    @property
    def denies(self) -> bool:
        return self.stance is Stance.DENIES or self.modality is Modality.DENIED

    @property
    def happened(self) -> bool:
        """Told as a fact, not as a plan or a supposition."""
        return not self.denies and self.modality in (Modality.OCCURRED, Modality.ONGOING)

    @property
    def order(self) -> tuple[Any, ...]:
        """By publication; ties by what is said and then by who prints it, so that no order of arrival shows."""
        return (
            self.published,
            self.origin,
            self.type,
            self.start,
            self.end,
            self.place_key,
            tuple(s.name for s in self.speakers),
            self.stance,
            self.modality,
            self.source,
            str(self.article),
            str(self.report),
        )

    def voice(self) -> str:
        """ "the governor" or, where the outlet speaks for itself, its name."""
        return ", ".join(s.name for s in self.speakers) or self.source


def known_at(testimonies: Iterable[Testimony], when: datetime) -> list[Testimony]:
    """What had been recorded by then ("as of"). `recorded_at` must be set."""
    return [t for t in testimonies if t.recorded_at is not None and t.recorded_at <= when]
