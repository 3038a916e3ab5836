"""Bytes to clean text and metadata.

- `read_article`: one article, as an `ArticleText` (by `read_html` or `read_text`, whichever it is);
- `read_feed`: the items of an RSS or Atom feed; `feed_links`: the feeds a page announces;
- `read_sitemap`, `read_opml`: addresses of pages, and of feeds;
- `read_jsonl`: rows of a JSON-lines file, bad lines with their reason;
- `kind_of`: which of these some bytes are;
- `normalise`: text as it is stored (all offsets are into that), `canonical_url`: an address as it is stored.

What cannot be read raises `Unreadable`, whose text says what is wrong and the mend. HTML and feeds are parsed in
a child process with limits (`workbench`). Nothing here knows Django, the network or the clock: `now` comes in.
"""

from articles.reading.articletext import (
    LONGEST_FILE,
    ArticleText,
    FeedContent,
    FeedItem,
    feed_links,
    read_article,
    read_feed,
    read_html,
    read_text,
)
from articles.reading.cleaning import normalise, one_line
from articles.reading.dates import DateProblem, Published, parse_published
from articles.reading.errors import TooHeavy, Unreadable
from articles.reading.kinds import kind_of
from articles.reading.links import canonical_url, is_web_address
from articles.reading.lists import FeedList, Listed, ListedFeed, Sitemap, read_opml, read_sitemap
from articles.reading.rows import Row, RowError, read_jsonl

__all__ = [
    "LONGEST_FILE",
    "ArticleText",
    "DateProblem",
    "FeedContent",
    "FeedItem",
    "FeedList",
    "Listed",
    "ListedFeed",
    "Published",
    "Row",
    "RowError",
    "Sitemap",
    "TooHeavy",
    "Unreadable",
    "canonical_url",
    "feed_links",
    "is_web_address",
    "kind_of",
    "normalise",
    "one_line",
    "parse_published",
    "read_article",
    "read_feed",
    "read_html",
    "read_jsonl",
    "read_opml",
    "read_sitemap",
    "read_text",
]
