"""Is the article about an armed conflict at all? What is not yields no findings (`lexicon/relevance.toml`)."""

import re
from dataclasses import dataclass
from functools import cache

from timeline.extraction.lexicon import load

# Points per square root of a thousand characters: long articles mention more of everything. A short dispatch
# has room for fewer words, so it needs fewer points.
PASS = 4.0
SHORT = 1500
# What is longer is no word (a link, encoded data): its length says nothing of what there is to read.
LONGEST_WORD = 100
# With fewer than three different words of war, an article needs this many points.
CLEAR = 10.0


@dataclass(frozen=True, slots=True)
class Relevance:
    """`points` against `other`; `terms` are the words that counted most."""

    points: float
    other: float
    strong: int
    terms: tuple[str, ...]
    size: int

    @property
    def passes(self) -> bool:
        score = self.points - 0.8 * self.other
        if self.size < SHORT:
            return score >= max(1.0, PASS * self.size / SHORT)
        return score >= PASS and (self.strong >= 3 or (self.strong >= 1 and score >= CLEAR))


_OPINION = re.compile(
    r"\b(?:views|opinions) expressed (?:in this|here|are)|\bread more opinion\b|\bopinion contributor\b"
    r"|\A\s*opinion\s*[:|]",
    re.IGNORECASE,
)


def is_opinion(title: str, text: str) -> bool:
    """Whether the article says that it is someone's opinion, not a report."""
    edges = f"{title}\n{text[:800]}\n{text[-500:]}"
    return _OPINION.search(edges) is not None


_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_GROUPS = ("strong", "weak", "other", "violence", "accident")


@cache
def _terms() -> tuple[dict[str, tuple[str, ...]], frozenset[str], int]:
    """(term -> its groups, first words of terms of several words, words of the longest term)."""
    groups: dict[str, tuple[str, ...]] = {}
    for group in _GROUPS:
        for term in load("relevance")["terms"][group]:
            groups[term] = (*groups.get(term, ()), group)
    longer = [t.split() for t in groups if " " in t]
    return groups, frozenset(words[0] for words in longer), max(len(words) for words in longer)


def _count(text: str, weight: float, counts: dict[str, dict[str, float]]) -> None:
    groups, starts, longest = _terms()
    words = _WORD.findall(text.lower())
    done = 0
    for i in [i for i, word in enumerate(words) if word in groups or word in starts or "-" in word]:
        if i < done:
            continue
        word, step = words[i], 1
        found = [
            w for w in ((word,) if word in groups or "-" not in word else word.split("-")) if w in groups
        ]
        if word in starts:
            for n in range(longest, 1, -1):
                if (term := " ".join(words[i : i + n])) in groups:
                    found, step = [term], n
                    break
        for term in found:
            for group in groups[term]:
                # A word's tenth mention says little more than its third.
                counts[group][term] = min(counts[group].get(term, 0.0) + weight, 4.0)
        done = i + step


def relevance(title: str, text: str) -> Relevance:
    """Weigh the words of an article. The title and the first thousand characters count double."""
    counts: dict[str, dict[str, float]] = {group: {} for group in _GROUPS}
    _count(f"{title}\n{text[:1000]}", 2.0, counts)
    _count(text[1000:], 1.0, counts)
    length = len(text) - sum(len(word) for word in text.split() if len(word) > LONGEST_WORD)
    size = max(1.0, (length / 1000) ** 0.5)
    strong, weak, other = (sum(counts[g].values()) for g in ("strong", "weak", "other"))
    violence = sum(counts["violence"].values()) if length < SHORT else 0.0
    points = (2.0 * strong + 0.7 * weak + 1.0 * violence) / size
    if length < SHORT:
        other += 3.0 * sum(counts["accident"].values())
    terms = tuple(sorted(counts["strong"], key=lambda w: -counts["strong"][w])[:5])
    return Relevance(points, 1.0 * other / size, len(counts["strong"]), terms, length)
