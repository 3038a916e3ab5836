"""The machine's hand: an article's text becomes reports, and reports find their events, in one transaction.

read_article(article_id)    # claim, extract, write; safe to call twice, late or in parallel
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from articles.models import Article
from timeline.clustering import Settlement, settle
from timeline.curating import by_hand
from timeline.extraction import VERSION, Document, Finding, extract
from timeline.extraction.codebook import Category, Status, Toll
from timeline.extraction.speakers.affiliation import affiliation
from timeline.models import Actor, Event, Report, ReportActor
from timeline.recording import ledger, rereading
from timeline.recording.accounts import account_of
from timeline.recording.nearby import Nearby

EXTRACTOR = VERSION

# Accounts of unsaved reports are numbered from here on: after all saved ones, as their keys will be.
UNSAVED = 1 << 62

# A report's identity within its article: reading the same text again with the same extractor finds it.
Identity = tuple[str, int, int, str, int, str]


def document_of(article: Article) -> Document:
    return Document(
        text=article.text,
        published=article.published_local,
        title=article.title,
        source=article.source.name,
        id=str(article.pk),
    )


def read_article(article_id: int) -> int | None:
    """Read one waiting article. The number of its reports; None if it is read, held by another or not due."""
    article = Article.objects.unread_by(EXTRACTOR).claim(article_id)
    if article is None:
        return None
    try:
        findings = extract(document_of(article))
        with ledger.writing():
            held = article.held()
            if held is None or held.content_hash != article.content_hash:
                return None  # another has it now, or it changed meanwhile and waits again
            written = write_reports(held, findings)
            held.extracted_with = EXTRACTOR
            held.extracted_at = timezone.now()
            held.release()
            held.save(update_fields=["extracted_with", "extracted_at", *Article.WORK_FIELDS])
    except Exception as error:
        article.fail(error)
        raise
    return written


def write_reports(article: Article, findings: Iterable[Finding]) -> int:
    """Make the article's live reports those of `findings`, and the events follow. Call it in `writing()`.

    Where a curator's decision stands on an event, what another extractor reads differently in the same text
    waits for a curator (timeline.recording.rereading). The number of findings that are reports.
    """
    moved = by_hand.follow(article)
    now = timezone.now()
    known = {_identity(r): r for r in article.reports.select_related("place", "article")}
    held = rereading.held_reports(article, EXTRACTOR)
    new, kept = [], set()
    for report, finding in _reports_of(article, findings):
        report.recorded_at = now
        if same := known.get(_identity(report)):
            kept.add(same.pk)
        else:
            new.append((report, finding))
    found = len(new) + len(kept)
    gone = [r for r in known.values() if r.superseded_at is None and r.pk not in kept | held]
    back = [r for r in known.values() if r.superseded_at is not None and r.pk in kept - held]
    reading = rereading.compare(article, EXTRACTOR, gone, [report for report, _ in new], known.values())
    new = [(report, finding) for report, finding in new if report not in reading.said_before]
    gone = [r for r in gone if r.pk not in reading.staying]
    touched = moved | {r.event_id for r in gone + back} | _told_by_reprints(article)

    Report.objects.filter(pk__in=[r.pk for r in gone]).update(superseded_at=now)
    Report.objects.filter(pk__in=[r.pk for r in back]).update(superseded_at=None)
    touched |= _place([report for report, _ in new])
    reading.store(now)
    _link_actors(new)
    for event in Event.objects.filter(pk__in=touched).order_by("pk"):
        ledger.derive(event)
    return found


def _told_by_reprints(article: Article) -> set[int]:
    """The events of its reprints: this text may be what shows two others to be one, whatever it tells itself."""
    if not article.syndication_group_id:
        return set()
    reprints = Report.objects.live().filter(article__syndication_group=article.syndication_group_id)
    return set(reprints.exclude(article=article).values_list("event", flat=True))


def _identity(report: Report) -> Identity:
    return (
        report.content_hash,
        report.quote_start,
        report.quote_end,
        report.type,
        report.ordinal,
        report.extractor,
    )


def _reports_of(article: Article, findings: Iterable[Finding]) -> list[tuple[Report, Finding]]:
    """Unsaved reports. A finding without a date is no event (CODEBOOK: Time) and makes none."""
    ordinals: Counter[tuple[int, int, str]] = Counter()
    rows = []
    for finding in findings:
        if finding.when is None:
            continue
        start, end = finding.evidence[0]
        ordinal = ordinals[start, end, finding.type]
        ordinals[start, end, finding.type] += 1
        when, where = finding.when, finding.where
        report = Report(
            article=article,
            content_hash=article.content_hash,
            quote_start=start,
            quote_end=end,
            quote=article.text[start:end],
            more_evidence=[list(span) for span in finding.evidence[1:]],
            ordinal=ordinal,
            type=finding.type,
            modality=finding.modality,
            stance=finding.stance,
            attributed_to=[name[:200] for name in _distinct(finding.attributed_to)],
            speakers=_speakers(finding, article.text),
            start=when.start,
            end=when.end,
            precision=when.precision,
            date_basis=when.basis,
            night=when.night,
            date_words=when.words[:200],
            place=ledger.place_of(where) if where else None,
            place_precision=where.precision if where else "",
            place_words=where.words[:200] if where else "",
            target=finding.target[:300],
            weapon=finding.weapon[:200],
            parties=[[p.name, p.role, p.kind, p.side] for p in finding.parties],
            background=finding.background,
            confidence=finding.confidence,
            rule=finding.rule[:200],
            notes=list(finding.notes),
            extractor=EXTRACTOR,
        )
        for kind in Toll:
            figure = getattr(finding, kind.value)
            report.set_figure(kind.value, figure)
            if figure and figure.words:
                report.toll_words[kind.value] = figure.words
        rows.append((report, finding))
    return rows


def _speakers(finding: Finding, text: str) -> list[list[str]]:
    """[name, kind, side] of those on whose word it rests: as parties of the event, as known actors, or as the
    article introduces them."""
    parties = {p.name: (p.kind, p.side) for p in finding.parties if p.side}
    country = finding.where.country if finding.where else ""
    of_force = finding.category is not Category.DIPLOMACY
    return [
        [name, *(parties.get(name) or affiliation(name, text, country, of_force=of_force))]
        for name in _distinct(finding.attributed_to)
    ]


def _distinct(names: Iterable[str]) -> list[str]:
    """Without names that are the end of a longer one: "Staff" beside "Russian General Staff"."""
    kept = list(dict.fromkeys(names))
    return [n for n in kept if not any(len(o) > len(n) and f" {o}".endswith(f" {n}") for o in kept)]


def _place(new: list[Report]) -> set[int]:
    """Give new reports their events and save them. Returns the keys of all events that changed."""
    free: dict[Hashable, Report] = {
        UNSAVED + number: report for number, report in enumerate(new) if not report.event_id
    }
    touched = {report.event_id for report in new if report.event_id}
    headings = Headings()
    accounts = [account_of(report, id) for id, report in free.items()]
    nearby = Nearby(accounts)
    settlement = settle(accounts, nearby, nearby.decisions)
    moved = _fetch_moved(settlement, free)
    for change in settlement.changes:
        reports = [free[id] if id in free else moved[id] for id in change.gained]
        if not reports and change.event is None:
            continue
        event_id = int(str(change.event)) if change.event is not None else headings.find(reports)
        for report in reports:
            report.event_id = event_id
        touched.add(event_id)
        for id, link in change.links.items():
            placed = free.get(id) or moved.get(id)
            if placed is not None:
                placed.link_score, placed.link_reasons = link.match.score, list(link.match.reasons)
    Report.objects.bulk_create(new)
    Report.objects.bulk_update(moved.values(), ["event", "link_score", "link_reasons"])
    return touched | {int(str(pk)) for pk in settlement.lost}


class Headings:
    """For reports that belong to no event yet: the event whose only reports they replace, else a new one. So an
    event keeps its address when the article changes that alone told of it."""

    def __init__(self) -> None:
        self.taken: set[int] = set()

    def find(self, reports: list[Report]) -> int:
        for old in (report.replaces for report in reports if report.replaces):
            left = Report.objects.live().filter(event=old.event_id).exists()
            if not left and old.event_id not in self.taken:
                self.taken.add(old.event_id)
                return old.event_id
        return ledger.new_event(reports).pk


def _fetch_moved(settlement: Settlement, free: Mapping[Hashable, Report]) -> dict[Hashable, Report]:
    ids: set[Any] = {id for change in settlement.changes for id in change.gained if id not in free}
    return {report.pk: report for report in Report.objects.filter(pk__in=ids).select_related("place")}


def _link_actors(rows: list[tuple[Report, Finding]]) -> None:
    kinds = set(Actor.Kind.values)
    actors: dict[str, Actor] = {}
    links = []
    for report, finding in rows:
        for party in finding.parties:
            if party.kind not in kinds:
                continue  # equipment and facilities are targets in words, not actors
            name = party.name[:200]
            if name not in actors:
                actors[name] = Actor.objects.get_or_create(
                    name=name, defaults={"kind": party.kind, "side": party.side[:60]}
                )[0]
            links.append(ReportActor(report=report, actor=actors[name], role=party.role))
    ReportActor.objects.bulk_create(links, ignore_conflicts=True)


def rederive_overdue(within: timedelta = timedelta(days=7)) -> int:
    """Derive planned events again whose date has passed lately. The number of events."""
    today = timezone.now().date()
    with ledger.writing():
        planned = Event.objects.published().filter(
            status=Status.PLANNED, end__lt=today, end__gte=today - within
        )
        for event in planned:
            ledger.derive(event)
    return len(planned)
