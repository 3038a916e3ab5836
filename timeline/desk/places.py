"""Places of the gazetteer to choose from: by radio buttons, with the same numbers on a small map.

offers = find("Kupiansk", now=event.place)
offers.rows      # [Offer(1, "katottg:…", "Kupiansk, Kharkiv, UA", …), …]
offers.map       # None where no place has coordinates
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from timeline.cartography.drawing import Frame, around, frame
from timeline.extraction.gazetteer.lookup import Gazetteer
from timeline.extraction.gazetteer.lookup import Place as Entry
from timeline.listing.maps import earth_in
from timeline.models import Place

MOST_PLACES = 8
LONGEST_SEARCH = 100
TOO_CLOSE = 60.0  # pixels of the map between two dots
LEAST_DEGREES = 6.0  # of the map's width: so much of the surroundings that one knows where it is


@dataclass(frozen=True)
class Offer:
    number: int  # 0 for the place that is coded now
    key: str
    words: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Dot:
    """One place on the map, or several that lie too close to tell apart."""

    offers: list[Offer]
    x: float
    y: float

    @property
    def label(self) -> str:
        return ", ".join(str(offer.number) for offer in self.offers if offer.number) or "•"


@dataclass(frozen=True)
class PlaceMap:
    frame: Frame
    land: str
    regions: str
    nation: str
    dashed: str
    dots: list[Dot]


@dataclass(frozen=True)
class Offers:
    rows: list[Offer]

    @cached_property
    def map(self) -> PlaceMap | None:
        placed = [
            (offer, (offer.longitude, offer.latitude))
            for offer in self.rows
            if offer.longitude is not None and offer.latitude is not None
        ]
        bounds = around((point for _, point in placed), least=LEAST_DEGREES)
        if bounds is None:
            return None
        shown = frame(bounds)
        dots: list[Dot] = []
        for offer, point in placed:
            x, y = shown.point(point)  # type: ignore[arg-type]
            near = (dot for dot in dots if abs(dot.x - x) + abs(dot.y - y) < TOO_CLOSE)
            if dot := next(near, None):
                dot.offers.append(offer)
            else:
                dots.append(Dot([offer], x, y))
        return PlaceMap(shown, *earth_in(shown), dots)


def search(words: str) -> list[Entry]:
    """Places of the gazetteer whose name begins so."""
    return Gazetteer.open().search(words.replace("\0", "").strip()[:LONGEST_SEARCH], limit=MOST_PLACES)


def find(words: str, now: Place | None = None) -> Offers:
    """What is found, and the place that is coded now beside it, to be compared with on the map."""
    return offers(search(words), now)


def offers(found: Iterable[Entry], now: Place | None = None) -> Offers:
    rows = [Offer(0, now.key, str(now), now.latitude, now.longitude)] if now else []
    others = [entry for entry in found if now is None or entry.key != now.key]
    rows += [Offer(n, e.key, place_words(e), e.lat, e.lon) for n, e in enumerate(others, 1)]
    return Offers(rows)


def place_words(entry: Entry) -> str:
    """A name with its district, region and country, to tell namesakes apart."""
    parts = [entry.name, entry.admin2, entry.admin1, entry.country]
    return ", ".join(dict.fromkeys(part for part in parts if part))
