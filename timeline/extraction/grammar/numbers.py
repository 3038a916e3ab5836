"""Numbers of people as news writes them, with what is sure about them.

    find_quantities("at least two dozen were hurt")  ->  [Quantity(0, 18, Figure(24, 24, None, ...), ...)]

| words | low | best | high |
| --- | --- | --- | --- |
| eight; a dozen; 1.5 million | 8 | 8 | 8 |
| at least eight; more than eight; eight or more | 8 | 8 | open |
| up to 20; as many as 20; fewer than 20 | open | 20 | 20 |
| about 20; some 20; an estimated 20 | open | 20 | open |
| almost three dozen; nearly 100 (half a dozen, or a tenth, below) | 30; 90 | 36; 100 | 36; 100 |
| two to three; between 5 and 7; one or two | 2 | open | 3 |
| dozens; scores; hundreds; thousands | 24; 40; 200; 2,000 | open | 99; 99; 999; 9,999 |
| several; a few; a handful | 3 | open | 9 |

Shares, prices, ages, ordinals, clock times, dates and measures are no numbers of people and are left out.
"""

import re
from dataclasses import dataclass
from enum import Enum

from timeline.extraction.findings import Figure

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_UNITS.split())}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "dozen": 12,
    "k": 1_000,
}
# More than this is no number of people, and no database column holds it.
_LARGEST = 8_000_000_000

_VAGUE = {
    "dozens": (24, 99), "scores": (40, 99), "hundreds": (200, 999), "thousands": (2_000, 9_999),
    "millions": (2_000_000, 9_999_999), "tens of thousands": (20_000, 99_999),
    "tens of millions": (20_000_000, 99_999_999),
    "hundreds of thousands": (200_000, 999_999), "several": (3, 9), "a few": (3, 9), "a handful": (3, 9),
    "several dozen": (36, 99), "a few dozen": (24, 99), "several hundred": (300, 999), "a few hundred": (200, 999),
    "several thousand": (3_000, 9_999), "a few thousand": (2_000, 9_999), "several tens": (30, 99),
}  # fmt: skip


class Bound(Enum):
    """What a modifier says of the number behind it."""

    EXACT = "exact"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"
    ALMOST = "almost"


_MODIFIERS = {
    Bound.AT_LEAST: (
        r"at\s+(?:the\s+very\s+)?least|no(?:t)?\s+(?:fewer|less)\s+than|a\s+minimum\s+of"
        r"|(?:well\s+)?(?:more|greater)\s+than|well\s+over|over|upwards?\s+of|in\s+excess\s+of|above"
    ),
    Bound.AT_MOST: (
        r"up\s+to|as\s+many\s+as|at\s+(?:the\s+)?most|no(?:t)?\s+more\s+than|a\s+maximum\s+of"
        r"|(?:fewer|less)\s+than|under"
    ),
    Bound.ABOUT: r"about|around|some|roughly|approximately|an\s+estimated|estimated|circa|perhaps",
    Bound.ALMOST: r"almost|nearly|close\s+to|just\s+under|just\s+short\s+of",
}
_NAMES = {Bound.AT_LEAST: "least", Bound.AT_MOST: "most", Bound.ABOUT: "about", Bound.ALMOST: "almost"}
_MODIFIER = "|".join(f"(?P<{_NAMES[bound]}>{words})" for bound, words in _MODIFIERS.items())
_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_SPELLED = (
    rf"(?:(?:half\s+a|one\s+and\s+a\s+half|an?|{_WORD})(?:[\s-]+(?:{_WORD}))?\s+(?:hundred|thousand|million|dozen)s?|{_WORD})"
    rf"(?:[\s-]+(?:and\s+)?(?:(?:{_WORD})\s+)?(?:{_WORD}|hundred|thousand|million|dozen)\b)*"
)
_FIGURES = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:\.\d+)?(?=\s+(?:million|billion|thousand)\b)|\d+"
_SCALED = rf"(?:{_FIGURES})(?:\s+(?:hundred|thousand|million|billion|dozen)\b|k\b)?"
_VAGUE_WORDS = "|".join(
    re.escape(words).replace(r"\ ", r"\s+") for words in sorted(_VAGUE, key=len, reverse=True)
)
_ONE = rf"(?:{_SCALED}|\b(?:{_SPELLED})\b)"
_PAIRS = r"a\s+couple|a\s+pair|both"
_NUMBER = re.compile(
    rf"(?<![\w$€£#@.:/+-])(?<!\d,)(?:(?:{_MODIFIER})\s+)?(?:(?P<other>another|an\s+additional|an\s+extra|the\s+other)\s+)?"
    rf"(?:between\s+(?P<b1>{_ONE})\s+and\s+(?P<b2>{_ONE})"
    rf"|(?P<r1>{_ONE})\s+(?:to|or)\s+(?P<r2>{_ONE})|(?P<h1>{_FIGURES})\s*[-–—‑]\s*(?P<h2>{_SCALED})"
    rf"|(?P<vague>\b(?:{_VAGUE_WORDS})\b)|(?P<pair>\b(?:{_PAIRS})\b)|(?P<n>{_ONE}))"
    r"(?![\w%]|[-–](?:\w|$)|[.,:/]\d|['’]s?\b|\s*(?:percent|per\s+cent|percentage|st|nd|rd|th)\b|(?:st|nd|rd|th)\b)"
    r"(?P<more>\s+or\s+more|\+)?",
    re.IGNORECASE,
)
_NOT_PEOPLE = re.compile(
    r"\s*(?:(?:am|pm|[ap]\.m\.)(?!\w)|o['’]clock|(?:year|month|week|day|hour|minute|second)s?\b|[-\s]year[-\s]old"
    r"|(?:kilo|centi|milli)?met(?:er|re)s?\b|k?m\b|km2\b|miles?\b|feet\b|tons?\b|tonnes?\b|kg\b|kilos?\b|kilograms?\b|square\b"
    r"|dollars?\b|euros?\b|rubles?\b|roubles?\b|hryvnias?\b|GMT\b|degrees?\b|hectares?\b|acres?\b|times\b|points?\b"
    r"|(?:January|February|March|April|June|July|August|September|October|November|December)\b)",
    re.IGNORECASE,
)
_DATE_BEFORE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sept?|Oct|Nov|Dec|No|Nos|aged?|age|article|chapter|resolution|grade|route|highway|channel|day)\.?\s+\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`text[start:end]` is the number with its modifiers; `additional` where it adds to one told before."""

    start: int
    end: int
    figure: Figure
    additional: bool = False


def find_quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Numbers that can count people in text[start:end], in order, not overlapping."""
    last = len(text) if end is None else end
    found: list[Quantity] = []
    position = start
    while match := _NUMBER.search(text, position, last):
        position = match.end()
        if _NOT_PEOPLE.match(text, match.end(), last) or _DATE_BEFORE.search(
            text, max(start, match.start() - 14), match.start()
        ):
            continue
        figure = _figure(match)
        if figure is not None:
            found.append(Quantity(match.start(), match.end(), figure, bool(match["other"])))
    return found


