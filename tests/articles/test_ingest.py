"""The one way in: idempotent, keeps earlier texts, groups reprints, names what it refuses."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from articles.ingest import Draft, Outcome, Refused, store
from articles.models import Article
from tests.factories import make_source

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)
TEXT = (
    "Shelling hit the port of Arvad on Friday night and wounded three people, the regional administration said. "
    "Two warehouses burned down. Rescue workers were still searching the site on Saturday morning, and the harbour "
    "was closed to shipping until further notice while sappers looked for shells that had not exploded."
)


def draft(**fields):
    defaults = {"source": make_source(), "text": TEXT, "published": NOON, "url": "https://news.invalid/a"}
    return Draft(**{**defaults, **fields})


def test_the_same_article_twice_is_one_row():
    assert store(draft())[0] is Outcome.NEW
    assert store(draft(url="HTTPS://News.invalid:443/a?utm_source=x#top"))[0] is Outcome.KNOWN
    assert Article.objects.count() == 1


def test_a_changed_article_keeps_its_earlier_text_and_waits_again():
    _, article = store(draft())
    Article.objects.update(extracted_with="x-1", attempts=2)
    outcome, changed = store(draft(text=TEXT.replace("three", "four")))
    assert outcome is Outcome.CHANGED
    assert changed.pk == article.pk
    assert (changed.version, changed.extracted_with, changed.attempts) == (2, "", 0)
    version = changed.versions.get()
    assert (version.number, version.text) == (1, TEXT)


def test_without_an_address_an_article_is_known_by_the_senders_id_or_its_text():
    store(draft(url="", external_id="7"))
    assert store(draft(url="", external_id="7"))[0] is Outcome.KNOWN
    store(draft(url=""))
    assert store(draft(url=""))[0] is Outcome.KNOWN
    assert Article.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"published": None}, "no publication date"),
        ({"published": datetime(2199, 1, 1, tzinfo=UTC)}, "not between"),
        ({"published": datetime(1815, 6, 18, tzinfo=UTC)}, "not between"),
        ({"text": "Too short."}, "no text"),
        ({"text": "x" * 600_000}, "limit"),
        ({"url": "https://news.invalid/" + "x" * 2000}, "longer than 2,000"),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(fields, part):
    with pytest.raises(Refused, match=part):
        store(draft(**fields))
    assert not Article.objects.exists()


def test_a_date_without_zone_is_meant_in_the_newsrooms():
    source = make_source("Kyiv Test", time_zone="Europe/Kyiv")
    _, article = store(draft(source=source, published=datetime(2024, 3, 2, 1, 0)))
    assert article.published == datetime(2024, 3, 1, 23, 0, tzinfo=UTC)
    assert article.published_local.day == 2


def test_reprints_are_one_origin_in_whatever_order_they_come():
    texts = [
        TEXT,
        TEXT.replace("Two warehouses", "Two large warehouses"),
        TEXT.replace("Friday night", "Friday"),
    ]
    articles = [store(draft(url=f"https://news.invalid/{n}", text=text))[1] for n, text in enumerate(texts)]
    other = store(draft(url="https://news.invalid/other", text="Envoys of both sides met in Geneva. " * 4))[1]
    assert len({Article.objects.get(pk=a.pk).origin for a in articles}) == 1
    assert Article.objects.get(pk=other.pk).origin == f"article:{other.pk}"


def test_a_text_that_changes_into_another_leaves_its_group():
    first = store(draft(url="https://news.invalid/1"))[1]
    twin = store(draft(url="https://news.invalid/2", text=TEXT + " It was quiet later."))[1]
    assert Article.objects.get(pk=first.pk).origin == Article.objects.get(pk=twin.pk).origin
    store(draft(url="https://news.invalid/2", text="Envoys of both sides met in Geneva on Monday. " * 3))
    assert Article.objects.get(pk=twin.pk).origin == f"article:{twin.pk}"


@pytest.mark.django_db(transaction=True)
def test_reprints_stored_at_the_same_moment_are_one_origin():
    """Neither could see the other's row; so they are stored one after the other."""
    make_source()
    stored = threading.Event()
    keys = []

    def store_second() -> None:
        try:
            stored.wait(10)
            keys.append(store(draft(url="https://news.invalid/2", text=TEXT + " It was quiet later."))[1].pk)
        finally:
            connection.close()

    second = threading.Thread(target=store_second)
    second.start()
    with transaction.atomic():
        keys.append(store(draft(url="https://news.invalid/1"))[1].pk)
        stored.set()
        second.join(0.5)  # waits for our commit
    second.join(10)
    assert len(keys) == 2
    assert len({article.origin for article in Article.objects.all()}) == 1
