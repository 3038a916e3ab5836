"""Groups of people in a sentence: "at least eight civilians", "another three", "a woman", "its driver".

A light noun-phrase reader over words: a number (or an article) and the nearest noun that counts people, with
only describing words between. `casualties` binds these groups to what happened to them.
"""

import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from timeline.extraction.findings import Figure
from timeline.extraction.lexicon import load
from timeline.extraction.numbers import Quantity, find_quantities

_WORD = re.compile(r"\w+(?:[-’'.]\w+)*|[^\w\s]")
# Words that end the search for the noun of a number.
_STOP = frozenset(
    """a an the and or but nor of in on at by for from to with without into onto near after before during since
    until when while where who whom whose which that as than because if then so is are was were be been being am
    has have had having do does did will would shall should can could may might must not no said says say told tells
    reported reports announced added left leaving late early also only just including among mostly mainly over under
    between against across around through inside outside along via per amid despite following this these those it
    its he she they we his her their our my your him them us there here""".split()
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


@dataclass(frozen=True, slots=True)
class Word:
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


@cache
def _nouns() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """(singular, plural, pairs, things with their plurals)."""
    lexicon = load("people")
    singular = frozenset(lexicon["persons"])
    plural = {_plural(noun) for noun in singular} | set(lexicon["plurals"])
    things = set(lexicon["things"]) | {_plural(noun) for noun in lexicon["things"]}
    return singular, frozenset(plural), frozenset(lexicon["pairs"]), frozenset(things)


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
            after = bisect_left(starts, quantity.end)
            group = _counted(words, i, after, quantity, ends)
        elif (
            words[i].lower in _ARTICLES
            or i == 0
            or words[i - 1].lower in ("and", ",", ":", "killing", "killed")
        ):
            group = _single(words, i)
        if group is not None:
            found.append(group)
            done = group.last
    return found


def _counted(
    words: list[Word], first: int, after: int, quantity: Quantity, ends: Collection[int]
) -> Group | None:
    number, figure, additional = (quantity.start, quantity.end), quantity.figure, quantity.additional
    if first > 0 and words[first - 1].lower == "no":  # "no one"
        return None
    part = _is_part(words, first)
    i = after
    while i < len(words) and words[i].lower in _MORE:
        additional = True
        i += 1
    if i < len(words) and words[i].lower == "of":
        if i + 1 < len(words) and words[i + 1].lower in ("them", "whom", "those", "us"):
            return Group(first, i + 2, number, figure, "", True, additional=additional, part=True)
        if i + 1 < len(words) and words[i + 1].lower in _PARTITIVE:
            i += 2
        elif figure.best is None:  # "dozens of civilians", "hundreds of its people"
            i += 1
    noun = _noun_from(words, i, ends)
    if noun is None:
        bare = (
            i >= len(words)
            or not words[i].text[0].isalpha()
            or words[i].lower in _STOP
            or _participle(words[i])
        )
        who = "" if bare else words[min(i, len(words) - 1)].lower
        return Group(first, i, number, figure, who, additional=additional, part=part)
    who = " ".join(word.lower for word in words[i : noun + 1])
    people = _is_people(words[noun])
    if not people and words[noun].lower in _nouns()[3]:
        return None
    return Group(first, noun + 1, number, figure, who, people, additional=additional, part=part)


def _noun_from(words: list[Word], first: int, ends: Collection[int]) -> int | None:
    """Index of the last noun of people in the phrase that begins at `first`, or of a name in the plural."""
    singular, plural, pairs, things = _nouns()
    found = None
    for i in range(first, min(first + _BEFORE_NOUN, len(words))):
        word = words[i]
        if i in ends:
            break
        if word.lower in things:
            return i if found is None else found
        if word.lower in _STOP or not word.text[0].isalpha() or _participle(word):
            break
        if word.lower in plural or word.lower in pairs or (word.lower in singular and i == first):
            found = i
        elif found is not None:
            break
        elif word.text[0].isupper() and word.lower.endswith("s") and not word.lower.endswith("ss"):
            found = i  # "six Palestinians"
    return found


def _is_people(word: Word) -> bool:
    singular, plural, pairs, _ = _nouns()
    return word.lower in plural or word.lower in singular or word.lower in pairs or word.text[0].isupper()


_DESCRIBING_PARTICIPLES = frozenset(
    """armed masked unarmed disguised suspected alleged displaced uniformed retired wanted convicted hooded trained
    married kidnapped abducted captured""".split()
)


def _participle(word: Word) -> bool:
    return word.lower.endswith("ed") and word.lower not in _DESCRIBING_PARTICIPLES and word.text[0].islower()


def _single(words: list[Word], first: int) -> Group | None:
    """One person: "a 45-year-old woman", "its driver", "the mayor"; "a couple" is two."""
    singular, plural, pairs, things = _nouns()
    article = words[first].lower in _ARTICLES
    begin = first + 1 if article else first
    for i in range(begin, min(begin + _BEFORE_NOUN, len(words))):
        word = words[i]
        if word.lower in plural or word.lower in things:
            return None
        if word.lower in pairs or word.lower in singular:
            if i + 1 < len(words) and (words[i + 1].lower in singular or words[i + 1].lower in plural):
                continue  # "a police officer", "a truck driver"
            if not article and i > begin:  # without an article only the noun itself: "and wife"
                return None
            best = 2 if word.lower in pairs else 1
            start, end = words[first].start, word.end
            figure = Figure(best, best, best, f"{words[first].text} {word.text}" if article else word.text)
            definite = words[first].lower not in ("a", "an", "another", "one")
            additional = words[first].lower == "another"
            return Group(
                first,
                i + 1,
                (start, end),
                figure,
                word.lower,
                True,
                definite,
                additional,
                _is_part(words, first),
            )
        if word.lower in _STOP or not (word.text[0].isalnum()) or (not article and i > begin):
            return None
    return None


def _is_part(words: list[Word], first: int) -> bool:
    if first == 0:
        return False
    before = words[first - 1].lower
    if before in ("at", "some", "about") and first > 1:
        before = words[first - 2].lower
    return before in _PART_LEADS or (before == "," and first > 1 and words[first - 2].lower in _PART_LEADS)
