"""Addresses of pages by their number: the same as Django's own."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from articles.paths import path_to

pytestmark = pytest.mark.urls("timeline.config.urls")


@pytest.mark.parametrize("name", ["event", "place", "actor", "article"])
@pytest.mark.parametrize("pk", [1, 12, 987654321987654321])
def test_the_path_is_the_one_that_reverse_gives(name, pk):
    assert path_to(name, pk) == reverse(name, args=[pk])


def test_a_site_below_a_prefix_has_it_in_every_path():
    before = path_to("event", 5)
    set_script_prefix("/chronology/")
    try:
        assert path_to("event", 5) == reverse("event", args=[5]) == f"/chronology{before}"
    finally:
        set_script_prefix("/")


def test_a_page_without_a_number_has_no_such_path():
    with pytest.raises(NoReverseMatch):
        path_to("about", 1)
