"""Feeds of changes, and saved searches."""

from __future__ import annotations

import re

import feedparser
import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_article, make_event, make_report, make_source
from timeline.curating import curation
from timeline.models import Event, SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator() -> User:
    return User.objects.create_user("curator", is_staff=True)


@pytest.fixture
def staff(curator) -> Client:
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def strike() -> Event:
    """Seven killed, then eight; then a denial."""
    wire = make_source("Test Courier")
    event = make_report(
        killed_low=7, killed_best=7, killed_high=7, speakers=[["Norvia", "state", "NO"]]
    ).event
    make_report(make_article(source=wire), event=event, killed_low=8, killed_best=8, killed_high=8)
    make_report(
        make_article(source=wire), event=event, stance="denies", modality="denied", attributed_to=["Karsk"],
        speakers=[["Karsk", "state", "Karsk"]],
    )  # fmt: skip
    return event


def titles(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    ids = [entry.id for entry in feed.entries]
    assert len(ids) == len(set(ids))
    return [entry.title.removeprefix(f"{Event.objects.first().headline}: ") for entry in feed.entries]


def test_a_feed_of_changes_tells_tolls_and_denials_the_latest_first(client, strike):
    told = titles(client, "/changes.atom")
    assert "killed 7 → 8" in told[1]
    assert "Test Courier" in told[1]
    assert "denied by Karsk" in told[0]
    assert told[2] == "recorded"
    assert titles(client, "/changes.atom?category=diplomacy") == []


def test_a_merge_is_told_of_the_event_that_goes_on(client, strike, curator):
    twin = make_event(article=make_article("Shells hit Arvad again."))
    curation.merge(twin, strike, curator, "The same.")
    assert any(
        f"holds now the reports of “{twin.headline}”" in each for each in titles(client, "/changes.atom")
    )


def test_a_feed_takes_a_filter_whole_or_not_at_all(client):
    assert client.get("/changes.atom?from=soon").status_code == 400
    response = client.get("/changes.atom?as_of=2024-01-01")
    assert response.status_code == 400
    assert "tells the present only" in response.content.decode()


def test_a_feed_that_did_not_change_is_not_sent_again(client, strike):
    tag = client.get("/changes.atom")["ETag"]
    assert client.get("/changes.atom", headers={"If-None-Match": tag}).status_code == 304


def test_whoever_is_signed_in_saves_a_search_and_everyone_reads_it(client, staff, strike):
    talks = make_event(type="talks")
    made = staff.post("/searches/new/?type=talks&order=new", {"name": "  Talks   only "})
    assert made.status_code == 302
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.query) == ("Talks only", "type=talks")
    assert re.fullmatch(r"talks-only-[0-9a-f]{6}", saved.slug)
    page = client.get("/searches/").content.decode()
    assert "Talks only" in page
    assert "Remove" not in page
    assert client.get(saved.get_absolute_url())["Location"] == "/?type=talks"
    feed = feedparser.parse(client.get(f"/searches/{saved.slug}.atom").content)
    assert [entry.link for entry in feed.entries] == [f"http://testserver{talks.get_absolute_url()}"]
    assert client.get("/searches/none.atom").status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_search_needs_a_name(staff, name):
    response = staff.post("/searches/new/", {"name": name})
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()
    assert not SavedSearch.objects.exists()


def test_a_wrong_filter_is_not_saved(staff):
    assert staff.post("/searches/new/?from=soon", {"name": "Soon"}).status_code == 400
    assert not SavedSearch.objects.exists()


def test_only_its_owner_takes_a_search_away(client, staff):
    staff.post("/searches/new/", {"name": "All"})
    saved = SavedSearch.objects.get()
    other = Client()
    other.force_login(User.objects.create_user("other"))
    assert client.post(f"/searches/{saved.slug}/remove").status_code == 302
    assert other.post(f"/searches/{saved.slug}/remove").status_code == 404
    assert SavedSearch.objects.exists()
    assert "Remove" in staff.get("/searches/").content.decode()
    staff.post(f"/searches/{saved.slug}/remove")
    assert not SavedSearch.objects.exists()


def test_readers_do_not_save(client):
    response = client.get("/searches/new/")
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_the_list_takes_a_fixed_number_of_queries(client, curator, django_assert_max_num_queries):
    for n in range(30):
        SavedSearch.objects.create(name=f"Search {n}", slug=f"s-{n}", query="category=strike", owner=curator)
    with django_assert_max_num_queries(3):
        client.get("/searches/")


def test_what_was_taken_from_readers_is_told_too(client, strike, curator):
    curation.review(strike, Event.Review.REJECTED, curator, "A drill, as the source says now.")
    assert client.get("/events.atom").content.count(b"<entry>") == 0
    assert titles(client, "/changes.atom") == ["rejected"]
    assert titles(client, "/changes.atom?category=diplomacy") == []
