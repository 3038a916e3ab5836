"""Reading an article again: what becomes of its earlier reports, and what has to wait for a curator.

`compare` pairs the reports that are gone with those that are new (succession), hands down what curators
decided, and holds back what a later extractor reads differently where a decision stands on the event. It is
called by the pipeline before anything is written, and `Reading.store` after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from articles.models import Article
from timeline.curating.by_hand import HAND
from timeline.models import Event, ReadingChange, Report
from timeline.models.readings import ReadingChangeQuerySet
from timeline.recording.succession import differences, pairs

Kind, State = ReadingChange.Kind, ReadingChange.State


@dataclass
class Reading:
    """What a reading does to an article's reports.

    `said_before` are new reports that say what an old one says, read in the same way: they are not written.
    `staying` are the old reports that go on to count.
    """

    said_before: list[Report] = field(default_factory=list)
    staying: set[int] = field(default_factory=set)
    changes: list[ReadingChange] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)  # changes of earlier readings that still waited

    def store(self, now: datetime) -> None:
        """Write down what changed. The new reports have been stored and have their events."""
        ReadingChange.objects.filter(pk__in=self.outdated).update(state=State.OUTDATED)
        adding = {c.new.event_id for c in self.changes if c.kind == Kind.ADD and c.new}
        touched = set(Event.objects.touched().filter(pk__in=adding).values_list("pk", flat=True))
        for change in self.changes:
            report = change.new or change.old
            assert report is not None
            change.event_id = report.event_id
            if change.kind == Kind.ADD and report.event_id in touched:
                change.state = State.WAITING
                Report.objects.filter(pk=report.pk).update(superseded_at=now)
        ReadingChange.objects.bulk_create(self.changes)


def _held(article: Article, extractor: str) -> ReadingChangeQuerySet:
    of_this_text = Q(old__content_hash=article.content_hash) | Q(new__content_hash=article.content_hash)
    return ReadingChange.objects.held().filter(of_this_text, article=article, extractor=extractor)


def held_reports(article: Article, extractor: str) -> set[int]:
    """Reports on which a change of this reading bears that is not accepted: reading once more leaves them so."""
    rows = _held(article, extractor).values_list("old", "new")
    return {pk for pair in rows for pk in pair if pk is not None}


def compare(
    article: Article, extractor: str, gone: list[Report], new: list[Report], known: Iterable[Report]
) -> Reading:
    """`known` are all the article's reports ever. Sets `replaces` and what is inherited on the `new` ones."""
    reading = Reading()
    again = any(r.content_hash == article.content_hash and r.extractor != extractor for r in known) or (
        article.extracted_with not in ("", extractor)
    )
    earlier = article.reading_changes.waiting().exclude(pk__in=_held(article, extractor))
    reading.outdated = list(earlier.values_list("pk", flat=True))
    touched = set(
        Event.objects.touched().filter(pk__in={r.event_id for r in gone}).values_list("pk", flat=True)
    )
    for old, report in pairs(gone, new):
        if old is not None and old.extractor == HAND and old.content_hash == article.content_hash:
            _stay(reading, article, extractor, old, report)
            continue
        if old is None or report is None:
            if again:
                reading.changes.append(_change(article, extractor, old, report, touched))
                if old is not None and reading.changes[-1].state == State.WAITING:
                    reading.staying.add(old.pk)
            continue
        told = differences(old, report)
        if not told and _read_alike(old, report):
            reading.said_before.append(report)
            reading.staying.add(old.pk)
            continue
        report.replaces = old
        if again and told:
            change = _change(article, extractor, old, report, touched)
            change.differences = {name: list(words) for name, words in told.items()}
            reading.changes.append(change)
            if change.state == State.WAITING:
                reading.staying.add(old.pk)
                report.replaces, report.event_id = None, old.event_id
                report.superseded_at = report.recorded_at
                continue
        report.pinned, report.struck_out = old.pinned, old.struck_out
        if old.pinned:
            report.event_id = old.event_id
    return reading


def _stay(reading: Reading, article: Article, extractor: str, old: Report, report: Report | None) -> None:
    """What a curator coded by hand in this text goes on to count. What a machine reads there otherwise waits."""
    reading.staying.add(old.pk)
    if report is None:
        return
    if told := differences(old, report):
        change = _change(article, extractor, old, report, {old.event_id})
        change.differences = {name: list(words) for name, words in told.items()}
        change.state = State.WAITING
        reading.changes.append(change)
        report.event_id, report.superseded_at = old.event_id, report.recorded_at
    else:
        reading.said_before.append(report)


def _change(
    article: Article, extractor: str, old: Report | None, new: Report | None, touched: set[int]
) -> ReadingChange:
    """What was struck out does not count anyway: its change need not wait."""
    waits = old is not None and old.event_id in touched and not old.struck_out
    kind = Kind.ADD if old is None else Kind.DROP if new is None else Kind.CHANGE
    state = State.WAITING if waits else State.APPLIED
    return ReadingChange(article=article, extractor=extractor, kind=kind, state=state, old=old, new=new)


def _read_alike(old: Report, new: Report) -> bool:
    """Whether nothing would be gained by writing the new one."""
    fields = (
        "content_hash quote_start quote_end more_evidence ordinal speakers date_basis date_words place_precision "
        "place_words background rule notes toll_words"
    ).split()
    same = all(getattr(old, name) == getattr(new, name) for name in fields)
    return same and round(old.confidence, 4) == round(new.confidence, 4)
