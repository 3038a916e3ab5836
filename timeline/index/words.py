"""Text search from postings: the events of frequent words, as rows of the index that are read when asked for.

    find('missile -drone "prisoners of war"')    # the published events: a BitMap

A word in thousands of events is what the search vector's own index is slow at, and what bitmaps are quick at. So
frequent words have posting rows ("word:missil"); rare words and phrases are asked of the search vector.
Which words are frequent is decided by `manage.py reindex` and kept until the next: a word with a row in block 0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection
from pyroaring import BitMap

from timeline.index.table import BLOCK
from timeline.listing.search import typed
from timeline.models import Event

FACET = "word"
FREQUENT = 5_000  # events: up to there the search vector answers in some milliseconds

_TOKEN = re.compile(r"'(?:[^'\\]|''|\\.)*'|<->|<\d+>|[&|!()]")
_PARSED = "SELECT websearch_to_tsquery('english', %s)::text"
# As Event.objects.published().
_PUBLISHED = "event.merged_into_id IS NULL AND event.report_count > 0 AND event.review <> 'rejected'"

# Reading


@dataclass(frozen=True)
class Word:
    """A lexeme; `text` is it as a query of Postgres."""

    lexeme: str
    text: str


@dataclass(frozen=True)
class Phrase:
    """Words at a distance: only the search vector knows."""

    text: str


@dataclass(frozen=True)
class Not:
    part: Query


@dataclass(frozen=True)
class All:
    parts: tuple[Query, ...]


@dataclass(frozen=True)
class Any:
    parts: tuple[Query, ...]


Query = Word | Phrase | Not | All | Any


def parse(text: str) -> Query | None:
    """A tsquery, as Postgres writes it, as a tree; None where it asks for nothing. Pure."""
    tokens = _TOKEN.findall(text)
    return _Parser(tokens).read() if tokens else None


class _Parser:
    """By Postgres' precedence: not, followed by, and, or."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def read(self) -> Query:
        return self._any()

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _any(self) -> Query:
        parts = [self._all()]
        while self._next() == "|":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Query:
        parts = [self._phrase()]
        while self._next() == "&":
            self._take()
            parts.append(self._phrase())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _phrase(self) -> Query:
        begin, first = self._at, self._one()
        if not self._next().startswith("<"):
            return first
        while self._next().startswith("<"):
            self._take()
            self._one()
        return Phrase(" ".join(self._tokens[begin : self._at]))

    def _one(self) -> Query:
        sign = self._take()
        if sign == "!":
            return Not(self._one())
        if sign == "(":
            inner = self._any()
            self._take()  # the closing one
            return inner
        return Word(re.sub(r"\\(.)", r"\1", sign[1:-1].replace("''", "'")), sign)


def find(text: str) -> BitMap:
    """The published events that the words find, as typed by a reader: the same as `words_query` finds."""
    with connection.cursor() as cursor:
        cursor.execute(_PARSED, [typed(text)])
        query = parse(cursor.fetchone()[0])
    if query is None:
        return BitMap()
    held = stored(set(_lexemes(query)))
    return _events(query, held)


def _lexemes(query: Query) -> Iterator[str]:
    match query:
        case Word():
            yield query.lexeme
        case Not():
            yield from _lexemes(query.part)
        case All() | Any():
            for part in query.parts:
                yield from _lexemes(part)


def stored(lexemes: Collection[str]) -> dict[str, BitMap]:
    """Those of the lexemes that have postings."""
    found: dict[str, BitMap] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, bitmap FROM timeline_posting WHERE key = ANY(%s)", [[key_of(x) for x in lexemes]]
        )
        for key, bitmap in cursor:
            lexeme = key.removeprefix(f"{FACET}:")
            found[lexeme] = found.get(lexeme, BitMap()) | BitMap.deserialize(bytes(bitmap))
    return found


