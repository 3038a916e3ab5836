"""The editor's hand on actors, places and sources: edit, merge, undo. What rests on them follows in the background.

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

from articles.models import Address, Article, Feed, Source
from timeline.models import Actor, Amendment, Event, EventActor, Place, Report, ReportActor
from timeline.recording import ledger

Row = Actor | Place | Source
HANDED_OVER: tuple[Any, ...] = (Article, Feed, Address)  # of a source that is merged into another
MOST_COUNTED = 10_000
AHEAD = 5_000  # events that are looked up at once, to be derived in batches
BATCH = 100  # events derived in one transaction, so that workers who write are not held up

FIELDS: dict[type[Row], tuple[str, ...]] = {
    Actor: ("name", "aliases", "kind", "side", "parent"),
    Place: ("name", "admin1", "country", "latitude", "longitude", "kind", "parent"),
    Source: ("name", "home_page", "country", "kind", "side", "time_zone", "grade"),
}

# What of a source nobody's status or date rests on: its events need not follow.
SHOWN_ONLY = frozenset({"grade", "home_page", "country", "kind", "time_zone"})


@dataclass(frozen=True)
class Reach:
    """What rests on an actor, a place or a source. Counted up to MOST_COUNTED + 1, which stands for more."""

    events: int
    reports: int

    def __str__(self) -> str:
        return f"{_number(self.events, 'event')} and {_number(self.reports, 'report')}"


def _number(count: int, word: str) -> str:
    if count > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} {word}s"
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def events_of(row: Row) -> QuerySet[Event]:
    """Events that show it, and those whose reports name it (who did it, who says so) or are its own (a source)."""
    if isinstance(row, Source):
        return Event.objects.filter(pk__in=_reports_of(row).order_by().values("event"))
    if isinstance(row, Actor):
        shown = EventActor.objects.filter(actor=row).values("event")
        named = ReportActor.objects.filter(actor=row, report__superseded_at=None).values("report__event")
        spoken = Report.objects.filter(attributed_to__overlap=[row.name, *row.aliases], superseded_at=None)
        return Event.objects.filter(pk__in=shown.union(named, spoken.order_by().values("event")))
    told = Report.objects.filter(place=row, superseded_at=None).order_by().values("event")
    return Event.objects.filter(pk__in=Event.objects.filter(place=row).order_by().values("pk").union(told))


def amendments_of(event: Event) -> QuerySet[Amendment]:
    """Of the actors, the place and the sources of an event, the latest first."""
    sources = Report.objects.live().filter(event=event).values("article__source")
    return (
        Amendment.objects.filter(
            Q(actor__in=EventActor.objects.filter(event=event).values("actor"))
            | Q(actor__merged_into__in=EventActor.objects.filter(event=event).values("actor"))
            | Q(place__isnull=False) & (Q(place=event.place_id) | Q(place__merged_into=event.place_id))
            | Q(source__in=sources)
            | Q(source__merged_into__in=sources)
        )
        .select_related(
            "actor__merged_into", "place__merged_into", "source__merged_into", "editor", "undone_by"
        )
        .order_by("-made_at", "-pk")
    )


def _reports_of(row: Row) -> QuerySet[Report]:
    """The live ones that stand directly on it."""
    live = Report.objects.filter(superseded_at=None)
    if isinstance(row, Source):
        return live.filter(article__source=row)
    if isinstance(row, Actor):
        return live.filter(pk__in=ReportActor.objects.filter(actor=row).values("report"))
    return live.filter(place=row)


def reach(row: Row) -> Reach:
    events, reports = (
        found.order_by()[: MOST_COUNTED + 1].count() for found in (events_of(row), _reports_of(row))
    )
    return Reach(events, reports)


def _state(row: Row) -> dict[str, Any]:
    kept = ("merged_into", *(["side_by_editor"] if isinstance(row, Actor) else []))
    return {name: ledger.to_json(getattr(row, name)) for name in (*FIELDS[type(row)], *kept)}


@transaction.atomic
def edit(row: Row, changes: dict[str, Any], editor: User, reason: str) -> Amendment | None:
    """Set fields of an actor, a place or a source. None where nothing changes."""
    unknown = set(changes) - set(FIELDS[type(row)])
    if unknown:
        raise ValidationError(f"These fields cannot be edited: {', '.join(sorted(unknown))}.")
    row = _locked(row)
    before = _state(row)
    if isinstance(row, Actor) and changes.get("side", row.side) != row.side:
        row.side_by_editor = True
    for name, value in changes.items():
        setattr(row, name, value)
    if _state(row) == before:
        return None
    if _goes_round(row):
        raise ValidationError({"parent": "It cannot be part of itself, nor of what is part of it."})
    row.full_clean()
    row.save()
    return _amend(Amendment.Kind.EDIT, row, editor, reason, before)


def _goes_round(row: Row) -> bool:
    """Whether going from part to whole leads back to where it began."""
    if isinstance(row, Source):
        return False
    seen, whole = {row.pk}, row.parent_id
    while whole is not None:
        if whole in seen:
            return True
        seen.add(whole)
        whole = type(row)._default_manager.values_list("parent", flat=True).get(pk=whole)
    return False


@transaction.atomic
def merge(row: Row, into: Row, editor: User, reason: str) -> Amendment:
    """Count one as the other from now on. It stays, points to the one that it went into, and can come back."""
    if type(row) is not type(into) or row.pk == into.pk:
        raise ValidationError("Choose two actors, two places, or two sources.")
    row, into = _locked(row), _locked(into)
    if row.merged_into_id or into.merged_into_id:
        raise ValidationError("One of them has been merged already: choose the one that it went into.")
    if row.merged.exists():
        raise ValidationError(f"Others were merged into “{row}”: choose it as the one that stays.")
    before = _state(row)
    row.merged_into = into  # type: ignore[assignment]
    row.save(update_fields=["merged_into"])
    moved = _hand_over(row, into) if isinstance(row, Source) and isinstance(into, Source) else {}
    amendment = _amend(Amendment.Kind.MERGE, row, editor, reason, before)
    if moved:
        amendment.before |= {"moved": moved}
        amendment.save(update_fields=["before"])
    return amendment


def _hand_over(source: Source, into: Source) -> dict[str, list[int]]:
    """What came from one source comes from the other from now on. The keys, to be handed back."""
    moved = {}
    for model in HANDED_OVER:
        rows = model._default_manager.filter(source=source)
        moved[model.__name__] = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(source=into)
    return moved


def _hand_back(source: Source, moved: dict[str, list[int]]) -> None:
    for model in HANDED_OVER:
        rows = model._default_manager.filter(pk__in=moved[model.__name__], source=source.merged_into)
        rows.update(source=source)


@transaction.atomic
def undo(amendment: Amendment, editor: User, reason: str) -> Amendment:
    """Put back what an amendment changed, where nothing later stands on it."""
    row = _locked(amendment.row)
    if amendment.kind == Amendment.Kind.UNDO or Amendment.objects.filter(undoes=amendment).exists():
        raise ValidationError("This has been undone already.")
    state = _state(row)
    if {name: state[name] for name in amendment.after} != amendment.after:
        raise ValidationError("It has been changed again since: undo that first.")
    before = _state(row)
    if isinstance(row, Source) and "moved" in amendment.before:
        _hand_back(row, amendment.before["moved"])
    for name, value in amendment.before.items():
        if name == "moved":
            continue
        setattr(row, f"{name}_id" if name in ("parent", "merged_into") else name, value)
    row.full_clean()
    row.save()
    return _amend(Amendment.Kind.UNDO, row, editor, reason, before, undoes=amendment)


def _locked(row: Row) -> Row:
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def _amend(kind: str, row: Row, editor: User, reason: str, before: dict[str, Any], **more: Any) -> Amendment:
    if not reason.strip():
        raise ValidationError({"reason": "Say why: the reason stands with the change."})
    after = _state(row)
    changed = {name for name in after if before.get(name) != after[name]}
    if isinstance(row, Source) and changed <= SHOWN_ONLY:
        more["applied_at"] = timezone.now()
    return Amendment.objects.create(
        kind=kind, editor=editor, reason=reason.strip(), before=before, after=after,
        **{type(row)._meta.model_name or "": row}, **more,
    )  # fmt: skip


def _following(amendment: Amendment) -> QuerySet[Event]:
    """The events that an amendment bears on. A merged source has none left: they are the other's."""
    row = amendment.row
    if isinstance(row, Source) and amendment.kind == Amendment.Kind.MERGE and row.merged_into:
        return events_of(row.merged_into)
    return events_of(row)


