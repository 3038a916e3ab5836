"""The algebra of the facet index: bitmaps of event ids by facet and value. Pure.

table = FacetTable()
table.put("status", "claimed", block=0, part=BitMap([3, 5]))
table.any_of("status", ["claimed"]) & table.between("start", "2024-01-01", None)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from heapq import heappush, heappushpop

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from timeline.listing.day_counts import DayCounts

BLOCK = 1 << 16  # ids
#: Up to this share of all events, values are gathered from a column; above, bitmaps are intersected.
NARROW = 0.1


def _day_number(value: str) -> int:
    return date.fromisoformat(value).toordinal()


# Facets in which every event has at most one value and there are thousands of values: an array beside the
# bitmaps gives the value of an event. 0 is none.
COLUMNS: dict[str, Callable[[str], int]] = {"start": _day_number, "place": int}


@dataclass(frozen=True)
class Top:
    """The most frequent values, and those that were asked for."""

    values: list[tuple[str, int]]
    more: bool  # there are others


@dataclass
class _Values:
    bitmaps: dict[str, BitMap] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    in_order: list[str] | None = None
    by_frequency: list[str] | None = None


Numbers = NDArray[np.int64]
_NONE: Numbers = np.zeros(0, dtype=np.int64)


def ids_of(bitmap: BitMap) -> NDArray[np.uint32]:
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


def top_of(counts: dict[str, int], most: int, always: Collection[str]) -> Top:
    """`most` values by count (ties by value), and those of `always` that occur."""
    ranked = sorted(((v, n) for v, n in counts.items() if n), key=lambda row: (-row[1], row[0]))
    shown = [row for place, row in enumerate(ranked) if place < most or row[0] in always]
    return Top(shown, more=len(shown) < len(ranked))


def _top_numbers(numbers: Numbers, counts: Numbers, most: int, always: Collection[str]) -> Top:
    """As `top_of`, of arrays."""
    if len(counts) > most:
        last = np.partition(counts, -most)[-most]  # the count of the last place
        chosen = (counts >= last) | np.isin(numbers, [int(v) for v in always if v.isdecimal()])
        shown = top_of(_named(numbers[chosen], counts[chosen]), most, always)
        return Top(shown.values, more=len(shown.values) < len(counts))
    return top_of(_named(numbers, counts), most, always)


def _named(numbers: Numbers, counts: Numbers) -> dict[str, int]:
    return {str(value): n for value, n in zip(numbers.tolist(), counts.tolist(), strict=True)}


class FacetTable:
    """Every bitmap, whole: the blocks of one value are one bitmap. Ids are below 2^32."""

    def __init__(self) -> None:
        self._facets: dict[str, _Values] = {}
        self._by_day: DayCounts | None = None  # of all events, until one changes
        self._columns = {name: np.zeros(BLOCK, dtype=np.int32) for name in COLUMNS}

    # Filling

    def put(self, facet: str, value: str, block: int, part: BitMap) -> None:
        """Make `part` what stands under a value in one block."""
        values = self._facets.setdefault(facet, _Values())
        bitmap = values.bitmaps.get(value)
        if bitmap is None:
            bitmap = values.bitmaps[value] = BitMap()
            values.in_order = values.by_frequency = None
        bitmap.remove_range(block * BLOCK, (block + 1) * BLOCK)
        bitmap |= part
        values.counts[value] = len(bitmap)
        values.by_frequency = None
        if facet in ("start", "category"):
            self._by_day = None
        if facet in COLUMNS and part:
            column = self._column(facet, part.max())
            column[ids_of(part)] = COLUMNS[facet](value)

    def _column(self, facet: str, highest: int) -> NDArray[np.int32]:
        column = self._columns[facet]
        if highest >= len(column):
            column = np.zeros(max(highest + BLOCK, len(column) * 5 // 4), dtype=np.int32)
            column[: len(self._columns[facet])] = self._columns[facet]
            self._columns[facet] = column
        return column

    # Asking

    def __iter__(self) -> Iterator[tuple[str, str, BitMap]]:
        """(facet, value, bitmap) of every value that has events."""
        for facet, values in self._facets.items():
            for value, bitmap in values.bitmaps.items():
                if bitmap:
                    yield facet, value, bitmap

    def _values(self, facet: str) -> _Values:
        return self._facets.get(facet) or _Values()

    def any_of(self, facet: str, wanted: Iterable[str]) -> BitMap:
        """Events that stand under one of the values at least."""
        bitmaps = self._values(facet).bitmaps
        return BitMap.union(BitMap(), *(bitmaps[v] for v in wanted if v in bitmaps))

    def between(self, facet: str, low: str | None, high: str | None) -> BitMap:
        """Events with a value from `low` to `high`, both included, in the order of strings."""
        values = self._values(facet)
        if values.in_order is None:
            values.in_order = sorted(values.bitmaps)
        first = bisect_left(values.in_order, low) if low is not None else 0
        last = bisect_right(values.in_order, high) if high is not None else len(values.in_order)
        return self.any_of(facet, values.in_order[first:last])

    def everything(self) -> BitMap:
        """All events: each has a category."""
        return self.any_of("category", self._values("category").bitmaps)

    def total(self) -> int:
        return sum(self._values("category").counts.values())

    def cardinality(self, facet: str, value: str, within: BitMap | None = None) -> int:
        """How many events stand under a value, of all or of those `within` a bitmap."""
        values = self._values(facet)
        if within is None:
            return values.counts.get(value, 0)
        bitmap = values.bitmaps.get(value)
        return bitmap.intersection_cardinality(within) if bitmap is not None else 0

    def counts(self, facet: str, within: BitMap | None = None) -> dict[str, int]:
        """{value: events}, those without events left out."""
        values = self._values(facet)
        if within is None:
            return {v: n for v, n in values.counts.items() if n}
        return {v: n for v, b in values.bitmaps.items() if (n := b.intersection_cardinality(within))}

    def top(self, facet: str, within: BitMap | None, most: int, always: Collection[str] = ()) -> Top:
        """The values with the most events: the same as `top_of(counts(...))`, without counting them all."""
        if within is not None and facet in COLUMNS and self._is_narrow(within):
            return _top_numbers(*self._gathered(facet, within), most, always)
        found: dict[str, int] = {}
        best: list[int] = []  # the highest counts so far, as a heap: the lowest of them first
        values = self._values(facet)
        for value in self._by_frequency(values):
            # No value has more events here than it has in all.
            if len(best) == most and values.counts[value] < best[0] and len(found) > most + len(always):
                break
            if n := self.cardinality(facet, value, within):
                found[value] = n
                if len(best) < most:
                    heappush(best, n)
                else:
                    heappushpop(best, n)
        for value in always:
            if n := self.cardinality(facet, value, within):
                found[value] = n
        return top_of(found, most, always)

    def _by_frequency(self, values: _Values) -> list[str]:
        if values.by_frequency is None:
            values.by_frequency = sorted(values.counts, key=values.counts.__getitem__, reverse=True)
        return values.by_frequency

    def by_day(self, within: BitMap | None) -> DayCounts:
        """Events per first day and category: what the histogram is made of."""
        if within is None and self._by_day is not None:
            return self._by_day
        gathered = {}
        for category, bitmap in self._values("category").bitmaps.items():
            if here := bitmap if within is None else bitmap & within:
                days = self._columns["start"][ids_of(here)]
                gathered[category] = days if days.all() else days[days > 0]
        gathered = {category: days for category, days in gathered.items() if len(days)}
        if not gathered:
            return DayCounts()
        first = int(min(days.min() for days in gathered.values()))
        length = int(max(days.max() for days in gathered.values())) - first + 1
        counts = {c: np.bincount(days - first, minlength=length) for c, days in gathered.items()}
        found = DayCounts(first, counts)
        if within is None:
            self._by_day = found
        return found

    def _is_narrow(self, within: BitMap) -> bool:
        return len(within) <= NARROW * self.total()

    def _gathered(self, facet: str, within: BitMap) -> tuple[Numbers, Numbers]:
        """The numbers of the values and how many events have each, from the column: the quickest for few events."""
        if not within:
            return _NONE, _NONE
        numbers = self._columns[facet][ids_of(within)]
        lowest = int(numbers.min())
        counts = np.bincount(numbers - lowest)
        some = np.flatnonzero(counts)
        values, counts = some + lowest, counts[some]
        return (values[1:], counts[1:]) if values[0] == 0 else (values, counts)

    def page(
        self, within: BitMap | None, newest_first: bool, after: tuple[date, int] | None, size: int
    ) -> list[int]:
        """The ids of `size` events by first day and id, from behind `after` on."""
        values = self._values("start")
        if values.in_order is None:
            values.in_order = sorted(values.bitmaps)
        days = values.in_order
        if after and newest_first:
            days = days[: bisect_right(days, after[0].isoformat())]
        elif after:
            days = days[bisect_left(days, after[0].isoformat()) :]
        found: list[int] = []
        for day in reversed(days) if newest_first else days:
            bitmap = values.bitmaps[day]
            ids = list(bitmap if within is None else bitmap & within)
            if after and day == after[0].isoformat():
                ids = [pk for pk in ids if (pk < after[1] if newest_first else pk > after[1])]
            found += reversed(ids) if newest_first else ids
            if len(found) >= size:
                break
        return found[:size]

    def memory(self) -> int:
        """Bytes, about: what the bitmaps and columns take, with Python's objects around them."""
        total = sum(column.nbytes for column in self._columns.values())
        for values in self._facets.values():
            for value, bitmap in values.bitmaps.items():
                kept = bitmap.get_statistics()
                total += kept["n_bytes_array_containers"] + kept["n_bytes_run_containers"]
                total += kept["n_bytes_bitset_containers"]
                total += OBJECTS + len(value)
        return total


#: Bytes of a bitmap's object, its header and its entries in two dictionaries.
OBJECTS = 400
