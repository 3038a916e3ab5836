"""Arbitration within a sentence: of candidates that are readings of the same words, the best."""

from timeline.extraction.codebook import Category, Modality, Role
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.frames.diplomacy import SPEECH_ACTS
from timeline.extraction.grammar.clauses import Kind
from timeline.extraction.reading import Reading

_OPEN = (Modality.HYPOTHETICAL, Modality.PLANNED)


def choose(reading: Reading, found: list[Candidate]) -> list[Candidate]:
    """The candidates that stand, in the order of the text."""
    kept: list[Candidate] = []
    returned = {c.clause for c in found if c.type == "exchange"}
    for c in sorted(found, key=lambda c: (-_rank(c), c.position)):
        if c.category is Category.STRIKE and (c.modality in _OPEN or _of_the_returned(c, returned)):
            continue
        if c.category is Category.DIPLOMACY and _mere_talk(c):
            continue
        if any(_displaces(reading, k, c) for k in kept):
            continue
        kept.append(c)
    return sorted(kept, key=lambda c: c.position)


def _of_the_returned(c: Candidate, returned: set[int]) -> bool:
    """ "handed over 22 wounded soldiers", "the bodies of 40 killed soldiers"."""
    return c.clause in returned and c.rule in ("strike:wound", "strike:injure", "strike:kill")


def _mere_talk(c: Candidate) -> bool:
    """Speculation, and acts that did not come about: at most what someone says (`statements`)."""
    if c.modality is Modality.HYPOTHETICAL:
        return c.type != "proposal" or not c.speakers
    if c.modality is Modality.PLANNED and c.type == "agreement":
        return c.date is None
    return c.modality is Modality.DENIED and c.type != "aid"


def _rank(c: Candidate) -> float:
    refusal = 0.1 if c.type == "rejection" else 0.0  # "ruled out sending missiles" is no aid
    refusal = 0.15 if c.type == "demand" else refusal  # of land, also when it is refused
    return c.strength + refusal - (0.15 if c.modality in _OPEN else 0.0)


def _displaces(reading: Reading, kept: Candidate, c: Candidate) -> bool:
    """Whether `kept` already tells what `c` would."""
    same_place = kept.place is None or c.place is None or kept.place.where.key == c.place.where.key
    if kept.type == c.type and kept.category is not Category.STRIKE and same_place:
        return True
    if kept.position == c.position and kept.category is c.category:
        return same_place or kept.type != c.type
    if kept.position == c.position and {kept.category, c.category} == {Category.STRIKE, Category.TERRITORY}:
        return True  # "left one man dead" leaves no place
    if kept.category is Category.TERRITORY and c.category is Category.TERRITORY:
        return same_place and not _one_after_the_other(kept, c)
    if kept.category is Category.DIPLOMACY and c.category is Category.DIPLOMACY:
        if kept.type in SPEECH_ACTS and c.type in SPEECH_ACTS and _initiators(kept) == _initiators(c):
            return True  # "condemned the attack and warned of reprisals"
        return _same_words(reading, kept, c)
    if kept.type == "exchange" and c.category is Category.STRIKE and kept.clause == c.clause:
        return True  # "handed over 20 wounded soldiers"
    if kept.type == "aid" and c.category is Category.STRIKE and kept.clause == c.clause and c.nominal:
        return not c.tolls  # "supplied the army with drones"
    if c.type == "clash" and kept.category is Category.TERRITORY:
        return not c.tolls  # "captured X in costly battles" is the capture
    if {kept.category, c.category} == {Category.DIPLOMACY, Category.TERRITORY}:
        demand = kept if kept.type == "demand" else c if c.type == "demand" else None
        return demand is not None and _same_words(reading, kept, c)
    return False


def _one_after_the_other(a: Candidate, b: Candidate) -> bool:
    """ "Their troops left X on Monday, and ours entered it on Tuesday"."""
    dated = a.date is not None and b.date is not None and a.date.mention.when != b.date.mention.when
    sides = a.side_of(Role.INITIATOR), b.side_of(Role.INITIATOR)
    return dated and bool(sides[0]) and bool(sides[1]) and sides[0].isdisjoint(sides[1])


def _initiators(c: Candidate) -> set[str]:
    return {p.name for p in c.parties if p.role is Role.INITIATOR}


def _same_words(reading: Reading, a: Candidate, b: Candidate) -> bool:
    """One clause, or one governs the other and only the outer act took place."""
    if {a.type, b.type} == {"visit", "talks"} and (a.nominal or b.nominal):
        return False  # "is heading to X, where talks will be held"
    if any(x.type == "visit" and x.nominal and y.type in SPEECH_ACTS for x, y in ((a, b), (b, a))):
        return False  # "during a visit to X he urged"
    if a.clause == b.clause:
        return True
    outer, inner = (a, b) if _governs(reading, a.clause, b.clause) else (b, a)
    if not _governs(reading, outer.clause, inner.clause):
        return False
    if inner.modality in _OPEN or inner.modality is Modality.DENIED:
        return True
    if outer.type == "rejection" or (outer.type in SPEECH_ACTS and inner.type in SPEECH_ACTS):
        return True
    return inner.type == outer.type


def _governs(reading: Reading, outer: int, inner: int) -> bool:
    clauses = reading.parsed.clauses
    seen = set()
    while inner >= 0 and inner not in seen:
        seen.add(inner)
        clause = clauses[inner]
        if clause.kind is Kind.MAIN:
            return False
        inner = clause.parent
        if inner == outer:
            return True
    return False
