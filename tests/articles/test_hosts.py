"""Manners towards publishers, tried on loopback: robots.txt, one request at a time, closed doors."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone
from werkzeug import Request, Response

from articles import collecting, fetching, hosts
from articles.models import Address, Article, Feed, Host
from tests.articles.newswire import fetch_all, make_feed, page
from tests.articles.publisher import RawPublisher, answering
from tests.factories import make_source

pytestmark = pytest.mark.django_db


def rules(publisher, answer: str | Response) -> list[Request]:
    """Let the publisher's robots.txt be `answer`; the requests for it."""
    asked: list[Request] = []

    def handler(request: Request) -> Response:
        asked.append(request)
        return Response(answer, content_type="text/plain") if isinstance(answer, str) else answer

    # The handler that was added first answers, so begin anew.
    publisher.server.clear_all_handlers()
    publisher.server.expect_request("/robots.txt").respond_with_handler(handler)
    publisher.server.expect_request("/feed").respond_with_handler(publisher._feed)
    for story in ("port", "talks", "bridge"):
        publisher.publish(story, page(story))
    return asked


def fetch_one(url: str) -> Address:
    address, _ = collecting.add_address(url)
    collecting.fetch_address(address.pk)
    address.refresh_from_db()
    return address


def the_host() -> Host:
    return Host.objects.get()


# robots.txt


def test_robots_txt_is_kept_to_and_read_once_a_day(publisher):
    asked = rules(publisher, "User-agent: *\nDisallow: /talks\n")
    assert fetch_one(publisher.url("port")).article
    refused = fetch_one(publisher.url("talks"))
    assert refused.set_aside_at
    assert "robots.txt asks programs not to read this" in refused.last_error
    assert "paste the article's text" in refused.last_error
    assert len(asked) == 1
    Host.objects.update(robots_at=timezone.now() - timedelta(days=2))
    fetch_one(publisher.url("bridge"))
    assert len(asked) == 2
    assert asked[0].headers["User-Agent"].startswith("conflict-timeline/")


def test_rules_for_us_by_name_go_before_those_for_all(publisher):
    rules(publisher, "User-agent: *\nDisallow: /\n\nUser-agent: conflict-timeline\nDisallow: /talks\n")
    assert fetch_one(publisher.url("port")).article
    assert fetch_one(publisher.url("talks")).set_aside_at


def test_a_feed_that_robots_txt_closes_says_so_and_is_asked_again_later(publisher):
    rules(publisher, "User-agent: *\nDisallow: /feed\n")
    feed = make_feed(publisher)
    assert collecting.poll_feed(feed.pk) is None
    feed.refresh_from_db()
    assert feed.active
    assert "robots.txt" in feed.last_error
    assert not publisher.asked


@pytest.mark.parametrize(
    "answer",
    [
        Response("gone", status=404),
        Response("no", status=403),
        Response("<html>Not here</html>", content_type="text/html"),
        Response(b"\xff\xfe\x00nonsense\x00: \n:::", content_type="text/plain"),
        Response("Disallow: /\nUser-agent:\n", content_type="text/plain"),
        Response("", content_type="text/plain"),
    ],
)
def test_what_is_no_robots_txt_forbids_nothing(publisher, answer):
    rules(publisher, answer)
    assert fetch_one(publisher.url("port")).article


def test_a_host_whose_robots_txt_cannot_be_had_is_not_asked_for_pages(publisher):
    rules(publisher, Response("down", status=503))
    address = fetch_one(publisher.url("port"))
    assert not address.article
    assert not address.set_aside_at
    assert "HTTP 503" in address.last_error


def test_rules_that_were_read_once_hold_while_the_file_cannot_be_had(publisher):
    rules(publisher, "User-agent: *\nDisallow: /talks\n")
    fetch_one(publisher.url("port"))
    rules(publisher, Response("down", status=503))
    Host.objects.update(robots_at=timezone.now() - timedelta(days=2))
    assert fetch_one(publisher.url("bridge")).article
    assert fetch_one(publisher.url("talks")).set_aside_at


def test_a_crawl_delay_puts_the_next_page_off_and_costs_no_attempt(publisher):
    rules(publisher, "User-agent: *\nCrawl-delay: 30\n")
    assert fetch_one(publisher.url("port")).article
    second = fetch_one(publisher.url("talks"))
    assert not second.article
    assert second.attempts == 0
    assert second.last_error == ""
    assert timedelta(seconds=25) < second.next_try_at - timezone.now() <= timedelta(seconds=30)


# One at a time


