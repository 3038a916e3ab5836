"""Quotes in their articles: the words before and after each, as the text has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Substr

from timeline.models import Event, Report

CONTEXT = 320  # characters on each side


@dataclass(frozen=True)
class Exhibit:
    """A report with the text around its quote. Both are empty where the article's text has changed since."""

    report: Report
    before: str
    after: str


def exhibits(event: Event) -> list[Exhibit]:
    """All that was read last, the struck out ones last: in the order of publication."""
    return [_exhibit(report) for report in _reports(event)]


def live(shown: Iterable[Exhibit]) -> list[Report]:
    return [each.report for each in shown if not each.report.struck_out]


def _reports(event: Event) -> QuerySet[Report]:
    first = Greatest(F("quote_start") - CONTEXT, 0)
    return (
        event.reports.filter(superseded_at=None)
        .select_related("article__source", "place")
        .defer("article__text")
        .annotate(
            around=Substr("article__text", first + 1, F("quote_end") - first + CONTEXT),
            around_from=first,
        )
        .order_by("struck_out", "article__published", "pk")
    )


def _exhibit(report: Report) -> Exhibit:
    around, first = report.around, report.around_from  # type: ignore[attr-defined]
    start, end = report.quote_start - first, report.quote_end - first
    if report.content_hash != report.article.content_hash or around[start:end] != report.quote:
        return Exhibit(report, "", "")
    before, after = around[:start], around[end:]
    return Exhibit(
        report,
        before=f"…{before}" if first else before,
        after=f"{after}…" if len(after) == CONTEXT else after,
    )
