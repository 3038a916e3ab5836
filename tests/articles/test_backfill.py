"""Back-fill from sitemaps and lists of feeds: by the command and the admin, from a publisher on loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from articles import backfill, reading
from articles.models import Address, Article, Feed, Source
from tests.articles.newswire import STORIES, fetch_all

pytestmark = pytest.mark.django_db
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Wires"><outline type="rss" text="Test Wire" xmlUrl="https://wire.invalid/rss" htmlUrl="https://wire.invalid/"/>
<outline type="rss" text="Again" xmlUrl="https://wire.invalid/rss"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/></outline>
<outline type="rss" xmlUrl="https://other.invalid/atom"/></body></opml>"""


def urlset(*pages: tuple[str, str]) -> str:
    rows = "".join(
        f"<url><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for url, day in pages
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{rows}</urlset>'


def serve(publisher, path: str, xml: str, status: int = 200) -> str:
    publisher.server.expect_request(f"/{path}").respond_with_data(xml, status, content_type="application/xml")
    return publisher.url(path)


def ingest(*arguments: str, **options) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("ingest", *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def waiting() -> set[str]:
    return {url.rsplit("/", 1)[-1] for url in Address.objects.values_list("url", flat=True)}


def test_a_sitemap_becomes_articles(publisher):
    url = serve(
        publisher, "sitemap.xml", urlset(*((publisher.url(story), "2024-03-02") for story in STORIES))
    )
    out, _ = ingest(url, since="2024-03-01", source="Test Wire")
    assert "3 new addresses wait for a worker, 0 known" in out
    assert all(fetch_all())
    assert {a.source.name for a in Article.objects.all()} == {"Test Wire"}
    assert "0 new addresses wait for a worker, 3 known" in ingest(url, since="2024-03-01")[0]


def test_only_what_changed_since_then_newest_first_and_no_more_than_asked(publisher):
    pages = [(publisher.url(f"p{n}"), f"2024-03-{n:02}") for n in range(1, 10)]
    pages += [
        (publisher.url("dateless"), ""),
        (publisher.url("odd"), "2024-02-30"),
        ("javascript:alert(1)", ""),
    ]
    url = serve(publisher, "sitemap.xml", urlset(*pages))
    _, errors = ingest(url, since="2024-03-05", most=3)
    assert waiting() == {"p9", "p8", "p7"}
    assert "7 pages were found; the newest 3 are taken" in errors
    ingest(url, since="2024-03-05")
    assert waiting() == {"p5", "p6", "p7", "p8", "p9", "dateless", "odd"}


def test_an_index_leads_to_its_sitemaps_and_no_deeper(publisher):
    serve(publisher, "new.xml", urlset((publisher.url("port"), "2024-03-02")))
    serve(publisher, "broken.xml", "<html>", 500)
    deeper = f"<sitemapindex {NS}><sitemap><loc>{publisher.url('new.xml')}</loc></sitemap></sitemapindex>"
    serve(publisher, "deeper.xml", deeper)
    rows = [("old.xml", "2023-01-01"), ("new.xml", "2024-03-02"), ("broken.xml", ""), ("deeper.xml", "")]
    index = "".join(
        f"<sitemap><loc>{publisher.url(path)}</loc><lastmod>{day}</lastmod></sitemap>" for path, day in rows
    )
    url = serve(publisher, "index.xml", f"<sitemapindex {NS}>{index}</sitemapindex>")
    _, errors = ingest(url, since="2024-03-01")
    assert waiting() == {"port"}
    assert "broken.xml is left out" in errors
    assert "HTTP 500" in errors
    assert "/old.xml" not in {request.path for request, _ in publisher.server.log}


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("before", [BOMB, OUTSIDE, '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'])
def test_entities_are_refused_unread(before):
    with pytest.raises(reading.Unreadable, match="DOCTYPE"):
        reading.read_sitemap(
            f"{before}<urlset {NS}><url><loc>&a;</loc></url></urlset>".encode(),
            url="https://x.invalid/", now=datetime(2024, 3, 2, tzinfo=UTC),
        )  # fmt: skip
    with pytest.raises(reading.Unreadable, match="DOCTYPE"):
        reading.read_opml(f'{before}<opml><body><outline xmlUrl="&a;"/></body></opml>'.encode())


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<urlset>", b"<opml", b"<html></html>", b"just words", b"<a" * 5000]
)
def test_garbage_is_no_list(body):
    for read in (
        lambda: reading.read_opml(body).feeds,
        lambda: (
            reading.read_sitemap(body, url="https://x.invalid/", now=datetime(2024, 3, 2, tzinfo=UTC)).pages
        ),
    ):
        try:
            assert read() == ()
        except reading.Unreadable as error:
            assert str(error)  # noqa: PT017


def test_a_list_of_feeds_is_polled_from_now_on(tmp_path):
    path = tmp_path / "feeds.opml"
    path.write_text(OPML)
    out, errors = ingest(str(path))
    assert "2 feeds added, 0 known" in out
    assert "“Bad” has no http or https address" in errors
    assert {(f.url, f.source.name) for f in Feed.objects.due()} == {
        ("https://wire.invalid/rss", "Test Wire"),
        ("https://other.invalid/atom", "other.invalid"),
    }
    assert Source.objects.get(name="Test Wire").home_page == "https://wire.invalid/"
    assert "0 feeds added, 2 known" in ingest(str(path))[0]


def test_a_list_may_be_an_address(publisher):
    assert "2 feeds added" in ingest(serve(publisher, "feeds.opml", OPML))[0]


def test_bad_options_are_named(publisher):
    with pytest.raises(CommandError, match="--since tomorrow: write a date"):
        ingest(publisher.url("sitemap.xml"), since="tomorrow")


# The admin's doors


def test_the_admin_takes_a_list_of_feeds(admin_client):
    answer = admin_client.post(
        "/admin/articles/feed/list/", {"file": SimpleUploadedFile("f.opml", OPML.encode())}, follow=True
    )
    html = answer.content.decode()
    assert "2 feeds are polled from now on; 0 were known." in html
    assert "“Bad” has no http or https address" in html


def test_the_admin_back_fills_from_a_sitemap(admin_client, publisher):
    url = serve(publisher, "sitemap.xml", urlset((publisher.url("port"), "2024-03-02")))
    assert "Back-fill from a sitemap" in admin_client.get("/admin/articles/feed/").content.decode()
    answer = admin_client.post(
        "/admin/articles/feed/sitemap/", {"url": url, "since": "2024-03-01", "most": 10}, follow=True
    )
    assert "1 pages wait for a worker" in answer.content.decode()
    assert waiting() == {"port"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"url": "nonsense", "since": "2024-03-01", "most": 1}, "Enter a valid URL"),
        ({"url": "http://169.254.169.254/", "since": "2024-03-01", "most": 1}, "not on the public internet"),
        ({"url": "{port}", "since": "2024-03-01", "most": 1}, "This is no sitemap"),
        ({"url": "{port}", "since": "x", "most": 0}, "Enter a valid date"),
    ],
)
def test_the_admin_says_what_is_wrong_with_a_sitemap(admin_client, publisher, data, words):
    data = {**data, "url": data["url"].format(port=publisher.url("port"))}
    answer = admin_client.post("/admin/articles/feed/sitemap/", data)
    assert words in answer.content.decode()
    assert not Address.objects.exists()


def test_the_admins_doors_are_for_those_who_may_add_feeds(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("bare", is_staff=True))
    for path in ("list", "sitemap"):
        assert client.post(f"/admin/articles/feed/{path}/").status_code == 403


def test_a_bound_on_sitemaps_of_an_index(publisher, monkeypatch):
    monkeypatch.setattr(backfill, "MOST_SITEMAPS", 1)
    for name in ("a.xml", "b.xml"):
        serve(publisher, name, urlset((publisher.url(f"of-{name}"), "2024-03-02")))
    index = "".join(
        f"<sitemap><loc>{publisher.url(p)}</loc><lastmod>{d}</lastmod></sitemap>"
        for p, d in (("a.xml", "2024-03-01"), ("b.xml", "2024-03-02"))
    )
    url = serve(publisher, "index.xml", f"<sitemapindex {NS}>{index}</sitemapindex>")
    _, errors = ingest(url, since="2024-01-01")
    assert waiting() == {"of-b.xml"}
    assert "It names 2 sitemaps; the newest 1 are read." in errors
