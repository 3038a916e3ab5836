"""How often the machine is right: by curators' decisions here, and on annotated articles before the release.

precision_by_type()      # [Precision("missile", 41, 3, 0.93, 0.82, 0.98)], one query
published_figures()      # what `manage.py score FOLDER --write` stored: accuracy.json, with docs/accuracy.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from timeline.extraction.codebook import CATEGORY_LABELS, TYPES
from timeline.models import Event, Report

FIGURES = Path(__file__).with_name("accuracy.json")
DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"
BEGIN, END = "<!-- written by: manage.py score FOLDER --write -->\n", "<!-- end -->\n"
Z = 1.959964  # of the normal distribution: 95 %


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, JASA 22, 1927): honest also for few and for all or none."""
    if not 0 <= right <= of:
        raise ValueError(f"{right} of {of} is no share")
    if of == 0:
        return 0.0, 1.0
    share, z2 = right / of, Z * Z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the events of a kind that curators decided on: `confirmed`, of which `corrected`, and `rejected`."""

    label: str
    confirmed: int
    corrected: int
    rejected: int

    @property
    def decided(self) -> int:
        return self.confirmed + self.rejected

    @property
    def share(self) -> float:
        return self.confirmed / self.decided if self.decided else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.confirmed, self.decided)


def precision_by_type() -> list[Precision]:
    """All, each category and each type with decided events, in the codebook's order."""
    rows = (
        Event.objects.filter(merged_into=None)
        .exclude(review=Event.Review.UNREVIEWED)
        .order_by()
        .values_list("type")
        .annotate(
            confirmed=Count("pk", filter=Q(review=Event.Review.CONFIRMED)),
            corrected=Count("pk", filter=Q(review=Event.Review.CONFIRMED) & ~Q(overrides={})),
            rejected=Count("pk", filter=Q(review=Event.Review.REJECTED)),
        )
    )
    counts = {code: tuple(numbers) for code, *numbers in rows}
    if not counts:
        return []
    found = [_sum(_("All"), counts.values())]
    for category, label in CATEGORY_LABELS.items():
        types = [t for t in TYPES.values() if t.category == category and t.code in counts]
        if types:
            found.append(_sum(_(label), (counts[t.code] for t in types)))
            found += [_sum(f"{_(label)}: {_(t.label)}", [counts[t.code]]) for t in types]
    return found


def _sum(label: str, counts: Iterable[tuple[int, ...]]) -> Precision:
    return Precision(label, *(sum(column) for column in zip(*counts, strict=True)))


def reports_struck_out() -> tuple[int, int]:
    """(struck out, all) among the standing reports of events that curators decided on."""
    decided = Report.objects.filter(superseded_at=None).exclude(event__review=Event.Review.UNREVIEWED)
    numbers = decided.aggregate(struck=Count("pk", filter=Q(struck_out=True)), all=Count("pk"))
    return numbers["struck"], numbers["all"]


# ---- figures that ship with the release -----------------------------------------------------------------

MEASURES = ("detected", "typed", "coded")


@cache
def published_figures() -> dict[str, Any]:
    """{"extractor", "measured", "gold": [{"part", "articles", "by_category"}], "more": [{"name", "figures"}]}"""
    return json.loads(FIGURES.read_text("utf-8"))


def gold_rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The table of the gold set: all, the categories of all, and its two halves."""
    rows = []
    for part in figures["gold"]:
        for category, numbers in part["by_category"].items():
            if part["part"] != "all" and category != "all":
                continue
            label = part["part"] if category == "all" else category
            label = f"{label} ({part['articles']} articles)" if category == "all" else label
            rows.append(
                {"label": label, "gold": numbers["gold"], **{name: numbers[name] for name in MEASURES}}
            )
    return rows


def more_rows(figures: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(material, [(measure, figure in words)]): a pair of figures is a share of a number of cases."""
    return [
        (
            measure["name"],
            [(name.replace("_", " "), _in_words(figure)) for name, figure in measure["figures"].items()],
        )
        for measure in figures["more"]
    ]


def _in_words(figure: Any) -> str:
    return f"{figure[0]} of {figure[1]:,}" if isinstance(figure, list) else str(figure)


def as_markdown(figures: dict[str, Any]) -> str:
    """The same table for docs/accuracy.md."""
    head = "| | events | " + " | ".join(f"{name} P / R / F1" for name in MEASURES) + " |\n"
    lines = [head, "| --- |" + " --- |" * (1 + len(MEASURES)) + "\n"]
    for row in gold_rows(figures):
        cells = [
            " / ".join(f"{row[name][k]:.3f}" for k in ("precision", "recall", "f1")) for name in MEASURES
        ]
        lines.append(f"| {row['label']} | {row['gold']} | " + " | ".join(cells) + " |\n")
    return "".join(lines)


def with_table(document: str, figures: dict[str, Any]) -> str:
    """`document` with the table between its two marks made anew."""
    before, _, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"The document lacks {BEGIN.strip()} or {END.strip()}: put the table between them.")
    return f"{before}{BEGIN}{as_markdown(figures)}{END}{after}"
