"""Decisions as JSON lines that another instance can replay, and amendments of actors, places and sources.

for row in exported(Decision.objects.all()):
    ...                          # {"uid": …, "kind": "correct", "curator": "ada", "at": …, "event": [report, …], …}
Replay().take(row)               # "taken", "known" or the reason why not; safe to call again

Rows name no key of this database: events by their reports, reports by article, span and type, places by the key of
the gazetteer, people by their user name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils.dateparse import parse_datetime

from articles.models import Article
from timeline.curating import by_hand, curation
from timeline.curating.amendment_log import NotHere, exported_amendments, replay
from timeline.curating.catalogue import amendments_of
from timeline.models import Amendment, Decision, Event, Place, Report
from timeline.recording import ledger

Kind = Decision.Kind
MOST_NAMED = 20  # reports that stand for an event: any one of them finds it

_STATES = {
    Kind.CONFIRM: Event.Review.CONFIRMED,
    Kind.REJECT: Event.Review.REJECTED,
    Kind.REOPEN: Event.Review.UNREVIEWED,
}


def json_lines(rows: Iterable[dict[str, Any]], name: str) -> StreamingHttpResponse:
    """The rows as a file to keep."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="application/x-ndjson", headers=headers)


def of_event(event: Event) -> Iterator[dict[str, Any]]:
    """The decisions about an event, those that merged others into it, and the amendments around it."""
    decisions = Decision.objects.filter(Q(event=event) | Q(other_event=event))
    return _in_order(decisions, Amendment.objects.filter(pk__in=amendments_of(event).values("pk")))


def everything() -> Iterator[dict[str, Any]]:
    """All decisions and amendments, in the order in which they were taken."""
    return _in_order(Decision.objects.all(), Amendment.objects.all())


def _in_order(decisions: QuerySet[Decision], amendments: QuerySet[Amendment]) -> Iterator[dict[str, Any]]:
    return merge(exported(decisions), exported_amendments(amendments), key=lambda row: str(row["at"]))


def exported(decisions: QuerySet[Decision]) -> Iterator[dict[str, Any]]:
    """In the order in which they were taken, which is the order to replay them in."""
    rows = decisions.select_related("curator", "report__article", "undoes").order_by("pk")
    for decision in rows.iterator(chunk_size=500):
        yield _row(decision)


def _row(decision: Decision) -> dict[str, Any]:
    row: dict[str, Any] = {
        "uid": str(decision.uid),
        "kind": decision.kind,
        "curator": decision.curator.get_username(),
        "at": decision.taken_at.isoformat(),
        "reason": decision.reason,
        "before": _shown(decision.before),
        "after": _shown(decision.after),
    }
    moved = decision.before.get("reports", [])
    match decision.kind:
        case Kind.UNDO:
            row["undoes"] = str(decision.undoes.uid) if decision.undoes else None
        case Kind.CORRECT:
            row["event"] = _name_event(decision.event_id)
            row["fields"] = _fields(decision)
        case Kind.MERGE | Kind.SPLIT | Kind.MOVE:
            source = {m["report"] for m in moved if m["event"] != m["put"]}
            row["reports"] = _name(Report.objects.filter(pk__in=source))
            staying = [m["report"] for m in moved if m["event"] == m["put"]]
            if decision.kind == Kind.MERGE:
                row["into"] = _name(Report.objects.filter(pk__in=staying))
            elif decision.kind == Kind.MOVE:
                row["into"] = _name(
                    Report.objects.filter(event=decision.other_event_id).exclude(pk__in=source)
                )
        case Kind.STRIKE_OUT:
            row["reports"] = _name(Report.objects.filter(decisions=decision))
        case Kind.ADD:
            row |= _coded(decision)
        case _:
            row["event"] = _name_event(decision.event_id)
    return row


def _shown(state: dict[str, Any]) -> dict[str, Any]:
    """Values in words; moves of reports are told by the rows' other keys."""
    return state.get("values") or {key: state[key] for key in ("review", "struck_out") if key in state}


def _fields(decision: Decision) -> dict[str, Any]:
    """What a correction set, with places by their key."""
    before, after = decision.before["overrides"], decision.after["overrides"]
    fields = {name: value for name, value in after.items() if before.get(name, ...) != value}
    if fields.get("place"):
        fields["place"] = Place.objects.get(pk=fields["place"]).key
    return fields


def _coded(decision: Decision) -> dict[str, Any]:
    """What was coded by hand: the quote, the fields, and the other reports of its event, if it had some then."""
    report = decision.report
    assert report is not None  # of every decision of the kind
    fields = {name: ledger.to_json(getattr(report, name)) for name in by_hand.CODED}
    if report.place:
        fields["place"] = report.place.key
    older = Report.objects.filter(event=decision.event_id, recorded_at__lt=report.recorded_at)
    return {
        "reports": _name(Report.objects.filter(pk=report.pk)),
        "fields": fields,
        "speaker": next(iter(report.attributed_to), ""),
        "doer": next((name for name, *_ in report.parties), ""),
        "into": _name(older) if older.exists() else None,
    }


