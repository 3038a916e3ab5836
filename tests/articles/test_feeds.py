"""RSS and Atom, sound and hostile."""

import socket
import time
from datetime import UTC, datetime, timedelta, timezone
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.reading import TooHeavy, Unreadable, normalise, read_feed

NOW = datetime(2025, 12, 21, 12, tzinfo=UTC)
WHERE = "https://news.example/rss.xml"


def item(link="/1", title="Story", date="Sat, 20 Dec 2025 10:00:00 +0200", guid=None, more="") -> str:
    parts = [f"<title>{title}</title>", f"<link>{link}</link>" if link else ""]
    parts.append(f"<pubDate>{date}</pubDate>" if date else "")
    parts.append(f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
    return f"<item>{''.join(parts)}{more}</item>"


def rss(*items: str, title="Feed", head="") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{title}</title><link>https://news.example/</link>{''.join(items)}</channel></rss>"
    ).encode()


def read(body: bytes, **options):
    return read_feed(body, **({"url": WHERE, "now": NOW} | options))


# --- Sound feeds


def test_an_rss_item_gives_its_parts_as_plain_text():
    short = escape("<p>Short</p>")
    content = escape("<p>First <b>paragraph</b>.</p><script>alert(1)</script><p>Second.</p>")
    got = read(
        rss(
            item(
                "/world/1?utm_source=rss#x",
                "Two killed &amp;amp; five hurt",
                guid="g-1",
                more=f"<author>desk@example.org (Ann Writer)</author><description>{short}</description>"
                f"<content:encoded>{content}</content:encoded>",
            ),
            title="The &lt;b&gt;Feed&lt;/b&gt;",
        )
    )
    assert got.title == "The Feed"
    assert (got.skipped, got.problems) == (0, ())
    [one] = got.items
    assert one.url == "https://news.example/world/1"
    assert one.title == "Two killed & five hurt"
    assert one.guid == "g-1"
    assert one.published == datetime(2025, 12, 20, 10, tzinfo=timezone(timedelta(hours=2)))
    assert one.summary == "Short"
    assert one.content == "First paragraph.\n\nSecond."
    assert "Ann Writer" in one.byline


