"""What became of the events of a filter: recorded, another toll, denied, merged, rejected; the latest first.

changes(EventFilter(request.GET))     # [Change(event, at, "killed 7 → 8"), …]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from timeline.extraction.codebook import Stance
from timeline.listing.filters import EventFilter
from timeline.models import Decision, Event
from timeline.models.events import EventQuerySet
from timeline.recording.history import Step, steps
from timeline.telling.sides import side_name
from timeline.telling.wording import listing

EVENTS = 40  # the events that changed last; each takes two queries
MOST = 100


@dataclass(frozen=True, slots=True)
class Change:
    event: Event
    at: datetime
    words: str
    key: str  # distinguishes the changes of an event; the same each time


def changes(
    chosen: EventFilter,
    since: datetime | None = None,
    until: datetime | None = None,
    events: int = EVENTS,
    most: int = MOST,
) -> list[Change]:
    """At most `most` changes after `since` and up to `until`, of the `events` events that changed last."""
    rows = affected(chosen).order_by("-updated_at", "-pk")
    if since:
        rows = rows.filter(updated_at__gt=since)
    found = [
        change
        for change in changes_of(rows[:events])
        if (since is None or change.at > since) and (until is None or change.at <= until)
    ]
    return sorted(found, key=lambda change: (change.at, change.key), reverse=True)[:most]


def affected(chosen: EventFilter) -> EventQuerySet:
    """The filter's events, with those that were taken from its readers: merged away, rejected, without reports."""
    return chosen.narrow(Event.objects.for_list())


def changes_of(rows: Iterable[Event]) -> list[Change]:
    """All changes of these events, which are as `for_list()` gives them."""
    events = list(rows)
    found = [change for event in events for change in _of_reports(event)]
    return found + list(_of_curators({event.pk: event for event in events}))


def is_public(event: Event) -> bool:
    return not event.merged_into_id and event.report_count > 0 and event.review != Event.Review.REJECTED


def _of_reports(event: Event) -> Iterator[Change]:
    if is_public(event):
        yield Change(event, event.created_at, _("recorded"), "recorded")
        for step in steps(event):
            yield Change(event, step.at, step_words(event, step), f"step-{step.at.isoformat()}")
    elif not event.merged_into_id and not event.report_count and (told := steps(event)):
        yield Change(event, told[0].at, step_words(event, told[0]), f"step-{told[0].at.isoformat()}")


def step_words(event: Event, step: Step) -> str:
    """ "killed 7 → 8", "denied by Russia", with the outlets that it comes from."""
    deniers = [
        side_name(side or name)
        for report in event.live_reports
        if report.recorded_at == step.at and report.stance == Stance.DENIES
        for name, _kind, side in report.speakers
    ]
    said = [*([_("denied by %(who)s") % {"who": listing(deniers)}] if deniers else []), *step.changes]
    outlets = listing([cause.article.source.name for cause in step.causes])
    words = "; ".join(said) or _("told again")
    return f"{words} ({outlets})" if outlets else words


def _of_curators(events: dict[int, Event]) -> Iterator[Change]:
    taken = Decision.objects.filter(Q(event__in=events) | Q(other_event__in=events))
    for decision in taken.select_related("event", "other_event"):
        words = decision.get_kind_display()
        into = decision.kind == Decision.Kind.MERGE and decision.other_event_id in events
        if into:
            words = _("holds now the reports of “%(headline)s”, merged into it") % {
                "headline": decision.event.headline
            }
        about = events.get((decision.other_event_id or 0) if into else decision.event_id)
        if about and (is_public(about) or not into):
            yield Change(about, decision.taken_at, words, f"decision-{decision.pk}")