def _name_event(pk: int) -> list[dict[str, Any]]:
    under = Report.objects.filter(event=pk)
    if not under.exists():  # merged away: what it brought
        merges = Decision.objects.filter(event=pk, kind=Kind.MERGE).values_list("before", flat=True)
        brought = [m["report"] for before in merges for m in before.get("reports", []) if m["event"] == pk]
        under = Report.objects.filter(pk__in=brought)
    return _name(under)


def _name(reports: QuerySet[Report]) -> list[dict[str, Any]]:
    first = reports.select_related("article").defer("article__text").order_by("superseded_at", "pk")
    return [
        {
            "article": report.article.url,
            "content": report.content_hash,
            "span": [report.quote_start, report.quote_end],
            "type": report.type,
            "ordinal": report.ordinal,
            "quote": report.quote,
        }
        for report in first[:MOST_NAMED]
    ]


class NotFound(Exception):
    """The row is about something that this instance does not hold (yet)."""


class Replay:
    """Takes rows one by one through timeline.curating.curation, under their own number, curator and time."""

    def take(self, row: dict[str, Any]) -> str:
        try:
            uid = UUID(row["uid"])
            if Decision.objects.filter(uid=uid).exists():
                return "known"
            with transaction.atomic():
                if "amends" in row:
                    amendment = replay(row, _curator(row["curator"]))
                    return "taken" if amendment else "known"
                decision = self._decide(row)
                if decision is None:
                    return "known"  # it was so already
                taken_at = parse_datetime(row["at"])
                Decision.objects.filter(pk=decision.pk).update(uid=uid, taken_at=taken_at)
        except (NotFound, NotHere) as missing:
            return str(missing)
        except ValidationError as refused:
            return " ".join(refused.messages)
        except (KeyError, TypeError, ValueError) as error:
            return f"This line is no decision: {type(error).__name__} {error}."
        return "taken"

    def _decide(self, row: dict[str, Any]) -> Decision | None:
        curator, reason = _curator(row["curator"]), row["reason"] or "no reason was given"
        match kind := Kind(row["kind"]):
            case Kind.UNDO:
                decision = Decision.objects.filter(uid=UUID(row["undoes"])).first()
                if decision is None:
                    raise NotFound("The decision that it undoes is not here: import that one first.")
                return curation.undo(decision, curator, reason)
            case Kind.CORRECT:
                changes = {n: _value(n, v) for n, v in row["fields"].items()}
                return curation.correct(_event(row["event"]), changes, curator, reason)
            case Kind.MERGE:
                event, into = _event(row["reports"]), _event(row["into"])
                return None if event == into else curation.merge(event, into, curator, reason)
            case Kind.SPLIT:
                return curation.split(_reports(row["reports"]), curator, reason)
            case Kind.MOVE:
                return curation.move(_reports(row["reports"])[0], _event(row["into"]), curator, reason)
            case Kind.STRIKE_OUT:
                return curation.strike_out(_reports(row["reports"])[0], curator, reason)
            case Kind.ADD:
                return _add(row, curator, reason)
            case Kind.ACCEPT | Kind.REFUSE:
                raise NotFound("A decision about a new reading belongs to the instance that read it.")
            case _:
                return curation.review(_event(row["event"]), _STATES[kind], curator, reason)


def _curator(name: str) -> User:
    """The user of that name, or a new one who cannot sign in."""
    user, created = User.objects.get_or_create(username=name, defaults={"is_active": False})
    if created:
        user.set_unusable_password()
        user.save()
    return user


def _add(row: dict[str, Any], curator: User, reason: str) -> Decision:
    name = row["reports"][0]
    article = Article.objects.filter(url=name["article"], content_hash=name["content"]).first()
    if article is None:
        raise NotFound("Its article is not here with the text that was coded: fetch it first.")
    values = {field: _value(field, value) for field, value in row["fields"].items()}
    start, end = name["span"]
    coded = by_hand.Coded((start, end), values, row["speaker"], row["doer"])
    return curation.add(article, coded, curator, reason, _event(row["into"]) if row["into"] else None)


def _value(name: str, value: Any) -> Any:
    if name != "place" or value is None:
        return ledger.from_json(name, value)
    place = Place.objects.filter(key=value).first()
    if place is None:
        raise NotFound(f"There is no place {value}.")
    return place


def _reports(names: Iterable[dict[str, Any]]) -> list[Report]:
    found = []
    for name in names:
        start, end = name["span"]
        report = (
            Report.objects.filter(
                article__url=name["article"], content_hash=name["content"],
                quote_start=start, quote_end=end, type=name["type"], ordinal=name["ordinal"],
            )
            .order_by("-superseded_at", "-pk")
            .first()
        )  # fmt: skip
        if report:
            found.append(report)
    if not found:
        raise NotFound("None of the reports that it is about is here: read their articles first.")
    return found


def _event(names: Iterable[dict[str, Any]]) -> Event:
    return _reports(names)[0].event
