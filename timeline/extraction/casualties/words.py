"""Casualty words in a sentence, from `lexicon/casualties.toml`. Their form says where their people stand:

past          "were killed": before it; "killed five": after it; "five killed": right before it
gerund        "killing five"            present, base   "kills five"
intransitive  "five died"               state           "five dead", "five were found dead"
count         "five deaths", "the bodies of five"       toll    "the death toll rose to five"
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import BytesAhoCorasick

from timeline.extraction.casualties.people import Word
from timeline.extraction.codebook import Toll
from timeline.extraction.lexicon import load

_FORMS = ("past", "gerund", "present", "base", "intransitive", "state", "count", "toll")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words `first` up to `last` (exclusive) of the sentence; `form` as in the table above."""

    first: int
    last: int
    kind: Toll
    form: str


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], Toll, str]]]:
    """First word -> [(all words, kind, form)], longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Toll, str]]] = {}
    lexicon = load("casualties")
    for kind in Toll:
        for form in _FORMS:
            for phrase in lexicon[str(kind)][form]:
                words = tuple(phrase.split())
                table.setdefault(words[0], []).append((words, kind, form))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


@cache
def casualty_words(name: str) -> frozenset[str]:
    """A list of `[words]` in the lexicon."""
    return frozenset(load("casualties")["words"][name])


@cache
def _needles() -> BytesAhoCorasick:
    """Finds a word of every phrase of the lexicon, as few as will do."""
    lexicon = load("casualties")
    phrases = {
        tuple(phrase.split()) for kind in Toll for form in _FORMS for phrase in lexicon[str(kind)][form]
    }
    words = (
        {phrase[0] for phrase in phrases if len(phrase) == 1}
        | casualty_words("injuries")
        | casualty_words("none")
        | {"suffered"}
    )
    for phrase in sorted(phrases):
        if not any(known in word for word in phrase for known in words):
            words.add(max(phrase, key=len))
    few = sorted(word for word in words if not any(other in word for other in words - {word}))
    return BytesAhoCorasick([word.encode("ascii") for word in few])


def may_hold_tolls(sentence: str) -> bool:
    """A cheap look that passes every sentence with a casualty word: most sentences have none."""
    return bool(_needles().find_matches_as_indexes(sentence.lower().encode("ascii", "replace")))


def find_triggers(words: Sequence[Word]) -> list[Trigger]:
    """The casualty words of a sentence, in order, not overlapping."""
    return list(_triggers(words))


def _triggers(words: Sequence[Word]) -> Iterator[Trigger]:
    table = _phrases()
    i = 0
    while i < len(words):
        lower = words[i].lower
        if lower in casualty_words("suffering") and (last := _injuries_after(words, i)):
            yield Trigger(i, last, Toll.WOUNDED, "intransitive")
            i = last
            continue
        if lower == "suffered" and _from_an_attack(words, i + 1):
            yield Trigger(i, i + 1, Toll.WOUNDED, "intransitive")
        for phrase, kind, form in table.get(lower, ()):
            if tuple(w.lower for w in words[i : i + len(phrase)]) == phrase:
                yield Trigger(i, i + len(phrase), kind, form)
                i += len(phrase) - 1
                break
        i += 1


def _from_an_attack(words: Sequence[Word], i: int) -> bool:
    """ "Three people suffered in the shelling": they were hurt."""
    if i >= len(words) or words[i].lower not in ("in", "from"):
        return False
    return any(w.lower in casualty_words("attacks") for w in words[i + 1 : i + 5])


def _injuries_after(words: Sequence[Word], i: int) -> int | None:
    """ "sustained various degrees of injuries", "suffering burns"; not "suffered four injuries" (a count)."""
    for k in range(i + 1, min(i + 6, len(words))):
        word = words[k]
        if word.lower in casualty_words("injuries"):
            return k + 1
        if not word.text[0].isalpha():
            return None
    return None
