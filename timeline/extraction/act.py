"""One act of an article with all its mentions."""

from dataclasses import dataclass, field
from datetime import timedelta

from timeline.extraction.findings import When, Where
from timeline.extraction.frames.candidate import Candidate

# How many sentences back a place or date still holds.
REACH = 4
# A dispatch of so many sentences tells of one act.
SHORT = 6
# An event this much older than the article is background.
BACKGROUND = timedelta(days=45)
# Words of an article are at most this much older than it, unless it dates them itself.
FRESH = timedelta(days=10)

# Acts of speaking: undated, they have the day of the speaker's last words.
SPOKEN = frozenset(("statement", "threat", "accusation", "rejection", "proposal", "aid"))


@dataclass(slots=True)
class Act:
    """One act with all its mentions; the first candidate is the best told."""

    mentions: list[Candidate]
    when: When | None
    where: Where | None
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> Candidate:
        return self.mentions[0]

    @property
    def type(self) -> str:
        return self.first.type
