"""An article's text cut at its quotes, so that each can be marked and linked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")
PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Segment(Generic[T]):
    """A run of text and whatever quotes cover it: none, one or several. `opens`: quotes that begin here."""

    text: str
    quotes: tuple[T, ...]
    opens: tuple[T, ...] = ()


def mark(text: str, spans: Iterable[tuple[int, int, T]]) -> list[list[Segment[T]]]:
    """Paragraphs of segments. Joined again they are the text but for the blank lines between paragraphs.

    `spans` are (start, end, quote) in characters of `text`; they may overlap and need no order.
    """
    spans = sorted(spans, key=lambda span: (span[0], span[1]))
    cuts = {0, len(text)} | {edge for start, end, _ in spans for edge in (start, end)}
    breaks = [m.span() for m in PARAGRAPH.finditer(text)]
    cuts |= {edge for span in breaks for edge in span}
    edges = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    paragraphs: list[list[Segment[T]]] = [[]]
    gaps = dict(breaks)
    gap_end = -1
    for start, end in pairwise(edges):
        if start in gaps:
            gap_end = gaps[start]
            paragraphs.append([])
        if start < gap_end:
            continue
        covering = [(s, q) for s, e, q in spans if s <= start and end <= e]
        paragraphs[-1].append(
            Segment(
                text[start:end],
                tuple(q for _, q in covering),
                tuple(q for s, q in covering if s == start),
            )
        )
    return [paragraph for paragraph in paragraphs if paragraph]
