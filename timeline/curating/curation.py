"""The curator's hand: every decision changes rows, keeps what was before, and can be undone.

Each function runs in one transaction with the events locked, and writes one `Decision`. It waits for a
worker that is writing, whose older copy of an event would otherwise undo the decision. The admin and the
pages call only these. What cannot be done raises a ValidationError whose words are for the curator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from timeline.curating import by_hand
from timeline.extraction.codebook import TYPES, Toll
from timeline.index import post
from timeline.models import Decision, Event, ReadingChange, Report
from timeline.models.tolls import BOUNDS
from timeline.recording import ledger

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


def _lock_open(pk: int) -> Event:
    """An event that decisions can still be about."""
    event = _lock(pk)[pk]
    if event.merged_into_id:
        raise ValidationError(_("The event has been merged: open the one it was merged into."))
    return event


def _still_there(reports: Iterable[Report]) -> None:
    """Refuse reports that another curator or a worker moved since they were read; their events are locked."""
    for report in reports:
        seen = report.event_id
        report.refresh_from_db(fields=["event", "pinned", "struck_out", "superseded_at"])
        if report.superseded_at:
            raise ValidationError(
                _("Meanwhile the article was read again: decide on what was read there last.")
            )
        if report.event_id != seen:
            raise ValidationError(
                _("Meanwhile the report was put under “%(event)s”: look at it again.")
                % {"event": report.event}
            )


def _say_why(reason: str) -> None:
    """Refuse what has no reason. A confirmation needs none (as coded), nor an undoing (it names what it undoes)."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stands in the event’s history.")})


def _decide(kind: Kind, event: Event, curator: User, reason: str, **fields: Any) -> Decision:
    return Decision.objects.create(kind=kind, event=event, curator=curator, reason=reason.strip(), **fields)


def _unchanged(event: Event, seen: datetime | None) -> None:
    """Refuse a decision that was meant for other values (code "stale"): `seen` is `updated_at` of what was seen."""
    if seen and event.updated_at != seen:
        raise ValidationError(_what_happened(event, seen), code="stale")


@ledger.writing()
def review(
    event: Event, state: str, curator: User, reason: str = "", seen: datetime | None = None
) -> Decision | None:
    """Confirm, reject or reopen. None when the event is in that state already. `seen`: as in `correct`."""
    event = _lock_open(event.pk)
    _unchanged(event, seen)
    if event.review == state:
        return None
    if state == Event.Review.REJECTED and not reason.strip():
        raise ValidationError(_("Say why the event is rejected: the reason stands in its history."))
    before = {"review": event.review}
    event.review = state
    event.save(update_fields=["review", "updated_at"])
    post(event.pk)
    kinds = {Event.Review.CONFIRMED: Kind.CONFIRM, Event.Review.REJECTED: Kind.REJECT}
    kind = kinds.get(Event.Review(state), Kind.REOPEN)
    return _decide(kind, event, curator, reason, before=before, after={"review": state})


@ledger.writing()
def correct(
    event: Event,
    changes: dict[str, Any],
    curator: User,
    reason: str,
    seen: datetime | None = None,
) -> Decision | None:
    """Set fields by hand. `changes` maps names of CORRECTABLE to values; None of `Event.overrides` is lost.

    `seen` is `updated_at` of the event that the curator looked at: where it has changed since, the
    correction is refused (code "stale"), since it was meant for other values.
    """
    _say_why(reason)
    unknown = set(changes) - set(CORRECTABLE)
    if unknown:
        raise ValidationError(
            _("These fields cannot be corrected: %(fields)s.") % {"fields": ", ".join(sorted(unknown))}
        )
    event = _lock_open(event.pk)
    _unchanged(event, seen)
    together = {name for group in FIELD_GROUPS if set(group) & set(changes) for name in group}
    whole = {name: getattr(event, name) for name in together} | changes
    if changes.get("type") in TYPES:
        whole["category"] = TYPES[changes["type"]].category
    stored = {name: ledger.to_json(value) for name, value in whole.items()}
    new = {**event.overrides, **stored}
    if new == event.overrides:
        return None
    fixed = [name for name in stored if event.overrides.get(name, ...) != stored[name]]
    before = {"overrides": event.overrides, "values": _in_words(event, fixed)}
    event.overrides = new
    for name, value in stored.items():
        setattr(event, name, ledger.from_json(name, value))
    if wrong := wrong_order(model_to_dict(event, CORRECTABLE)):
        raise ValidationError(wrong)
    event.full_clean(exclude=["search"])  # names a bad value before the database refuses it
    ledger.derive(event)
    after = {"overrides": new, "values": _in_words(event, fixed)}
    return _decide(Kind.CORRECT, event, curator, reason, before=before, after=after)


