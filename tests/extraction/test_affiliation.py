"""Speakers and how articles introduce them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.speakers.affiliation import affiliation


@pytest.mark.parametrize(
    ("text", "name", "country", "side"),
    [
        ("Governor Olena Testova said two people died.", "Olena Testova", "UA", "UA"),
        ("The regional governor, Olena Testova, said so.", "Olena Testova", "UA", "UA"),
        ("Olena Testova, the mayor of the town, said so.", "Olena Testova", "UA", "UA"),
        (
            "It was shelled, said Ivan Testov, the Moscow-installed mayor.",
            "Ivan Testov",
            "UA",
            "RU",
        ),
        ("Houthi spokesman Ali Testani spoke.", "Ali Testani", "IL", "houthis"),
        ("Ann Tester, a British defence adviser, spoke.", "Ann Tester", "UA", "GB"),
        ("Ann Tester, Britain's envoy, spoke.", "Ann Tester", "UA", "GB"),
        ("The president met Ann Tester. Ann Tester, a Russian analyst, said so.", "Ann Tester", "UA", ""),
        ("Kenyan leader Ann Tester, Ukrainian President Jan Muster and others came.", "Ann Tester", "", "KE"),
        ("The minister told CNN that.", "CNN", "UA", ""),
        ("The Israeli army struck. The army said so.", "army", "IL", "IL"),
        ("The Israeli army and the Syrian army fought. The army said so.", "army", "SY", ""),
        ("Residents said so.", "residents", "UA", ""),
        ("Officials said so.", "officials", "UA", ""),
        ("", "", "", ""),
    ],
)
def test_the_side_of_a_speaker(text, name, country, side):
    assert affiliation(name, text, country)[1] == side


def test_officials_of_the_place_speak_of_an_act_of_force():
    assert affiliation("officials", "", "UA", of_force=True) == ("agency", "UA")
    assert affiliation("officials", "", "", of_force=True)[1] == ""


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_text_is_taken(name, text):
    affiliation(name, text + name, "UA")