def parse_number(words: str) -> int | None:
    """ "two hundred and five" -> 205, "1.5 million" -> 1500000, "half a dozen" -> 6; None for anything else."""
    lowered = re.sub(r"[,\u00a0\u202f](?=\d{3})", "", words.lower())
    lowered = lowered.replace("one and a half", "1.5").replace("half a", "0.5")
    total, current, seen = 0.0, 0.0, False
    for part in re.findall(r"\d+(?:\.\d+)?|[a-z]+", lowered):
        singular = part.removesuffix("s") if part.removesuffix("s") in _SCALES else part
        if part[0].isdigit():
            current += float(part) if len(part) < 12 else float("inf")
        elif part in _SMALL:
            current += _SMALL[part]
        elif part in ("a", "an"):
            current += 1
        elif singular in _SCALES:
            scale = _SCALES[singular]
            current = max(current, 1) * scale if not 0 < current < 1 else current * scale
            if scale >= 1_000:
                total, current = total + current, 0.0
        elif part != "and":
            return None
        seen = True
    value = total + current
    return round(value) if seen and value <= _LARGEST else None


def _figure(match: re.Match[str]) -> Figure | None:
    words = match.group().strip()
    bound = next((b for b, name in _NAMES.items() if match[name]), Bound.EXACT)
    if match["vague"]:
        low, high = _VAGUE[" ".join(match["vague"].lower().split())]
        return Figure(low, None, None if bound is Bound.AT_LEAST else high, words)
    if match["pair"]:
        return Figure(2, 2, 2, words)
    for first, second in (("b1", "b2"), ("r1", "r2"), ("h1", "h2")):
        if match[first]:
            return _span(match[first], match[second], words)
    value = parse_number(match["n"])
    if value is None:
        return None
    if match["more"]:
        bound = Bound.AT_LEAST
    return bounded(value, bound, words, by_dozen="dozen" in match["n"].lower())


def bounded(value: int, bound: Bound, words: str, by_dozen: bool = False) -> Figure:
    """The figure for a number under a modifier (see the table at the head of this module)."""
    if bound is Bound.AT_LEAST:
        return Figure(value, value, None, words)
    if bound is Bound.AT_MOST:
        return Figure(None, value, value, words)
    if bound is Bound.ABOUT:
        return Figure(None, value, None, words)
    if bound is Bound.ALMOST:
        below = 6 if by_dozen else max(1, value // 10)
        return Figure(max(0, value - below), value, value, words)
    return Figure(value, value, value, words)


def _span(first: str, second: str, words: str) -> Figure | None:
    low, high = parse_number(first), parse_number(second)
    if low is None or high is None:
        return None
    # "10 to 15 thousand": the scale belongs to both
    for scale in ("thousand", "million", "hundred", "dozen"):
        if scale in second.lower() and scale not in first.lower() and low < 1_000:
            low *= _SCALES[scale]
    return Figure(low, None, high, words) if low < high else None


def add(figures: list[Figure], words: str = "") -> Figure | None:
    """The figure of several groups: "two men and at least one child" is 3 / 3 / open. None for no group."""
    if not figures:
        return None
    lows = [f.low if f.low is not None else 0 for f in figures]
    low = sum(lows) if any(f.low is not None for f in figures) else None
    best = (
        sum(f.best for f in figures if f.best is not None)
        if all(f.best is not None for f in figures)
        else None
    )
    high = (
        sum(f.high for f in figures if f.high is not None)
        if all(f.high is not None for f in figures)
        else None
    )
    return Figure(low, best, high, words)
