"""Webhooks: each change of a saved search posted to an address, in order, signed, until it is taken.

    tell(webhook_id)          # put what changed into deliveries, and send those that wait
    message(change, search)   # what a delivery says

Signatures, ids and timestamps are those of Standard Webhooks 1.0 (standardwebhooks.com); receivers may verify them
with its libraries. A delivery keeps its id over all attempts, so that a receiver can drop what comes twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.http import QueryDict
from django.utils import timezone, translation
from standardwebhooks.webhooks import Webhook as Signer

from articles import fetching
from timeline.alerts.changes import Change, affected, changes_of
from timeline.listing.filters import EventFilter
from timeline.models import Delivery, SavedSearch, Webhook

#: A change is told when it is this old: by then every transaction that could hold an earlier one has ended.
SETTLED = timedelta(minutes=3)
EVENTS = 100  # looked at in one turn
BUDGET = 45.0  # seconds of sending in one turn, well within the task's limit and the lease
#: What has been taken is kept so long; older changes are no longer told, so that none is told again.
KEPT = timedelta(days=60)
TOLD = timedelta(days=30)


def tell(webhook_id: int) -> int:
    """How many deliveries were taken. 0 also where another worker has the webhook; what failed is in its row."""
    webhook = Webhook.objects.claim(webhook_id)
    if webhook is None:
        return 0
    try:
        gather(webhook)
        taken = _send_waiting(webhook)
        webhook.deliveries.filter(delivered_at__lt=timezone.now() - KEPT).delete()
    except fetching.FetchError as error:
        webhook.fail(str(error), _asked_for(error), final=getattr(error, "gone", False))
        return 0
    except Exception as error:
        webhook.fail(error)
        raise
    webhook.succeed(next_try_at=None)
    return taken


@transaction.atomic
def gather(webhook: Webhook) -> int:
    """Put the changes of the next events into deliveries; one that is there already is not put twice."""
    row = webhook.held()
    if row is None:
        return 0
    until = timezone.now() - SETTLED
    later = Q(updated_at__gt=row.told_until) | Q(updated_at=row.told_until, pk__gt=row.last_event)
    chosen = EventFilter(QueryDict(row.search.query))
    events = list(affected(chosen).filter(later, updated_at__lte=until).order_by("updated_at", "pk")[:EVENTS])
    if not events:
        return 0
    since = max(row.since, timezone.now() - TOLD)
    with translation.override("en"):  # a message is for programs: the same words for all
        told = sorted(
            (c for c in changes_of(events) if c.at > since), key=lambda c: (c.at, c.event.pk, c.key)
        )
    made = Delivery.objects.bulk_create(_deliveries(row, told), ignore_conflicts=True)
    row.told_until, row.last_event = events[-1].updated_at, events[-1].pk
    row.save(update_fields=["told_until", "last_event"])
    return len(made)


def _deliveries(webhook: Webhook, told: Iterable[Change]) -> list[Delivery]:
    return [
        Delivery(
            webhook=webhook,
            key=f"{change.event.pk}:{change.key}",
            body=json.dumps(message(change, webhook.search), ensure_ascii=False, separators=(",", ":")),
        )
        for change in told
    ]


def message(change: Change, search: SavedSearch) -> dict[str, Any]:
    """A change as the receiver reads it. `/api/` describes it."""
    event, site = change.event, settings.SITE_ADDRESS
    return {
        "type": "event.changed",
        "timestamp": change.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "change": change.words,
            "search": {"name": search.name, "address": f"{site}{search.get_absolute_url()}"},
            "event": {
                "id": event.pk,
                "address": f"{site}{event.get_absolute_url()}",
                "headline": event.headline,
                "category": event.category,
                "type": event.type,
                "start": event.start.isoformat(),
                "end": event.end.isoformat(),
                "status": event.status,
                "review": event.review,
            },
        },
    }


def _send_waiting(webhook: Webhook) -> int:
    """Oldest first; the first that fails ends the turn, so that the order holds. Raises FetchError."""
    ends = time.monotonic() + BUDGET
    taken = 0
    for delivery in webhook.deliveries.waiting().order_by("pk")[:EVENTS]:
        if time.monotonic() > ends:
            break
        _send(webhook, delivery)
        taken += 1
    return taken


def _send(webhook: Webhook, delivery: Delivery) -> None:
    row = Delivery.objects.filter(pk=delivery.pk)
    row.update(attempts=F("attempts") + 1)
    try:
        status = fetching.send(
            webhook.url,
            delivery.body.encode(),
            headers_of(webhook, delivery, timezone.now()),
            allow_hosts=settings.FETCH_ALLOW_HOSTS,
            user_agent=settings.FETCH_USER_AGENT,
        )
    except fetching.FetchError as error:
        row.update(status=getattr(error, "status", None), last_error=str(error))
        raise
    row.update(status=status, last_error="", delivered_at=timezone.now())


def headers_of(webhook: Webhook, delivery: Delivery, now: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(webhook.secret).sign(
            delivery.message_id, now.astimezone(UTC), delivery.body
        ),
    }


def _asked_for(error: fetching.FetchError) -> timedelta | None:
    seconds = getattr(error, "retry_after", None)
    return None if seconds is None else timedelta(seconds=seconds)
