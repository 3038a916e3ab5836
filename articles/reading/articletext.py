"""Reading one article, or one feed: the functions that callers use."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from articles.reading import workbench
from articles.reading.cleaning import one_line, paragraphs
from articles.reading.decoding import decode
from articles.reading.errors import TooHeavy, Unreadable
from articles.reading.kinds import Kind, kind_of
from articles.reading.links import canonical_url

LONGEST_FILE = 3_000_000  # bytes of one article; trafilatura takes 15 s and 300 MB for 10 MB
LONGEST_FEED = 5_000_000
_TITLE_LENGTH = 200
_NO_ARTICLE: dict[Kind, str] = {
    "feed": "This is a feed, not an article. Add it as a feed.",
    "jsonl": "This is a list of articles (JSON lines). Take it in with `manage.py ingest FILE.jsonl`.",
    "opml": "This is a list of feeds (OPML), not an article. Add its feeds.",
    "sitemap": "This is a sitemap, not an article. Give the address of an article.",
    "binary": "This is binary data (a PDF, an image, an archive), not text. Paste the article's text.",
}


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article as read. Strings are "" where the publisher does not say.

    `text` is normalised, paragraphs separated by blank lines. `published` is aware, or naive where no zone was
    given: then it is the outlet's local time; `published_day_only` says that it is a mere date (at noon). `url`s
    are canonical. `doubts` are sentences for a curator: a guessed charset, an unusable date. `feeds` are the
    feeds that the page announces.
    """

    text: str
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    published_day_only: bool = False
    language: str = ""
    canonical_url: str = ""
    site_name: str = ""
    doubts: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed; `url` is canonical, texts are plain, `published` as in `ArticleText`.

    `content` is the article's whole text where the feed carries it, `summary` what it says instead. `guid` is ""
    where the feed gives none, or the same to several links: then `url` is what an item is known by.
    """

    url: str
    guid: str = ""
    title: str = ""
    published: datetime | None = None
    published_day_only: bool = False
    byline: str = ""
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class FeedContent:
    """A feed: at most 200 items, newest first; `skipped` counts the older ones, `problems` are sentences."""

    title: str
    items: tuple[FeedItem, ...]
    skipped: int = 0
    problems: tuple[str, ...] = ()


def read_article(
    body: bytes,
    *,
    now: datetime,
    url: str = "",
    name: str = "",
    content_type: str = "",
    charset: str | None = None,
) -> ArticleText:
    """The article in `body`, be it a page or a plain text: whatever `kind_of` says. Raises Unreadable.

    `url` is where it came from, or `name` the file's name. Feeds and lists of articles have readers of their own.
    """
    kind = kind_of(body, content_type, name or url)
    if kind == "html":
        return read_html(body, url=url, now=now, content_type=content_type, charset=charset)
    if kind == "text":
        return replace(read_text(body, charset=charset), canonical_url=canonical_url(url))
    raise Unreadable(_NO_ARTICLE[kind])


def read_html(
    body: bytes, *, url: str, now: datetime, content_type: str = "", charset: str | None = None
) -> ArticleText:
    """The article in an HTML page. `url` is where it came from ("" for a file), `now` an aware datetime.

    `content_type` and `charset` are the HTTP header's. Raises Unreadable.
    """
    _check_size(body, LONGEST_FILE, "page")
    read = workbench.perform(
        "page", body, url=url, charset=charset or _charset_in(content_type), now=now.isoformat()
    )
    return ArticleText(
        text=read["text"],
        title=read["title"],
        byline=read["byline"],
        published=_moment(read["published"]),
        published_day_only=read["day_only"],
        language=read["language"],
        canonical_url=read["canonical_url"],
        site_name=read["site_name"],
        doubts=tuple(read["doubts"]),
        feeds=tuple(read["feeds"]),
    )


def read_text(body: bytes, *, charset: str | None = None) -> ArticleText:
    """The article in a plain text file. A first paragraph of one short line without a full stop is its title."""
    _check_size(body, LONGEST_FILE, "text")
    decoded = decode(body, charset)
    text = paragraphs(decoded.text)
    if not text:
        raise Unreadable("The text is empty.")
    first, _, rest = text.partition("\n\n")
    title = ""
    if rest and _is_heading(first):
        title, text = one_line(re.sub(r"^#+ ", "", first)), rest
    return ArticleText(text=text, title=title, doubts=(decoded.doubt,) if decoded.doubt else ())


def read_feed(body: bytes, *, url: str, now: datetime, charset: str | None = None) -> FeedContent:
    """The items of an RSS or Atom feed. `url` is the feed's, to resolve its links. Raises Unreadable."""
    _check_size(body, LONGEST_FEED, "feed")
    read = workbench.perform("feed", body, url=url, charset=charset, now=now.isoformat())
    return FeedContent(
        title=read["title"],
        items=tuple(_item(item) for item in read["items"]),
        skipped=read["skipped"],
        problems=tuple(read["problems"]),
    )


def feed_links(body: bytes, *, url: str, charset: str | None = None) -> list[str]:
    """The addresses of the feeds that an HTML page announces, in its order. Raises Unreadable."""
    _check_size(body, LONGEST_FILE, "page")
    links: list[str] = workbench.perform("feed links", body, url=url, charset=charset)
    return links


def _item(item: dict[str, Any]) -> FeedItem:
    return FeedItem(
        url=item["url"],
        guid=item["guid"],
        title=item["title"],
        published=_moment(item["published"]),
        published_day_only=item["day_only"],
        byline=item["byline"],
        summary=item["summary"],
        content=item["content"],
    )


def _check_size(body: bytes, limit: int, what: str) -> None:
    if len(body) > limit:
        raise TooHeavy(
            f"The {what} has {len(body):,} bytes; {limit:,} is the limit. Cut it, or paste the text."
        )


def _moment(words: str | None) -> datetime | None:
    return datetime.fromisoformat(words) if words else None


def _charset_in(content_type: str) -> str | None:
    match = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]+)", content_type, re.IGNORECASE)
    return match[1] if match else None


def _is_heading(line: str) -> bool:
    if line.startswith("# "):
        return True
    return len(line) <= _TITLE_LENGTH and "\n" not in line and not re.search(r"[.!?…:;,][”\"»']?$", line)
