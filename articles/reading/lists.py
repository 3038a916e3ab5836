"""Lists of what to read: `read_sitemap` for back-filling, `read_opml` for feeds kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from articles.reading import workbench
from articles.reading.errors import TooHeavy

LONGEST_LIST = 15_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap. `changed` may be naive, and is None where the list gives no date."""

    url: str
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    pages: tuple[Listed, ...]
    sitemaps: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class ListedFeed:
    url: str
    title: str
    home_page: str


@dataclass(frozen=True, slots=True)
class FeedList:
    feeds: tuple[ListedFeed, ...]
    problems: tuple[str, ...]


def read_sitemap(body: bytes, *, url: str, now: datetime, charset: str | None = None) -> Sitemap:
    """The pages of a sitemap, or the sitemaps of an index. Raises Unreadable."""
    _check_size(body, "sitemap")
    read = workbench.perform("sitemap", body, url=url, charset=charset, now=now.isoformat())
    return Sitemap(*(tuple(_listed(row) for row in read[kind]) for kind in ("pages", "sitemaps")))


def read_opml(body: bytes, *, charset: str | None = None) -> FeedList:
    """The feeds of an OPML list. Raises Unreadable."""
    _check_size(body, "list")
    read = workbench.perform("opml", body, url="", charset=charset)
    return FeedList(tuple(ListedFeed(**row) for row in read["feeds"]), tuple(read["problems"]))


def _listed(row: dict[str, str]) -> Listed:
    return Listed(row["url"], datetime.fromisoformat(row["changed"]) if row["changed"] else None)


def _check_size(body: bytes, what: str) -> None:
    if len(body) > LONGEST_LIST:
        raise TooHeavy(f"The {what} has {len(body):,} bytes; {LONGEST_LIST:,} is the limit. Cut it.")
