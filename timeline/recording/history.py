"""How an event came to be told as it is: what changed with each report, each new text, each new reading.

    steps(event)    # [Step(at, ["killed 7 → 8"], [Cause(article, "in its second version")]), …], latest first

Derived from the reports by the same assessment as the event itself; decisions of curators are told beside it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from articles.models import Article, ArticleVersion
from timeline.assessment import Assessment, assess
from timeline.extraction.codebook import Status, Toll
from timeline.extraction.findings import Figure
from timeline.models import Event, Report
from timeline.recording import ledger
from timeline.recording.given_sides import given_sides

MOST = 60  # moments that are compared, the latest

Numbers = dict[tuple[int, str], int]  # (article, content hash) -> number of the version


@dataclass(frozen=True, slots=True)
class Cause:
    article: Article
    words: str
    version: int = 0  # of the article, where a changed text is the cause


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    changes: list[str]
    causes: list[Cause]


def steps(event: Event, until: datetime | None = None) -> list[Step]:
    """What changed after the first report, latest first, in three queries."""
    reports = [
        report
        for report in event.reports.filter(struck_out=False)
        .select_related("article__source", "place")
        .defer("article__text")
        .order_by("pk")
        if report.superseded_at is None or report.superseded_at > report.recorded_at  # it counted once
    ]
    for report in reports:
        report.event = event
    moments = sorted(
        {
            moment
            for report in reports
            for moment in (report.recorded_at, report.superseded_at)
            if moment is not None and (until is None or moment <= until)
        }
    )[-MOST - 1 :]
    if len(moments) < 2:
        return []
    numbers = _numbers(reports)
    told = []
    sides = given_sides()
    testimonies = {report.pk: ledger.testimony_of(report, sides) for report in reports}

    def assessed(standing: list[Report], moment: datetime) -> Assessment | None:
        return assess([testimonies[r.pk] for r in standing], moment.date()) if standing else None

    for (_before, earlier), (at, later) in pairwise((m, _standing(reports, m)) for m in moments):
        changes = _changes(assessed(earlier, at), assessed(later, at))
        if changes:
            told.append(Step(at, changes, _causes(earlier, later, numbers)))
    return told[::-1]


def _numbers(reports: list[Report]) -> Numbers:
    articles = {report.article for report in reports}
    numbers: Numbers = {(a.pk, a.content_hash): a.version for a in articles}
    rows = ArticleVersion.objects.filter(article__in=[a.pk for a in articles])
    for article, content, number in rows.values_list("article", "content_hash", "number"):
        numbers.setdefault((article, content), number)
    return numbers


def _standing(reports: list[Report], moment: datetime) -> list[Report]:
    return [
        report
        for report in reports
        if report.recorded_at <= moment and (report.superseded_at is None or report.superseded_at > moment)
    ]


def _changes(before: Assessment | None, after: Assessment | None) -> list[str]:
    if before is None or after is None:
        words = {True: _("told again"), False: _("no report told of it any more")}
        return [] if before is after else [words[before is None]]
    found = []
    for kind in Toll:
        was, now = _figure(before, kind), _figure(after, kind)
        if was != now:
            found.append(f"{_(kind.value)} {was} → {now}")
    if before.status != after.status:
        found.append(f"{_('status')} {_status(before.status)} → {_status(after.status)}")
    if (before.start, before.end) != (after.start, after.end):
        found.append(f"{_('date')} {_days(before)} → {_days(after)}")
    if before.type != after.type:
        found.append(f"{_('type')} {before.type} → {after.type}")
    return found


def _status(status: Status) -> str:
    return _(status.value)


def _figure(assessment: Assessment, kind: Toll) -> str:
    """The leading figure, as it was said last."""
    summary = assessment.tolls.get(kind)
    return _words(summary.latest.figure) if summary else _("not reported")


def _words(figure: Figure) -> str:
    if figure.best is not None:
        return str(figure.best)
    if figure.low is None:
        return f"≤ {figure.high}"
    return f"≥ {figure.low}" if figure.high is None else f"{figure.low}–{figure.high}"


def _days(assessment: Assessment) -> str:
    start, end = assessment.start.isoformat(), assessment.end.isoformat()
    return start if start == end else f"{start}/{end}"


ORDINALS = {
    2: "second",
    3: "third",
    4: "fourth",
    5: "fifth",
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
}


def _causes(earlier: list[Report], later: list[Report], numbers: Numbers) -> list[Cause]:
    gone: dict[Article, list[Report]] = defaultdict(list)
    come: dict[Article, list[Report]] = defaultdict(list)
    for report in earlier:
        if report not in later:
            gone[report.article].append(report)
    for report in later:
        if report not in earlier:
            come[report.article].append(report)
    return [_cause(article, gone[article], come[article], numbers) for article in {**gone, **come}]


def _cause(article: Article, gone: list[Report], come: list[Report], numbers: Numbers) -> Cause:
    if not gone:
        return Cause(article, _("newly reported"))
    hashes = {r.content_hash for r in gone}
    after = {r.content_hash for r in come} or {article.content_hash}
    if hashes != after:
        number = max(numbers.get((article.pk, content), 0) for content in after)
        ordinal = ORDINALS.get(number)
        words = _("in the article’s %s version") % _(ordinal) if ordinal else _("in a later version")
        return Cause(article, words, number)
    if not come:
        return Cause(article, _("no longer found, the text read again"))
    return Cause(article, _("the same text, read again by %s") % come[0].extractor)