def test_an_atom_entry_gives_its_parts():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/blog/"><title>Atom</title>
      <entry><id>tag:news.example,2025:1</id><title type="html">5 &lt;i&gt;hurt&lt;/i&gt;</title>
        <link rel="alternate" href="one"/><published>2025-12-20T08:00:00Z</published>
        <updated>2025-12-21T08:00:00Z</updated><content type="html">&lt;p&gt;Body&lt;/p&gt;</content></entry>
      <entry><id>tag:news.example,2025:2</id><title>Two</title><link href="two"/>
        <updated>2025-12-19T08:00:00Z</updated></entry></feed>"""
    got = read(body)
    assert [(i.url, i.title, i.published.day) for i in got.items] == [
        ("https://news.example/blog/one", "5 hurt", 20),
        ("https://news.example/blog/two", "Two", 19),
    ]
    assert got.items[0].content == "Body"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rss(item(title="Обстріл міста")).replace(b"utf-8", b"windows-1251").decode().encode("cp1251"), None),
        (
            rss(item(title="Обстріл міста")).replace(b"utf-8", b"windows-1251").decode().encode("cp1251"),
            "utf-8",
        ),
        (rss(item(title="Обстріл міста")).replace(b"utf-8", b"iso-8859-1"), None),
        (rss(item(title="Обстріл міста")).replace(b"utf-8", b"utf-16").decode().encode("utf-16"), None),
        (b"\xef\xbb\xbf\n " + rss(item(title="Обстріл міста")), None),
    ],
)
def test_charsets_of_feeds(body, said):
    assert read(body, charset=said).items[0].title == "Обстріл міста"


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes_and_says_so():
    got = read(rss(item(title="Fish & chips"), item("/2", "Two <b>bold")))
    assert got.items[0].title == "Fish & chips"
    assert any("not well-formed" in problem for problem in got.problems)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>no feed</body></html>", b"words", b"{}", b"<opml/>", b"\0" * 99]
)
def test_what_is_no_feed_is_said_so(body):
    with pytest.raises(Unreadable):
        read(body)


def test_references_to_no_character_do_not_break_a_feed():
    got = read(rss(item(title="A&#xD800;&#0;&#x110000;&#11;B &#8211; C")))
    assert got.items[0].title.replace("\ufffd", "") == "AB – C"


def test_an_empty_feed_is_a_feed():
    assert read(rss()).items == ()


# --- Dates, links, guids


@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("Fri, 30 Feb 2024 10:00:00 GMT", "not in the calendar"),
        ("2024-13-01", "not in the calendar"),
        ("Mon, 01 Jan 0001 00:00:00 GMT", "not between"),
        ("Fri, 31 Dec 9999 00:00:00 GMT", "not between"),
        ("Fri, 20 Dec 2030 00:00:00 GMT", "not between"),
        ("yesterday", "cannot be read"),
        ("۲۰ Dec 2025 10:00:00 GMT", "cannot be read"),
    ],
)
def test_a_bad_date_is_no_date_and_a_problem(date, problem):
    got = read(rss(item(date=date)))
    assert got.items[0].published is None
    assert problem in got.problems[0]
    assert "Item 1" in got.problems[0]


def test_an_item_without_a_date_has_none():
    got = read(rss(item(date=None)))
    assert got.items[0].published is None
    assert got.problems == ()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "JaVaScRiPt:x",
        "http://",
        None,
    ],
)
def test_a_link_that_leads_nowhere_leaves_the_item_out(link):
    got = read(rss(item(link), item("/2")))
    assert [i.url for i in got.items] == ["https://news.example/2"]
    assert "Item 1 (“Story”) has no http or https link" in got.problems[0]


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("<![CDATA[<script>alert(1)</script>Story]]>", "Story"),
        ("&lt;img src=x onerror=alert(1)&gt;Story", "Story"),
        ("&lt;/mark&gt;Story", "Story"),
        ("&lt;svg onload=alert(1)&gt;&lt;/svg&gt;Story", "Story"),
        ("Sto\u202ery", "Story"),
        ("Line\none", "Line one"),
        ("3 &amp;lt; 5", "3 < 5"),
        ("Q&amp;A: what now?", "Q&A: what now?"),
        ("", ""),
    ],
)
def test_titles_are_plain_text(title, plain):
    assert read(rss(item(title=title))).items[0].title == plain


def test_a_guid_that_all_items_share_names_none_of_them():
    got = read(rss(item("/1", guid="same"), item("/2", guid="same"), item("/3", guid="own")))
    assert [(i.url[-2:], i.guid) for i in got.items] == [("/1", ""), ("/2", ""), ("/3", "own")]
    assert any("2 items share the guid “same”" in problem for problem in got.problems)


def test_no_guid_or_one_for_the_same_link_twice_is_no_problem():
    got = read(rss(item("/1", guid="g"), item("/1?utm_source=x", guid="g"), item("/2")))
    assert [i.guid for i in got.items] == ["g", "g", ""]
    assert got.problems == ()


# --- Many and heavy


def test_of_ten_thousand_items_the_two_hundred_newest_are_kept():
    first = datetime(2025, 1, 1, tzinfo=UTC)
    items = [
        item(f"/{n}", f"Story {n}", f"{first + timedelta(minutes=n):%a, %d %b %Y %H:%M:%S +0000}")
        for n in range(10_000)
    ]
    began = time.monotonic()
    got = read(rss(*items))
    assert time.monotonic() - began < 15
    assert [i.title for i in got.items] == [f"Story {n}" for n in range(9999, 9799, -1)]
    assert got.skipped == 9800


def test_undated_items_come_after_dated_ones_in_the_feeds_order():
    got = read(rss(item("/a", date=None), item("/b"), item("/c", date=None)))
    assert [i.url[-1] for i in got.items] == ["b", "a", "c"]


def test_problems_are_counted_not_heaped():
    got = read(rss(*(item("javascript:x") for _ in range(500))))
    assert len(got.problems) <= 21
    assert "480 more" in got.problems[-1]


def test_a_feed_beyond_the_limit_is_refused_unread():
    with pytest.raises(TooHeavy, match="5,000,000 is the limit"):
        read(b" " * 5_000_001)


def test_markup_with_thousands_of_attributes_costs_an_item_its_text_only():
    heavy = escape("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>")
    began = time.monotonic()
    got = read(rss(item("/1", more=f"<description>{heavy}</description>"), item("/2")))
    assert time.monotonic() - began < 20
    assert [i.url[-1] for i in got.items] == ["1", "2"]


# --- Declarations

LOL = "<!DOCTYPE lolz [<!ENTITY lol 'lol'>" + "".join(
    f"<!ENTITY lol{n} '{f'&lol{n - 1};' * 10 if n > 1 else '&lol;' * 10}'>" for n in range(1, 10)
)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    "head",
    [
        LOL + "]>",
        "<!DOCTYPE r [<!ENTITY a '" + "x" * 100_000 + "'>]>",
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/evil.dtd'>",
        "<!DOCTYPE r PUBLIC 'x' 'http://127.0.0.1:1/evil.dtd'>",
        "<!doctype r []>",
        "<!-- c --><?pi x?>\n<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'> %p;]>",
    ],
    ids=[
        "billion laughs",
        "quadratic",
        "external entity",
        "external DTD",
        "public DTD",
        "lower case",
        "hidden",
    ],
)
def test_a_doctype_is_refused_before_anything_is_expanded(head, no_network):
    began = time.monotonic()
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(rss(item(title="&lol9;&x;&a;"), head=head))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32"])
def test_a_doctype_is_found_in_other_charsets_too(charset):
    body = rss(item(title="&x;"), head="<!DOCTYPE r [<!ENTITY x 'boom'>]>").decode().encode(charset)
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(body)


def test_declarations_after_the_root_are_not_obeyed():
    body = rss(item(title="&x;")).replace(b"<channel>", b"<channel><!DOCTYPE r [<!ENTITY x 'boom'>]>")
    try:
        titles = [i.title for i in read(body).items]
    except Unreadable:
        titles = []
    assert "boom" not in titles


def test_a_doctype_inside_an_items_text_is_only_text():
    got = read(rss(item(more="<description><![CDATA[<!DOCTYPE html><p>Words</p>]]></description>")))
    assert got.items[0].summary == "Words"


def test_bytes_that_look_like_a_path_are_not_opened(tmp_path):
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss(item(title="secret")))
    with pytest.raises(Unreadable):
        read(str(secret).encode())


# --- Whatever comes

SOUND = rss(item(guid="g"), item("/2", "Обстріл &amp; <![CDATA[<b>x</b>]]>"), head="<!-- x -->")
PIECES = [
    b"<",
    b">",
    b"]]>",
    b"<![CDATA[",
    b"&",
    b"&#0;",
    b"&#xD800;",
    b"<!DOCTYPE",
    b"\0",
    b"\xff",
    b"<item>",
    b"'",
    b" xmlns='x'",
]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, len(SOUND)), st.sampled_from(PIECES), st.integers(0, 40)), max_size=5)
)
def test_a_mutilated_feed_is_read_or_refused_and_never_breaks_us(cuts):
    body = SOUND
    for where, piece, dropped in cuts:
        body = body[:where] + piece + body[where + dropped :]
    try:
        got = read(body)
    except Unreadable:
        return
    for one in got.items:
        assert one.url.startswith(("http://", "https://"))
        for text in (one.title, one.summary, one.content, one.guid):
            assert normalise(text) == text
