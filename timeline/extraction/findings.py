"""The values that go into and come out of extraction. All offsets are characters of `Document.text`."""

from dataclasses import dataclass, field
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class Document:
    """What an extractor reads.

    `published` is the outlet's local time (its date is what "on Saturday" is resolved against). `title`
    gives context (places, actors, relevance) but evidence is always a span of `text`.
    """

    text: str
    published: datetime | date
    title: str = ""
    source: str = ""
    id: str = ""

    @property
    def day(self) -> date:
        return self.published.date() if isinstance(self.published, datetime) else self.published


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of people: `low`/`best`/`high`, None where open; `words` as the text has them."""

    low: int | None
    best: int | None
    high: int | None
    words: str = ""

    def as_dict(self) -> dict[str, int | None]:
        return {"low": self.low, "best": self.best, "high": self.high}


@dataclass(frozen=True, slots=True)
class When:
    """Inclusive dates with precision. `night` is set where the text says overnight / the night of."""

    start: date
    end: date
    precision: Precision
    basis: DateBasis = DateBasis.EXPLICIT
    night: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A place as coded. `key` is stable: "geonames:ID", "katottg:CODE", "country:UA", "admin1:UA.Sumy"...

    `lat`/`lon` are None where the text or the gazetteer supports no coordinate (never a false pin); for
    admin1 and country they are the area's centre and `precision` says so. `words` as the text has them.
    """

    name: str
    key: str
    country: str  # ISO 3166-1 alpha-2; "" for international waters and airspace
    precision: PlacePrecision
    admin1: str = ""
    lat: float | None = None
    lon: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Someone or something with a role. `side`: a country code or a group's key ("UA", "hamas"), or ""."""

    name: str
    role: Role
    kind: str = ""  # state, force, agency, group, organisation, person, equipment, facility, people
    side: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One event as one article tells it: what becomes a Report."""

    type: str
    evidence: tuple[tuple[int, int], ...]  # first span is the main one
    modality: Modality
    confidence: float  # 0..1, calibrated in docs/accuracy.md
    rule: str  # which rule found it
    when: When | None = None
    where: Where | None = None
    parties: tuple[Party, ...] = ()
    attributed_to: tuple[str, ...] = ()
    stance: Stance = Stance.ASSERTS
    killed: Figure | None = None
    wounded: Figure | None = None
    missing: Figure | None = None
    captured: Figure | None = None
    target: str = ""
    weapon: str = ""
    background: bool = False  # an older, dated fact that the article recalls
    notes: tuple[str, ...] = field(default=())  # why: bindings, what was carried forward

    @property
    def category(self) -> Category:
        return TYPES[self.type].category

    def as_dict(self) -> dict[str, Any]:
        """The line that `manage.py extract` prints: field names of the codebook."""
        figures = {
            k: f.as_dict() if (f := getattr(self, k)) else None
            for k in ("killed", "wounded", "missing", "captured")
        }
        return {
            "category": str(self.category),
            "type": self.type,
            "modality": str(self.modality),
            "start": self.when.start.isoformat() if self.when else None,
            "end": self.when.end.isoformat() if self.when else None,
            "precision": str(self.when.precision) if self.when else None,
            "date_basis": str(self.when.basis) if self.when else None,
            "place": None
            if self.where is None
            else {
                "name": self.where.name,
                "admin1": self.where.admin1 or None,
                "country": self.where.country or None,
                "lat": self.where.lat,
                "lon": self.where.lon,
                "precision": str(self.where.precision),
            },
            "actors": [{"name": p.name, "role": str(p.role)} for p in self.parties],
            **figures,
            "attributed_to": list(self.attributed_to),
            "stance": str(self.stance),
            "target": self.target,
            "weapon": self.weapon,
            "background": self.background,
            "evidence": [list(span) for span in self.evidence],
            "confidence": round(self.confidence, 3),
            "rule": self.rule,
        }