def _events(query: Query, held: dict[str, BitMap]) -> BitMap:
    match query:
        case Word() if query.lexeme in held:
            return held[query.lexeme]
        case Word() | Phrase():
            return _asked(query.text)
        case Not():
            return _everything() - _events(query.part, held)
        case Any():
            return BitMap.union(*(_events(part, held) for part in query.parts))
    return _all(query.parts, held)


def _all(parts: Collection[Query], held: dict[str, BitMap]) -> BitMap:
    """What is asked of the search vector is asked at once: it finds what several words share by itself."""
    asked = [part.text for part in parts if isinstance(part, Phrase | Word) and not _is_held(part, held)]
    without = [part.part for part in parts if isinstance(part, Not)]
    others = [part for part in parts if isinstance(part, All | Any) or _is_held(part, held)]
    found = [_events(part, held) for part in others]
    if asked:
        found.append(_asked(" & ".join(f"({text})" for text in asked)))
    within = BitMap.intersection(*found) if found else _everything()
    return within - BitMap.union(BitMap(), *(_events(part, held) for part in without))


def _is_held(part: Query, held: dict[str, BitMap]) -> bool:
    return isinstance(part, Word) and part.lexeme in held


def _asked(query: str) -> BitMap:
    """The events that the search vector finds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT event.id FROM timeline_event event WHERE search @@ %s::tsquery AND {_PUBLISHED}",  # noqa: S608 (no text of a reader)
            [query],
        )
        return BitMap(pk for (pk,) in cursor)


def _everything() -> BitMap:
    """All published events: each has a category."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bitmap FROM timeline_posting WHERE starts_with(key, 'category:')")
        return BitMap.union(BitMap(), *(BitMap.deserialize(bytes(bitmap)) for (bitmap,) in cursor))


# Writing


def key_of(lexeme: str) -> str:
    return f"{FACET}:{lexeme}"


def is_word(key: str) -> bool:
    return key.startswith(f"{FACET}:")


_PAIRS = f"""
    SELECT event.id, posting.key FROM timeline_event event,
    unnest(tsvector_to_array(event.search)) AS lexeme
    JOIN timeline_posting posting ON posting.key = '{FACET}:' || lexeme AND posting.block = 0
    WHERE {_PUBLISHED} AND event.id
"""  # noqa: S608 (constants)
#: (event, key) for the frequent words of the events with ids from %s to %s, both included.
PAIRS_OF_BLOCK = _PAIRS + "BETWEEN %s AND %s"


def pairs(ids: Collection[int]) -> list[tuple[int, str]]:
    """(event, key) for the frequent words of the events, as far as they are published."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS + "= ANY(%s)", [list(ids)])
        return cursor.fetchall()


def frequent() -> set[str]:
    """The lexemes that are worth a posting row now, and those that have one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word FROM ts_stat('SELECT search FROM timeline_event') WHERE ndoc >= %s AND length(word) < 200
            UNION SELECT substr(key, %s) FROM timeline_posting WHERE key LIKE %s AND block = 0
            """,
            [FREQUENT, len(FACET) + 2, f"{FACET}:%"],
        )
        return {word for (word,) in cursor.fetchall()}


def true_postings(lexemes: Collection[str]) -> Iterator[tuple[str, int, BitMap]]:
    """(key, block, events) of the lexemes, from the search vectors; block 0 of each, also where it is empty."""
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for block in range(last // BLOCK + 1):
        found = _of_block(block, lexemes)
        for lexeme in lexemes if block == 0 else found:
            yield key_of(lexeme), block, found.get(lexeme, BitMap())


def _of_block(block: int, lexemes: Collection[str]) -> dict[str, BitMap]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT lexeme, array_agg(event.id) FROM timeline_event event,
            unnest(tsvector_to_array(event.search)) AS lexeme
            WHERE event.id BETWEEN %s AND %s AND lexeme = ANY(%s) AND {_PUBLISHED} GROUP BY lexeme
            """,  # noqa: S608 (constants)
            [block * BLOCK, (block + 1) * BLOCK - 1, list(lexemes)],
        )
        return {lexeme: BitMap(ids) for lexeme, ids in cursor}
