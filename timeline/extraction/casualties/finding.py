"""Tolls of a sentence: how many were killed, wounded, missing or captured, and in which words.

    find_tolls("Shelling killed two people and wounded a boy.", 0, 45)
    ->  [TollMention(KILLED, 2), TollMention(WOUNDED, 1)]

Which people a casualty word is about is decided in `casualties.binding`; here its figure is made and marked as a
part, an update or a sum over many events. Binding a toll to its act and place is left to the frames.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from timeline.extraction.casualties.binding import Binding, SentenceTolls
from timeline.extraction.casualties.words import may_hold_tolls
from timeline.extraction.codebook import Toll
from timeline.extraction.findings import Figure
from timeline.extraction.grammar.numbers import add
from timeline.extraction.lexicon import load


@dataclass(frozen=True, slots=True)
class TollMention:
    """`text[start:end]` spans the people and what happened to them, `number` is the span of the figure alone.

    `trigger` is the offset of the casualty word. `part_of_total`: "including two children". `update`: a later
    state of a toll told before ("rose to eight"). `cumulative`: a sum over many events (a war's dead), never the
    toll of one. `additional`: on top of others told ("another five"). `who` is the noun, lower case, "" if none.
    """

    start: int
    end: int
    kind: Toll
    figure: Figure
    number: tuple[int, int]
    trigger: int
    part_of_total: bool = False
    update: bool = False
    cumulative: bool = False
    additional: bool = False
    who: str = ""


_ZERO = re.compile(
    r"\b(?:no[\s-]?one|nobody|none(?:\s+of\s+(?:them|the\s+\w+))?|no\s+(?:\w+\s+){0,2}"
    r"(?:people|persons?|civilians?|residents?|soldiers?|troops|staff|workers?|crew|passengers?|victims))\s+"
    r"(?:was|were|is|has\s+been|had\s+been|have\s+been|got)\s+(?:\w+ly\s+)?"
    r"(?P<done>(?:killed|injured|wounded|hurt|harmed)(?:\s+or\s+(?:killed|injured|wounded|hurt))?)"
    r"|\b(?:without|(?:there\s+(?:were|was|are)|caus(?:ed|ing)|with|had|suffered|and|but)\s+no)\s+(?:any\s+|causing\s+)*"
    r"(?:\w+\s+)?(?P<none>casualties|injuries|deaths|fatalities|victims)\b"
    r"|\bwithout\s+(?P<nobody>hurting|injuring|harming|wounding|killing)\s+(?:anyone|anybody)\b",
    re.IGNORECASE,
)
_ZERO_KILLED = re.compile(r"kill|death|fatal|casualt|victim|harmed", re.IGNORECASE)
_ZERO_WOUNDED = re.compile(r"injur|wound|hurt|casualt|victim|harmed", re.IGNORECASE)
# Characters between a cue of a sum and the toll that it marks; tolls that follow closely are of the same sum.
_CUE_REACH = 90
_CUE_SHARED = 30
_LONGEST_SENTENCE = 2_500  # characters
_BEYOND_ONE_EVENT = 25_000  # dead or wounded: sieges and massacres of our time stayed below
_UPDATE_REACH = 40  # characters before "death toll" in which "raising the ..." may stand


_OF_THEM = re.compile(r"\s+of\s+(?:the|those)\s+")  # "two of the wounded are in hospital"


def find_tolls(text: str, start: int, end: int) -> list[TollMention]:
    """Every toll of the sentence text[start:end], in order of its casualty word."""
    return [toll for window in _windows(text, start, end) for toll in _tolls(text, *window)]


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence; text without any full stop in pieces, for the work grows with the square of the length."""
    while end - start > _LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        cut = space if space > 0 else start + _LONGEST_SENTENCE
        yield start, cut
        start = cut
    yield start, end


def _tolls(text: str, start: int, end: int) -> list[TollMention]:
    if not may_hold_tolls(text[start:end]):
        return []
    sentence = SentenceTolls(text, start, end)
    tolls = [toll for binding in sentence.bindings() if (toll := _mention(sentence, binding)) is not None]
    tolls.extend(_zeros(text, start, end))
    tolls.sort(key=lambda toll: (toll.trigger, toll.start, toll.end))
    return _with_sums(text, start, end, tolls)


def _mention(sentence: SentenceTolls, binding: Binding) -> TollMention | None:
    groups, trigger, words = binding.groups, binding.trigger, sentence.words
    number = (groups[0].number[0], groups[-1].number[1])
    figure = add([group.figure for group in groups], sentence.text[number[0] : number[1]])
    if figure is None:
        return None
    first, last = words[trigger.first], words[trigger.last - 1]
    part = groups[0].part or _OF_THEM.fullmatch(sentence.text, number[1], first.start) is not None
    people_end = max(number[1], words[groups[-1].last - 1].end)
    return TollMention(
        start=number[0] if part else min(first.start, number[0]),
        end=people_end if part else max(last.end, people_end),
        kind=trigger.kind,
        figure=figure,
        number=number,
        trigger=first.start,
        part_of_total=part,
        update=trigger.form == "toll" and _is_update(sentence, first.start, number[0]),
        additional=groups[0].additional,
        who=groups[0].who,
    )


def _is_update(sentence: SentenceTolls, toll: int, number: int) -> bool:
    low = max(sentence.start, toll - _UPDATE_REACH)
    return bool(_cues("update").search(sentence.text, low, max(number, toll)))


def _zeros(text: str, start: int, end: int) -> Iterator[TollMention]:
    """ "no one was hurt", "without casualties": told to be none, which is not the same as not told."""
    for match in _ZERO.finditer(text, start, end):
        words = match["done"] or match["none"] or match["nobody"]
        for kind, pattern in ((Toll.KILLED, _ZERO_KILLED), (Toll.WOUNDED, _ZERO_WOUNDED)):
            if pattern.search(words):
                figure = Figure(0, 0, 0, match.group())
                yield TollMention(match.start(), match.end(), kind, figure, match.span(), match.start())


@cache
def _cues(name: str) -> re.Pattern[str]:
    cues = sorted(load("casualties")["cues"][name], key=len, reverse=True)
    return re.compile(
        "|".join((r"\b" if cue[0].isalpha() else "") + re.escape(cue) + r"\b" for cue in cues), re.IGNORECASE
    )


def _is_beyond_one_event(figure: Figure) -> bool:
    return max(n for n in (figure.low, figure.best, figure.high, 0) if n is not None) >= _BEYOND_ONE_EVENT


# "one of the deadliest attacks of the war": the act is ranked, its toll is no sum.
_RANKED = re.compile(
    r"\b(?:\w{2,}iest|worst|largest|biggest|heaviest|greatest)\b[^,;]{0,60}\Z", re.IGNORECASE
)


def _with_sums(text: str, start: int, end: int, tolls: list[TollMention]) -> list[TollMention]:
    """Marks the tolls nearest to each cue of a sum over many events ("since the war began")."""
    if not tolls:
        return tolls
    marked = {k for k, toll in enumerate(tolls) if _is_beyond_one_event(toll.figure)}
    for cue in _cues("cumulative").finditer(text, start, end):
        if _RANKED.search(text, start, cue.start()):
            continue
        gaps = [max(toll.start - cue.end(), cue.start() - toll.end, 0) for toll in tolls]
        if min(gaps) < _CUE_REACH:
            marked |= {k for k, gap in enumerate(gaps) if gap <= min(gaps) + _CUE_SHARED}
    return [replace(toll, cumulative=True) if k in marked else toll for k, toll in enumerate(tolls)]
