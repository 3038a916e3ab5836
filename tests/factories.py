"""Rows for tests, through as little as possible: each function makes one thing and what it needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from articles.models import Article, Source
from timeline.extraction.codebook import PlacePrecision
from timeline.models import Actor, Event, Place, Report, ReportActor
from timeline.recording import ledger

_numbers = count(1)
NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


def make_source(name: str = "Test Wire", **fields: Any) -> Source:
    return Source.objects.get_or_create(name=name, defaults=fields)[0]


def make_article(text: str = "", source: Source | None = None, **fields: Any) -> Article:
    number = next(_numbers)
    return Article.objects.create(
        source=source or make_source(),
        text=text or f"Shelling hit Arvad on Friday, officials said. This is dispatch {number}.",
        url=fields.pop("url", f"https://news.invalid/{number}"),
        title=fields.pop("title", f"Dispatch {number}"),
        published=fields.pop("published", NOON),
        **fields,
    )


def make_place(name: str = "Arvad", **fields: Any) -> Place:
    defaults = {
        "name": name, "admin1": "Nahr", "country": "NO", "kind": Place.Kind.SETTLEMENT,
        "latitude": 10.0, "longitude": 20.0, **fields,
    }  # fmt: skip
    return Place.objects.get_or_create(key=f"test:{name}", defaults=defaults)[0]


def make_report(
    article: Article | None = None,
    event: Event | None = None,
    quote: str = "",
    parties: list[tuple[str, str, str, str]] | None = None,
    **fields: Any,
) -> Report:
    """A live report, with its event derived. `quote` must stand in the article's text."""
    article = article or make_article()
    quote = quote or article.text.split(". ")[0]
    start = article.text.index(quote)
    day = fields.pop("day", date(2024, 3, 1))
    place = fields.pop("place", None) or make_place()
    report = Report(
        article=article,
        content_hash=article.content_hash,
        quote=quote,
        quote_start=start,
        quote_end=start + len(quote),
        parties=[list(p) for p in parties or []],
        place=place,
        **{
            "type": "shelling", "modality": "occurred", "start": day, "end": day, "precision": "day",
            "date_basis": "explicit", "place_precision": PlacePrecision.EXACT, "confidence": 0.8,
            "rule": "test", "extractor": "test-1", **fields,
        },
    )  # fmt: skip
    report.event = event or ledger.new_event([report])
    report.save()
    for name, role, kind, side in parties or []:
        actor, _ = Actor.objects.get_or_create(name=name, defaults={"kind": kind, "side": side})
        ReportActor.objects.create(report=report, actor=actor, role=role)
    ledger.derive(report.event)
    return report


def make_event(**fields: Any) -> Event:
    """An event of one report."""
    event = make_report(**fields).event
    event.refresh_from_db()
    return event
