"""The reports near new ones, for clustering: a few queries for many reports, whatever the table's size.

    nearby = Nearby(accounts)                        # one query for all their windows, one for what belongs to them
    settle(accounts, nearby, nearby.decisions)

A window is looked up by cells of the index: a type, a region and some days. What was once read answers later
questions from memory; a question that lies beyond it is a query of its own.
"""

from __future__ import annotations

import gc
import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from articles.models import origin_key
from timeline.clustering import Account, Decisions, Memory, Window
from timeline.clustering.grouping import Placed
from timeline.models import Event
from timeline.models.reports import LONG
from timeline.recording.accounts import Told, account_from

LATER = 100  # so many articles published after the first of the new ones are read at once

_LIVE = "r.superseded_at IS NULL AND NOT r.struck_out"
_COLUMNS = """
    SELECT r.id, r.event_id, r.pinned, e.review, a.id, a.syndication_group_id, a.url, a.published, a.title,
        r.type, r.start, r."end", r.precision, r.date_basis, r.night, r.modality, r.stance,
        p.key, p.name, p.admin1, p.country, p.latitude, p.longitude, r.place_precision,
        r.parties, r.target, r.weapon, r.attributed_to, r.quote,
        r.killed_low, r.killed_best, r.killed_high, r.wounded_low, r.wounded_best, r.wounded_high
    FROM timeline_report r
        JOIN articles_article a ON a.id = r.article_id
        JOIN timeline_event e ON e.id = r.event_id
        LEFT JOIN timeline_place p ON p.id = r.place_id
"""
# By cell: what starts in the month before its end, by a range of the index, and the few reports that last longer.
# OFFSET 0 has each cell looked up in the index; joined as tables, many cells would read the whole table.
_CELLS = """
    SELECT found.id
    FROM unnest(%(types)s::text[], %(wheres)s::text[], %(regions)s::text[], %(firsts)s::date[], %(lasts)s::date[])
        AS cell (type, place, region, first, last)
    CROSS JOIN LATERAL (
        SELECT r.id FROM timeline_report r
        WHERE {live} AND r.type = cell.type AND {where}
            AND r.start BETWEEN cell.first - {long} AND cell.last AND r."end" >= cell.first
        UNION ALL
        SELECT r.id FROM timeline_report r
        WHERE {live} AND r.type = cell.type AND {where} AND r."end" > r.start + '{long} days'::interval
            AND r.start < cell.first - {long} AND r."end" >= cell.first
        OFFSET 0
    ) AS found
"""
_WHERE = {
    "region": "r.country = cell.place AND r.admin1 = cell.region",
    "country": "r.country = cell.place",
    "place": "r.place_id = (SELECT id FROM timeline_place WHERE key = cell.place)",
    "anywhere": "true",
}
Cell = tuple[str, str, str, str]  # the kind of _WHERE, the type of event, the country or place, the region


