"""Why the extractor found what it found: an article sentence by sentence.

    for explained in explain(document):
        explained.text, explained.findings, explained.dropped

The stages are those of `extract`, so what is explained is what is found. An article that is not about a conflict
is explained too: everything in it is dropped for that reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from timeline.extraction.extractor import propose
from timeline.extraction.findings import Document, Finding
from timeline.extraction.frames import Candidate, candidates
from timeline.extraction.frames.needs import unmet
from timeline.extraction.frames.scene import stage
from timeline.extraction.grammar.segment import Sentence
from timeline.extraction.reading import Reading, read
from timeline.extraction.relevance import relevance
from timeline.extraction.speakers.contested import ledger
from timeline.extraction.triggers import Trigger, find_triggers

IRRELEVANT = "the article is not about a conflict"


@dataclass(frozen=True, slots=True)
class Dropped:
    """What might have told an event and does not: the words, the type they stand for, and why not."""

    words: str
    type: str
    why: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One sentence. `findings` are told here, `supports` told elsewhere with this sentence as a further quote.

    `seen` is what the stages read in it: (stage, words, reading), such as ("date", "on Friday", "2024-03-01 day").
    """

    sentence: Sentence
    text: str
    findings: tuple[Finding, ...] = ()
    supports: tuple[Finding, ...] = ()
    seen: tuple[tuple[str, str, str], ...] = ()
    dropped: tuple[Dropped, ...] = field(default=())


def explain(document: Document) -> list[Explained]:
    """Every sentence of the article in order, with its findings and what was dropped. Pure, as `extract` is."""
    relevant = relevance(document.title, document.text).passes
    readings = read(document)
    proposed = propose(readings)
    findings = ledger(readings, proposed, document.day) if relevant else []
    return [_explained(r, i, proposed, findings, relevant) for i, r in enumerate(readings)]


def _explained(
    reading: Reading, index: int, proposed: Sequence[Candidate], findings: Sequence[Finding], relevant: bool
) -> Explained:
    span = (reading.sentence.start, reading.sentence.end)
    told = tuple(f for f in findings if f.evidence[0] == span)
    supports = tuple(f for f in findings if span in f.evidence[1:])
    here = [c for c in proposed if c.sentence == index]
    dropped = [*_unread(reading, index), *_untold(reading, here, (*told, *supports), relevant)]
    text = reading.text[slice(*span)]
    return Explained(reading.sentence, text, told, supports, tuple(_seen(reading)), tuple(dropped))


def _unread(reading: Reading, index: int) -> Iterator[Dropped]:
    """Triggers that led to no candidate: a need is not met, or another reading of the sentence stands."""
    stands = candidates(reading, index)
    for trigger in find_triggers(reading.parsed):
        words = reading.words(trigger.first, trigger.last)
        if missing := unmet(stage(reading, trigger)):
            yield Dropped(words, trigger.entry.type, f"needs {', '.join(missing)}")
        elif not any(_made_of(c, trigger) for c in stands):
            yield Dropped(words, trigger.entry.type, "another reading of the sentence stands")


def _made_of(c: Candidate, trigger: Trigger) -> bool:
    return c.position == trigger.head or c.span[0] <= trigger.head < c.span[1]


def _untold(
    reading: Reading, here: Sequence[Candidate], findings: Sequence[Finding], relevant: bool
) -> Iterator[Dropped]:
    """Candidates that the article pass left out."""
    for c in here:
        if not relevant:
            why = IRRELEVANT
        elif any(f.category is c.category for f in findings):
            continue
        else:
            why = "undated background, or it points back to an act that is not told"
        yield Dropped(reading.words(c.position, c.position + 1), c.type, why)


def _seen(reading: Reading) -> Iterator[tuple[str, str, str]]:
    for said in reading.says:
        yield "speaker", ", ".join(said.speaker.names), said.verb + (" (denies)" if said.denies else "")
    for actor in reading.actors:
        reads_as = " ".join(x for x in (actor.name, actor.kind, actor.side) if x)
        yield "actor", reading.words(actor.first, actor.last), reads_as
    for place in reading.places:
        where = ", ".join(x for x in (place.where.name, place.where.admin1, place.where.country) if x)
        yield (
            "place",
            reading.text[place.start : place.end],
            f"{where} {place.where.precision} ({place.role})",
        )
    for date in reading.dates:
        when = f"{date.when.start} to {date.when.end} {date.when.precision} ({date.kind})"
        yield "date", reading.text[date.start : date.end], when
    for toll in reading.tolls:
        low, best, high = toll.figure.low, toll.figure.best, toll.figure.high
        marks = [m for m in ("part_of_total", "update", "cumulative", "additional") if getattr(toll, m)]
        figure = f"{toll.kind} {low}/{best}/{high}"
        yield (
            "toll",
            reading.text[toll.start : toll.end],
            " ".join([figure, *(m.replace("_", " ") for m in marks)]),
        )
