"""Where a place may be named: spans of capitalised words that the gazetteer knows, with what stands around them.

Nothing is decided here. A `Spot` is a name with its candidates; `place_resolution` says which place it is, and
`places` whether the text means a place at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from textblob.en import parser

from timeline.extraction.gazetteer import ARTICLES, Gazetteer, Kind, Match, Place, fold
from timeline.extraction.lexicon import load
from timeline.extraction.segment import Sentence

_WORD = re.compile(r"(?:[A-Z]\.){2,}|(?:St|Mt)\.(?=\s)|[^\W_]+(?:[’'ʼ‘`-][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’']s$")
_MAX_WORDS = 6


@dataclass(slots=True)
class Word:
    """`text` is without a possessive ending; `end` is where it ends without it, `full_end` with it."""

    start: int
    end: int
    full_end: int
    text: str
    lower: str
    capital: bool

    @property
    def possessive(self) -> bool:
        return self.full_end > self.end


@dataclass(slots=True)
class Spot:
    """Words `first`..`last` of a sentence and the places that go by that name (none: a name of unknown place).

    `demonym` is the country of an adjective ("Russian", "Kyiv-based"), which is no place.
    """

    sentence: int
    first: int
    last: int
    start: int
    end: int
    surface: str
    candidates: tuple[tuple[Match, Place], ...] = ()
    demonym: str = ""
    direction: str = ""
    possessive: bool = False


@dataclass(slots=True)
class Line:
    """A sentence as words, with its spots and the runs of capitalised words that no gazetteer knows."""

    sentence: Sentence
    words: list[Word]
    spots: list[Spot] = field(default_factory=list)
    unknown: list[Spot] = field(default_factory=list)


def words_of(text: str, start: int, end: int) -> list[Word]:
    found: list[Word] = []
    for m in _WORD.finditer(text, start, end):
        raw = m.group()
        full_end = m.end()
        if len(raw) > 2 and raw[-1] == "s" and raw[-2] in "'’":
            raw = raw[:-2]
        first = raw[0]
        found.append(Word(m.start(), m.start() + len(raw), full_end, raw, raw.lower(), first.isupper()))
    return found


@cache
def word_set(table: str, key: str) -> frozenset[str]:
    return frozenset(load("place_words")[table][key])


@cache
def type_nouns() -> dict[str, str]:
    """Type noun (singular and plural) > the kind of place that it names; the broader kind wins."""
    nouns: dict[str, str] = {}
    for kind in ("settlement", "admin2", "admin1"):
        for noun in word_set("types", kind):
            nouns[noun] = kind
            nouns[plural(noun)] = kind
    return nouns


def plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


@cache
def _demonyms() -> dict[str, str]:
    return {name: code for code, names in load("countries")["adjectives"].items() for name in names}


@cache
def _demonym_heads() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _demonyms() if " " in name)


@cache
def _tails() -> frozenset[str]:
    """Lower-case words that may go on a name: the nouns of facilities and types."""
    words = {w for name in word_set("facilities", "after") for w in name.split()}
    words |= {"refugee", "sea", "strait", "gulf", "valley", "peninsula", "heights", "oasis", "forest", "camp", "territories",
              "displacement", "border", "spit", "delta", "basin", "administered", "steelworks", "enrichment", "facility",
              "humanitarian", "district", "region", "suburbs", "strip", "mosque", "compound", "Jews", "works", "iron", "steel",
              "mountain", "territory", "agency", "tribal", "plant", "nuclear", "medical", "complex", "hospital"}  # fmt: skip
    return frozenset(words)


_CONNECTORS = frozenset(
    [
        "of",
        "al",
        "el",
        "ad",
        "ar",
        "as",
        "ash",
        "at",
        "az",
        "an",
        "ez",
        "es",
        "ed",
        "ul",
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "bin",
        "abu",
        "umm",
        "the",
        "and",
        "on",
        "upon",
        "sur",
        "sous",
        "aux",
        "en",
        "am",
        "im",
        "an",
        "der",
        "den",
        "i",
        "e",
        "y",
        "va",
        "wa",
        "o",
    ]
)
_HYPHEN_ADJECTIVE = re.compile(
    r"-(?:based|led|backed|held|occupied|controlled|born|administered|installed|annexed|run|made|supplied|aligned|allied"
    r"|sponsored|brokered|mediated|funded|trained|appointed|language|speaking|linked|affiliated|flagged|registered|style"
    r"|supported|friendly|era|ruled|wide|built|origin)$",
    re.IGNORECASE,
)


def is_common_word(word: str) -> bool:
    """Whether an English word list has it in lower case ("Reading", "Nice", "Of", "Said")."""
    tag = parser.lexicon.get(word.lower())
    return tag is not None and not tag.startswith("NNP")


def spot(text: str, sentences: list[Sentence], gazetteer: Gazetteer) -> list[Line]:
    lines = []
    for index, sentence in enumerate(sentences):
        line = Line(sentence, words_of(text, sentence.start, sentence.end))
        for found in _spots(text, line, index, gazetteer):
            (line.spots if found.candidates or found.demonym else line.unknown).append(found)
        lines.append(line)
    return lines


def _spots(text: str, line: Line, index: int, gazetteer: Gazetteer) -> Iterator[Spot]:
    words = line.words
    shouting = _shouting(words)
    unknown_until = -1
    i = 0
    while i < len(words):
        word = words[i]
        if not (word.capital or _arabic_name(word)):
            i += 1
            continue
        run_end = _run(text, words, i)
        found = (
            _demonym(line, index, i)
            or _known(text, line, index, i, run_end, shouting, gazetteer)
            or _compound(line, index, i, gazetteer)
        )
        if found is not None:
            yield from found
            i = found[-1].last + 1
            continue
        last = _unknown_run(words, i, run_end)
        if last is not None and i > unknown_until and not (shouting or word.text.isupper()):
            unknown_until = last  # but a known name may begin inside the run
            yield Spot(
                index, i, last, word.start, words[last].end, text[word.start : words[last].end],
                possessive=words[last].possessive,
            )  # fmt: skip
        i += 1


def _shouting(words: list[Word]) -> bool:
    letters = [w for w in words if w.text.isalpha() and len(w.text) > 1]
    return len(letters) > 2 and all(w.text.isupper() for w in letters)


def _arabic_name(word: Word) -> bool:
    """al-Mawasi, el-Obeid: the article is lower case and the name is not."""
    head, hyphen, tail = word.text.partition("-")
    return bool(hyphen) and head in ARTICLES and tail[:1].isupper()


def _run(text: str, words: list[Word], i: int) -> int:
    """Last word that could still belong to a name that begins at `i`."""
    last = j = i
    tails = _tails()
    while j + 1 < len(words) and j + 1 - i < _MAX_WORDS and not words[j].possessive:
        gap = text[words[j].full_end : words[j + 1].start]
        if not (
            gap.isspace()
            or gap in {"–", "-", " - ", " & "}
            or (words[j].text in {"St", "Mt"} and gap == ". ")
        ):
            break
        following = words[j + 1]
        if following.capital or _arabic_name(following) or following.lower in tails:
            last = j + 1
        elif following.lower not in _CONNECTORS:
            break
        j += 1
    return last


def _known(
    text: str, line: Line, index: int, i: int, run_end: int, shouting: bool, gazetteer: Gazetteer
) -> list[Spot] | None:
    words = line.words
    direction = ""
    if (
        i
        and words[i - 1].lower in word_set("directions", "words")
        and text[words[i - 1].full_end : words[i].start] == " "
    ):
        direction = words[i - 1].lower
    for j in range(run_end, i - 1, -1):
        start, end = words[i].start, words[j].end
        surface = text[start:end]
        if direction and not words[i - 1].capital:
            # "southern Israel", "northern Gaza" may be names of their own.
            named = _allowed(gazetteer.lookup(f"{direction} {surface}"), f"{direction} {surface}", False)
            named = tuple(c for c in named if c[0] <= Match.ALIAS and c[1].kind != Kind.SETTLEMENT)
            if named:
                at = words[i - 1].start
                return [Spot(index, i - 1, j, at, end, text[at:end], named, "", "", words[j].possessive)]
        candidates = _allowed(gazetteer.lookup(surface), surface, shouting)
        if candidates:
            return [Spot(index, i, j, start, end, surface, candidates, "", direction, words[j].possessive)]
    return None


def _allowed(
    candidates: tuple[tuple[Match, Place], ...], surface: str, shouting: bool
) -> tuple[tuple[Match, Place], ...]:
    """Without settlements that share their name with an abbreviation ("UN", "ISIS", "Ufa" is one, "UFA" is not)."""
    if not candidates:
        return candidates
    letters = surface.replace(".", "")
    short = len(letters) < 4
    if letters.isupper() and " " not in surface and not shouting:
        return tuple(
            c for c in candidates
            if (c[1].kind == Kind.COUNTRY and surface in _country_names())
            or (c[1].kind not in (Kind.SETTLEMENT, Kind.ADMIN2, Kind.COUNTRY) and c[0] <= Match.ALIAS and len(letters) > 2)
        )  # fmt: skip
    if short:
        return tuple(
            c for c in candidates if c[0] <= Match.ALIAS and c[1].kind != Kind.COUNTRY and len(letters) == 3
        )
    return candidates


@cache
def _country_names() -> frozenset[str]:
    return frozenset(name for names in load("countries")["names"].values() for name in names)


def _demonym(line: Line, index: int, i: int) -> list[Spot] | None:
    words = line.words
    word = words[i]
    if word.text in _demonym_heads() and i + 1 < len(words):
        pair = f"{word.text} {words[i + 1].text}"
        if code := _demonyms().get(pair):
            return [Spot(index, i, i + 1, word.start, words[i + 1].end, pair, demonym=code)]
    if code := _demonyms().get(word.text):
        return [Spot(index, i, i, word.start, word.end, word.text, demonym=code)]
    head = word.text.partition("-")[0]
    if "-" in word.text and (code := _demonyms().get(head)):
        return [Spot(index, i, i, word.start, word.start + len(head), head, demonym=code)]
    return None


def _compound(line: Line, index: int, i: int, gazetteer: Gazetteer) -> list[Spot] | None:
    """Hyphenated names: "Kyiv-based" is an adjective, "Israel-Lebanon" two places."""
    word = line.words[i]
    if "-" not in word.text:
        return None
    if m := _HYPHEN_ADJECTIVE.search(word.text):
        head = word.text[: m.start()]
        for _, place in _allowed(gazetteer.lookup(head), head, False)[:1]:
            if place.country:
                return [Spot(index, i, i, word.start, word.start + len(head), head, demonym=place.country)]
        return None
    at = word.start
    found = []
    for part in word.text.split("-"):
        if part[:1].isupper() and (candidates := _allowed(gazetteer.lookup(part), part, False)):
            if any(c[1].kind in (Kind.COUNTRY, Kind.ADMIN1) or c[1].population > 200_000 for c in candidates):
                found.append(Spot(index, i, i, at, at + len(part), part, candidates))
        at += len(part) + 1
    return found or None


def _unknown_run(words: list[Word], i: int, run_end: int) -> int | None:
    """Last word of an unknown name that begins at `i`: capitalised words only, no common word, no abbreviation."""
    neutral = word_set("neutral", "words")
    if words[i].lower in neutral or len(words[i].text) < 3:
        return None
    last = i
    while last + 1 <= run_end and (words[last + 1].capital or _arabic_name(words[last + 1])) and last - i < 3:
        if words[last + 1].lower in neutral:
            break
        last += 1
    return last


__all__ = [
    "Line",
    "Spot",
    "Word",
    "fold",
    "is_common_word",
    "plural",
    "spot",
    "type_nouns",
    "word_set",
    "words_of",
]
