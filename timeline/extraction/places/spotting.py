"""Where a place may be named: spans of capitalised words, with the places that go by that name.

Nothing is decided here. A `Spot` is a name with its candidates; `places.resolution` says which place it is, and
`places` whether the text means a place at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.gazetteer.lookup import ARTICLES, Gazetteer, Kind, Match, Place
from timeline.extraction.grammar.segment import Sentence
from timeline.extraction.places.vocabulary import is_common_word, vocabulary

Candidates = tuple[tuple[Match, Place], ...]
# By itself: Python 3.11 is slow to find an enum's members, and this one is asked of every place.
ALIAS = Match.ALIAS

_WORD = re.compile(r"[a-z]+(?=[ ,.])|(?:[A-Z]\.){2,}|(?:St|Mt)\.(?=\s)|[^\W_]+(?:[’'ʼ‘`-][^\W_]+)*")
_MAX_WORDS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """`text` is without a possessive ending, `size` its length with it. One object stands for a word wherever
    it is written so: the line knows where.
    """

    text: str
    lower: str
    size: int
    capital: bool
    possessive: bool


@dataclass(slots=True)
class Spot:
    """Words `first`..`last` of sentence number `sentence`, and the places that go by that name.

    Without candidates it is a capitalised name that no gazetteer has. `demonym` is the country of an adjective
    ("Russian", "Kyiv-based"), which is no place. `direction`: "eastern" before Ukraine.
    """

    sentence: int
    first: int
    last: int
    start: int
    end: int
    surface: str
    candidates: Candidates = ()
    demonym: str = ""
    direction: str = ""
    possessive: bool = False


@dataclass(slots=True)
class Line:
    """A sentence as words, with their offsets, and its spots in order."""

    sentence: Sentence
    words: list[Word]
    starts: list[int]
    spots: list[Spot] = field(default_factory=list)
    known: set[int] = field(default_factory=set)  # words of names that a gazetteer knows
    adjectives: set[int] = field(
        default_factory=set
    )  # words of adjectives and possessives: "Ukraine's", "Kurdish"

    def end(self, index: int) -> int:
        """Where a word ends, a possessive ending left out."""
        return self.starts[index] + len(self.words[index].text)

    def full_end(self, index: int) -> int:
        return self.starts[index] + self.words[index].size

    def gap(self, text: str, first: int, second: int) -> str:
        """The text between two of its words."""
        return text[self.starts[first] + self.words[first].size : self.starts[second]]


_APOSTROPHES = frozenset("'’")


def line_of(text: str, sentence: Sentence) -> Line:
    """A sentence as words."""
    start = sentence.start
    found: list[str] = _WORD.findall(text, start, sentence.end)
    starts: list[int] = []
    for raw in found:
        start = text.find(raw, start)  # the next letter or figure begins it
        starts.append(start)
        start += len(raw)
    return Line(sentence, list(map(_word, found)), starts)


@lru_cache(maxsize=65_536)
def _word(raw: str) -> Word:
    possessive = raw[-1] == "s" and raw[-2:-1] in _APOSTROPHES and len(raw) > 2
    word = raw[:-2] if possessive else raw
    lower = word.lower()
    return Word(word, lower, len(raw), word[0] != lower[0], possessive)


def spot(text: str, sentences: list[Sentence], gazetteer: Gazetteer) -> list[Line]:
    lines = []
    for index, sentence in enumerate(sentences):
        line = line_of(text, sentence)
        line.spots += _spots(text, line, index, gazetteer)
        for found in line.spots:
            words = range(found.first, found.last + 1)
            if found.candidates or found.demonym:
                line.known.update(words)
            if found.demonym or found.possessive:
                line.adjectives.update(words)
        lines.append(line)
    return lines


def _spots(text: str, line: Line, index: int, gazetteer: Gazetteer) -> Iterator[Spot]:
    words, vocab = line.words, vocabulary()
    shouting = len(words) > 2 and text[line.sentence.start : line.sentence.end].isupper()
    done = -1  # last word of the latest name
    for i, word in enumerate(words):
        if i <= done or not (word.capital or ("-" in word.text and _arabic_name(word))):
            continue
        found = (
            _border(text, line, index, i, gazetteer)
            or _demonym(line, index, i)
            or _known(text, line, index, i, shouting, gazetteer)
            or _compound(line, index, i, gazetteer)
        )
        if found:
            yield from found
            done = found[-1].last
            continue
        nameless = (
            word.lower in vocab.neutral
            or word.lower in vocab.person_titles
            or word.lower in vocab.type_words
            or len(word.text) < 2
            or (i == 0 and is_common_word(word.text))
            or _HYPHEN_ADJECTIVE.search(word.text)
        )
        if not (nameless or shouting or word.text.isupper()):
            start, end = line.starts[i], line.end(i)
            yield Spot(index, i, i, start, end, word.text, possessive=word.possessive)


def _arabic_name(word: Word) -> bool:
    """al-Mawasi, el-Obeid: the article is lower case and the name is not."""
    head, hyphen, tail = word.text.partition("-")
    return bool(hyphen) and head in ARTICLES and tail[:1].isupper()


_CONNECTORS = ARTICLES | {
    "of", "de", "la", "le", "les", "du", "des", "del", "della", "di", "da", "do", "dos", "das", "bin", "abu",
    "umm", "the", "and", "on", "upon", "sur", "sous", "aux", "en", "am", "im", "der", "den", "i", "e", "y", "va",
    "wa", "o",
}  # fmt: skip
_JOINTS = frozenset({"–", "-", " - ", " & "})


def _run(text: str, line: Line, i: int) -> int:
    """Last word that could still belong to a name that begins at `i`."""
    words, vocab = line.words, vocabulary()
    last = j = i
    while j + 1 < len(words) and j + 1 - i < _MAX_WORDS and not words[j].possessive:
        following = words[j + 1]
        gap = line.gap(text, j, j + 1)
        if gap != " " and not (
            gap.isspace() or gap in _JOINTS or (words[j].text in ("St", "Mt") and gap == ". ")
        ):
            break
        if (
            following.capital
            or following.lower in vocab.facility_words
            or following.lower in vocab.facility_parts
            or following.lower in vocab.directions
            or ("-" in following.text and _arabic_name(following))
        ):
            last = j + 1
        elif following.lower not in _CONNECTORS:
            break
        j += 1
    return last


def _known(
    text: str, line: Line, index: int, i: int, shouting: bool, gazetteer: Gazetteer
) -> list[Spot] | None:
    """The longest name from word `i` on that the gazetteer has."""
    words = line.words
    start = line.starts[i]
    direction = ""
    if i and words[i - 1].lower in vocabulary().directions and line.gap(text, i - 1, i) == " ":
        direction = words[i - 1].lower
    for j in range(_run(text, line, i), i - 1, -1):
        end, possessive = line.end(j), words[j].possessive
        surface = text[start:end]
        if direction and not words[i - 1].capital:
            # "southern Israel" may be a name of its own.
            named = tuple(
                c for c in gazetteer.lookup(f"{direction} {surface}")
                if c[0] <= ALIAS and c[1].kind != Kind.SETTLEMENT
            )  # fmt: skip
            if named:
                at = line.starts[i - 1]
                return [Spot(index, i - 1, j, at, end, text[at:end], named, possessive=possessive)]
        if candidates := _allowed(gazetteer.lookup(surface), surface, shouting):
            return [Spot(index, i, j, start, end, surface, candidates, "", direction, possessive)]
    return None


def _allowed(candidates: Candidates, surface: str, shouting: bool) -> Candidates:
    """Without the towns that only share their name with an abbreviation or another word ("UN", "ISIS", "Nato")."""
    if not candidates:
        return candidates
    if surface.isupper() and " " not in surface and not shouting:
        letters = len(surface.replace(".", ""))
        return tuple(
            (match, place) for match, place in candidates
            if (place.kind == Kind.COUNTRY and surface in vocabulary().country_names)
            or (place.kind in (Kind.ADMIN1, Kind.AREA, Kind.FACILITY) and match <= ALIAS and letters > 2)
            or (place.kind == Kind.SETTLEMENT and match <= ALIAS and letters > 3)
        )  # fmt: skip
    if len(surface) < 4:
        return tuple(c for c in candidates if c[0] <= ALIAS and len(surface) == 3)
    if surface.lower() in vocabulary().never or surface.lower() in vocabulary().type_words:
        return ()
    return candidates


def _demonym(line: Line, index: int, i: int) -> list[Spot] | None:
    words, demonyms = line.words, vocabulary().demonyms
    word, start = words[i], line.starts[i]
    if word.text in vocabulary().demonym_heads and i + 1 < len(words):
        pair = f"{word.text} {words[i + 1].text}"
        if code := demonyms.get(pair):
            return [Spot(index, i, i + 1, start, line.end(i + 1), pair, demonym=code)]
    if code := demonyms.get(word.text):
        return [Spot(index, i, i, start, line.end(i), word.text, demonym=code)]
    head, hyphen, _ = word.text.partition("-")
    if hyphen and (code := demonyms.get(head)):
        return [Spot(index, i, i, start, start + len(head), head, demonym=code)]
    return None


_BORDER = re.compile(r"([A-Z][\w]+(?: [A-Z]\w+)?)\s?[-‑–—/]\s?([A-Z]\w+(?: [A-Z]\w+)?) (?:border|frontier)\b")


def _border(text: str, line: Line, index: int, i: int, gazetteer: Gazetteer) -> list[Spot] | None:
    """A place between two countries, in neither: "the Israel-Lebanon border"."""
    end = line.end(i)
    if "-" not in line.words[i].text and text[end : end + 2].strip()[:1] not in ("-", "‑", "–", "—", "/"):
        return None
    m = _BORDER.match(text, line.starts[i])
    if m is None or m.end() > line.sentence.end:
        return None
    sides = [_country_of(name, gazetteer) for name in m.groups()]
    if not all(sides):
        return None
    codes = "-".join(sorted(sides))
    area = Place(
        f"area:border-{codes}", m.group(), Kind.AREA, "", "", "", "", None, None, 0, PlacePrecision.INTERNATIONAL
    )  # fmt: skip
    last = max(k for k in range(i, len(line.words)) if line.end(k) <= m.end())
    return [Spot(index, i, last, m.start(), m.end(), m.group(), ((ALIAS, area),))]


def _country_of(name: str, gazetteer: Gazetteer) -> str:
    if code := vocabulary().demonyms.get(name):
        return code
    return next((p.country for _, p in gazetteer.lookup(name) if p.kind == Kind.COUNTRY), "")


_HYPHEN_ADJECTIVE = re.compile(
    r"-(?:[a-z]+(?:ed|ing)|led|held|born|run|made|language|style|friendly|era|wide|built|origin|majority|[Bb]acked"
    r"|[Oo]ccupied|[Cc]ontrolled|[Ll]ed|[Bb]ased)$"
)


def _compound(line: Line, index: int, i: int, gazetteer: Gazetteer) -> list[Spot] | None:
    """Hyphenated names: "Kyiv-based" is an adjective, "Israel-Lebanon" two places."""
    word = line.words[i]
    if "-" not in word.text:
        return None
    if m := _HYPHEN_ADJECTIVE.search(word.text):
        head = word.text[: m.start()]
        for _, place in _allowed(gazetteer.lookup(head), head, False)[:1]:
            if place.country:
                start = line.starts[i]
                return [Spot(index, i, i, start, start + len(head), head, demonym=place.country)]
        return None
    at = line.starts[i]
    found = []
    for part in word.text.split("-"):
        candidates = _allowed(gazetteer.lookup(part), part, False) if part[:1].isupper() else ()
        if any(p.kind in (Kind.COUNTRY, Kind.ADMIN1) or p.population > 200_000 for _, p in candidates):
            found.append(Spot(index, i, i, at, at + len(part), part, candidates))
        at += len(part) + 1
    return found or None
