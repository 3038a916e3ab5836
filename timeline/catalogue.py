"""The editor's hand on actors and places: edit, merge, undo. What rests on them follows in the background.

amendment = merge(actor, into, editor, "one ministry")   # at once: pages and new reports know it
apply(amendment.pk)                                      # its events derived again; a task does it, safe to repeat
reach(actor)                                             # what a change would touch, to be shown first
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from timeline import ledger
from timeline.models import Actor, Amendment, Event, EventActor, Place, Report, ReportActor

Row = Actor | Place
BATCH = 100  # events derived in one transaction, so that workers who write are not held up

FIELDS: dict[type[Row], tuple[str, ...]] = {
    Actor: ("name", "aliases", "kind", "side", "parent"),
    Place: ("name", "admin1", "country", "latitude", "longitude", "kind", "parent"),
}


@dataclass(frozen=True)
class Reach:
    """What rests on an actor or a place."""

    events: int
    reports: int

    def __str__(self) -> str:
        events = "1 event" if self.events == 1 else f"{self.events:,} events"
        return f"{events} and {self.reports:,} report{'' if self.reports == 1 else 's'}"


def events_of(row: Row) -> QuerySet[Event]:
    """Events that show it, and those whose reports name it."""
    if isinstance(row, Actor):
        shown = EventActor.objects.filter(actor=row).values("event")
        named = ReportActor.objects.filter(actor=row, report__superseded_at=None).values("report__event")
        return Event.objects.filter(Q(pk__in=shown) | Q(pk__in=named))
    told = Report.objects.filter(place=row, superseded_at=None).values("event")
    return Event.objects.filter(Q(place=row) | Q(pk__in=told))


def reach(row: Row) -> Reach:
    return Reach(events_of(row).count(), row.reports.filter(superseded_at=None).count())


def _state(row: Row) -> dict[str, Any]:
    return {name: ledger.to_json(getattr(row, name)) for name in (*FIELDS[type(row)], "merged_into")}


@transaction.atomic
def edit(row: Row, changes: dict[str, Any], editor: User, reason: str) -> Amendment | None:
    """Set fields of an actor or a place. None where nothing changes."""
    unknown = set(changes) - set(FIELDS[type(row)])
    if unknown:
        raise ValidationError(f"These fields cannot be edited: {', '.join(sorted(unknown))}.")
    row = _locked(row)
    before = _state(row)
    for name, value in changes.items():
        setattr(row, name, value)
    if _state(row) == before:
        return None
    if row.parent_id == row.pk:
        raise ValidationError({"parent": "It cannot be part of itself."})
    row.full_clean()
    row.save()
    return _amend(Amendment.Kind.EDIT, row, editor, reason, before)


@transaction.atomic
def merge(row: Row, into: Row, editor: User, reason: str) -> Amendment:
    """Count one as the other from now on. It stays, points to the one that it went into, and can come back."""
    if type(row) is not type(into) or row.pk == into.pk:
        raise ValidationError("Choose two actors, or two places.")
    row, into = _locked(row), _locked(into)
    if row.merged_into_id or into.merged_into_id:
        raise ValidationError("One of them has been merged already: choose the one that it went into.")
    if row.merged.exists():
        raise ValidationError(f"Others were merged into “{row}”: choose it as the one that stays.")
    before = _state(row)
    row.merged_into = into  # type: ignore[assignment]
    row.save(update_fields=["merged_into"])
    return _amend(Amendment.Kind.MERGE, row, editor, reason, before)


@transaction.atomic
def undo(amendment: Amendment, editor: User, reason: str) -> Amendment:
    """Put back what an amendment changed, where nothing later stands on it."""
    row = _locked(amendment.row)
    if amendment.kind == Amendment.Kind.UNDO or Amendment.objects.filter(undoes=amendment).exists():
        raise ValidationError("This has been undone already.")
    if _state(row) != amendment.after:
        raise ValidationError("It has been changed again since: undo that first.")
    before = _state(row)
    for name, value in amendment.before.items():
        setattr(row, f"{name}_id" if name in ("parent", "merged_into") else name, value)
    row.full_clean()
    row.save()
    return _amend(Amendment.Kind.UNDO, row, editor, reason, before, undoes=amendment)


def _locked(row: Row) -> Row:
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def _amend(kind: str, row: Row, editor: User, reason: str, before: dict[str, Any], **more: Any) -> Amendment:
    if not reason.strip():
        raise ValidationError({"reason": "Say why: the reason stands with the change."})
    of = {"actor": row} if isinstance(row, Actor) else {"place": row}
    return Amendment.objects.create(
        kind=kind, editor=editor, reason=reason.strip(), before=before, after=_state(row), **of, **more
    )


def apply(pk: int, seconds: float = 60) -> bool:
    """Derive the events of an amendment again, in batches. Whether all are done.

    It goes on where the last call stopped, and stops after about `seconds`, before a worker's time limit
    would stop it.
    """
    amendment = Amendment.objects.select_related("actor", "place").get(pk=pk)
    until = time.monotonic() + seconds
    while amendment.applied_at is None and time.monotonic() < until:
        with ledger.writing():
            amendment.refresh_from_db(fields=["applied_at", "applied_to", "last_event"])
            waiting = events_of(amendment.row).filter(pk__gt=amendment.last_event).order_by("pk")
            batch = list(waiting[:BATCH])
            for event in batch:
                ledger.derive(event)
            if batch:
                amendment.last_event = batch[-1].pk
                amendment.applied_to += len(batch)
            else:
                amendment.applied_at = timezone.now()
            amendment.save(update_fields=["applied_at", "applied_to", "last_event"])
    return amendment.applied_at is not None
