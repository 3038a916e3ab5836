"""Groups of people in a sentence: "at least eight civilians", "another three", "a woman", "its driver".

A light noun-phrase reader over words: a number (or an article) and the nearest noun that counts people, with
only describing words between. `casualties` binds these groups to what happened to them.
"""

import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from timeline.extraction.findings import Figure
from timeline.extraction.grammar.numbers import Quantity, find_quantities
from timeline.extraction.lexicon import load

_WORD = re.compile(r"\w+(?:[-’'.]\w+)*|[^\w\s]")
# Words that end the search for the noun of a number.
_STOP = frozenset(
    """a an the and or but nor of in on at by for from to with without into onto near after before during since
    until when while where who whom whose which that as than because if then so is are was were be been being am
    has have had having do does did will would shall should can could may might must not no said says say told tells
    reported reports announced added left leaving late early also only just including among mostly mainly over under
    between still already now against across around through inside outside along via per amid despite following this
    these those it its he she they we his her their our my your him them us there here""".split()
)
_BEFORE_NOUN = 6  # describing words between a number and its noun
_MORE = frozenset({"more", "other", "others", "additional", "further"})
_PARTITIVE = frozenset({"the", "its", "his", "her", "their", "our", "these", "those"})
_ARTICLES = frozenset({"a", "an", "another", "his", "her", "its", "their", "the", "one", "our"})
_PART_LEADS = frozenset(
    {
        "including",
        "include",
        "includes",
        "included",
        "among",
        "mostly",
        "mainly",
        "both",
        "comprising",
        "whom",
        "them",
    }
)
_IRREGULAR = (
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("person", "people"),
    ("passerby", "passersby"),
)
_BEFORE_BARE_NOUN = frozenset({"and", ",", ":", "killing", "killed", "wounding", "injuring"})
_ORDINALS = frozenset({"second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"})
_DESCRIBING_PARTICIPLES = frozenset(
    """armed masked unarmed disguised suspected alleged displaced uniformed retired wanted convicted hooded trained
    married kidnapped abducted captured""".split()
)


class Word(NamedTuple):  # made by the hundred: a tuple is much cheaper than a frozen dataclass
    start: int
    end: int
    text: str
    lower: str


@dataclass(frozen=True, slots=True)
class Group:
    """Words `first` up to `last` (exclusive) of the sentence; `number` is the span of the figure's words.

    `who` is the noun, "" where there is none ("five were killed"); `people` says that it counts people.
    `definite`: told by "the", "his", "its" (one person, but perhaps no new one). `part`: of a total told besides.
    """

    first: int
    last: int
    number: tuple[int, int]
    figure: Figure
    who: str = ""
    people: bool = False
    definite: bool = False
    additional: bool = False
    part: bool = False

    @property
    def bare(self) -> bool:
        return not self.who


@dataclass(frozen=True, slots=True)
class _Nouns:
    singular: frozenset[str]
    plural: frozenset[str]
    pairs: frozenset[str]
    things: frozenset[str]  # and their plurals


@cache
def _nouns() -> _Nouns:
    lexicon = load("people")
    singular = frozenset(lexicon["persons"])
    plural = {_plural(noun) for noun in singular} | set(lexicon["plurals"])
    things = set(lexicon["things"]) | {_plural(noun) for noun in lexicon["things"]}
    return _Nouns(singular, frozenset(plural), frozenset(lexicon["pairs"]), frozenset(things))


def _plural(noun: str) -> str:
    for ending, plural in _IRREGULAR:
        if noun.endswith(ending):
            return noun.removesuffix(ending) + plural
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")


def words_of(text: str, start: int, end: int) -> list[Word]:
    """Words and punctuation marks of text[start:end] with their offsets."""
    return [Word(m.start(), m.end(), m.group(), m.group().lower()) for m in _WORD.finditer(text, start, end)]


def find_groups(text: str, words: list[Word], ends: Collection[int] = ()) -> list[Group]:
    """Groups of people that `words` tell, in order; none overlaps another, none reaches over an index of `ends`."""
    if not words:
        return []
    starts = [word.start for word in words]
    found: list[Group] = []
    done = 0
    counted = {bisect_left(starts, q.start): q for q in find_quantities(text, words[0].start, words[-1].end)}
    for i in range(len(words)):
        if i < done:
            continue
        group = None
        if (quantity := counted.get(i)) is not None:
            group = _counted(words, i, bisect_left(starts, quantity.end), quantity, ends)
        elif words[i].lower in _ARTICLES:
            group = _another(words, i, ends) or _single(words, i)
        elif i == 0 or words[i - 1].lower in _BEFORE_BARE_NOUN:
            group = _single(words, i)
        if group is not None:
            if found and not group.part and _continues_part(words, found[-1], group):
                group = replace(group, part=True)
            found.append(group)
            done = group.last
    return found


