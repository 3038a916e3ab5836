"""Two versions of a text as runs of words that stayed, went and came. Pure; nothing is marked up here.

compare("killing seven people", "killing eight people")
# [Run("same", "killing "), Run("gone", "seven"), Run("new", "eight"), Run("same", " people")]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

WORDS = 4_000  # of both sides: longer stretches that changed are told paragraph by paragraph

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Run:
    kind: str  # "same", "gone" or "new"
    text: str


def compare(old: str, new: str) -> list[Run]:
    """The runs in order: without the new ones they are `old`, without those that went `new`."""
    runs = _by_lines(old.splitlines(keepends=True), new.splitlines(keepends=True))
    merged = groupby((run for run in runs if run.text), key=lambda run: run.kind)
    return [Run(kind, "".join(run.text for run in group)) for kind, group in merged]


def _by_lines(old: list[str], new: list[str]) -> Iterator[Run]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            yield Run("same", gone)
        elif tag == "replace":
            yield from _by_words(gone, come)
        else:
            yield from (Run("gone", gone), Run("new", come))


def _by_words(old: str, new: str) -> Iterator[Run]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) + len(after) > WORDS:
        yield from (Run("gone", old), Run("new", new))
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Run("same", "".join(before[a:b]))
        else:
            yield from (Run("gone", "".join(before[a:b])), Run("new", "".join(after[c:d])))
