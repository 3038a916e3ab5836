"""Reprints, cuts and updates of one text are one origin; independent accounts are not."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.syndication import agency_credits, fingerprint, same_origin

AGENCY_COPY = """NORVIA CITY (AFP) - A missile struck the grain terminal of the river port before dawn on
Tuesday, the harbour master said, setting two silos alight and wounding a crane driver. Fire crews needed
four hours to put out the flames, and the terminal will stay closed until at least the weekend. The
regional governor wrote on his channel that three warehouses were damaged and that power was cut to the
eastern quarter. Residents described two loud blasts followed by the smell of burning wheat. Insurers had
warned last month that premiums for ships calling at the port would rise. The defence ministry of the
other side did not comment on the attack, the fourth on the port since the beginning of the month. Grain
exporters said that loading would move to a smaller quay upstream, where barges can take on about a third
of the usual amount. Two vessels under the flag of Liberia left the roads during the night and anchored
off the estuary, according to tracking data."""

RETOUCHED = AGENCY_COPY.replace("NORVIA CITY (AFP) - A", "A").replace("before dawn", "early") + " (AFP)"
CUT = "\n".join(AGENCY_COPY.splitlines()[:6])
OWN_ACCOUNT = """Silos burned for hours after a rocket came down in the docks on Tuesday morning. One
dock worker was taken to hospital with burns. "We ran to the cellar," said a woman who lives opposite the
gate. The port authority closed the terminal, which handles most of the country's wheat, and the governor
spoke of damaged stores. Nobody has said who fired. Traders expect delays of a week or more, and some
loads are being sent by rail instead, a slower and dearer route that can carry only part of the harvest.
Our reporter counted nine fire engines."""


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (AGENCY_COPY, AGENCY_COPY, True),
        (AGENCY_COPY, RETOUCHED, True),
        (AGENCY_COPY, CUT, True),
        (AGENCY_COPY, AGENCY_COPY.upper(), True),
        (AGENCY_COPY, OWN_ACCOUNT, False),
        (AGENCY_COPY, "The fourth attack on the port since the beginning of the month.", False),
        (AGENCY_COPY, "", False),
        ("", "", False),
    ],
    ids=["same", "retouched", "cut", "capitals", "own-account", "a-quotation", "empty", "both-empty"],
)
def test_same_origin(a, b, same):
    a, b = fingerprint(a), fingerprint(b)
    assert same_origin(a, b).same is same
    assert same_origin(a, b) == same_origin(b, a)


@pytest.mark.parametrize("reprint", [RETOUCHED, CUT])
def test_a_reprint_is_found_by_its_band_keys(reprint):
    assert set(fingerprint(AGENCY_COPY).band_keys) & set(fingerprint(reprint).band_keys)


def test_an_independent_account_is_not_even_a_candidate():
    assert not set(fingerprint(AGENCY_COPY).band_keys) & set(fingerprint(OWN_ACCOUNT).band_keys)


def test_a_shared_agency_credit_lowers_what_is_asked_of_the_wording():
    opening = ". ".join(AGENCY_COPY.replace("(AFP) ", "").split(". ")[:5])
    rewritten = f"{opening}. {OWN_ACCOUNT}"
    plain = same_origin(fingerprint(AGENCY_COPY), fingerprint(rewritten))
    credited = same_origin(fingerprint(AGENCY_COPY), fingerprint(rewritten + "\nAFP"))
    assert 0.3 <= plain.similarity < 0.5
    assert not plain.same
    assert credited.same
    assert "AFP" in credited.reason


@pytest.mark.parametrize(
    ("text", "byline", "credits"),
    [
        ("KYIV (Reuters) - Shells fell on the town.", "", {"Reuters"}),
        ("KYIV, May 3. /TASS/. Shells fell on the town.", "", {"TASS"}),
        ("PORT CITY (AP) — Shells fell on the town.", "", {"AP"}),
        ("Shells fell on the town.\n\n© 2024 AFP", "", {"AFP"}),
        ("Shells fell on the town. (with dpa)", "", {"dpa"}),
        ("Shells fell on the town.", "By Jo Reporter, Associated Press", {"AP"}),
        ("Shells fell on the town.\n(AFP/Reuters)", "AFP, Reuters", {"AFP", "Reuters"}),
        ("A spokesman told Reuters that shells fell on the town, and AFP footage showed smoke.", "", set()),
        ("The map APplied to the app.", "", set()),
        ("", "", set()),
    ],
)
def test_agency_credits(text, byline, credits):
    assert agency_credits(text, byline) == credits


@given(st.text(max_size=400))
def test_any_text_is_its_own_reprint_once_it_has_words(text):
    print_ = fingerprint(text)
    assert same_origin(print_, print_).same is bool(print_.shingles)
    assert fingerprint(text) == print_
    assert all(len(key) <= 40 for key in print_.band_keys)  # the width of the column that keeps them


def test_keys_are_the_same_in_another_process():
    code = f"from articles.syndication import fingerprint; print(*fingerprint({CUT!r}).band_keys)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.split() == list(fingerprint(CUT).band_keys)
