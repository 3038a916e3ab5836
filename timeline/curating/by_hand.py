"""Reports that a curator coded by hand, because the machine missed what the article says.

report = store(article, Coded(span=(0, 57), values={"type": "shelling", …}, speaker="the mayor"))
follow(article)     # before the article is read again: each goes to where its quote stands in the text now
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article
from timeline.extraction.codebook import TYPES, DateBasis, Modality, PlacePrecision, Role
from timeline.extraction.identity import identify
from timeline.extraction.speakers.affiliation import affiliation
from timeline.models import Actor, Event, Place, Report, ReportActor
from timeline.recording import ledger

HAND = "curator"  # Report.extractor of reports that no extractor made

# What is coded, beside the quote and the names of who did it and who says so.
CODED = (
    "type", "modality", "start", "end", "precision", "place", "place_precision", "target", "weapon",
    *Report.TOLL_FIELDS,
)  # fmt: skip

# What a place is precise to where the curator says nothing finer or wider.
PRECISIONS = {
    Place.Kind.SETTLEMENT: PlacePrecision.EXACT,
    Place.Kind.FACILITY: PlacePrecision.EXACT,
    Place.Kind.DISTRICT: PlacePrecision.ADMIN2,
    Place.Kind.REGION: PlacePrecision.ADMIN1,
    Place.Kind.COUNTRY: PlacePrecision.COUNTRY,
    Place.Kind.AREA: PlacePrecision.INTERNATIONAL,
}


@dataclass(frozen=True)
class Coded:
    """What a curator read in a span of an article's text. `values` by the names of CODED."""

    span: tuple[int, int]
    values: Mapping[str, Any]
    speaker: str = ""
    doer: str = ""


def trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span without white space at its ends; a ValidationError where nothing of the text is left."""
    start, end = max(0, span[0]), min(span[1], len(text))
    quote = text[start:end] if start < end else ""
    if not quote.strip():
        raise ValidationError("Choose the words of the article that say it.")
    return start + len(quote) - len(quote.lstrip()), end - len(quote) + len(quote.rstrip())


def store(article: Article, coded: Coded, event: Event | None = None) -> Report:
    """A report under `event` or a new one, pinned: no worker moves it. `derive` its event after."""
    start, end = trimmed(article.text, coded.span)
    place = coded.values.get("place")
    country = place.country if place else ""
    report = Report(
        article=article,
        content_hash=article.content_hash,
        quote_start=start,
        quote_end=end,
        quote=article.text[start:end],
        date_basis=DateBasis.EXPLICIT,
        attributed_to=[coded.speaker] if coded.speaker else [],
        confidence=1.0,
        rule="coded by hand",
        extractor=HAND,
        pinned=True,
        **{"modality": Modality.OCCURRED}
        | {name: coded.values[name] for name in CODED if name in coded.values},
    )
    if place and not report.place_precision:
        report.place_precision = PRECISIONS[Place.Kind(place.kind)]
    if coded.speaker:
        report.speakers = [[coded.speaker, *affiliation(coded.speaker, article.text, country)]]
    if coded.doer:
        kind, side = identify(coded.doer, country)
        report.parties = [[coded.doer, Role.INITIATOR, kind, side]]
    report.ordinal = _twins(report).count()
    report.event = event or ledger.new_event([report])
    report.save()
    _link_actors(report)
    return report


def _twins(report: Report) -> Any:
    """Reports by hand of the same type in the same span, those that were taken back included."""
    return Report.objects.filter(
        article=report.article, content_hash=report.content_hash, quote_start=report.quote_start,
        quote_end=report.quote_end, type=report.type, extractor=HAND,
    )  # fmt: skip


def _link_actors(report: Report) -> None:
    for name, role, kind, side in report.parties:
        known = kind if kind in Actor.Kind.values else Actor.Kind.OTHER
        actor, _ = Actor.objects.get_or_create(name=name[:200], defaults={"kind": known, "side": side[:60]})
        ReportActor.objects.get_or_create(report=report, actor=actor, role=role)


def follow(article: Article) -> set[int]:
    """Put what was coded by hand in an earlier text under the present one, where it has the same words.

    The keys of the events that changed. What the text no longer says is left to the reading that comes.
    """
    moved = set()
    earlier = Report.objects.filter(article=article, extractor=HAND, superseded_at=None).exclude(
        content_hash=article.content_hash
    )
    for old in earlier.prefetch_related("parts"):
        start = article.text.find(old.quote)
        if start < 0:
            continue
        moved.add(old.event_id)
        now = timezone.now()
        new = copy(old)
        new.pk, new._state.adding, new.replaces, new.recorded_at = None, True, old, now
        new.article, new.content_hash, new.more_evidence = article, article.content_hash, []
        new.quote_start, new.quote_end = start, start + len(old.quote)
        Report.objects.filter(pk=old.pk).update(superseded_at=now)
        if before := _twins(new).filter(ordinal=old.ordinal).first():  # the text is what it was before
            Report.objects.filter(pk=before.pk).update(
                superseded_at=None, event=old.event_id, pinned=old.pinned, struck_out=old.struck_out
            )
            continue
        new.save()
        ReportActor.objects.bulk_create(
            [ReportActor(report=new, actor_id=part.actor_id, role=part.role) for part in old.parts.all()]
        )
    return moved


def category_of(coded: Coded) -> str:
    return TYPES[coded.values["type"]].category
