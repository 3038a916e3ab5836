"""English for names that come from texts: their spellings, lists of them, and the verb after them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=50_000)
def fold(name: str) -> str:
    """A name without case, accents and punctuation: "Huliaipole’s" and "huliaipole's" are one."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(WORD.findall(plain))


@lru_cache(maxsize=50_000)
def surname(name: str) -> str:
    """What outlets agree on in a person's name: "Volodymyr Zelenskyy" and "Zelensky" are one."""
    last = (fold(name).split() or [""])[-1]
    return re.sub(r"(?:[iy]{1,2}|ij|ey)$", "y", last)


# Plural also when written with a capital or without an s. "United States" and "Hamas" are singular.
_PLURALS = frozenset(
    re.findall(
        r"\w+",
        """authorities children fighters forces guards gunmen houthis insurgents israelis men militants officials
    people police protesters rebels residents separatists soldiers taliban troops women""",
    )
)
_AFTER_THE_HEAD = re.compile(r" (?:in|of|from|at|on|for|near|with|who|to)\b|,| \(")


def is_plural(name: str) -> bool:
    """Whether one says "{name} say" rather than "{name} says": "residents", "the Armed Forces of Norvia"."""
    last = (_AFTER_THE_HEAD.split(name.strip(), maxsplit=1)[0].split() or [""])[-1]
    if last.lower() in _PLURALS or last.endswith("ians"):
        return True
    return last.islower() and last.endswith("s") and not last.endswith(("ss", "us", "is", "'s", "’s"))


def listing(names: Sequence[str], most: int = 3) -> str:
    """ "A", "A and B", "A, B and C", and beyond `most` "A, B and 2 others"; "" for none."""
    names = list(dict.fromkeys(names))
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} others"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def verb(names: Sequence[str], one: str, several: str) -> str:
    """The form that goes with the names: verb(["residents"], "says", "say") is "say"."""
    distinct = list(dict.fromkeys(names))
    return several if len(distinct) > 1 or (distinct and is_plural(distinct[0])) else one


_THE = re.compile(
    r"(?:United (?:States|Kingdom|Nations|Arab Emirates)|European (?:Union|Commission|Parliament)"
    r"|Netherlands|Philippines"
    r"|UN|EU|US|UK|U\.N\.|E\.U\.|U\.S\.|UAE|White House|Kremlin|Vatican|Pentagon|Taliban|Houthis|Red Cross"
    r"|West Bank|Donbas|Crimean Bridge|.* (?:Sea|Ocean|Gulf|Strait|Strip|Peninsula|Heights|Channel|Canal|River))"
)


def with_article(name: str) -> str:
    """ "the United States", "the Black Sea"; other names as they are."""
    return f"the {name}" if _THE.fullmatch(name) else name
