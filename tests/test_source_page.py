"""The page of an outlet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from tests.factories import make_article, make_event, make_report, make_source
from timeline.listing.by_month import months_of

pytestmark = pytest.mark.django_db


def test_volume_by_month_fills_the_gaps():
    made = months_of({date(2024, 1, 1): 4, date(2024, 3, 1): 1}, "source=1")
    assert [(m.start.month, m.count, m.share) for m in made] == [(1, 4, 100), (2, 0, 0), (3, 1, 25)]
    assert months_of({}, "") == []


@pytest.fixture
def wire():
    """Four events: one corroborated by another outlet, one that an outlet only repeats, two told by it alone."""
    wire, courier = make_source("Test Wire", side="NO"), make_source("Test Courier")
    parties = [("Norvia", "initiator", "state", "NO"), ("Karsk", "target", "state", "KA")]
    both = make_report(
        make_article("Shells hit Arvad, Norvia's army said.", wire), parties=parties,
        attributed_to=["Norvia"], speakers=[["Norvia", "state", "NO"]],
    ).event  # fmt: skip
    make_report(
        make_article("A shell fell on Arvad, Karsk said.", courier), event=both, parties=parties,
        attributed_to=["Karsk"], speakers=[["Karsk", "state", "KA"]],
    )  # fmt: skip
    for day in (5, 6):
        make_event(
            article=make_article(source=wire, published=datetime(2024, 5, day, tzinfo=UTC)), type="talks"
        )
    make_article(source=wire, published=datetime(2024, 3, 9, tzinfo=UTC))
    make_event(article=make_article(source=courier), day=date(2024, 2, 1))
    return wire


def test_what_was_read_and_how_far_others_bear_it_out(client, wire):
    page = " ".join(client.get(f"/sources/{wire.pk}/").content.decode().split())
    assert "Test Wire" in page
    assert "<dt>Articles</dt><dd>4</dd>" in page
    assert "<dt>Events</dt><dd>3</dd>" in page
    assert "<dt>Corroborated</dt><dd>1 <small>(33 %)</small></dd>" in page
    assert "<dt>Told by no other outlet</dt><dd>2 <small>(67 %)</small></dd>" in page
    published = re.findall(r'<time datetime="(2024-[^"]+)"', page)
    assert published == sorted(published, reverse=True)
    assert len(published) == 4
    assert page.count('<rect width="') == 3  # March, April without any, May
    assert f"/months/2024-04?source={wire.pk}" in page or f"/months/2024-04/?source={wire.pk}" in page


def test_each_count_is_that_of_the_list_it_leads_to(client, wire):
    page = client.get(f"/sources/{wire.pk}/").content.decode()
    for query, number in (("category=diplomacy", 2), ("status=corroborated", 1)):
        address = f"/?source={wire.pk}&amp;{query}"
        assert f'href="{address}"' in page
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert f"<title>{number} event" in listed


def test_its_feeds_and_an_outlet_of_which_nothing_was_read(client):
    new = make_source("New Wire")
    page = client.get(f"/sources/{new.pk}/").content.decode()
    assert f"/events.atom?source={new.pk}" in page
    assert f"/changes.atom?source={new.pk}" in page
    assert "None has been read yet" in page
    assert client.get("/sources/999999/").status_code == 404


def test_the_same_number_of_queries_however_many_articles(client, django_assert_max_num_queries):
    wire = make_source("Test Wire")
    for n in range(50):
        make_event(article=make_article(source=wire, published=datetime(2024, 1 + n % 6, 2, tzinfo=UTC)))
    with django_assert_max_num_queries(8):
        client.get(f"/sources/{wire.pk}/")
