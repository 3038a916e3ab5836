"""For whom a speaker speaks, by how the article introduces him: "Pavlo K., the governor of Donetsk region".

affiliation("Pavlo K.", article.text, country="UA")     # ("agency", "UA")
"""

import re
from collections.abc import Iterator
from functools import cache

from timeline.extraction.actors.lexicon import title_words
from timeline.extraction.identity import identify
from timeline.extraction.lexicon import load

_REACH = 90  # characters of a description
_BEFORE = re.compile(r"[^.;:!?\n\"“”()]*$")
_AFTER = re.compile(r"\s*[,(]\s*((?:[a-z]|[A-Z]\w+['’]s\s)[^.;:!?\n\"“”(),]*)")
# A description ends where something else begins.
_BREAK = re.compile(
    r"\b(?:who|which|that|said|says|told|and|but|when|as|after|while|with|to|by|from|on|at)\b"
)
# Bodies that every state has one of: "the army" is that of the only state whose army the article names.
_BODIES = frozenset({"army", "military", "government", "navy", "parliament"})


def affiliation(name: str, text: str, country: str = "", *, of_force: bool = False) -> tuple[str, str]:
    """(kind, side) as `identify` gives it for the name, else for the way in which `text` introduces the bearer.

    `country` is the place's, as for `identify`. `of_force`: the act is no diplomacy, so that "officials" without
    another word are those of the place.
    """
    known = identify(name, country)
    if known[1] or not name:
        return known
    if of_force and name.lower() in ("official", "officials"):
        return identify("local officials", country)
    if name.lower() in _BODIES:
        return _body(name, text) or known
    if not name[0].isupper() or name.isupper():
        return known
    offices = (
        identify(part, country)
        for words in _descriptions(name, text)
        if _names_an_office(words)
        for part in (words, words.partition(" of ")[0])  # "the mayor of the town": the mayor
    )
    return next((office for office in offices if office[1]), known)


@cache
def _offices() -> frozenset[str]:
    return title_words()[1] | frozenset(load("local_offices")["nouns"])


def _names_an_office(words: str) -> bool:
    """Not "a Russian analyst": he speaks for himself."""
    return any(word in _offices() for word in re.findall(r"[\w-]+", words.lower())[:6])


def _descriptions(name: str, text: str) -> Iterator[str]:
    """What stands before the name ("the mayor of Sumy,") and after it (", the mayor of Sumy,")."""
    for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        before = text[max(0, found.start() - _REACH) : found.start()].rstrip()
        if clause := _BEFORE.search(before.removesuffix(",")):
            yield _BREAK.split(clause.group().rpartition(",")[2])[-1].strip()
        if after := _AFTER.match(text[found.end() : found.end() + _REACH]):
            yield _BREAK.split(after[1])[0].strip()


def _body(name: str, text: str) -> tuple[str, str] | None:
    """Of "the Israeli army" for "army", where no other state's army is named."""
    named = re.findall(rf"(?:[A-Z][\w'’-]*\s+){{1,3}}{re.escape(name)}(?!\w)", text)
    found = {(kind, side) for kind, side in map(identify, named) if side}
    return found.pop() if len(found) == 1 else None
