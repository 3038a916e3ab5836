"""The value that `places.find_places` gives."""

from dataclasses import dataclass

from timeline.extraction.findings import Where

PLACE, METONYM, DEMONYM, DATELINE = "place", "metonym", "demonym", "dateline"


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A span of the text and the place that it means.

    `start`/`end` cover the type noun and the direction ("eastern Ukraine", "Odesa region"). `role`: "place",
    "metonym" (a government), "demonym" (an adjective: never a place), "dateline" (where the report was written).
    `preposition` governs the mention, also over a list or a description ("in the town of X" has "in"), "" for none;
    `locative` when it says that something happens there. `qualifies`: the mention only says where the one before it
    (or, as a possessive, after it) lies. `typed`: a noun says what it is ("village of", "region"). `kind` is one of
    gazetteer.Kind. `confidence`: 1 for a known name, .7 "the city", .6 a respelling, .5 and .3 a name that no
    gazetteer has (`where.key` begins with "unlisted:") but that the text presents as a place.
    """

    start: int
    end: int
    where: Where
    role: str
    preposition: str = ""
    locative: bool = False
    qualifies: bool = False
    anaphor: bool = False
    possessive: bool = False
    typed: bool = False
    kind: str = ""
    sentence: int = 0
    confidence: float = 1.0

    @property
    def is_actor(self) -> bool:
        return self.role in (METONYM, DEMONYM)