def _in_words(row: Event | Report, names: Iterable[str]) -> dict[str, Any]:
    """Values as the history shows them: a place by its name, which tells more than its number."""
    values = {name: getattr(row, name) for name in names}
    return {n: str(v) if v is not None and not isinstance(v, int) else v for n, v in values.items()}


def wrong_order(values: Mapping[str, Any]) -> dict[str, str]:
    """What contradicts itself, by field: a first day after the last one, figures that do not rise. Pure."""
    wrong = {}
    start, end = values.get("start"), values.get("end")
    if start and end and start > end:
        wrong["end"] = _("The last day is before the first.")
    for kind in Toll:
        figures = {f"{kind}_{b}": f for b in BOUNDS if (f := values.get(f"{kind}_{b}")) is not None}
        if list(figures.values()) != sorted(figures.values()):
            wrong[list(figures)[-1]] = _("The figures of %(kind)s must rise: low, best, high.") % {
                "kind": _(kind)
            }
    return wrong


def _what_happened(event: Event, since: datetime) -> str:
    decisions = event.decisions.filter(taken_at__gt=since).select_related("curator").order_by("pk")
    by_whom = "; ".join(
        f"{d.curator} {d.get_kind_display()}" + (f" “{d.reason}”" if d.reason else "") for d in decisions
    )
    what = by_whom or _("reports came or were read again")
    return _("The event has changed since you opened it (%(what)s).") % {"what": what}


def machine_values(event: Event) -> dict[str, Any]:
    """What the reports alone say of each corrected field. Derived without the corrections, then rolled back."""
    if not event.overrides:
        return {}
    with transaction.atomic():
        bare = Event.objects.get(pk=event.pk)
        bare.overrides = {}
        ledger.derive(bare)
        transaction.set_rollback(True)
    return {name: getattr(bare, name) for name in event.overrides}


def _move(reports: Iterable[Report], into: Event, staying: Iterable[Report] = ()) -> list[dict[str, Any]]:
    """Put reports under an event, pinned; what they were, for undoing.

    `staying` are pinned where they are: the other side of a decision that some belong together or apart.
    """
    before = []
    for report, event in [*((r, into) for r in reports), *((r, r.event) for r in staying)]:
        was = {"report": report.pk, "event": report.event_id, "pinned": report.pinned, "put": event.pk}
        before.append(was)
        report.event, report.pinned = event, True
        report.save(update_fields=["event", "pinned"])
    return before


@ledger.writing()
def merge(event: Event, into: Event, curator: User, reason: str) -> Decision:
    """Put all reports of `event` under `into`. The address of `event` then redirects there."""
    _say_why(reason)
    if event.pk == into.pk:
        raise ValidationError(_("An event cannot be merged into itself: choose two."))
    rows = _lock(event.pk, into.pk)
    event, into = rows[event.pk], rows[into.pk]
    if event.merged_into_id or into.merged_into_id:
        raise ValidationError(
            _("One of the events has been merged already: open the one it was merged into.")
        )
    if event.category != into.category:
        raise ValidationError(
            _("A %(one)s event and a %(other)s event are never one act.")
            % {"one": event.category, "other": into.category}
        )
    moved = _move(event.reports.order_by("pk"), into, staying=into.reports.live().order_by("pk"))
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


