"""Addresses at a publisher on loopback become articles, through the real fetcher, readers and database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles import collecting, fetching
from articles.ingest import Refused
from articles.models import Address, Article
from articles.work import MAX_ATTEMPTS
from tests.articles.newswire import NOON, REST, STORIES, fetch_all, item, make_feed, page, rss
from tests.factories import make_source

pytestmark = pytest.mark.django_db


def fetch_one(url: str, **fields) -> tuple[Article | None, Address]:
    address, _ = collecting.add_address(url, **fields)
    article = collecting.fetch_address(address.pk)
    address.refresh_from_db()
    return article, address


def test_a_page_without_date_is_refused_unless_feed_or_curator_gives_one(publisher):
    url = publisher.publish("undated", page("port", date=""))
    article, address = fetch_one(url)
    assert article is None
    assert address.set_aside_at
    assert "no publication date" in address.last_error
    given, _ = fetch_one(f"{url}?edition=2", published=NOON)
    assert given.published == NOON


def test_a_changed_page_gives_a_second_version(publisher):
    url = publisher.url("port")
    article, address = fetch_one(url)
    publisher.server.clear_all_handlers()
    publisher.publish("port", page("port", extra=" Two of them later died."))
    Address.objects.filter(pk=address.pk).update(done_at=None)
    assert collecting.fetch_address(address.pk) == article
    article.refresh_from_db()
    assert article.version == 2
    assert "later died" in article.text
    assert "later died" not in article.versions.get().text
    assert article.snapshots.count() == 2


def test_two_addresses_of_one_page_are_one_article(publisher):
    canonical = publisher.url("port")
    mobile = publisher.publish("m/port", page("port", canonical=canonical))
    first, _ = fetch_one(canonical)
    second, address = fetch_one(mobile)
    assert first == second == address.article
    assert Article.objects.count() == 1


def test_pages_that_all_call_themselves_the_home_page_are_articles_each(publisher):
    home = publisher.url("")
    first, _ = fetch_one(publisher.publish("1", page("port", canonical=home)))
    second, _ = fetch_one(publisher.publish("2", page("talks", canonical=home)))
    assert [first.url, second.url] == [publisher.url("1"), publisher.url("2")]


def test_a_plain_text_page_is_read_too(publisher):
    publisher.server.expect_request("/note.txt").respond_with_data(
        f"On the port\n\n{STORIES['port']}{REST}", content_type="text/plain; charset=utf-8"
    )
    article, _ = fetch_one(publisher.url("note.txt"), published=NOON)
    assert article.title == "On the port"
    assert article.url == publisher.url("note.txt")


@pytest.mark.parametrize(
    ("status", "words", "final"),
    [
        (404, "HTTP 404", True),
        (410, "gone for good", True),
        (500, "HTTP 500", False),
        (403, "does not let", True),
    ],
)
def test_a_page_that_cannot_be_had_says_why(publisher, status, words, final):
    article, address = fetch_one(publisher.publish("away", "", status))
    assert article is None
    assert words in address.last_error
    assert bool(address.set_aside_at) is final
    assert bool(address.next_try_at) is not final


def test_a_page_that_asks_for_patience_gets_it(publisher):
    publisher.server.expect_request("/busy").respond_with_data("", 429, headers={"Retry-After": "3600"})
    _, address = fetch_one(publisher.url("busy"))
    assert timedelta(minutes=59) < address.next_try_at - timezone.now() <= timedelta(hours=1)


def test_the_feeds_own_text_stands_in_for_a_page_that_is_closed(publisher):
    url = publisher.publish("closed", "", 403)
    publisher.answer = rss(
        item(url, "On the port", date="Sat, 02 Mar 2024 10:00:00 GMT", content=STORIES["port"] + REST)
    )
    feed = make_feed(publisher)
    collecting.poll_feed(feed.pk)
    [article] = fetch_all()
    assert STORIES["port"] in article.text
    assert (article.title, article.url, article.source) == ("On the port", url, feed.source)
    assert article.published == datetime(2024, 3, 2, 10, tzinfo=UTC)
    address = Address.objects.get()
    assert address.done_at
    assert address.text == ""
    assert "feed's own, because the page failed" in address.last_error
    assert "HTTP 403" in address.last_error


def test_a_page_that_fails_for_a_while_is_waited_for_before_the_feeds_own_text_is_taken(publisher):
    url = publisher.publish("broken", "", 500)
    publisher.answer = rss(item(url, date="Sat, 02 Mar 2024 10:00:00 GMT", content=STORIES["port"] + REST))
    collecting.poll_feed(make_feed(publisher).pk)
    for _ in range(MAX_ATTEMPTS - 1):
        assert fetch_all() == [None]
        Address.objects.update(next_try_at=None)
    assert not Article.objects.exists()
    [article] = fetch_all()
    assert STORIES["port"] in article.text


def test_a_teaser_does_not_stand_in(publisher):
    publisher.answer = rss(item(publisher.publish("closed", "", 403), date="", content=STORIES["port"]))
    collecting.poll_feed(make_feed(publisher).pk)
    assert fetch_all() == [None]
    assert "HTTP 403" in Address.objects.get().last_error


def test_a_defect_of_ours_is_noted_with_its_traceback_and_the_address_tried_again(publisher, monkeypatch):
    monkeypatch.setattr(collecting, "draft_of_page", lambda *args, **kwargs: 1 / 0)
    address, _ = collecting.add_address(publisher.url("port"))
    with pytest.raises(ZeroDivisionError):
        collecting.fetch_address(address.pk)
    address.refresh_from_db()
    assert "ZeroDivisionError" in address.last_error
    assert address.next_try_at
    assert not address.set_aside_at


def test_an_address_on_this_machine_is_blocked_when_it_is_not_named(publisher, settings):
    settings.FETCH_ALLOW_HOSTS = frozenset()
    article, address = fetch_one("http://127.0.0.1/secret")
    assert article is None
    assert address.set_aside_at
    assert "not on the public internet" in address.last_error


def test_the_source_of_an_address_is_the_outlet_whose_home_it_is():
    known = make_source("Known Wire", home_page="https://www.known.invalid/news")
    assert collecting.source_of("https://known.invalid/2024/port") == known
    assert collecting.source_of("https://www.known.invalid:443/") == known
    unknown = collecting.source_of("https://unknown.invalid/1")
    assert (unknown.name, unknown.home_page) == ("unknown.invalid", "https://unknown.invalid/")
    assert collecting.source_of("https://unknown.invalid/2") == unknown
    assert collecting.source_of("https://notknown.invalid/") != known


@pytest.mark.parametrize(
    "error",
    [
        Refused("no"),
        fetching.BadStatus("https://a.invalid/", "HTTP 500.", "Later.", 500),
    ],
)
def test_a_late_worker_writes_nothing_over_the_one_that_took_over(publisher, monkeypatch, error):
    address, _ = collecting.add_address(publisher.url("port"))

    def lose_the_lease(*args, **kwargs):
        Address.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert Address.objects.claim(address.pk)
        raise error

    monkeypatch.setattr(collecting, "fetch", lose_the_lease)
    assert collecting.fetch_address(address.pk) is None
    address.refresh_from_db()
    assert address.last_error == ""
    assert address.lease_token