@pytest.mark.django_db(transaction=True)
def test_a_host_is_asked_for_one_page_at_a_time(publisher, monkeypatch):
    monkeypatch.setattr(hosts, "WAIT_SECONDS", 10.0)
    publisher.server.clear_all_handlers()
    publisher.server.expect_request("/robots.txt").respond_with_data("", status=404)
    running, most = [0], [0]
    lock = threading.Lock()

    def slow(request: Request) -> Response:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.1)
        with lock:
            running[0] -= 1
        return Response(page("port"), content_type="text/html")

    publisher.server.expect_request("/p").respond_with_handler(slow)

    def fetch(number: int) -> None:
        try:
            with hosts.visit(publisher.url("p")):
                collecting.fetch(publisher.url("p"))
        finally:
            connection.close()

    threads = [threading.Thread(target=fetch, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1]
    assert the_host().busy_until is None


def test_who_finds_the_host_busy_comes_back_without_losing_an_attempt(publisher, monkeypatch):
    monkeypatch.setattr(hosts, "WAIT_SECONDS", 0.2)
    with hosts.visit(publisher.url("port")):
        address = fetch_one(publisher.url("port"))
    assert (address.attempts, address.last_error, address.article) == (0, "", None)
    assert address.next_try_at <= timezone.now() + hosts.PUT_OFF
    Address.objects.update(next_try_at=None)
    assert all(fetch_all())


def test_a_worker_that_died_in_a_visit_does_not_hold_the_host_for_ever(publisher, monkeypatch):
    monkeypatch.setattr(hosts, "WAIT_SECONDS", 0.2)
    fetch_one(publisher.url("port"))
    Host.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    assert fetch_one(publisher.url("talks")).article


# Closed doors


def test_after_five_failures_in_a_row_the_host_is_left_alone(publisher):
    for number in range(5):
        publisher.publish(f"broken{number}", "fault", status=500)
        fetch_one(publisher.url(f"broken{number}"))
    assert the_host().failures == 5
    before = len(publisher.server.log)
    spared = fetch_one(publisher.url("port"))
    assert len(publisher.server.log) == before, "a closed host was asked"
    assert (spared.attempts, spared.article) == (0, None)
    assert spared.next_try_at == the_host().closed_until
    # Its time passes, and one success forgets the failures.
    Host.objects.update(closed_until=timezone.now())
    Address.objects.filter(pk=spared.pk).update(next_try_at=None)
    assert collecting.fetch_address(spared.pk)
    assert (the_host().failures, the_host().last_error) == (0, "")


def test_retry_after_of_one_page_holds_for_the_whole_host(publisher):
    publisher.server.expect_request("/busy").respond_with_data("", status=429, headers={"Retry-After": "600"})
    fetch_one(publisher.url("busy"))
    spared = fetch_one(publisher.url("port"))
    assert spared.article is None
    assert timedelta(minutes=9) < spared.next_try_at - timezone.now() <= timedelta(minutes=10)


def test_a_page_that_is_not_there_says_nothing_about_its_host(publisher):
    for number in range(6):
        publisher.publish(f"gone{number}", "", status=404)
        fetch_one(publisher.url(f"gone{number}"))
    assert the_host().failures == 0


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://[", "ftp://x/", "http://a" + "b" * 400 + "/"])
def test_what_is_no_address_is_fetchings_to_refuse(url):
    with pytest.raises(fetching.FetchError), hosts.visit(url):
        collecting.fetch(url)
    assert not Article.objects.exists()


def test_origins():
    assert hosts.origin_of("https://User:pw@News.Example:8443/a?b") == "https://news.example:8443"
    assert hosts.origin_of("http://[::1]:80/x") == "http://[::1]:80"
    assert hosts.origin_of("nonsense") == ""


# A thousand feeds


def test_a_thousand_feeds_are_polled_in_time_and_on_the_beat(settings):
    """Each on a host of its own (127.0.x.y); a quiet round, as most are: 304 and nothing to parse."""
    settings.FETCH_ROBOTS = False  # read once a day: not what a round costs
    settings.FETCH_ALLOW_HOSTS = frozenset(f"127.0.{n // 250}.{n % 250 + 1}" for n in range(1000))
    due = timezone.now() - timedelta(minutes=2)
    with RawPublisher(answering(b"HTTP/1.1 304 Not Modified\r\n\r\n"), host="0.0.0.0") as server:
        feeds = Feed.objects.bulk_create(
            Feed(
                source=make_source(), etag='"1"', next_try_at=due,
                url=f"http://127.0.{n // 250}.{n % 250 + 1}:{server.port}/feed",
            )
            for n in range(1000)
        )  # fmt: skip
        began = time.monotonic()
        for feed in feeds:
            collecting.poll_feed(feed.pk)
        took = time.monotonic() - began
    assert len(server.requests) == 1000
    assert took < 450, "half of the interval of fifteen minutes"
    assert not Feed.objects.exclude(failures=0).exists()
    pauses = set(Feed.objects.values_list("pause", flat=True))
    assert pauses == {timedelta(minutes=22.5)}
    # The next poll counts from when this one was due, however late the worker came to it.
    assert set(Feed.objects.values_list("next_try_at", flat=True)) == {due + timedelta(minutes=22.5)}


# The operator's hand


def test_an_operator_has_a_closed_host_asked_again(admin_client):
    Host.objects.create(
        origin="https://news.invalid", failures=7, closed_until=timezone.now() + timedelta(hours=1)
    )
    path = "/admin/articles/host/"
    assert "https://news.invalid" in admin_client.get(path).content.decode()
    admin_client.post(path, {"action": "ask_again", "_selected_action": ["https://news.invalid"]})
    assert (the_host().failures, the_host().closed_until) == (0, None)


def test_who_may_only_look_does_not(client, django_user_model):
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_host"))
    client.force_login(user)
    Host.objects.create(origin="https://news.invalid", failures=7)
    client.post(
        "/admin/articles/host/", {"action": "ask_again", "_selected_action": ["https://news.invalid"]}
    )
    assert the_host().failures == 7