def _counted(
    words: list[Word], first: int, after: int, quantity: Quantity, ends: Collection[int]
) -> Group | None:
    if first > 0 and words[first - 1].lower == "no":  # "no one"
        return None
    number, figure, additional = (quantity.start, quantity.end), quantity.figure, quantity.additional
    part = _is_part(words, first)
    i = after
    while i < len(words) and words[i].lower in _MORE:
        additional = True
        i += 1
    if i + 1 < len(words) and words[i].lower == "of":
        if words[i + 1].lower in ("them", "whom", "those", "us"):
            return Group(first, i + 2, number, figure, "", True, additional=additional, part=True)
        if words[i + 1].lower in _PARTITIVE:
            i += 2
        elif figure.best is None:  # "dozens of civilians"
            i += 1
    noun = _noun_from(words, i, ends, one=figure.best == 1)
    if noun is None:
        last = i
        while last < i + _BEFORE_NOUN and not _ends_phrase(words, last, ends):
            last += 1
        who = " ".join(word.lower for word in words[i:last])
        return Group(first, last, number, figure, who, additional=additional, part=part)
    if words[noun].lower in _nouns().things:
        return None
    who = " ".join(word.lower for word in words[i : noun + 1])
    return Group(first, noun + 1, number, figure, who, True, additional=additional, part=part)


def _ends_phrase(words: list[Word], i: int, ends: Collection[int]) -> bool:
    """Whether nothing at `i` could still be part of a noun phrase."""
    if i >= len(words) or i in ends:
        return True
    word = words[i]
    return not word.text[0].isalpha() or word.lower in _STOP or _is_participle(word) or _is_adverb(word)


def _noun_from(words: list[Word], first: int, ends: Collection[int], one: bool) -> int | None:
    """Index of the last noun of the phrase that begins at `first`: people, things, or a name in the plural."""
    nouns = _nouns()
    found = None
    for i in range(first, min(first + _BEFORE_NOUN, len(words))):
        if _ends_phrase(words, i, ends):
            break
        word = words[i]
        last = _ends_phrase(words, i + 1, ends)
        if word.lower in nouns.things:
            if last or found is not None:
                return i if found is None else found
            continue  # "cattle rustlers", "family members"
        if (
            word.lower in nouns.plural
            or word.lower in nouns.pairs
            or ((one or last) and word.lower in nouns.singular)
        ):
            found = i
        elif found is not None:
            break
        elif word.text[0].isupper() and (
            last or (word.lower.endswith("s") and not word.lower.endswith("ss"))
        ):
            found = i  # "six Palestinians", "five Sudanese"
    return found


def _is_participle(word: Word) -> bool:
    return word.lower.endswith("ed") and word.lower not in _DESCRIBING_PARTICIPLES and word.text[0].islower()


def _is_adverb(word: Word) -> bool:
    return word.lower.endswith("ly") and word.lower not in ("elderly", "family") and word.text[0].islower()


def _another(words: list[Word], first: int, ends: Collection[int]) -> Group | None:
    """ "another was wounded", "a sixth injured": one more, without a noun."""
    i = first + 1
    if words[first].lower in ("a", "the") and i < len(words) and words[i].lower in _ORDINALS:
        i += 1
    elif words[first].lower != "another":
        return None
    if not _ends_phrase(words, i, ends):
        return None
    number = (words[first].start, words[i - 1].end)
    figure = Figure(1, 1, 1, " ".join(w.text for w in words[first:i]))
    return Group(first, i, number, figure, additional=True)


def _single(words: list[Word], first: int) -> Group | None:
    """One person: "a 45-year-old woman", "its driver", "the mayor"; "a couple" is two."""
    nouns = _nouns()
    article = words[first].lower in _ARTICLES
    begin = first + 1 if article else first
    for i in range(begin, min(begin + _BEFORE_NOUN, len(words))):
        word = words[i]
        following = words[i + 1].lower if i + 1 < len(words) else ""
        if word.lower in nouns.plural and following in nouns.singular:
            continue  # "a police officer"
        if word.lower in nouns.plural or word.lower in nouns.things:
            return None
        if word.lower in _STOP or not word.text[0].isalnum():
            return None
        if word.lower in nouns.pairs or word.lower in nouns.singular:
            if following in nouns.singular:
                continue  # "a student nurse"
            if following in nouns.plural or following in nouns.things:
                return None
            best = 2 if word.lower in nouns.pairs else 1
            lead = f"{words[first].text} " if article else ""
            definite = words[first].lower not in ("a", "an", "another", "one")
            figure = Figure(best, best, best, lead + word.text)
            group = Group(first, i + 1, (words[first].start, word.end), figure, word.lower, True, definite)
            return replace(group, additional=words[first].lower == "another", part=_is_part(words, first))
        if not article:  # without an article only the noun itself: "and wife"
            return None
    return None


def _is_part(words: list[Word], first: int) -> bool:
    """Whether "including", "among them" or the like leads in the group that begins at `first`."""
    if first == 0:
        return False
    i = first - 1
    if words[i].lower in ("at", ",", ":") and i > 0:
        i -= 1
    return words[i].lower in _PART_LEADS


def _continues_part(words: list[Word], before: Group, group: Group) -> bool:
    """ "including a woman and two children": the children are part of the total too."""
    between = [w.text for w in words[before.last : group.first]]
    return before.part and between in (["and"], [","])