def apply(pk: int, seconds: float = 60) -> bool:
    """Derive the events of an amendment again, in batches. Whether all are done.

    It goes on where the last call stopped, and stops after about `seconds`, before a worker's time limit
    would stop it.
    """
    amendment = Amendment.objects.select_related("actor", "place", "source__merged_into").get(pk=pk)
    until = time.monotonic() + seconds
    while amendment.applied_at is None and time.monotonic() < until:
        waiting = _following(amendment).filter(pk__gt=amendment.last_event).order_by("pk")
        ahead = list(waiting.values_list("pk", flat=True)[:AHEAD])
        if not ahead:
            amendment.applied_at = timezone.now()
            amendment.save(update_fields=["applied_at"])
        for first in range(0, len(ahead), BATCH):
            if time.monotonic() < until:
                _derive(amendment, ahead[first : first + BATCH])
    return amendment.applied_at is not None


def _derive(amendment: Amendment, pks: list[int]) -> None:
    """Those that no other call has derived meanwhile."""
    with ledger.writing():
        amendment.refresh_from_db(fields=["applied_to", "last_event"])
        left = [pk for pk in pks if pk > amendment.last_event]
        for event in Event.objects.filter(pk__in=left).order_by("pk"):
            ledger.derive(event)
        if left:
            amendment.last_event = left[-1]
            amendment.applied_to += len(left)
            amendment.save(update_fields=["applied_to", "last_event"])
