"""Faults that need no worker of their own: disks, clocks, two beats, and text that is not as one expects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import InternalError, OperationalError, connection
from django.utils import timezone

from articles import collecting
from articles.ingest import Draft, store
from articles.models import Address, Article, Feed
from articles.tasks import poll_due_feeds, poll_feed
from articles.work import LEASE
from tests.articles.conftest import publisher  # noqa: F401 - a fixture
from tests.articles.newswire import make_feed
from tests.factories import make_article, make_source
from tests.workers.ledgers import check, text_of
from timeline.models import Event
from timeline.recording import pipeline

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)

# Disks and databases


def test_a_full_disk_under_a_snapshot_stores_nothing_by_halves(publisher):  # noqa: F811
    """PostgreSQL's own error, class 53100, at the moment when the page's bytes are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' "
            "USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON articles_snapshot "
            "FOR EACH ROW EXECUTE FUNCTION disk_is_full()"
        )
    address, _ = collecting.add_address(publisher.url("port"))
    with pytest.raises(OperationalError, match="No space left"):
        collecting.fetch_address(address.pk)
    address.refresh_from_db()
    assert "No space left on device" in address.last_error
    assert (address.done_at, address.lease_token) == (None, None)
    assert not Article.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full_disk ON articles_snapshot")
    Address.objects.update(next_try_at=None)
    assert collecting.fetch_address(address.pk).snapshots.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_writes_marks_nothing_as_done_and_pages_are_shown(client):
    article = make_article(text_of(1))
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        with pytest.raises(InternalError, match="read-only"):
            pipeline.read_article(article.pk)
        assert client.get("/").status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
    assert Article.objects.unread_by(pipeline.EXTRACTOR).due().filter(pk=article.pk).exists()
    pipeline.read_article(article.pk)
    check(article)


# Clocks


@pytest.mark.parametrize("days", [-1, 1])
def test_a_lease_ends_soon_even_when_the_clock_jumps(days):
    article = make_article(text_of(1))
    assert Article.objects.unread_by(pipeline.EXTRACTOR).claim(article.pk)  # by a worker that dies
    with time_machine.travel(timezone.now() + timedelta(days=days) + LEASE):
        assert pipeline.read_article(article.pk) == 1
    check(article)


def test_a_clock_that_jumps_a_day_ahead_polls_each_feed_once(publisher):  # noqa: F811
    feed = make_feed(publisher)
    collecting.poll_feed(feed.pk)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        for _ in range(5):
            collecting.poll_feed(feed.pk)
    assert len(publisher.asked) == 2


def test_a_clock_that_goes_back_fetches_nothing_again(publisher):  # noqa: F811
    feed = make_feed(publisher)
    collecting.poll_feed(feed.pk)
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        assert collecting.poll_feed(feed.pk) is None
    assert len(publisher.asked) == 1


def test_two_beats_ask_each_feed_once(publisher, monkeypatch):  # noqa: F811
    monkeypatch.setattr(poll_feed, "delay", poll_feed)  # at once, where a worker would
    monkeypatch.setattr("articles.doorbell.waiting", lambda task: 0)
    make_feed(publisher)
    for _ in range(2):
        poll_due_feeds()
    assert len(publisher.asked) == 1


# Text

ODD = {
    "right to left": "\u202eThe text is turned round by an override.\u202c ",
    "isolates": "\u2067שלום\u2069 and \u200fعليكم\u200e were the words. ",
    "zero width": "In\u200bvisible \u200c\u200djoiners \ufeffand marks. ",
    "nul": "A NUL\0 in the middle. ",
    "lone surrogate": "A lone \ud83d surrogate. ",
    "emoji": "👩‍👩‍👧‍👦 and 🇺🇦 were painted on the wall. ",
    "decomposed": "Cafe\u0301 and re\u0301sume\u0301 stood there. ",
    "separators": "One\u2028two\u2029three\x85four\x0bfive. ",
}


@pytest.mark.parametrize("name", ODD)
def test_quotes_hold_in_odd_text_and_its_page_opens(client, name):
    text = ODD[name] + text_of(1)
    url = "https://news.invalid/odd"
    draft = Draft(source=make_source(), title=text[:80], text=text, published=NOON, url=url)
    _, article = store(draft)
    assert "\0" not in article.text
    pipeline.read_article(article.pk)
    check(article)
    assert Event.objects.count() >= 1
    for path in ("/", article.get_absolute_url(), Event.objects.get().get_absolute_url(), "/events.csv"):
        assert client.get(path).status_code == 200, path


def test_a_word_of_100_kb_is_read_and_shown(client):
    text = f"{text_of(1)} The word was {'x' * 100_000}."
    _, article = store(
        Draft(source=make_source(), text=text, published=NOON, url="https://news.invalid/long")
    )
    pipeline.read_article(article.pk)
    article.refresh_from_db()
    assert article.extracted_with == pipeline.EXTRACTOR
    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("published", "taken"),
    [(datetime(1899, 12, 31, tzinfo=UTC), False), (datetime(1970, 1, 1, tzinfo=UTC), True),
     (datetime(2099, 1, 1, tzinfo=UTC), False), (datetime(2024, 3, 2, 12), True)],
)  # fmt: skip
def test_dates_long_ago_and_far_ahead(published, taken):
    draft = Draft(
        source=make_source(), text=text_of(1), published=published, url="https://news.invalid/dated"
    )
    if taken:
        _, article = store(draft)
        pipeline.read_article(article.pk)
        check(article)
    else:
        with pytest.raises(ValueError, match="is not between 1900 and tomorrow"):
            store(draft)


def test_two_hundred_pastes_of_one_text_are_one_article():
    drafts = [Draft(source=make_source(), text=text_of(1), published=NOON) for _ in range(200)]
    assert {store(draft)[1].pk for draft in drafts} == {Article.objects.get().pk}


def test_feeds_wait_in_no_due_list_while_they_are_leased():
    feed = Feed.objects.create(
        source=make_source(), url="https://news.invalid/feed", lease_until=timezone.now() + LEASE
    )
    assert not Feed.objects.due().filter(pk=feed.pk).exists()
