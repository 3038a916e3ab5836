"""From triggers to candidates: what each sentence tells, with its arguments bound.

All readings of all triggers are proposed first; `choose` arbitrates afterwards, so that no rule silently
blocks another.
"""

from timeline.extraction.codebook import TYPES, Category
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.frames.choose import choose
from timeline.extraction.frames.diplomacy import diplomacy, statements
from timeline.extraction.frames.needs import met
from timeline.extraction.frames.scene import Scene, context_words, stage
from timeline.extraction.frames.strikes import strikes
from timeline.extraction.frames.territory import territory
from timeline.extraction.reading import Reading
from timeline.extraction.triggers import find_triggers

__all__ = ["Candidate", "candidates"]


def _own_dates(acts: list[Candidate]) -> None:
    """A date that dates an event noun ("since the invasion of February 2022") dates nothing else."""
    for noun in [
        c for c in acts if c.type in ("incursion", "annexation") and c.nominal and c.date is not None
    ]:
        for other in acts:
            apart = other.type != noun.type and not other.nominal
            if apart and other.date is not None and noun.date is not None:
                other.date = None if other.date.mention == noun.date.mention else other.date


def _of_old_wars(reading: Reading) -> bool:
    """ "murdered in the Holocaust", "since the Second World War": undated, what it tells is history."""
    words, phrases = context_words("old_wars")
    lower = [t.lower for t in reading.parsed.tokens]
    return any(
        w in words or any(tuple(lower[i : i + len(p)]) == p for p in phrases.get(w, ()))
        for i, w in enumerate(lower)
    )


def candidates(reading: Reading, index: int) -> list[Candidate]:
    """The candidates of one sentence; `index` is its position in the article's readings."""
    by: dict[Category, list[Scene]] = {c: [] for c in Category}
    for trigger in find_triggers(reading.parsed):
        scene = stage(reading, trigger)
        if not met(scene):
            continue
        kind = trigger.entry.type
        by[Category.STRIKE if kind == "means" else TYPES[kind].category].append(scene)
    acts = [
        *strikes(reading, index, by[Category.STRIKE]),
        *territory(reading, index, by[Category.TERRITORY]),
        *diplomacy(reading, index, by[Category.DIPLOMACY]),
    ]
    _own_dates(acts)
    if acts and _of_old_wars(reading):
        acts = [c for c in acts if c.date is not None]
    chosen = choose(reading, acts)
    return chosen + statements(reading, index, chosen)
