"""Events that an event may be the same as, with clustering's own score and reasons."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from timeline.clustering import EventView, Match, Window, compare
from timeline.models import Event, Report
from timeline.recording.accounts import account_of

MOST_COMPARED = 60  # events near in time and place; the nearest in time first
MOST_SHOWN = 5
LEAST_SCORE = 0.1


@dataclass(frozen=True)
class Candidate:
    event: Event
    match: Match

    @property
    def why(self) -> str:
        """The reasons in one line, to stand with the merge: "same place (+2.0); same day (+1.5)"."""
        return "; ".join(self.match.reasons)


def candidates(event: Event, reports: list[Report]) -> list[Candidate]:
    """The most similar first. `reports`: the event's live ones, with their article and place."""
    if not reports:
        return []
    accounts = [account_of(report) for report in reports]
    window = Window.around_all(accounts)
    near = Report.objects.live().filter(
        event=OuterRef("pk"), type__in=window.types, start__lte=window.last, end__gte=window.first
    )
    if window.country:
        near = near.filter(Q(place=None) | Q(place__country__in=["", window.country]))
    if window.admin1:
        near = near.filter(Q(place=None) | Q(place__admin1__in=["", window.admin1]))
    others = (
        Event.objects.published()
        .filter(Exists(near), category=event.category, start__lte=window.last, end__gte=window.first)
        .exclude(pk=event.pk)
        .for_list()
        .order_by("-start", "-pk")
    )
    found = []
    for other in others[:MOST_COMPARED]:
        view = EventView.of(account_of(report) for report in other.live_reports)
        best = max((compare(account, view) for account in accounts), key=lambda match: match.score)
        if best.score >= LEAST_SCORE:
            found.append(Candidate(other, best))
    return sorted(found, key=lambda c: -c.match.score)[:MOST_SHOWN]
