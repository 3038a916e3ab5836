"""Invented events in any number, as rows: for measuring, never for reading. Seeded: the same number, the same rows.

    for batch in World(seed=1).batches(1_000_000):
        batch["timeline_event"]     # rows as {column: value}, without those of the table's defaults

The skew is that of real collections: half of the events in a few regions, actors and words by Zipf's law, events
numbered as they are heard of, most within days, some years late. Text is drawn from a vocabulary, word by word.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from timeline.extraction.codebook import TYPES

Row = dict[str, Any]
Batch = dict[str, list[Row]]

FIRST_DAY = date(2021, 1, 1)
DAYS = 5 * 365
BATCH = 10_000  # events
COUNTRIES = ("XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH")  # codes that no country has
REGIONS, PLACES, ACTORS, SOURCES = 120, 25_000, 1_200, 40
WORDS_A_QUOTE = 18
REPORTS_AN_ARTICLE = 3
CATEGORY_SHARES = {"strike": 0.68, "territory": 0.14, "diplomacy": 0.18}
STATUSES = {"reported": 40, "claimed": 34, "corroborated": 18, "disputed": 4, "denied": 2, "planned": 2}


class Drawn:
    """Draws from values with given weights, quickly."""

    def __init__(self, values: Sequence[Any], weights: Sequence[float]) -> None:
        self.values = values
        self.cumulative = list(accumulate(weights))

    def some(self, chance: random.Random, number: int = 1) -> list[Any]:
        return chance.choices(self.values, cum_weights=self.cumulative, k=number)

    def one(self, chance: random.Random) -> Any:
        return self.some(chance)[0]


def zipf(number: int, steepness: float = 1.0) -> list[float]:
    return [1 / rank**steepness for rank in range(1, number + 1)]


class World:
    """Who, where and in what words. `lexemes` gives the stem of each word of the vocabulary, "" for none."""

    def __init__(self, seed: int, words: Mapping[str, int], lexemes: Mapping[str, str]) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (not for secrets)
        self.lexemes = lexemes
        self.words = Drawn(list(words), list(words.values()))
        types = {c: [t.code for t in TYPES.values() if t.category == c] for c in CATEGORY_SHARES}
        self.types = {category: Drawn(codes, zipf(len(codes), 0.8)) for category, codes in types.items()}
        self.categories = Drawn(list(CATEGORY_SHARES), list(CATEGORY_SHARES.values()))
        self.statuses = Drawn(list(STATUSES), list(STATUSES.values()))
        self.places = Drawn(range(1, PLACES + 1), zipf(PLACES, 0.9))
        self.actors = Drawn(range(1, ACTORS + 1), zipf(ACTORS))
        self.sources = Drawn(range(1, SOURCES + 1), zipf(SOURCES, 0.7))
        self.report_counts = Drawn((1, 2, 3, 4, 6), (68, 18, 8, 4, 2))

    def catalogue(self) -> Batch:
        regions = Drawn(range(REGIONS), zipf(REGIONS, 1.1))
        places = []
        for number in range(1, PLACES + 1):
            region = regions.one(self.chance)
            places.append(
                {
                    "id": number,
                    "key": f"synthetic:{number}",
                    "name": f"Town {number}",
                    "admin1": f"Region {region}",
                    "country": COUNTRIES[region % len(COUNTRIES)],
                    "latitude": round(self.chance.uniform(44, 52), 4),
                    "longitude": round(self.chance.uniform(22, 40), 4),
                    "kind": "settlement",
                }
            )
        actors = [{"id": n, "name": f"Synthetic actor {n}", "kind": "group"} for n in range(1, ACTORS + 1)]
        sources = [{"id": n, "name": f"Synthetic outlet {n}", "demo": True} for n in range(1, SOURCES + 1)]
        return {"timeline_place": places, "timeline_actor": actors, "articles_source": sources}

    def batches(self, events: int) -> Iterator[Batch]:
        """The catalogue, then events with all that hangs on them, BATCH at a time."""
        yield self.catalogue()
        self.articles = self.reports = self.parts = self.report_parts = 0
        for first in range(1, events + 1, BATCH):
            last = min(first + BATCH - 1, events)
            batch: Batch = {
                "articles_article": [], "timeline_event": [], "timeline_eventactor": [],
                "timeline_report": [], "timeline_reportactor": [],
            }  # fmt: skip
            waiting: list[tuple[Row, datetime, int]] = []  # reports, until an article is full
            for number in range(first, last + 1):
                self._event(number, number / events, batch, waiting)
            self._print(waiting, batch)
            yield batch

    def _event(self, number: int, through: float, batch: Batch, waiting: list[Any]) -> None:
        chance = self.chance
        heard = FIRST_DAY + timedelta(days=int(through * DAYS))
        late = chance.random()
        delay = chance.randrange(3) if late < 0.8 else chance.randrange(60 if late < 0.97 else DAYS)
        start = max(heard - timedelta(days=delay), FIRST_DAY)
        category = self.categories.one(chance)
        kind = self.types[category].one(chance)
        place = self.places.one(chance) if chance.random() < 0.95 else None
        killed = int(chance.paretovariate(1.1)) if category == "strike" and chance.random() < 0.3 else None
        reports = self.report_counts.one(chance)
        said = datetime.combine(heard, time(chance.randrange(24)), UTC)
        actors = sorted(set(self.actors.some(chance, chance.choice((1, 2, 2, 3)))))
        quotes = [self.words.some(chance, WORDS_A_QUOTE) for _ in range(reports)]
        common = {
            "type": kind, "start": start, "end": start, "precision": "day", "place_id": place,
            "place_precision": "exact" if place else "", "killed_low": killed, "killed_best": killed,
            "killed_high": killed, "confidence": 0.7,
        }  # fmt: skip
        words = [TYPES[kind].label, *quotes[0][:6]]
        batch["timeline_event"].append(
            {
                **common,
                "id": number,
                "category": category,
                "headline": " ".join(words),
                "status": self.statuses.one(chance),
                "report_count": reports,
                "outlet_count": reports,
                "origin_count": reports,
                "first_reported_at": said,
                "last_reported_at": said,
                "review": "confirmed" if chance.random() < 0.1 else "unreviewed",
                "search": self._vector(quotes),
            }
        )
        for position, actor in enumerate(actors):
            self.parts += 1
            role = "initiator" if position == 0 else "target"
            part = {"actor_id": actor, "role": role}
            batch["timeline_eventactor"].append({"id": self.parts, "event_id": number, **part})
        for quote in quotes:
            self.reports += 1
            row = {
                **common, "id": self.reports, "event_id": number, "modality": "occurred",
                "date_basis": "explicit", "rule": "synthetic", "extractor": "synthetic",
                "quote": " ".join(quote).capitalize() + ".", "recorded_at": said,
            }  # fmt: skip
            waiting.append((row, said, self.sources.one(chance)))
            for position, actor in enumerate(actors):
                self.report_parts += 1
                role = "initiator" if position == 0 else "target"
                batch["timeline_reportactor"].append(
                    {"id": self.report_parts, "report_id": self.reports, "actor_id": actor, "role": role}
                )
            if len(waiting) == REPORTS_AN_ARTICLE:
                self._print(waiting, batch)

    def _print(self, waiting: list[tuple[Row, datetime, int]], batch: Batch) -> None:
        """One article whose sentences are the quotes of the waiting reports."""
        if not waiting:
            return
        self.articles += 1
        text = " ".join(row["quote"] for row, _, _ in waiting)
        title = f"Synthetic dispatch {self.articles}"
        digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
        said, source = waiting[0][1:]
        batch["articles_article"].append(
            {
                "id": self.articles, "source_id": source, "url": f"https://synthetic.invalid/{self.articles}",
                "title": title, "published": said, "fetched_at": said, "language": "en", "text": text,
                "content_hash": digest, "extracted_with": "synthetic", "extracted_at": said,
            }
        )  # fmt: skip
        offset = 0
        for row, _, _ in waiting:
            row |= {
                "article_id": self.articles, "content_hash": digest, "quote_start": offset,
                "quote_end": offset + len(row["quote"]),
            }  # fmt: skip
            offset += len(row["quote"]) + 1
            batch["timeline_report"].append(row)
        waiting.clear()

    def _vector(self, quotes: list[list[str]]) -> str:
        """A tsvector as Postgres writes it: 'lexeme':position,position …"""
        places: dict[str, list[int]] = {}
        for position, word in enumerate((word for quote in quotes for word in quote), start=1):
            if lexeme := self.lexemes[word]:
                places.setdefault(lexeme, []).append(position)
        return " ".join(f"'{lexeme}':{','.join(f'{p}C' for p in at)}" for lexeme, at in places.items())
