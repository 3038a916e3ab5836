"""`extract`: an article in, findings out."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from timeline.extraction.codebook import DateBasis, Modality
from timeline.extraction.findings import Document, Finding
from timeline.extraction.frames import Candidate, candidates
from timeline.extraction.reading import Reading, furniture, read
from timeline.extraction.relevance import is_opinion, relevance
from timeline.extraction.speakers.attribution import Attribution
from timeline.extraction.speakers.contested import ledger
from timeline.extraction.speakers.quotes import inherited_speakers, quoted_attribution

# Changes whenever findings may change: articles read by another version are read again.
VERSION = "rules-3"


def extract(document: Document) -> list[Finding]:
    """The events that the article tells, in the order of the text; none when it is not about a conflict.

    Pure and deterministic. Any text is accepted; evidence spans are offsets into `document.text`.
    """
    if not relevance(document.title, document.text).passes:
        return []
    with _collector_at_rest():
        return _told(document)


def _told(document: Document) -> list[Finding]:
    """All that an article's reading makes is gone when this returns: nothing of it is left for the collector."""
    readings = read(document)
    findings = ledger(readings, propose(readings), document.day)
    if is_opinion(document.title, document.text):
        return [f for f in findings if f.when is None or f.when.basis is not DateBasis.PUBLICATION]
    return findings


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Look for garbage after the article, not all through it: nearly all that it makes lives to its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def propose(readings: list[Reading]) -> list[Candidate]:
    """Candidates of all sentences, with quotations given to their speakers."""
    inherited = inherited_speakers(readings)
    found: list[Candidate] = []
    for index, reading in enumerate(readings):
        if index and furniture(reading):
            continue
        speaker = inherited.get(index)
        if speaker is not None:
            attribution: Attribution = quoted_attribution(reading, speaker)
            reading.says = [attribution, *reading.says]
        found += [
            c
            for c in candidates(reading, index)
            if c.strength > 0 and not _idle(c) and not _shouted(c, reading)
        ]
    return found


def _shouted(c: Candidate, reading: Reading) -> bool:
    """Told in capitals in a sentence that is not: another article's headline in the midst of the text."""
    word, s = reading.parsed.tokens[c.position].text, reading.sentence
    return len(word) > 3 and word.isupper() and not reading.text[s.start : s.end].isupper()


def _idle(c: Candidate) -> bool:
    return c.modality is Modality.HYPOTHETICAL and c.category.value == "territory"
