"""Is the article about an armed conflict at all? What is not yields no findings (`lexicon/relevance.toml`)."""

import re
from dataclasses import dataclass
from functools import cache

from timeline.extraction.lexicon import load

# Points per square root of a thousand characters: long articles mention more of everything. A short dispatch
# has room for fewer words, so it needs fewer points.
PASS = 4.0
SHORT = 1500
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


@cache
def _pattern(group: str) -> re.Pattern[str]:
    terms = sorted(load("relevance")["terms"][group], key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(t) for t in terms) + r")\b", re.IGNORECASE)


def relevance(title: str, text: str) -> Relevance:
    """Weigh the words of an article. The title and the first thousand characters count double."""
    lead = f"{title}\n{text[:1000]}"
    body = text[1000:]
    counts: dict[str, dict[str, float]] = {}
    for group in ("strong", "weak", "other", "violence", "accident"):
        seen: dict[str, float] = {}
        for piece, weight in ((lead, 2.0), (body, 1.0)):
            for match in _pattern(group).finditer(piece):
                word = match.group().lower()
                # A word's tenth mention says little more than its third.
                seen[word] = min(seen.get(word, 0.0) + weight, 4.0)
        counts[group] = seen
    size = max(1.0, (len(text) / 1000) ** 0.5)
    strong, weak, other = (sum(counts[g].values()) for g in ("strong", "weak", "other"))
    violence = sum(counts["violence"].values()) if len(text) < SHORT else 0.0
    points = (2.0 * strong + 0.7 * weak + 1.0 * violence) / size
    if len(text) < SHORT:
        other += 3.0 * sum(counts["accident"].values())
    terms = tuple(sorted(counts["strong"], key=lambda w: -counts["strong"][w])[:5])
    return Relevance(points, 1.0 * other / size, len(counts["strong"]), terms, len(text))
