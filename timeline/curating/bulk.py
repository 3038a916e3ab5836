"""Decisions on many events: the same curation as for one, in the background, with its progress in a row.

batch = start(events, "confirmed", editor, "the same wire")
work(batch.pk)         # a task does it; safe to repeat, it goes on where the last call stopped
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from timeline.curating import curation
from timeline.models import Batch, Event


def start(events: Iterable[int], state: str, curator: User, reason: str = "") -> Batch:
    """A batch that waits for a worker. A rejection needs its reason now, not once for each event."""
    if state == Event.Review.REJECTED and not reason.strip():
        raise ValidationError(
            {"reason": "Say why the events are rejected: the reason stands in their history."}
        )
    return Batch.objects.create(events=list(events), state=state, curator=curator, reason=reason.strip())


def work(pk: int, seconds: float = 60) -> bool:
    """Decide on what is left, for about so long. Whether all is done."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _next(pk):
            return True
    return Batch.objects.filter(pk=pk, finished_at__isnull=False).exists()


@transaction.atomic
def _next(pk: int) -> bool:
    """One event more, in a transaction with the progress. False when there is none left."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("curator").get(pk=pk)
    if batch.finished_at:
        return False
    if batch.done < batch.total:
        number = batch.events[batch.done]
        try:
            with transaction.atomic():
                event = Event.objects.get(pk=number)
                decision = curation.review(event, batch.state, batch.curator, batch.reason)
        except ValidationError as refused:
            batch.refused.append([number, " ".join(refused.messages)])
        else:
            batch.decided += decision is not None
        batch.done += 1
    if batch.done >= batch.total:
        batch.finished_at = timezone.now()
    batch.save(update_fields=["done", "decided", "refused", "finished_at"])
    return batch.finished_at is None
