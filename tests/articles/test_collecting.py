"""From a publisher on loopback to stored articles, through the real fetcher, readers and database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from articles import collecting, fetching
from articles.ingest import Refused
from articles.models import LONGEST_INTERVAL, SHORTEST_INTERVAL, Address, Article, Feed
from articles.work import MAX_ATTEMPTS
from tests.factories import make_source

pytestmark = pytest.mark.django_db

STORIES = {
    "port": "Shelling hit the port of Arvad on Friday night and wounded three people, the administration said.",
    "talks": "Envoys of both sides met in Geneva on Thursday and agreed to exchange the bodies of soldiers.",
    "bridge": "A drone damaged the rail bridge over the Nahr river on Saturday, the railway company said.",
}
REST = (
    "\n\nWork at the place went on until the evening, and the road beside it stayed closed to traffic. Nobody "
    "could say when it would be open again, and the company asked passengers to look for other ways meanwhile.\n\n"
    "The authorities promised to publish their findings once the experts who were called have finished their work."
)
NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.FETCH_ALLOW_HOSTS = frozenset({"localhost", "127.0.0.1"})


def page(story: str, *, date: str = "2024-03-02T09:00:00+00:00", canonical: str = "", extra: str = "") -> str:
    meta = f'<meta property="article:published_time" content="{date}">' if date else ""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (STORIES[story] + extra + REST).split("\n\n"))
    return (
        f"<html><head><title>On the {story}</title>{meta}{link}</head>"
        f"<body><article><h1>On the {story}</h1>{body}</article></body></html>"
    )


def item(link: str, title: str = "", *, guid: str = "", date: str = "", content: str = "") -> str:
    return (
        f"<item><title>{title or link[-20:]}</title><link>{link}</link>"
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + (f"<pubDate>{date}</pubDate>" if date else "")
        + (f"<content:encoded><![CDATA[<p>{content}</p>]]></content:encoded>" if content else "")
        + "</item>"
    )


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Test Wire</title>{''.join(items)}</channel></rss>"
    )


class Publisher:
    """Serves stories and a feed of them; `feed_answers` can be changed between polls."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.asked: list[Request] = []
        self.answer: Response | str = rss(
            *(item(server.url_for(f"/{story}"), f"On the {story}", guid=story) for story in STORIES)
        )
        server.expect_request("/feed").respond_with_handler(self._feed)
        for story in STORIES:
            self.publish(story, page(story))

    def _feed(self, request: Request) -> Response:
        self.asked.append(request)
        if isinstance(self.answer, Response):
            return self.answer
        return Response(self.answer, content_type="application/rss+xml")

    def publish(self, path: str, html: str, status: int = 200) -> str:
        handler = self.server.expect_request(f"/{path}")
        handler.respond_with_data(html, status=status, content_type="text/html; charset=utf-8")
        return self.server.url_for(f"/{path}")

    def url(self, path: str) -> str:
        return self.server.url_for(f"/{path}")


@pytest.fixture
def publisher(httpserver: HTTPServer) -> Publisher:
    return Publisher(httpserver)


def make_feed(publisher: Publisher, **fields) -> Feed:
    source = fields.pop("source", None) or make_source()
    return Feed.objects.create(url=publisher.url("feed"), source=source, **fields)


def poll_again(feed: Feed) -> int | None:
    Feed.objects.filter(pk=feed.pk).update(next_try_at=None)
    new = collecting.poll_feed(feed.pk)
    feed.refresh_from_db()
    return new


def fetch_all() -> list[Article | None]:
    return [collecting.fetch_address(pk) for pk in Address.objects.due().values_list("pk", flat=True)]


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


# Addresses


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
    close_old_connections()


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
