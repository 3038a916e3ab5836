"""Which side a name belongs to, outside any article: "Russia's Defence Ministry" is an agency of RU."""

import re
from functools import cache, lru_cache

from timeline.extraction.actors.registry import Registry
from timeline.extraction.grammar.clauses import parse
from timeline.extraction.grammar.tokens import tokenise
from timeline.extraction.lexicon import load


@lru_cache(maxsize=20_000)
def identify(name: str, country: str = "") -> tuple[str, str]:
    """(kind, side) as in `findings.Party`; "" for what the lexicons do not know.

    `country` is the place's (ISO code): an office that the text gives to nobody ("the regional governor") is
    taken for that state's. "A Moscow-installed official" speaks for those who installed him.
    """
    for word in name.split():
        patron, _, tail = word.rpartition("-")
        if patron and tail.lower() in load("contested")["words"]["installed"] and identify(patron)[1]:
            return "agency", identify(patron)[1]
    found = [a for a in Registry().read(parse(tokenise(name))) if a.kind or a.side]
    best = next((a for a in found if a.side and not a.adjective), None) or next(
        (a for a in found if a.side), None
    )
    if best:
        return best.kind, best.side
    words = re.findall(r"\w+", name.lower())
    if country and (
        any(w in _words("nouns") for w in words[-2:]) or any(w in _words("local") for w in words)
    ):
        return "agency", country
    return "", ""


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(load("local_offices")[kind])
