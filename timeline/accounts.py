"""Reports as clustering sees them, and the queries that it asks of the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from timeline.clustering import Account, Decisions, Window, content_words, headed
from timeline.clustering.grouping import Placed
from timeline.extraction.codebook import DateBasis, Modality, PlacePrecision, Precision, Role, Stance
from timeline.extraction.findings import Party
from timeline.models import Event, Report
from timeline.models.reports import ReportQuerySet

# How far from the new accounts a curator's decision may still matter: more than clustering's windows reach.
REACH = timedelta(days=40)


def parties_of(report: Report) -> list[Party]:
    return [Party(name, Role(role), kind, side) for name, role, kind, side in report.parties]


def account_of(report: Report, id: Hashable | None = None) -> Account:
    """`report` with its `place` and `article`; `id` where it is not stored yet."""
    by_role: dict[Role, list[Party]] = defaultdict(list)
    for party in parties_of(report):
        by_role[party.role].append(party)
    initiators, targets = by_role[Role.INITIATOR], by_role[Role.TARGET]
    others = by_role[Role.PARTICIPANT] + by_role[Role.MEDIATOR]
    place, words = report.place, content_words(report.quote)
    return Account(
        id=report.pk if id is None else id,
        article=report.article.url,
        published=report.article.published,
        origin=report.article.origin,
        type=report.type,
        start=report.start,
        end=report.end,
        precision=Precision(report.precision),
        basis=DateBasis(report.date_basis),
        night=report.night,
        modality=Modality(report.modality),
        stance=Stance(report.stance),
        place_key=place.key if place else "",
        place_name=place.name if place else "",
        place_precision=PlacePrecision(report.place_precision) if report.place_precision else None,
        admin1=place.admin1 if place else "",
        country=place.country if place else "",
        lat=place.latitude if place else None,
        lon=place.longitude if place else None,
        initiators=frozenset(p.name for p in initiators),
        targets=frozenset(p.name for p in targets) | ({report.target} - {""}),
        participants=frozenset(p.name for p in others),
        people=frozenset(p.name for p in initiators + others if p.kind == "person"),
        sides=frozenset(p.side for p in initiators if p.side),
        target_sides=frozenset(p.side for p in targets if p.side),
        party_sides=frozenset(p.side for p in others if p.side),
        speakers=frozenset(report.attributed_to),
        killed=report.figure("killed"),
        wounded=report.figure("wounded"),
        weapon=report.weapon,
        words=words,
        heading=headed(words, report.article.title),
    )


class StoredReports:
    """`clustering.Stored` on the report table. `without` are reports that are about to be superseded."""

    def __init__(self, without: Iterable[int] = ()) -> None:
        self.without = list(without)

    def _live(self) -> ReportQuerySet:
        return (
            Report.objects.live()
            .exclude(pk__in=self.without)
            .select_related("place", "article")
            .defer("article__text", "more_evidence", "notes", "toll_words", "link_reasons")
        )

    @staticmethod
    def _placed(reports: QuerySet[Report]) -> Iterator[Placed]:
        return ((account_of(report), report.event_id) for report in reports)

    def near(self, window: Window, since: datetime | None = None) -> Iterator[Placed]:
        reports = self._live().touching(window.first, window.last).filter(type__in=window.types)
        if window.country:
            reports = reports.filter(Q(place=None) | Q(place__country__in=["", window.country]))
        if window.admin1:
            reports = reports.filter(Q(place=None) | Q(place__admin1__in=["", window.admin1]))
        if window.place_key:
            reports = reports.filter(place__key=window.place_key)
        if since:
            reports = reports.filter(article__published__gte=since)
        return self._placed(reports)

    def article(self, article: str) -> Iterator[Placed]:
        return self._placed(self._live().filter(article__url=article))

    def event(self, event: Any) -> Iterator[Placed]:
        return self._placed(self._live().filter(event=event))


def decisions_near(reports: list[Report], without: Iterable[int] = ()) -> Decisions:
    """What curators decided around these reports: pinned ones, and all of a confirmed event, stay together."""
    if not reports:
        return Decisions()
    decided = (
        Report.objects.live()
        .exclude(pk__in=list(without))
        .filter(Q(pinned=True) | Q(event__review=Event.Review.CONFIRMED))
        .filter(
            start__lte=max(r.end for r in reports) + REACH, end__gte=min(r.start for r in reports) - REACH
        )
    )
    together: dict[int, set[Hashable]] = defaultdict(set)
    for pk, event in decided.values_list("pk", "event"):
        together[event].add(pk)
    return Decisions(tuple(frozenset(pks) for pks in together.values()))