@ledger.writing()
def move(report: Report, into: Event, curator: User, reason: str) -> Decision | None:
    """Put one report under another event. None when it is there already."""
    _say_why(reason)
    if report.event_id == into.pk:
        return None
    rows = _lock(report.event_id, into.pk)
    event, into = rows[report.event_id], rows[into.pk]
    _still_there([report])
    if into.merged_into_id:
        raise ValidationError(_("The event has been merged: open the one it was merged into."))
    if TYPES[report.type].category != into.category:
        raise ValidationError(
            _(
                "A %(one)s report and a %(other)s event are never one act. "
                "Split the report off and correct the type of its event; the two can then be merged."
            )
            % {"one": TYPES[report.type].category, "other": into.category}
        )
    moved = _move([report], into)
    ledger.derive(event)
    ledger.derive(into)
    return _decide(
        Kind.MOVE, event, curator, reason,
        report=report, other_event=into, before={"reports": moved}, after={"into": into.pk},
    )  # fmt: skip


@ledger.writing()
def split(reports: list[Report], curator: User, reason: str) -> Decision:
    """Give reports of one event an event of their own (`Decision.other_event`)."""
    _say_why(reason)
    origin = {report.event_id for report in reports}
    if len(origin) != 1:
        raise ValidationError(_("Choose reports of one event to split off."))
    event = _lock(*origin)[origin.pop()]
    _still_there(reports)
    staying = list(event.reports.live().exclude(pk__in=[r.pk for r in reports]).order_by("pk"))
    if not staying:
        raise ValidationError(_("Leave at least one report with the event: there is nothing to split."))
    new = ledger.new_event(reports)
    moved = _move(reports, new, staying)
    ledger.derive(event)
    ledger.derive(new)
    return _decide(
        Kind.SPLIT, event, curator, reason, other_event=new, before={"reports": moved}, after={"into": new.pk}
    )


@ledger.writing()
def strike_out(report: Report, curator: User, reason: str) -> Decision | None:
    """Take a report out of its event: the text does not say this. It stays in the history."""
    _say_why(reason)
    event = _lock(report.event_id)[report.event_id]
    _still_there([report])
    if report.struck_out:
        return None
    report.struck_out = True
    report.save(update_fields=["struck_out"])
    ledger.derive(event)
    return _decide(
        Kind.STRIKE_OUT, event, curator, reason, report=report,
        before={"struck_out": False}, after={"struck_out": True},
    )  # fmt: skip


@ledger.writing()
def add(
    article: Article, coded: by_hand.Coded, curator: User, reason: str, into: Event | None = None
) -> Decision:
    """Code what the machine missed: a report in the curator's own hand, under `into` or a new event.

    `article.content_hash` is that of the text in which the curator chose the quote.
    """
    _say_why(reason)
    event = _lock_open(into.pk) if into else None
    if event and (category := by_hand.category_of(coded)) != event.category:
        raise ValidationError(
            _("A %(one)s report and a %(other)s event are never one act.")
            % {"one": category, "other": event.category}
        )
    stored = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if stored.content_hash != article.content_hash:
        raise ValidationError(
            _("The article’s text has changed since: open it again and choose the words anew.")
        )
    report = by_hand.store(stored, coded, event)
    ledger.derive(report.event)
    coded_fields = [name for name in by_hand.CODED if getattr(report, name) not in (None, "")]
    values = {"quote": report.quote, **_in_words(report, coded_fields)}
    return _decide(
        Kind.ADD, report.event, curator, reason, report=report,
        before={"struck_out": True}, after={"struck_out": False, "values": values},
    )  # fmt: skip


@ledger.writing()
def accept_reading(change: ReadingChange, curator: User, reason: str = "") -> Decision:
    """Let a new reading count that waited because a decision stands on its event."""
    event, change = _waiting(change)
    now, old, new = timezone.now(), change.old, change.new
    if old is not None:
        if old.superseded_at:
            raise ValidationError(
                _("Meanwhile the article was read again: decide on what was read there last.")
            )
        old.superseded_at = now
        old.save(update_fields=["superseded_at"])
    if new is not None:
        new.recorded_at, new.superseded_at = now, None
        if old is not None:
            new.event, new.pinned, new.struck_out, new.replaces = event, old.pinned, old.struck_out, old
        new.save()
    return _decide_reading(Kind.ACCEPT, change, event, curator, reason)


@ledger.writing()
def refuse_reading(change: ReadingChange, curator: User, reason: str = "") -> Decision:
    """Keep what was read before: the new reading stays in the history and never counts."""
    event, change = _waiting(change)
    return _decide_reading(Kind.REFUSE, change, event, curator, reason)


