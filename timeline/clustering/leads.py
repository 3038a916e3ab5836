"""Which event an article is about: of those it tells most prominently, the one that other articles tell too.

lead_of = leads({article: [Mention(event, prominence(...)), ...], ...})     # {article: event}
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from timeline.clustering.accounts import content_words
from timeline.extraction.codebook import Modality
from timeline.extraction.findings import Document, Finding
from timeline.telling.wording import fold

DEPTH = 1.2  # what the last sentence loses against the first; a headline's words are worth 1 together
SUPPOSED = 0.3  # what an act loses that is only supposed
RECALLED = 0.5  # what an act loses that the sentence or the headline only sets the news against
CANDIDATES = 5  # of an article's events, the most prominent
COMPANY, MOST = 1.0, 1.5  # what the other articles' prominence is worth, and how much of it counts
FLOOR = 0.5  # an event so far down adds nothing to another article's
# "Strikes hit the port of A a day after an attack on B": B is not what is new.
_SET_AGAINST = re.compile(r"\b(?:after|following|since|amid|despite)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """An event as one article tells it."""

    event: Hashable
    prominence: float


def prominence(finding: Finding, document: Document) -> float:
    """How much an article is about this: its headline's words in the quote, less for standing further down."""
    start, end = finding.evidence[0]
    heading = content_words(document.title)
    told = len(heading & content_words(document.text[start:end])) / max(1, len(heading))
    supposed = SUPPOSED if finding.modality is Modality.HYPOTHETICAL else 0.0
    place = finding.where.name if finding.where else ""
    recalled = (
        RECALLED if any(_recalls(place, t) for t in (document.title, document.text[start:end])) else 0.0
    )
    return told - DEPTH * start / max(1, len(document.text)) - supposed - recalled


def _recalls(place: str, sentence: str) -> bool:
    """Whether the place is named only in what the sentence sets its news against."""
    border = _SET_AGAINST.search(sentence) if place else None
    if border is None:
        return False
    news, rest = fold(sentence[: border.start()]), fold(sentence[border.end() :])
    return fold(place) in rest and fold(place) not in news


def leads(articles: Mapping[str, Iterable[Mention]]) -> dict[str, Hashable]:
    """The lead of each article that tells an event. Ties go to the event mentioned first."""
    foremost: dict[str, dict[Hashable, float]] = {}
    company: dict[Hashable, list[float]] = defaultdict(list)
    for article, mentions in articles.items():
        best: dict[Hashable, float] = {}
        for mention in mentions:
            best[mention.event] = max(mention.prominence, best.get(mention.event, mention.prominence))
        foremost[article] = dict(sorted(best.items(), key=lambda item: -item[1])[:CANDIDATES])
        for event, own in foremost[article].items():
            company[event].append(max(0.0, own + FLOOR))

    def weight(event: Hashable, own: float) -> float:
        others = fsum(company[event]) - max(0.0, own + FLOOR)
        return own + COMPANY * min(others, MOST)

    return {
        article: max(events, key=lambda event: weight(event, events[event]))
        for article, events in foremost.items()
        if events
    }
