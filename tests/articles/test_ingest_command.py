"""`manage.py ingest`: files, addresses and feeds; what is bad is named and the rest goes on."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from articles.models import Address, Article, Feed, Source

pytestmark = pytest.mark.django_db

TEXT = (
    "Shelling hit the port of Arvad on Friday night and wounded three people, the regional administration said. "
    "Two warehouses burned down. Rescue workers were still searching the site on Saturday morning, and the harbour "
    "was closed to shipping until further notice while sappers looked for shells that had not exploded."
)
PAGE = (
    '<html><head><title>Port shelled</title><meta property="article:published_time" content="2024-03-02T09:00Z">'
    f"</head><body><article><h1>Port shelled</h1><p>{TEXT}</p></article></body></html>"
)
FEED = (
    '<rss version="2.0"><channel><title>Wire</title>'
    "<item><title>Port shelled</title><link>{page}</link></item></channel></rss>"
)


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.FETCH_ALLOW_HOSTS = frozenset({"localhost"})


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/port").respond_with_data(PAGE, content_type="text/html")
    httpserver.expect_request("/undated").respond_with_data(
        PAGE.replace("article:published_time", "nothing"), content_type="text/html"
    )
    httpserver.expect_request("/feed").respond_with_data(
        FEED.format(page=httpserver.url_for("/port")), content_type="application/rss+xml"
    )
    httpserver.expect_request("/gone").respond_with_data("", 410)
    return httpserver


def ingest(*arguments: str | Path, **options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("ingest", *map(str, arguments), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_command_takes_what_is_good_and_names_what_is_not(tmp_path):
    rows = [
        {"id": "1", "source": "Wire", "url": "", "title": "A", "published": "2024-03-02", "text": TEXT},
        {"id": "2", "source": "Wire", "text": TEXT},
        {"id": "3", "source": "", "published": "2024-03-02", "text": TEXT},
    ]
    file = tmp_path / "articles.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\nnot json\n")
    out, errors = ingest(file)
    assert out.strip() == "1 new, 0 changed, 0 known, 3 refused"
    assert f"{file}:2: it has no publication date" in errors
    assert f"{file}:3: it names no source" in errors
    assert f"{file}:4" in errors
    assert "0 new, 0 changed, 1 known" in ingest(file)[0]
    assert Source.objects.get().name == "Wire"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("story.txt", f"Port shelled\n\n{TEXT}"),
        ("story.html", f"<html><body><article><h1>Port shelled</h1><p>{TEXT}</p></article></body></html>"),
    ],
)
def test_the_command_reads_text_and_html_files(tmp_path, name, body):
    file = tmp_path / name
    file.write_text(body)
    ingest(file, source="Wire", published="2024-03-02")
    article = Article.objects.get()
    assert TEXT[:60] in article.text
    assert article.title == "Port shelled"
    assert article.snapshots.get().content() == body.encode()


def test_the_command_fails_when_nothing_could_be_taken_in(tmp_path):
    file = tmp_path / "story.txt"
    file.write_text(TEXT)
    with pytest.raises(CommandError, match="Nothing was taken in"):
        ingest(file, source="Wire")
    with pytest.raises(CommandError, match="2025-12-20"):
        ingest(file, source="Wire", published="soon")


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "binary"),
        ("feed.xml", FEED.encode(), "Add it as a feed"),
        ("empty.txt", b"", "empty"),
        ("large.txt", b"word " * 700_000, "larger than"),
    ],
)
def test_the_command_says_what_a_file_is_when_it_is_no_article(tmp_path, name, body, why):
    bad, good = tmp_path / name, tmp_path / "good.txt"
    bad.write_bytes(body)
    good.write_text(TEXT)
    out, err = ingest(bad, tmp_path / "missing.txt", good, source="Wire", published="2024-03-02")
    assert "1 new, 0 changed, 0 known, 2 refused" in out
    assert f"refused {bad}: " in err
    assert why in err
    assert "missing.txt" in err


def test_the_command_takes_in_a_page(site):
    out, _ = ingest(site.url_for("/port"))
    assert "1 new" in out
    article = Article.objects.get()
    assert (article.title, article.url, article.source.name) == (
        "Port shelled", site.url_for("/port"), "localhost",
    )  # fmt: skip
    assert article.snapshots.get().content() == PAGE.encode()
    assert "1 known" in ingest(site.url_for("/port?utm_medium=mail"))[0]


def test_the_command_wants_a_date_where_the_page_has_none(site):
    url = site.url_for("/undated")
    with pytest.raises(CommandError):
        ingest(url)
    ingest(url, published="2024-03-02", source="Harbour News")
    article = Article.objects.get()
    assert article.published.date().isoformat() == "2024-03-02"
    assert article.source.name == "Harbour News"


def test_the_command_adds_a_feed_once(site):
    url = site.url_for("/feed")
    out, _ = ingest(url, source="Wire")
    assert f"feed added: {url}: 1 new addresses wait for a worker" in out
    feed = Feed.objects.get()
    assert (feed.url, feed.source.name, feed.active) == (url, "Wire", True)
    assert Address.objects.get().feed == feed
    out, _ = ingest(url)
    assert f"feed known: {url}: 0 new addresses" in out
    assert Feed.objects.count() == 1


def test_the_command_says_when_a_known_feed_is_switched_off(site):
    url = site.url_for("/feed")
    ingest(url)
    Feed.objects.update(active=False, last_error="HTTP 410.")
    assert "it is switched off (HTTP 410.)" in ingest(url)[0]
    assert not Feed.objects.get().active


def test_the_command_goes_on_after_an_address_that_fails(site):
    out, err = ingest(site.url_for("/gone"), "http://10.0.0.1/", site.url_for("/port"))
    assert "1 new, 0 changed, 0 known, 2 refused" in out
    assert "gone for good" in err
    assert "not on the public internet" in err