def _waiting(change: ReadingChange) -> tuple[Event, ReadingChange]:
    """The locked change with the event that its report is under now."""
    change = ReadingChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if change.state != ReadingChange.State.WAITING:
        raise ValidationError(
            _("This new reading no longer waits: %(state)s.") % {"state": change.get_state_display()}
        )
    event = _lock_open(change.old.event_id if change.old else change.event_id)
    return event, change


def _decide_reading(kind: Kind, change: ReadingChange, event: Event, curator: User, reason: str) -> Decision:
    states = {Kind.ACCEPT: ReadingChange.State.ACCEPTED, Kind.REFUSE: ReadingChange.State.REFUSED}
    change.state, change.event = states[kind], event
    change.save(update_fields=["state", "event"])
    ledger.derive(event)
    return _decide(
        kind, event, curator, reason, report=change.new or change.old,
        before={"reading": change.pk}, after={"state": change.state},
    )  # fmt: skip


def _put_back_reading(pk: int) -> None:
    """Undo an acceptance or a refusal: the change waits again, and the old report counts."""
    change = ReadingChange.objects.select_for_update(of=("self",)).get(pk=pk)
    if change.state == ReadingChange.State.ACCEPTED:
        if change.new is not None:
            if change.new.superseded_at:
                raise ValidationError(
                    _("The article was read again since: what was accepted no longer counts.")
                )
            Report.objects.filter(pk=change.new.pk).update(superseded_at=timezone.now(), replaces=None)
        if change.old is not None:
            Report.objects.filter(pk=change.old.pk).update(superseded_at=None)
    change.state = ReadingChange.State.WAITING
    change.save(update_fields=["state"])


@ledger.writing()
def undo(decision: Decision, curator: User, reason: str = "") -> Decision:
    """Put back what a decision changed, where nothing later stands on it."""
    if decision.kind == Kind.UNDO:
        raise ValidationError(_("An undoing is not undone: take the decision again."))
    pks = {
        decision.event_id,
        decision.other_event_id,
        *(r["event"] for r in decision.before.get("reports", [])),
    }
    struck: list[int] = []
    if "struck_out" in decision.before:
        struck = Report.objects.filter(decisions=decision).with_successors()
        pks.update(Report.objects.filter(pk__in=struck).values_list("event", flat=True))
    rows = _lock(*(pk for pk in pks if pk is not None))
    if Decision.objects.filter(undoes=decision).exists():
        raise ValidationError(_("This decision has been undone already."))
    event = rows[decision.event_id]
    for field in {"review", "overrides"} & decision.before.keys():
        later = event.decisions.filter(pk__gt=decision.pk, undone_by=None, before__has_key=field)
        if later.exclude(kind=Kind.UNDO).exists():
            raise ValidationError(
                _("A later decision of the same kind stands on this one: undo that one first.")
            )
        setattr(event, field, decision.before[field])
    if "struck_out" in decision.before:
        again = Decision.objects.filter(report__in=struck, before__has_key="struck_out", pk__gt=decision.pk)
        if again.filter(undone_by=None).exclude(kind=Kind.UNDO).exists():
            raise ValidationError(
                _("A later decision about the report stands on this one: undo that one first.")
            )
        Report.objects.filter(pk__in=struck).update(struck_out=decision.before["struck_out"])
    for was in decision.before.get("reports", []):
        # An article that was read again since: what was decided holds for the report that stands there now.
        same = Report.objects.filter(pk__in=Report.objects.filter(pk=was["report"]).with_successors())
        if same.exclude(event=was["put"]).exists():
            raise ValidationError(_("A report was moved again since: undo that decision first."))
        same.update(event=was["event"], pinned=was["pinned"])
    if "reading" in decision.before:
        _put_back_reading(decision.before["reading"])
    if decision.kind == Kind.MERGE:
        event.merged_into = None
    for row in rows.values():
        ledger.derive(row)
    return _decide(
        Kind.UNDO, event, curator, reason,
        undoes=decision, other_event=decision.other_event, before=decision.after, after=decision.before,
    )  # fmt: skip
