"""One sentence as every stage sees it: tokens, clauses, actors, speakers, places, dates and tolls by position."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TypeVar

from timeline.extraction.actors.registry import Actor, Registry
from timeline.extraction.casualties.finding import TollMention, find_tolls
from timeline.extraction.dates.finding import DateMention, find_dates
from timeline.extraction.findings import Document
from timeline.extraction.grammar.clauses import Parsed, parse
from timeline.extraction.grammar.segment import Sentence, sentences
from timeline.extraction.grammar.tokens import starts_of, tokenise
from timeline.extraction.places.finding import PLACE, PlaceMention, find_places
from timeline.extraction.speakers.attribution import Attribution, attributions


@dataclass(slots=True)
class Reading:
    """`places`, `dates` and `tolls` are those within the sentence, with offsets into the text."""

    sentence: Sentence
    parsed: Parsed
    actors: list[Actor] = field(default_factory=list)
    says: list[Attribution] = field(default_factory=list)
    places: list[PlaceMention] = field(default_factory=list)
    dates: list[DateMention] = field(default_factory=list)
    _starts: list[int] | None = None
    _tolls: list[TollMention] | None = None

    @property
    def tolls(self) -> list[TollMention]:
        """Found when first asked for: most sentences tell nothing that could have a toll."""
        if self._tolls is None:
            self._tolls = find_tolls(self.text, self.sentence.start, self.sentence.end)
        return self._tolls

    @property
    def starts(self) -> list[int]:
        """The offset of each token."""
        if self._starts is None:
            self._starts = starts_of(self.parsed.tokens, self.text, self.sentence.start)
        return self._starts

    def position(self, offset: int) -> int:
        """The token that holds a character offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def words(self, first: int, last: int) -> str:
        """The text between two token positions, as it is, on one line."""
        starts = self.starts[first:last]
        if not starts:
            return ""
        end = starts[-1] + len(self.parsed.tokens[:last][-1].text)
        return " ".join(self.text[starts[0] : end].split())

    text: str = ""


_LINKS = (
    "read more",
    "read also",
    "also read",
    "see also",
    "other topics of interest",
    "related:",
    "more:",
    "watch:",
    "listen:",
    "photo:",
)


def furniture(reading: Reading) -> bool:
    """A link to another article, not this one's text: "READ MORE: ...", or a line all in capitals."""
    text = reading.text[reading.sentence.start : reading.sentence.end]
    if text.lower().startswith(_LINKS):
        return True
    return text.isupper() and len(reading.parsed.tokens) > 4


def read(document: Document) -> list[Reading]:
    """Read every sentence of an article, in order (the registry of people learns on the way)."""
    text = document.text
    found = sentences(text)
    places = _by_sentence(found, find_places(document, found))
    dates = _by_sentence(found, find_dates(text, found, document.day))
    registry = Registry()
    readings = []
    for s in found:
        tokens = tokenise(text, s.start, s.end)
        if not tokens:
            continue
        parsed = parse(tokens)
        reading = Reading(s, parsed, places=places[s.index], dates=dates[s.index], text=text)
        reading.actors = registry.read(parsed, _positions(reading))
        reading.says = attributions(parsed, reading.actors)
        readings.append(reading)
    return readings


def _positions(reading: Reading) -> set[int]:
    """Of the tokens that name places."""
    return {
        position
        for place in reading.places
        if place.role == PLACE
        for position in range(
            bisect_left(reading.starts, place.start), bisect_left(reading.starts, place.end)
        )
    }


_Mention = TypeVar("_Mention", PlaceMention, DateMention)


def _by_sentence(sentences: list[Sentence], mentions: list[_Mention]) -> list[list[_Mention]]:
    """An article's mentions, which are in order, by the sentence in which each begins."""
    found: list[list[_Mention]] = [[] for _ in sentences]
    ends = [s.end for s in sentences]
    for mention in mentions:
        found[bisect_right(ends, mention.start)].append(mention)
    return found
