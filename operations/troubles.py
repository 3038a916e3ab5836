"""What went wrong, for the person who looks after it: what is set aside, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from operations.figures import KINDS, Kind

SHOWN = 10  # of each kind, the latest; the admin's lists have all


@dataclass(frozen=True)
class SetAside:
    """One row that waits for a person."""

    kind: Kind
    pk: int
    name: str
    since: datetime
    why: str
    """As it was noted: words, or a traceback."""

    @property
    def reason(self) -> str:
        """In one line: of a traceback the last, which names the error."""
        lines = [line for line in self.why.splitlines() if line.strip()]
        return lines[-1].strip() if lines else "No reason was noted."

    @property
    def has_more(self) -> bool:
        return self.reason != self.why.strip() and bool(self.why.strip())

    @property
    def address(self) -> str:
        return reverse(self.kind.changelist.replace("changelist", "change"), args=[self.pk])


def set_aside() -> list[SetAside]:
    """The latest of each kind; a query for each."""
    return [row for kind in KINDS for row in _of(kind)]


def _of(kind: Kind) -> Iterator[SetAside]:
    rows = kind.all().set_aside().order_by("-set_aside_at")
    for pk, name, since, why in rows.values_list("pk", kind.label, "set_aside_at", "last_error")[:SHOWN]:
        yield SetAside(kind, pk, name, since, why)
