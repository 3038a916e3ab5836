"""Events per day and category, as arrays: a page adds up some thousand days in a fraction of a millisecond.

counts = DayCounts.of({(date(2025, 12, 1), "strike"): 3})
counts.days                 # [date(2025, 12, 1)]: those with events
counts.sums([(first, last), …])     # one {category: events} for each period
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DayCounts:
    """`by_category` has the events of each day from `first` (an ordinal) on; the arrays are equally long."""

    first: int = 1
    by_category: Mapping[str, Counts] = field(default_factory=dict)

    @classmethod
    def of(cls, counts: Mapping[tuple[date, str], int]) -> DayCounts:
        """Of {(day, category): events}, as one GROUP BY gives it."""
        if not counts:
            return cls()
        days = [day.toordinal() for day, _ in counts]
        first, length = min(days), max(days) - min(days) + 1
        arrays = {category: np.zeros(length, dtype=np.int64) for _, category in counts}
        for (day, category), n in counts.items():
            arrays[category][day.toordinal() - first] += n
        return cls(first, arrays)

    def __iter__(self) -> Iterator[tuple[date, str, int]]:
        """(day, category, events), those without events left out, by day."""
        rows = [
            (self.first + int(at), category, int(array[at]))
            for category, array in self.by_category.items()
            for at in np.flatnonzero(array)
        ]
        return iter([(date.fromordinal(day), category, n) for day, category, n in sorted(rows)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DayCounts) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def total(self) -> Counts:
        """Events of each day from `first` on, of all categories."""
        return np.sum(list(self.by_category.values()), axis=0) if self.by_category else np.zeros(0, np.int64)

    def day(self, at: int) -> date:
        return date.fromordinal(self.first + int(at))

    def sums(self, periods: Sequence[tuple[date, date]]) -> list[dict[str, int]]:
        """{category: events} for each period, both days included; categories without events left out."""
        starts = np.array([start.toordinal() for start, _ in periods], dtype=np.int64) - self.first
        ends = np.array([end.toordinal() for _, end in periods], dtype=np.int64) - self.first + 1
        found: list[dict[str, int]] = [{} for _ in periods]
        for category, array in self.by_category.items():
            passed = np.concatenate([[0], np.cumsum(array)])
            here = passed[np.clip(ends, 0, len(array))] - passed[np.clip(starts, 0, len(array))]
            for each, n in zip(found, here.tolist(), strict=True):
                if n:
                    each[category] = n
        return found
