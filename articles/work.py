"""Work as rows: what waits, who has it, what failed and why.

A row that inherits `Work` is its own job. Celery tasks are doorbells that carry its id: they may be lost,
doubled or late without harm, since a row is claimed by one UPDATE and its result is only stored by the
holder of the lease. `attempts` is counted before the work, so that a killed process counts as one.
"""

from __future__ import annotations

import traceback
import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

MAX_ATTEMPTS = 3
LEASE = timedelta(minutes=5)
#: A lease that ends later than this was taken before the clock went back: it would hold for as long as that.
LONGEST_LEASE = 2 * LEASE
BACK_OFF = timedelta(minutes=1)


def words_of(error: BaseException | str) -> str:
    """An error as it is kept in a row: a traceback, or the sentence that it is."""
    if isinstance(error, str):
        return error
    return "".join(traceback.format_exception(error)).replace("\0", "")


def mend_connection() -> None:
    """What failed may have been the connection (a restarted server): then noting that needs another one."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def free() -> Q:
    """Rows that nobody holds now."""
    now = timezone.now()
    return Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + LONGEST_LEASE)


class WorkQuerySet(models.QuerySet[Any]):
    def pending(self) -> Self:
        """Rows that still want work. Each kind of work says which: the default is all of them."""
        return self.filter(set_aside_at=None)

    def due(self) -> Self:
        """Pending rows that nobody holds and whose time has come."""
        now = timezone.now()
        return self.pending().filter(
            free(),
            Q(next_try_at=None) | Q(next_try_at__lte=now),
            attempts__lt=MAX_ATTEMPTS,
        )

    def working(self) -> Self:
        return self.pending().filter(lease_until__gte=timezone.now())

    def set_aside(self) -> Self:
        return self.filter(set_aside_at__isnull=False)

    def claim(self, pk: int, lease: timedelta = LEASE) -> Any | None:
        """Take one due row, or None when it is done, held by another or not due."""
        token = uuid.uuid4()
        taken = (
            self.due()
            .filter(pk=pk)
            .update(lease_token=token, lease_until=timezone.now() + lease, attempts=F("attempts") + 1)
        )
        return self.model._default_manager.get(pk=pk, lease_token=token) if taken else None

    def set_aside_exhausted(self) -> int:
        """Set aside rows whose last permitted attempt ended without a word (a killed worker)."""
        now = timezone.now()
        return (
            self.pending()
            .filter(free(), attempts__gte=MAX_ATTEMPTS)
            .update(
                set_aside_at=now,
                lease_until=None,
                lease_token=None,
                last_error="The worker died or was stopped in each of the attempts "
                "(out of memory, time limit or kill). Retry it once the cause is mended.",
            )
        )

    def retry(self) -> int:
        """Put rows back in the queue, with all their attempts."""
        return self.update(
            attempts=0, set_aside_at=None, next_try_at=None, lease_until=None, lease_token=None
        )


class Work(models.Model):
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    set_aside_at = models.DateTimeField(null=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True

    def held(self) -> Self | None:
        """This row, locked, if its lease is still ours: call it in the transaction that stores the result."""
        rows = type(self)._default_manager.select_for_update()
        return rows.filter(pk=self.pk, lease_token=self.lease_token).first()

    def release(self) -> None:
        """Work is done: free the row (unsaved) and forget its failures."""
        self.lease_until = self.lease_token = self.next_try_at = self.set_aside_at = None
        self.attempts = 0
        self.last_error = ""

    WORK_FIELDS = ("lease_until", "lease_token", "next_try_at", "set_aside_at", "attempts", "last_error")

    def put_off(self, until: datetime) -> None:
        """Not now: give the row back until then. It was not the row's fault, so no attempt is used up."""
        type(self)._default_manager.filter(pk=self.pk, lease_token=self.lease_token).update(
            lease_until=None,
            lease_token=None,
            next_try_at=until,
            attempts=Greatest(F("attempts") - 1, 0),
        )

    def fail(
        self, error: BaseException | str, retry_after: timedelta | None = None, final: bool = False
    ) -> None:
        """Note a failed attempt: try again later, or set the row aside after the last attempt.

        Does nothing when the lease has passed to another worker.
        """
        mend_connection()
        now = timezone.now()
        exhausted = final or self.attempts >= MAX_ATTEMPTS
        pause = retry_after or BACK_OFF * 4 ** max(0, self.attempts - 1)
        type(self)._default_manager.filter(pk=self.pk, lease_token=self.lease_token).update(
            lease_until=None,
            lease_token=None,
            last_error=words_of(error),
            next_try_at=None if exhausted else now + pause,
            set_aside_at=now if exhausted else None,
        )
