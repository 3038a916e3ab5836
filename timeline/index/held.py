"""This process's copy of the facet index, brought up to date each time it is asked.

    with held.current() as table:   # None: switched off, not built, or larger than it may be
        ...

What a transaction commits is seen by the next question, however late it commits: asked for is what the
last look could not see (pg_visible_in_snapshot), not what has a higher number than the highest seen.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from pyroaring import BitMap

from timeline.index.postings import split
from timeline.index.table import OBJECTS, FacetTable
from timeline.models import Event

log = logging.getLogger(__name__)

RETRY_SECONDS = 60.0  # after a look that found no index to use

# Words are not held: their rows are read when someone searches (timeline.index.words).
_HELD = "NOT starts_with(key, 'word:')"
_SIZE = f"SELECT coalesce(sum(octet_length(bitmap) + %s), 0) FROM timeline_posting WHERE {_HELD}"  # noqa: S608
_ALL = f"SELECT key, block, bitmap FROM timeline_posting WHERE {_HELD}"  # noqa: S608 (constants)
# A snapshot counts its own transaction as done, which may go on writing: then it says nothing.
_SNAPSHOT = """
    SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END
"""
_NOTHING_SEEN = "1:1:"
_NEWER = f"""
    SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END,
        key, block, bitmap
    FROM (SELECT) AS once LEFT JOIN timeline_posting
    ON version >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
    AND NOT pg_visible_in_snapshot(version::text::xid8, %(seen)s::pg_snapshot)
    AND {_HELD}
"""  # noqa: S608 (constants)


class Held:
    """One a process. A lock keeps its threads from reading a table that is being changed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Start again from nothing (tests: their transactions are rolled back)."""
        with self._lock:
            self._table: FacetTable | None = None
            self._seen = ""
            self._retry_at = 0.0

    @contextmanager
    def current(self) -> Iterator[FacetTable | None]:
        """The table as of now. Ask the database for nothing while you hold it."""
        if not settings.FACET_INDEX:
            yield None
            return
        with self._lock:
            if self._table is not None:
                self._catch_up(self._table)
            elif time.monotonic() >= self._retry_at:
                self._load()
            yield self._table

    def size(self) -> tuple[int, int]:
        """Bytes and events that this process holds now; nothing where counts come from SQL. For operators."""
        with self._lock:
            return (self._table.memory(), self._table.total()) if self._table is not None else (0, 0)

    def _load(self) -> None:
        began = time.monotonic()
        self._retry_at = began + RETRY_SECONDS
        with connection.cursor() as cursor:
            cursor.execute(_SIZE, [OBJECTS])
            size = cursor.fetchone()[0]
            if size > settings.FACET_INDEX_MEMORY_MB << 20:
                log.warning(
                    "Counts come from SQL: the facet index needs %d MB, FACET_INDEX_MEMORY_MB allows %d.",
                    size >> 20,
                    settings.FACET_INDEX_MEMORY_MB,
                )
                return
            table = FacetTable()
            # The snapshot before the count and the rows: what is committed between them is read again.
            cursor.execute(_SNAPSHOT)
            seen = cursor.fetchone()[0] or _NOTHING_SEEN
            events = Event.objects.published().count()
            cursor.execute(_ALL)
            for key, block, bitmap in cursor:
                table.put(*split(key), block, BitMap.deserialize(bytes(bitmap)))
        if table.total() < events:
            log.warning(
                "The facet index has %d of %d events: counts come from SQL. Run: manage.py reindex",
                table.total(),
                events,
            )
            return
        self._table, self._seen = table, seen
        log.info(
            "facet index: %d events, %.0f MB, read in %.1f s",
            table.total(),
            table.memory() / (1 << 20),
            time.monotonic() - began,
        )

    def _catch_up(self, table: FacetTable) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_NEWER, {"seen": self._seen})
            rows = cursor.fetchall()  # one at least: the snapshot, beside nothing
        for _, key, block, bitmap in rows:
            if key is not None:
                table.put(*split(key), block, BitMap.deserialize(bytes(bitmap)))
        self._seen = rows[0][0] or self._seen


held = Held()
