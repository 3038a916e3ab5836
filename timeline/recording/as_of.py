"""What was known at a moment: the chronology and its events from the reports and decisions of that time.

    past = Past(chosen)         # chosen.as_of is set; raises Unanswerable
    past.events()               # what matched the filter then, in its order, as rows of `for_list()` are
    event_at(12, moment)        # one event; None where nothing of it was recorded yet

A report counts from when it was recorded until a later reading replaced it, under the event that it was under
then, unless it was struck out by then; decisions taken since are taken back. The fields of an event come from
`ledger.fill`, as those of the present do. Its rows are not stored: do not save them.

Not remembered, so as they are now: the outlets' names and sides, the sides that editors gave actors, articles'
titles and which are reprints of one text, and moves of a report that clustering itself made when a later article
showed two acts to be one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from timeline.listing.chronology import PAGE_SIZE, Page, by_day
from timeline.listing.claiming import is_claimed_by
from timeline.listing.facets import LONG, Facet, Option
from timeline.listing.filters import STATUS_LABELS, EventFilter, FilterForm, cursor
from timeline.listing.histogram import make_histogram
from timeline.listing.narrowing import PINNED_KINDS, PINNED_PRECISIONS
from timeline.listing.search import matching
from timeline.models import Decision, Event, EventActor, Place, Report
from timeline.recording import ledger
from timeline.recording.given_sides import Sides, given_sides

MOST = 10_000  # reports that one answer is made of: about three seconds


class Unanswerable(ValueError):
    """The past cannot be asked this. The message names the mend."""


# ---- decisions, taken back ------------------------------------------------------------------------------


@dataclass
class TakenBack:
    """How things stood before some decisions, where it differs or may differ from how they stand now."""

    event_of: dict[int, int] = field(default_factory=dict)  # report -> event
    struck_out: dict[int, bool] = field(default_factory=dict)  # report -> whether it was
    fields: defaultdict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))  # of events


def take_back(decisions: Iterable[Decision]) -> TakenBack:
    """Pure. `decisions` come latest first, with what they undo."""
    then = TakenBack()
    for decision in decisions:
        undone = decision.undoes
        for name in ("review", "overrides"):
            if name in decision.before:
                then.fields[decision.event_id][name] = decision.before[name]
        if undone is None:
            for was in decision.before.get("reports", ()):
                then.event_of[was["report"]] = was["event"]
            if decision.kind == Decision.Kind.MERGE:
                then.fields[decision.event_id]["merged_into_id"] = None
            if decision.kind == Decision.Kind.STRIKE_OUT and decision.report_id:
                then.struck_out[decision.report_id] = False
        else:  # before an undoing stood what the undone decision had done
            for was in undone.before.get("reports", ()):
                then.event_of[was["report"]] = was["put"]
            if undone.kind == Decision.Kind.MERGE:
                then.fields[decision.event_id]["merged_into_id"] = undone.other_event_id
            if undone.kind == Decision.Kind.STRIKE_OUT and undone.report_id:
                then.struck_out[undone.report_id] = True
    return then


# ---- events of a moment ---------------------------------------------------------------------------------


def _events_at(moment: datetime, near: Q | None = None, only: int | None = None) -> list[Event]:
    """All published events of a moment, or those that may have a report `near`, or `only` one (whatever its
    review). In a fixed number of queries."""
    then = take_back(Decision.objects.filter(taken_at__gt=moment).select_related("undoes").order_by("-pk"))
    restored = [pk for pk, struck in then.struck_out.items() if not struck]
    standing = (
        Report.objects.standing_at(moment)
        .filter(Q(struck_out=False) | Q(pk__in=restored))
        .exclude(pk__in=[pk for pk, struck in then.struck_out.items() if struck])
    )
    wanted = standing
    if only is not None:
        wanted = standing.filter(Q(event=only) | Q(pk__in=[r for r, e in then.event_of.items() if e == only]))
    elif near is not None:
        # Whatever a decision touched may have stood elsewhere: it is looked at in any case.
        moved = {*then.event_of.values(), *then.fields}
        wanted = standing.filter(
            Q(event__in=standing.filter(near).values("event"))
            | Q(event__overrides__has_any_keys=["start", "end"])
            | Q(pk__in=then.event_of)
            | Q(event__in=moved)
        )
    if only is None and (found := wanted.count()) > MOST:
        raise Unanswerable(
            _(
                "%(n)s reports were known then, more than the %(most)s that one answer is made of. "
                "Narrow the dates (from, to)."
            )
            % {"n": f"{found:,}", "most": f"{MOST:,}"}
        )
    by_event: dict[int, list[Report]] = defaultdict(list)
    for report in (
        wanted.select_related("article__source", "place")
        .defer("article__text")
        .prefetch_related("parts__actor")
        .order_by("pk")
    ):
        by_event[then.event_of.get(report.pk, report.event_id)].append(report)
    events = list(Event.objects.filter(pk__in=by_event if only is None else [only]).defer("search"))
    changed = dict(
        Decision.objects.filter(event__in=[e.pk for e in events], taken_at__lte=moment)
        .order_by()
        .values_list("event")
        .annotate(last=Max("taken_at"))
    )
    for event in events:
        for name, value in then.fields[event.pk].items():
            setattr(event, name, value)
    places = Place.objects.in_bulk({e.overrides["place"] for e in events if e.overrides.get("place")})
    sides = given_sides()
    for event in events:
        _fill(event, by_event[event.pk], moment, places, sides)
        event.updated_at = max(filter(None, [event.updated_at, changed.get(event.pk)]))
    if only is not None:
        return events
    return [
        e for e in events
        if e.report_count and e.merged_into_id is None and e.review != Event.Review.REJECTED
    ]  # fmt: skip


def _fill(
    event: Event, reports: list[Report], moment: datetime, places: dict[int, Place], sides: Sides
) -> None:
    ledger.fill(event, reports, moment.date(), places.__getitem__, sides)
    event.updated_at = max((r.recorded_at for r in reports), default=event.created_at)
    for report in reports:
        report.event = event
    event.live_reports = sorted(reports, key=lambda r: (r.article.published, r.pk))
    parts = {(p.role, p.actor_id): EventActor(event=event, actor=p.actor, role=p.role)
             for r in reports for p in r.parts.all()}  # fmt: skip
    rows = event.parts.all()
    rows._result_cache = [part for _, part in sorted(parts.items())]
    rows._prefetch_done = True  # type: ignore[attr-defined]
    event._prefetched_objects_cache = {"parts": rows}  # type: ignore[attr-defined]


def event_at(pk: int, moment: datetime) -> Event | None:
    """The event as it was known; None where no report of it had been recorded, and it was not merged."""
    found = next(iter(_events_at(moment, only=pk)), None)
    return found if found and (found.report_count or found.merged_into_id) else None


# ---- the filter on them ---------------------------------------------------------------------------------

# How each field narrows events that are at hand: the same as filters.CONDITIONS, which a test holds them to.
MATCHES: dict[str, Callable[[Event, Any], bool]] = {
    "start": lambda e, day: e.end >= day,
    "end": lambda e, day: e.start <= day,
    "category": lambda e, values: e.category in values,
    "type": lambda e, values: e.type in values,
    "country": lambda e, values: e.place is not None and e.place.country in values,
    "region": lambda e, values: e.place is not None and f"{e.place.country}.{e.place.admin1}" in values,
    "place": lambda e, places: e.place is not None and any(_inside(e.place, place) for place in places),
    "actor": lambda e, actors: not {p.actor_id for p in e.parts.all()}.isdisjoint(a.pk for a in actors),
    "source": lambda e, sources: (
        not {r.article.source_id for r in e.live_reports}.isdisjoint(s.pk for s in sources)
    ),
    "status": lambda e, values: e.status in values,
    "review": lambda e, values: e.review in values,
    "claimed_by": is_claimed_by,
    "unconfirmed_by": lambda e, side: side not in e.said_by,
    "box": lambda e, box: (
        e.place is not None
        and e.place.kind in PINNED_KINDS
        and e.place_precision in PINNED_PRECISIONS
        and box.west <= _first(e.place.longitude, 999) < box.east
        and box.south <= _first(e.place.latitude, 999) < box.north
    ),
    "exclude": lambda e, exclusions: not any(MATCHES[each.field](e, [each.value]) for each in exclusions),
    "changed": lambda e, moment: e.updated_at >= moment,
    "killed": lambda e, least: _first(e.killed_best, e.killed_low, -1) >= least,
}


def _first(*numbers: float | None) -> float:
    return next(n for n in numbers if n is not None)


def _inside(place: Place, wider: Place) -> bool:
    if wider.kind == Place.Kind.COUNTRY:
        return place.country == wider.country
    if wider.kind == Place.Kind.REGION and wider.admin1:
        return (place.country, place.admin1) == (wider.country, wider.admin1)
    return place.pk == wider.pk


class Past:
    """The filter `chosen` on what was known at `chosen.as_of`."""

    def __init__(self, chosen: EventFilter) -> None:
        assert chosen.as_of is not None
        self.chosen = chosen
        if unknown := chosen.values.keys() - MATCHES.keys() - {"q"}:
            raise Unanswerable(
                _("The past cannot be filtered by %(filters)s: leave it out.")
                % {"filters": ", ".join(sorted(unknown))}
            )
        start, end = chosen.values.get("start"), chosen.values.get("end")
        near = (Q(end__gte=start) if start else Q()) & (Q(start__lte=end) if end else Q())
        self._all = _events_at(chosen.as_of, near or None)
        self._found: set[int] | None = None
        if text := chosen.values.get("q"):
            words = {e.pk: " ".join(ledger.words_of(e, e.live_reports)) for e in self._all}
            self._found = matching(words, text)

    def matching(self, without: Container[str] = ()) -> list[Event]:
        """Those that matched; `without` names filters that are left aside."""
        tests = [(MATCHES[n], v) for n, v in self.chosen.values.items() if n != "q" and n not in without]
        return [
            event
            for event in self._all
            if (self._found is None or event.pk in self._found) and all(test(event, v) for test, v in tests)
        ]

    def events(self) -> list[Event]:
        """In the filter's order, from its place in the list on."""
        newest_first = self.chosen.order != "old"
        rows = sorted(self.matching(), key=lambda e: (e.start, e.pk), reverse=newest_first)
        if after := self.chosen.after:
            rows = [e for e in rows if ((e.start, e.pk) < after if newest_first else (e.start, e.pk) > after)]
        return rows

    def page(self, size: int = PAGE_SIZE) -> Page:
        rows = self.events()
        shown, more = rows[:size], len(rows) > size
        next_query = self.chosen.query_string(after=cursor(shown[-1])) if more else ""
        return Page(by_day(shown), next_query, shown)

    def facets(self) -> list[Facet]:
        return [self._facet(name) for name in VALUES]

    def _facet(self, name: str) -> Facet:
        counts: Counter[tuple[str, str]] = Counter()
        for event in self.matching(without=[name]):
            counts.update(set(VALUES[name](event)))
        chosen = self.chosen.selected(name)
        rows = sorted(counts.items(), key=lambda item: (-item[1], item[0][1]))
        options = [
            Option(value, label, n, value in chosen, f"{name}-{value}".replace(" ", "-"))
            for (value, label), n in rows
        ]
        shown = [o for i, o in enumerate(options) if i < LONG or o.selected or name in ("type", "status")]
        label = FilterForm.base_fields[name].label
        return Facet(name, str(label), shown, more=len(shown) < len(options))

    def context(self) -> dict[str, Any]:
        """What the chronology's page shows of it, by the names that it has in the present."""
        found = self.matching()
        days = Counter((e.start, e.category) for e in self.matching(without=["start", "end"]))
        span = (self.chosen.values.get("start"), self.chosen.values.get("end"))
        return {
            "page": self.page(),
            "facets": self.facets(),
            "total": len(found),
            "unreviewed": sum(e.review == Event.Review.UNREVIEWED for e in found),
            "histogram": make_histogram(dict(days), self.chosen.period, span),
        }


def _of_place(part: Callable[[Place], tuple[str, str] | None]) -> Callable[[Event], list[tuple[str, str]]]:
    def values(event: Event) -> list[tuple[str, str]]:
        value = part(event.place) if event.place else None
        return [value] if value else []

    return values


# The (value, label) pairs by which each facet counts an event.
VALUES: dict[str, Callable[[Event], Iterable[tuple[str, str]]]] = {
    "category": lambda e: [(e.category, e.get_category_display())],
    "type": lambda e: [(e.type, e.get_type_display())],
    "status": lambda e: [(e.status, str(STATUS_LABELS[e.status]))],  # type: ignore[index]
    "review": lambda e: [(e.review, e.get_review_display().capitalize())],
    "country": _of_place(lambda p: (p.country, p.country) if p.country else None),
    "region": _of_place(
        lambda p: (f"{p.country}.{p.admin1}", f"{p.admin1}, {p.country}") if p.admin1 else None
    ),
    "place": _of_place(lambda p: (str(p.pk), p.full_name)),
    "actor": lambda e: [(str(p.actor_id), p.actor.name) for p in e.parts.all()],
    "source": lambda e: [(str(r.article.source_id), r.article.source.name) for r in e.live_reports],
}
