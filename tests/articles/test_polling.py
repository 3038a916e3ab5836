"""Feeds of a publisher on loopback: polled through the real fetcher, readers and database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import connection
from django.utils import timezone
from werkzeug import Request, Response

from articles import collecting
from articles.models import LONGEST_INTERVAL, SHORTEST_INTERVAL, Address, Article, Feed
from articles.work import MAX_ATTEMPTS
from tests.articles.newswire import NOON, STORIES, fetch_all, item, make_feed, page, poll_again, rss
from tests.factories import make_source

pytestmark = pytest.mark.django_db


# A feed that works


def test_a_feed_becomes_addresses_and_addresses_become_articles(publisher):
    feed = make_feed(publisher)
    assert collecting.poll_feed(feed.pk) == 3
    assert all(fetch_all())
    articles = Article.objects.order_by("url")
    assert [a.title for a in articles] == ["On the bridge", "On the port", "On the talks"]
    assert {a.source for a in articles} == {feed.source}
    assert all(STORIES[a.title.removeprefix("On the ")] in a.text for a in articles)
    assert articles[0].published == datetime(2024, 3, 2, 9, tzinfo=UTC)
    assert b"<html>" in articles[0].snapshots.get().content()
    assert not Address.objects.due().exists()
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error, feed.note, feed.attempts) == (0, "", "", 0)
    assert feed.next_try_at - timezone.now() > feed.interval - timedelta(minutes=1)


def test_a_second_poll_finds_nothing_new(publisher):
    feed = make_feed(publisher)
    collecting.poll_feed(feed.pk)
    fetch_all()
    assert poll_again(feed) == 0
    assert fetch_all() == []
    assert (Address.objects.count(), Article.objects.count()) == (3, 3)


def test_the_interval_between_polls_is_kept(publisher):
    feed = make_feed(publisher)
    collecting.poll_feed(feed.pk)
    assert collecting.poll_feed(feed.pk) is None
    assert len(publisher.asked) == 1


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_an_unchanged_feed_is_not_sent_again(publisher, header):
    value = '"v1"' if header == "ETag" else "Sat, 02 Mar 2024 10:00:00 GMT"
    condition = "If-None-Match" if header == "ETag" else "If-Modified-Since"
    feed = make_feed(publisher)
    publisher.answer = Response(publisher.answer, content_type="text/xml", headers={header: value})
    collecting.poll_feed(feed.pk)
    # Twice, because an answer 304 need not repeat what the next request has to say.
    publisher.answer = Response(status=304)
    assert [poll_again(feed), poll_again(feed)] == [0, 0]
    assert [request.headers.get(condition) for request in publisher.asked] == [None, value, value]
    assert feed.last_error == ""


def test_validators_that_do_not_fit_are_not_kept(publisher):
    feed = make_feed(publisher)
    publisher.answer = Response(publisher.answer, content_type="text/xml", headers={"ETag": f'"{"x" * 900}"'})
    assert collecting.poll_feed(feed.pk) == 3
    feed.refresh_from_db()
    assert feed.etag == ""


# What a feed may hold


def test_one_address_however_often_and_however_spelled(publisher):
    link = publisher.url("port")
    publisher.answer = rss(item(link), item(f"{link}?utm_source=rss#top"), item(link, guid="another"))
    assert collecting.poll_feed(make_feed(publisher).pk) == 1
    assert Address.objects.get().url == link


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ({"title": "On the port"}, 0),
        ({"title": "Port: what we know", "date": "Sat, 02 Mar 2024 10:00:00 GMT"}, 0),
        ({"title": "Another story altogether", "date": "Sun, 03 Mar 2024 10:00:00 GMT"}, 1),
    ],
    ids=["same title", "same date", "guid used anew"],
)
def test_a_guid_at_another_address_is_the_same_item_where_title_or_date_agree(publisher, again, expected):
    feed = make_feed(publisher)
    first = item(publisher.url("port"), "On the port", guid="7", date="Sat, 02 Mar 2024 10:00:00 GMT")
    publisher.answer = rss(first)
    assert collecting.poll_feed(feed.pk) == 1
    publisher.answer = rss(item(publisher.url("port-corrected"), guid="7", **again))
    assert poll_again(feed) == expected


def test_dates_without_zone_are_meant_in_the_newsrooms(publisher):
    publisher.publish("undated", page("port", date=""))
    publisher.answer = rss(item(publisher.url("undated"), date="Sat, 02 Mar 2024 01:00:00"))
    feed = make_feed(publisher, source=make_source("Kyiv Test", time_zone="Europe/Kyiv"))
    collecting.poll_feed(feed.pk)
    fetch_all()
    article = Article.objects.get()
    assert article.published == datetime(2024, 3, 1, 23, tzinfo=UTC)
    assert article.published_local.day == 2


def test_what_is_odd_about_a_feed_stays_visible(publisher):
    feed = make_feed(publisher)
    publisher.answer = rss(
        item(publisher.url("port"), "Port", date="Fri, 30 Feb 2024 10:00:00 GMT"),
        item("javascript:alert(1)", "Trap"),
        item(publisher.url("long/" + "x" * 2100), "Long"),
    )
    assert collecting.poll_feed(feed.pk) == 1
    feed.refresh_from_db()
    assert feed.last_error == ""
    for part in ("30 Feb", "Trap", "address of “Long” is too long"):
        assert part in feed.note
    publisher.answer = Response(status=304)
    poll_again(feed)
    assert "30 Feb" in feed.note
    publisher.answer = rss(item(publisher.url("port"), "Port"))
    poll_again(feed)
    assert feed.note == ""


def test_a_feed_of_thousands_gives_its_newest_and_says_what_it_left_out(publisher):
    links = (
        item(publisher.url(f"a/{n}"), date=format_datetime(NOON - timedelta(minutes=n))) for n in range(1000)
    )
    publisher.answer = rss(*links)
    feed = make_feed(publisher)
    assert collecting.poll_feed(feed.pk) == 200
    assert Address.objects.filter(url=publisher.url("a/0")).exists()
    feed.refresh_from_db()
    assert "800 oldest" in feed.note
    assert poll_again(feed) == 0


# A feed that fails


def test_garbage_is_a_failure_in_words_and_the_pauses_double(publisher):
    feed = make_feed(publisher, interval=timedelta(minutes=10))
    publisher.answer = "once upon a time"
    pauses = []
    for _ in range(3):
        assert poll_again(feed) is None
        pauses.append(round((feed.next_try_at - timezone.now()) / feed.interval))
    assert pauses == [2, 4, 8]
    assert feed.failures == 3
    assert "no RSS or Atom feed" in feed.last_error
    publisher.answer = rss(item(publisher.url("port")))
    assert poll_again(feed) == 1
    assert (feed.failures, feed.last_error) == (0, "")


def test_failing_for_months_never_ends_the_polling_nor_overflows(publisher):
    feed = make_feed(publisher, failures=40_000, attempts=2)
    publisher.answer = Response(status=500)
    assert poll_again(feed) is None
    assert (feed.failures, feed.active, feed.attempts) == (40_001, True, 0)
    assert feed.next_try_at - timezone.now() < LONGEST_INTERVAL
    assert "HTTP 500" in feed.last_error


@pytest.mark.parametrize(
    ("status", "asked", "at_least", "at_most"),
    [
        (429, "7200", timedelta(hours=2), timedelta(hours=2)),
        (503, "2", timedelta(minutes=15), timedelta(minutes=15)),
        (429, str(10**8), LONGEST_INTERVAL, LONGEST_INTERVAL),
    ],
    ids=["two hours", "shorter than the interval", "three years"],
)
def test_retry_after_is_heeded_within_reason(publisher, status, asked, at_least, at_most):
    feed = make_feed(publisher)
    publisher.answer = Response(status=status, headers={"Retry-After": asked})
    assert poll_again(feed) is None
    pause = feed.next_try_at - timezone.now()
    assert at_least - timedelta(minutes=1) < pause <= at_most


def test_a_feed_that_is_gone_is_switched_off_with_the_reason(publisher):
    feed = make_feed(publisher)
    publisher.answer = Response(status=410)
    assert poll_again(feed) is None
    assert not feed.active
    assert "HTTP 410" in feed.last_error
    assert "gone for good" in feed.last_error
    assert not Feed.objects.due().exists()


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(publisher):
    feed = make_feed(publisher)
    publisher.server.expect_request("/new-feed").respond_with_data(publisher.answer, content_type="text/xml")
    publisher.answer = Response(status=301, headers={"Location": publisher.url("new-feed")})
    assert poll_again(feed) == 3
    assert feed.url == publisher.url("new-feed")
    assert publisher.url("feed") in feed.note


@pytest.mark.parametrize(("status", "other"), [(302, False), (301, True)], ids=["for now", "another has it"])
def test_a_feed_keeps_its_address(publisher, status, other):
    feed = make_feed(publisher)
    publisher.server.expect_request("/new-feed").respond_with_data(publisher.answer, content_type="text/xml")
    if other:
        Feed.objects.create(url=publisher.url("new-feed"), source=make_source())
    publisher.answer = Response(status=status, headers={"Location": publisher.url("new-feed")})
    assert poll_again(feed) == 3
    assert feed.url == publisher.url("feed")
    assert ("Switch this one off" in feed.note) is other


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:6379/feed",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/feed",
        "file:///etc/passwd",
    ],
)
def test_a_feed_that_says_it_moved_to_an_inside_address_keeps_its_own(publisher, settings, target):
    settings.FETCH_ALLOW_HOSTS = frozenset({"localhost"})
    feed = make_feed(publisher)
    publisher.answer = Response(status=301, headers={"Location": target})
    assert poll_again(feed) is None
    assert feed.url == publisher.url("feed")
    assert feed.active
    assert feed.failures == 1
    assert feed.last_error


def test_a_feed_that_kills_its_worker_each_time_is_switched_off(publisher):
    feed = make_feed(publisher)
    for _ in range(MAX_ATTEMPTS):
        assert Feed.objects.set_aside_exhausted() == 0
        assert Feed.objects.claim(feed.pk)
        Feed.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert Feed.objects.set_aside_exhausted() == 1
    feed.refresh_from_db()
    assert not feed.active
    assert "killed its worker" in feed.last_error
    Feed.objects.update(active=True)  # as an operator does in the admin
    assert poll_again(feed) == 3


def test_a_defect_of_ours_is_noted_with_its_traceback_and_the_feed_is_free_again(publisher, monkeypatch):
    feed = make_feed(publisher)
    monkeypatch.setattr(collecting.reading, "read_feed", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        collecting.poll_feed(feed.pk)
    feed.refresh_from_db()
    assert "ZeroDivisionError" in feed.last_error
    assert (feed.failures, feed.lease_token) == (1, None)


def test_an_interval_of_nothing_is_a_minute(publisher):
    feed = make_feed(publisher, interval=timedelta(0))
    assert collecting.poll_feed(feed.pk) == 3
    feed.refresh_from_db()
    assert feed.next_try_at - timezone.now() > SHORTEST_INTERVAL - timedelta(seconds=10)


# Adding a feed


def test_a_feed_is_added_once_and_polled_from_then_on(publisher):
    url = publisher.url("feed")
    feed, created, new = collecting.add_feed(url, collecting.fetch(url))
    assert (created, new, feed.source.name) == (True, 3, "localhost")
    feed.refresh_from_db()
    assert feed.next_try_at > timezone.now()
    _, created, new = collecting.add_feed(url, collecting.fetch(url))
    assert (created, new) == (False, 0)


def test_what_is_no_feed_is_not_kept(publisher):
    url = publisher.url("port")
    with pytest.raises(collecting.reading.Unreadable):
        collecting.add_feed(url, collecting.fetch(url))
    assert not Feed.objects.exists()


# Several workers at once


@pytest.mark.django_db(transaction=True)
def test_two_polls_at_once_poll_once(publisher):
    both = threading.Barrier(2)
    held = threading.Event()
    body = publisher.answer

    def slow(request: Request) -> Response:
        publisher.asked.append(request)
        held.wait(10)
        return Response(body, content_type="text/xml")

    publisher.server.clear_all_handlers()
    publisher.server.expect_request("/robots.txt").respond_with_data("", status=404)
    publisher.server.expect_request("/feed").respond_with_handler(slow)
    feed = make_feed(publisher)
    results = []

    def poll() -> None:
        try:
            both.wait(10)
            results.append(collecting.poll_feed(feed.pk))
            held.set()  # the one that has nothing to do is back first
        finally:
            connection.close()

    threads = [threading.Thread(target=poll) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results, key=str) == [3, None]
    assert len(publisher.asked) == 1
