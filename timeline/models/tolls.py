"""The casualty columns that reports and events share: four kinds, each low, best and high."""

from __future__ import annotations

from operator import attrgetter
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from timeline.extraction.codebook import Toll
from timeline.extraction.findings import Figure

BOUNDS = ("low", "best", "high")


def toll_constraints(table: str) -> list[models.CheckConstraint]:
    """low <= best <= high, wherever the figures are stated (a comparison with NULL passes)."""
    return [
        models.CheckConstraint(
            name=f"{table}_{kind}_in_order",
            condition=~Q(**{f"{kind}_low__gt": F(f"{kind}_best")})
            & ~Q(**{f"{kind}_best__gt": F(f"{kind}_high")})
            & ~Q(**{f"{kind}_low__gt": F(f"{kind}_high")}),
        )
        for kind in Toll
    ]


_FIGURES = {kind.value: attrgetter(*(f"{kind}_{bound}" for bound in BOUNDS)) for kind in Toll}


def _bound() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(null=True, blank=True)


class Tolls(models.Model):
    """NULL is "not reported", never 0."""

    killed_low = _bound()
    killed_best = _bound()
    killed_high = _bound()
    wounded_low = _bound()
    wounded_best = _bound()
    wounded_high = _bound()
    missing_low = _bound()
    missing_best = _bound()
    missing_high = _bound()
    captured_low = _bound()
    captured_best = _bound()
    captured_high = _bound()

    TOLL_FIELDS: ClassVar[tuple[str, ...]] = tuple(f"{kind}_{bound}" for kind in Toll for bound in BOUNDS)

    class Meta:
        abstract = True

    def figure(self, kind: str) -> Figure | None:
        """The figure of one kind ("killed"…), or None where none is stated."""
        low, best, high = _FIGURES[kind](self)
        return None if low is best is high is None else Figure(low, best, high)

    def set_figure(self, kind: str, figure: Figure | None) -> None:
        for bound in BOUNDS:
            setattr(self, f"{kind}_{bound}", getattr(figure, bound) if figure else None)

    @property
    def tolls(self) -> list[tuple[str, Figure]]:
        """The stated figures, in the codebook's order."""
        return [(kind.value, figure) for kind in Toll if (figure := self.figure(kind))]
