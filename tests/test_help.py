"""Words for those who come for the first time."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.django_db


def test_a_first_visit_is_shown_the_tour_and_its_links_lead_somewhere(client) -> None:
    assert '/about/#tour"' in client.get("/").content.decode()

    about = client.get("/about/").content.decode()
    steps = re.search(r'id="tour".*?</section>', about, re.DOTALL)

    assert steps is not None
    assert steps[0].count("<li>") == 6
    for address in re.findall(r'href="(/[^"]*)"', steps[0]):
        assert client.get(address).status_code == 200, address


def test_who_knows_the_page_is_not_shown_it(client) -> None:
    assert '/about/#tour"' not in client.get("/?category=strike").content.decode()
    client.post("/look/", {"visits": "on"})
    assert '/about/#tour"' not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("address", "mend"),
    [
        ("/?q=nothing-like-this", "Take one filter away"),
        ("/", "See what waits to be read"),
        ("/searches/", "choose “Save this search”"),
        ("/sources/", "with the ingest command"),
        ("/compare/", "Take a filter away to compare"),
        ("/facets/place/?find=nowhere", "Try a part of it"),
    ],
)
def test_an_empty_page_says_what_to_do(client, address, mend) -> None:
    assert mend in client.get(address).content.decode()
