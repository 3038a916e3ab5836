"""Quotations that run over several sentences: who speaks in a sentence that does not say so itself."""

import re

from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Attribution, Speaker

_OPEN = "“„«"
_CLOSE = "”»"
_MARK = re.compile(rf'["{_OPEN}{_CLOSE}]')


def inherited_speakers(readings: list[Reading]) -> dict[int, Speaker]:
    """Reading index -> speaker, for sentences inside a quotation whose speaker is named before or after it."""
    inside = _inside(readings)
    named: dict[int, Speaker] = {}
    for i, r in enumerate(readings):
        clauses = [a for a in r.says if a.clause >= 0]
        if clauses:
            named[i] = clauses[-1].speaker
    found: dict[int, Speaker] = {}
    for i in range(len(readings)):
        if i in named:
            continue
        if not inside[i]:
            if not readings[i].says and (speaker := _between(readings, named, i)) is not None:
                found[i] = speaker
            continue
        later = _next(readings, named, i)
        earlier = _previous(readings, named, i)
        # `"A. B," X said.`: the speaker follows within the paragraph; `X said: "A. B."` precedes.
        speaker = later if later is not None and _opens_paragraph_quote(readings, i) else earlier or later
        if speaker is not None:
            found[i] = speaker
    return found


def _between(readings: list[Reading], named: dict[int, Speaker], i: int) -> Speaker | None:
    """Who speaks right before and after the sentence in one paragraph goes on speaking in it."""
    paragraph = readings[i].sentence.paragraph
    sides: list[Speaker] = []
    for step in (-1, 1):
        for j in range(i + step, i + 3 * step, step):
            if not 0 <= j < len(readings) or readings[j].sentence.paragraph != paragraph:
                break
            if j in named:
                sides.append(named[j])
                break
            if readings[j].says:
                break
    if len(sides) == 2 and sides[0].names[0] == sides[1].names[0]:
        return sides[0]
    return None


def _inside(readings: list[Reading]) -> list[bool]:
    """Whether each sentence begins or lies inside quotation marks (a paragraph's end closes them)."""
    state = False
    paragraph = -1
    result = []
    for r in readings:
        if r.sentence.paragraph != paragraph:
            paragraph, state = r.sentence.paragraph, False
        text = r.text[r.sentence.start : r.sentence.end]
        begins = text[:1] in _OPEN or text[:1] == '"'
        result.append(state or begins)
        for ch in _MARK.findall(text):
            if ch in _OPEN:
                state = True
            elif ch in _CLOSE:
                state = False
            else:
                state = not state
    return result


def _opens_paragraph_quote(readings: list[Reading], i: int) -> bool:
    paragraph = readings[i].sentence.paragraph
    first = i
    while first > 0 and readings[first - 1].sentence.paragraph == paragraph and not readings[first - 1].says:
        first -= 1
    text = readings[first].text[readings[first].sentence.start : readings[first].sentence.end]
    return text[:1] in _OPEN or text[:1] == '"'


def _next(readings: list[Reading], named: dict[int, Speaker], i: int) -> Speaker | None:
    for j in range(i + 1, min(len(readings), i + 4)):
        if readings[j].sentence.paragraph != readings[i].sentence.paragraph:
            return None
        if j in named:
            return named[j] if any(a.postposed for a in readings[j].says) else None
    return None


def _previous(readings: list[Reading], named: dict[int, Speaker], i: int) -> Speaker | None:
    for j in range(i - 1, max(-1, i - 6), -1):
        if readings[i].sentence.paragraph - readings[j].sentence.paragraph > 1:
            return None
        if j in named:
            return named[j]
    return None


def quoted_attribution(reading: Reading, speaker: Speaker) -> Attribution:
    """An attribution that covers the whole sentence."""
    return Attribution(speaker, ((0, len(reading.parsed.tokens)),), -1, "say")
