"""Words and phrases that may tell an event, found by the lexicon `lexicon/triggers.toml`.

`find_triggers` proposes; `timeline.extraction.frames` checks what each trigger needs and binds its arguments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from timeline.extraction.grammar.clauses import Parsed
from timeline.extraction.grammar.inflection import noun_forms
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load

WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday dawn night midnight".split())
# How many words may stand for the `*` of a phrase ("shoot * down").
_GAP = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the lexicon."""

    type: str  # codebook type, or "means"
    frame: str
    needs: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Trigger:
    """`first`..`last` (exclusive) token positions; `head` the verb or the head noun."""

    entry: Entry
    phrase: str
    first: int
    last: int
    head: int
    nominal: bool


@cache
def _verbs() -> dict[str, list[tuple[tuple[str, ...], str, Entry]]]:
    table: dict[str, list[tuple[tuple[str, ...], str, Entry]]] = {}
    for row in load("triggers")["verb"]:
        entry = Entry(row["type"], row["frame"], tuple(row["needs"]), row["weight"])
        for phrase in row["verbs"]:
            first, *rest = phrase.split()
            table.setdefault(first, []).append((tuple(rest), phrase, entry))
    for options in table.values():
        options.sort(key=lambda o: ("*" in o[0], -len(o[0])))
    return table


@cache
def _nouns() -> dict[str, list[tuple[tuple[str, ...], str, Entry]]]:
    """Head noun in any form -> (words before it, phrase, entry)."""
    table: dict[str, list[tuple[tuple[str, ...], str, Entry]]] = {}
    for row in load("triggers")["noun"]:
        entry = Entry(row["type"], row["frame"], tuple(row["needs"]), row["weight"])
        for phrase in row["nouns"]:
            for form in noun_forms(phrase):
                words = tuple(form.split())
                table.setdefault(words[-1], []).append((words[:-1], phrase, entry))
    for options in table.values():
        options.sort(key=lambda o: -len(o[0]))
    return table


@cache
def weapon_words() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Last word in any form -> (words before it, means)."""
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for means, names in load("triggers")["weapons"].items():
        for name in names:
            for form in noun_forms(name):
                words = tuple(form.replace("-", " ").split())
                table.setdefault(words[-1], []).append((words[:-1], means))
    for options in table.values():
        options.sort(key=lambda o: -len(o[0]))
    return table


def find_triggers(parsed: Parsed) -> Iterator[Trigger]:
    """Every trigger of the sentence, several for one word when the lexicon has several readings of it."""
    tokens = parsed.tokens
    verbs = {c.verb for c in parsed.clauses}
    verb_phrases, noun_phrases = _verbs(), _nouns()
    for i, token in enumerate(tokens):
        if i in verbs and token.verb in verb_phrases and token.tag.startswith("VB"):
            seen: set[str] = set()
            following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
            for rest, phrase, entry in verb_phrases[token.verb]:
                if rest and rest[0] not in ("*", following):
                    continue
                end = _matches(tokens, i + 1, rest)
                if end is not None and entry.type not in seen:
                    seen.add(entry.type)
                    yield Trigger(entry, phrase, i, end, i, nominal=False)
        if token.lower in noun_phrases and (token.tag.startswith(("NN", "VBG")) or token.noun):
            if token.tag.startswith("VB") and token.tag != "VBG":
                continue
            seen = set()
            for before, phrase, entry in noun_phrases[token.lower]:
                start = i - len(before)
                if (
                    start >= 0
                    and entry.type not in seen
                    and all(tokens[start + n].lower == w for n, w in enumerate(before))
                ):
                    if token.tag == "VBG" and token.verb and not before:
                        continue
                    seen.add(entry.type)
                    yield Trigger(entry, phrase, start, i + 1, i, nominal=True)


def _matches(tokens: list[Token], start: int, rest: tuple[str, ...]) -> int | None:
    """End of the match of the remaining words from `start`, None when they do not follow."""
    i = start
    for n, word in enumerate(rest):
        if word == "*":
            target = rest[n + 1]
            for j in range(i, min(len(tokens), i + _GAP + 1)):
                if tokens[j].lower == target or tokens[j].noun == target:
                    if j == i and target in ("of", "from", "at", "on", "into"):
                        return None
                    if target in ("on", "at") and j + 1 < len(tokens) and tokens[j + 1].lower in WEEKDAYS:
                        continue  # "fired from the hills on Monday"
                    i = j
                    break
                if (tokens[j].text == "," and start == 1) or (
                    tokens[j].tag.startswith("VB") and tokens[j].tag not in ("VBG", "VBN")
                ):
                    return None
            else:
                return None
            continue
        if i >= len(tokens) or not (tokens[i].lower == word or (tokens[i].noun == word and n > 0)):
            return None
        i += 1
    return i


def means_in(parsed: Parsed, start: int, end: int) -> list[tuple[int, str]]:
    """(token position, means) of each weapon named between the positions."""
    if parsed.weapons is None:
        parsed.weapons = list(_weapons(parsed.tokens))
    return [(i, means) for i, means in parsed.weapons if start <= i < end]


def _weapons(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    table = weapon_words()
    for i, token in enumerate(tokens):
        options = table.get(token.lower)
        if not options or (token.tag.startswith("VB") and token.tag != "VBG"):
            continue
        for before, means in options:
            first = i - len(before)
            if first >= 0 and all(tokens[first + n].lower == word for n, word in enumerate(before)):
                yield i, means
                break