class Nearby:
    """`clustering.Stored` on the report table. `decisions` grow with what is read."""

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        self._memory = Memory()
        self._decided: dict[Hashable, int] = {}
        self.decisions = Decisions.of_events(self._decided)
        self._windows: set[Window] = set()
        self._articles: set[str] = set()
        self._events: set[Hashable] = set()
        self._later: datetime | None = None  # all reports published since are read
        if accounts := list(accounts):
            self._read_windows({Window.around(account) for account in accounts})
            self._read_what_belongs({account.article for account in accounts})
            self._read_later(min(account.published for account in accounts))

    def near(self, window: Window, since: datetime | None = None) -> Iterable[Placed]:
        if since is not None and window not in self._windows:
            if self._later is None or since < self._later:
                self._read_windows([window], since)
        elif window not in self._windows:
            self._read_windows([window])
        return self._memory.near(window, since)

    def article(self, article: str) -> Iterable[Placed]:
        if article not in self._articles:
            self._articles.add(article)
            self._read(f"WHERE {_LIVE} AND a.url = %(article)s", {"article": article})
        return self._memory.article(article)

    def event(self, event: Hashable) -> Iterable[Placed]:
        if event not in self._events:
            self._events.add(event)
            self._read(f"WHERE {_LIVE} AND r.event_id = %(event)s", {"event": event})
        return self._memory.event(event)

    def _read_windows(self, windows: Iterable[Window], since: datetime | None = None) -> None:
        windows = set(windows) - self._windows
        for kind, cells in cells_of(windows).items():
            found = _CELLS.format(live=_LIVE, long=LONG.days, where=_WHERE[kind])
            clause = f"WHERE r.id = ANY(ARRAY({found}))"
            if since is not None:
                clause += " AND a.published >= %(since)s"
            types, wheres, regions, firsts, lasts = map(list, zip(*cells, strict=True))
            values = {"types": types, "wheres": wheres, "regions": regions, "firsts": firsts, "lasts": lasts}
            self._read(clause, values | {"since": since})
        if since is None:
            self._windows |= windows

    def _read_what_belongs(self, articles: set[str]) -> None:
        """The other reports of the events that were found, and those of the articles."""
        events = self._memory.groups()
        clause = """WHERE r.id = ANY(ARRAY(
            SELECT id FROM timeline_report WHERE event_id = ANY(%(events)s)
            UNION
            SELECT told.id FROM timeline_report told JOIN articles_article ON articles_article.id = told.article_id
                WHERE url = ANY(%(articles)s)
        ))"""
        self._read_more(clause, {"events": list(events), "articles": list(articles)})
        self._events |= events
        self._articles |= articles

    def _read_later(self, since: datetime) -> None:
        """New reports are seldom followed by many: then whom they disturb is answered from memory."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM articles_article WHERE published >= %s ORDER BY published DESC LIMIT %s",
                [since, LATER + 1],
            )
            articles = [pk for (pk,) in cursor.fetchall()]
        if len(articles) <= LATER:
            self._read_more("WHERE r.article_id = ANY(%(articles)s)", {"articles": articles})
            self._later = since

    def _read_more(self, clause: str, values: dict[str, Any]) -> None:
        """Of the live ones those that are not read yet. (`<> ALL` is looked up in a hash, `NOT = ANY` is not.)"""
        known = list(self._memory.events)
        self._read(f"{clause} AND {_LIVE} AND r.id <> ALL(%(known)s)", values | {"known": known})

    def _read(self, clause: str, values: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS + clause, values)
            rows = cursor.fetchall()
        with _without_collecting():
            for row in rows:
                if row[0] not in self._memory.events:
                    account, event, decided = _told(row)
                    self._memory.put(account, event)
                    if decided:
                        self._decided[account.id] = event


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Many objects are made and all are kept: to look for garbage among them takes half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def cells_of(windows: Iterable[Window]) -> dict[str, list[tuple[str, str, str, date, date]]]:
    """{kind of place: [(type, country or place, region, first, last)]} that hold all these windows admit."""
    days: dict[Cell, list[tuple[date, date]]] = defaultdict(list)
    for window in windows:
        for type_ in window.types:
            for kind, place, region in _places_of(window):
                days[kind, type_, place, region].append((window.first, window.last))
    cells = defaultdict(list)
    for (kind, type_, place, region), spans in sorted(days.items()):
        for first, last in _joined(spans):
            cells[kind].append((type_, place, region, first, last))
    return dict(cells)


def _places_of(window: Window) -> list[tuple[str, str, str]]:
    if window.place_key:
        return [("place", window.place_key, "")]
    if window.country and window.admin1:
        return [("region", c, r) for c in (window.country, "") for r in (window.admin1, "")]
    if window.country:
        return [("country", window.country, ""), ("country", "", "")]
    return [("anywhere", "", "")]


def _joined(spans: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """Overlapping and adjacent spans of days as one."""
    joined: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _told(row: tuple[Any, ...]) -> tuple[Account, int, bool]:
    """(account, event, whether a curator decided that it belongs there) of a row of _COLUMNS."""
    pk, event, pinned, review, article, group, *told = row
    told[_PARTIES] = json.loads(told[_PARTIES])
    told[_PLACE] = told[_PLACE] or ""
    account = account_from(Told(origin_key(article, group), *told), pk)
    return account, event, pinned or review == Event.Review.CONFIRMED


_PARTIES, _PLACE = (Told._fields.index(name) - 1 for name in ("parties", "place_key"))  # without the origin
