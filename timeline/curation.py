"""The curator's hand: every decision changes rows, keeps what was before, and can be undone.

Each function runs in one transaction with the events locked, and writes one `Decision`. The admin and
the pages call only these.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from timeline import ledger
from timeline.extraction.codebook import Toll
from timeline.models import Decision, Event, Report
from timeline.models.tolls import BOUNDS

Kind = Decision.Kind

# Fields that a curator may set by hand: the derived value then gives way (Event.overrides).
CORRECTABLE = (
    "type", "headline", "start", "end", "precision", "place", "place_precision", "target", "weapon",
    *Event.TOLL_FIELDS,
)  # fmt: skip

# Fields that only make sense together: correcting one fixes all of its group, so that a later report
# cannot put a first day after a corrected last one.
FIELD_GROUPS = (
    ("start", "end", "precision"),
    ("place", "place_precision"),
    *(tuple(f"{kind}_{bound}" for bound in BOUNDS) for kind in Toll),
)


def _lock(*pks: int) -> dict[int, Event]:
    """The events, locked in the order of their keys, so that two curators never wait for each other."""
    rows = Event.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {event.pk: event for event in rows}


def _decide(kind: Kind, event: Event, curator: AbstractBaseUser, reason: str, **fields: Any) -> Decision:
    return Decision.objects.create(kind=kind, event=event, curator=curator, reason=reason.strip(), **fields)


@transaction.atomic
def review(event: Event, state: str, curator: AbstractBaseUser, reason: str = "") -> Decision | None:
    """Confirm, reject or reopen. None when the event is in that state already."""
    event = _lock(event.pk)[event.pk]
    if event.review == state:
        return None
    if state == Event.Review.REJECTED and not reason.strip():
        raise ValidationError("Say why the event is rejected: the reason stands in its history.")
    before = {"review": event.review}
    event.review = state
    event.save(update_fields=["review", "updated_at"])
    kinds = {Event.Review.CONFIRMED: Kind.CONFIRM, Event.Review.REJECTED: Kind.REJECT}
    kind = kinds.get(Event.Review(state), Kind.REOPEN)
    return _decide(kind, event, curator, reason, before=before, after={"review": state})


@transaction.atomic
def correct(
    event: Event, changes: dict[str, Any], curator: AbstractBaseUser, reason: str = ""
) -> Decision | None:
    """Set fields by hand. `changes` maps names of CORRECTABLE to values; None of `Event.overrides` is lost."""
    unknown = set(changes) - set(CORRECTABLE)
    if unknown:
        raise ValidationError(f"These fields cannot be corrected: {', '.join(sorted(unknown))}.")
    event = _lock(event.pk)[event.pk]
    together = {name for group in FIELD_GROUPS if set(group) & set(changes) for name in group}
    whole = {name: getattr(event, name) for name in together} | changes
    stored = {name: ledger.to_json(value) for name, value in whole.items()}
    new = {**event.overrides, **stored}
    if new == event.overrides:
        return None
    before = {"overrides": event.overrides}
    event.overrides = new
    for name, value in stored.items():
        setattr(event, name, ledger.from_json(name, value))
    event.full_clean(exclude=["search"])  # names a bad value before the database refuses it
    ledger.derive(event)
    return _decide(Kind.CORRECT, event, curator, reason, before=before, after={"overrides": new})


def _move(reports: Iterable[Report], into: Event) -> list[dict[str, Any]]:
    """Put reports under an event, pinned; what they were, for undoing."""
    before = []
    for report in reports:
        before.append({"report": report.pk, "event": report.event_id, "pinned": report.pinned})
        report.event, report.pinned = into, True
        report.save(update_fields=["event", "pinned"])
    return before


@transaction.atomic
def merge(event: Event, into: Event, curator: AbstractBaseUser, reason: str = "") -> Decision:
    """Put all reports of `event` under `into`. The address of `event` then redirects there."""
    if event.pk == into.pk:
        raise ValidationError("An event cannot be merged into itself: choose two.")
    rows = _lock(event.pk, into.pk)
    event, into = rows[event.pk], rows[into.pk]
    if event.merged_into_id or into.merged_into_id:
        raise ValidationError("One of the events has been merged already: open the one it was merged into.")
    if event.category != into.category:
        raise ValidationError(f"A {event.category} event and a {into.category} event are never one act.")
    moved = _move(event.reports.order_by("pk"), into)
    event.merged_into = into
    ledger.derive(event)
    ledger.derive(into)
    return _decide(
        Kind.MERGE,
        event,
        curator,
        reason,
        other_event=into,
        before={"reports": moved},
        after={"into": into.pk},
    )


@transaction.atomic
def move(report: Report, into: Event, curator: AbstractBaseUser, reason: str = "") -> Decision | None:
    """Put one report under another event. None when it is there already."""
    if report.event_id == into.pk:
        return None
    rows = _lock(report.event_id, into.pk)
    event, into = rows[report.event_id], rows[into.pk]
    if into.merged_into_id:
        raise ValidationError("The event has been merged: open the one it was merged into.")
    moved = _move([report], into)
    ledger.derive(event)
    ledger.derive(into)
    return _decide(
        Kind.MOVE, event, curator, reason,
        report=report, other_event=into, before={"reports": moved}, after={"into": into.pk},
    )  # fmt: skip


@transaction.atomic
def split(reports: list[Report], curator: AbstractBaseUser, reason: str = "") -> Decision:
    """Give reports of one event an event of their own (`Decision.other_event`)."""
    origin = {report.event_id for report in reports}
    if len(origin) != 1:
        raise ValidationError("Choose reports of one event to split off.")
    event = _lock(*origin)[origin.pop()]
    if event.reports.live().exclude(pk__in=[r.pk for r in reports]).count() == 0:
        raise ValidationError("Leave at least one report with the event: there is nothing to split.")
    new = ledger.new_event(reports)
    moved = _move(reports, new)
    ledger.derive(event)
    ledger.derive(new)
    return _decide(
        Kind.SPLIT, event, curator, reason, other_event=new, before={"reports": moved}, after={"into": new.pk}
    )


@transaction.atomic
def strike_out(report: Report, curator: AbstractBaseUser, reason: str) -> Decision | None:
    """Take a report out of its event: the text does not say this. It stays in the history."""
    if report.struck_out:
        return None
    event = _lock(report.event_id)[report.event_id]
    report.struck_out = True
    report.save(update_fields=["struck_out"])
    ledger.derive(event)
    return _decide(
        Kind.STRIKE_OUT, event, curator, reason, report=report,
        before={"struck_out": False}, after={"struck_out": True},
    )  # fmt: skip


@transaction.atomic
def undo(decision: Decision, curator: AbstractBaseUser, reason: str = "") -> Decision:
    """Put back what a decision changed, where nothing later stands on it."""
    if hasattr(decision, "undone_by"):
        raise ValidationError("This decision has been undone already.")
    if decision.kind == Kind.UNDO:
        raise ValidationError("An undoing is not undone: take the decision again.")
    pks = {
        decision.event_id,
        decision.other_event_id,
        *(r["event"] for r in decision.before.get("reports", [])),
    }
    rows = _lock(*(pk for pk in pks if pk))
    event = rows[decision.event_id]
    later = event.decisions.filter(pk__gt=decision.pk, undone_by=None, kind=decision.kind).exclude(
        kind=Kind.UNDO
    )
    if "review" in decision.before or "overrides" in decision.before:
        if later.exists():
            raise ValidationError(
                "A later decision of the same kind stands on this one: undo that one first."
            )
        for name, value in decision.before.items():
            setattr(event, name, value)
    if "struck_out" in decision.before:
        Report.objects.filter(pk=decision.report_id).update(struck_out=False)
    for was in decision.before.get("reports", []):
        back = Report.objects.filter(pk=was["report"], event=decision.other_event_id)
        if not back.update(event=was["event"], pinned=was["pinned"]):
            raise ValidationError("A report was moved again since: undo that decision first.")
    if decision.kind == Kind.MERGE:
        event.merged_into = None
    for row in rows.values():
        ledger.derive(row)
    return _decide(
        Kind.UNDO, event, curator, reason,
        undoes=decision, other_event=decision.other_event, before=decision.after, after=decision.before,
    )  # fmt: skip
