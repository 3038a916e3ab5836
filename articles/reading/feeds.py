"""RSS and Atom to items. Runs in the child process only (`workbench`)."""

import io
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import feedparser

from articles.reading.cleaning import one_line
from articles.reading.dates import DateProblem, Published, parse_published
from articles.reading.decoding import decode
from articles.reading.errors import TooHeavy, Unreadable
from articles.reading.links import absolute, canonical_url
from articles.reading.markup import text_of

MOST_ITEMS = 200
MOST_PROBLEMS = 20
LONGEST_TITLE = 10_000
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});?")
_BEFORE_ROOT = re.compile(r"\A(?>\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)


def read_feed_items(body: bytes, *, url: str, charset: str | None, now: datetime) -> dict[str, Any]:
    """The feed in `body`, as the fields of `FeedContent`."""
    text = _XML_DECLARATION.sub("", decode(body, charset).text.replace("\0", ""))
    start = _BEFORE_ROOT.match(text)
    if start and text[start.end() :][:9].upper() == "<!DOCTYPE":
        raise Unreadable(
            "The feed has a DOCTYPE, which can hide bombs and reach for files, so it is not read. "
            "Ask the publisher to leave it out: feeds need none."
        )
    parsed = _parse(text, url)
    if not parsed.get("version") and not parsed.entries:
        raise Unreadable("This is no RSS or Atom feed. Give the address of the feed itself.")
    problems: list[str] = []
    if parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.exceptions.CharacterEncodingOverride):
        problems.append(f"The feed is not well-formed ({one_line(str(parsed.bozo_exception))[:200]}).")
    items = [
        item
        for number, entry in enumerate(parsed.entries, 1)
        if (item := _item(entry, number, url, now, problems))
    ]
    kept = _newest(items)
    _drop_shared_guids(kept, problems)
    for item in kept:
        item["published"] = item["published"].at.isoformat() if item["published"] else None
    return {
        "title": _plain(parsed.feed.get("title", "")),
        "items": kept,
        "skipped": len(items) - len(kept),
        "problems": _few(problems),
    }


def _few(problems: list[str]) -> list[str]:
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], f"… and {more} more."] if more > 0 else problems


def _parse(text: str, url: str) -> Any:
    """feedparser's reading of `text`.

    Given as a stream, never a string: feedparser opens strings that look like addresses or file names. As UTF-8
    without a declaration, so that it reads the very characters that were checked.
    """
    text = _REFERENCE.sub(_sound_reference, text)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(io.BytesIO(text.encode("utf-8", "replace")), response_headers=headers)
    except Exception as error:  # whatever a feed can make feedparser stumble over is the feed's fault
        raise Unreadable(
            f"The feed is too broken to be read ({type(error).__name__}: {str(error)[:100]}). Tell the publisher."
        ) from error


def _sound_reference(match: re.Match[str]) -> str:
    """A reference to no character (a surrogate, a control) becomes U+FFFD; feedparser raises at the former."""
    digits = match[1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    sound = number in {9, 10, 13} or 0x20 <= number < 0xD800 or 0xE000 <= number < 0x110000
    return match[0] if sound else "\ufffd"


def _item(entry: Any, number: int, url: str, now: datetime, problems: list[str]) -> dict[str, Any] | None:
    title = _plain(entry.get("title", ""))
    name = f"Item {number} (“{title[:60]}”)"
    link = absolute(entry.get("link", ""), url)
    if not link:
        problems.append(f"{name} has no http or https link: left out.")
        return None
    published: Published | None = None
    words = entry.get("published") or entry.get("updated") or ""
    if words:
        try:
            published = parse_published(words, now)
        except DateProblem as error:
            problems.append(f"{name}: {error}")
    try:
        summary = text_of(entry.get("summary", ""))
        content = max(
            (text_of(part.get("value", "")) for part in entry.get("content", [])), key=len, default=""
        )
    except TooHeavy as error:
        problems.append(f"{name}: {error}")
        summary = content = ""
    return {
        "guid": one_line(entry.get("id", ""))[:1000],
        "url": canonical_url(link),
        "title": title,
        "published": published,
        "day_only": bool(published and published.day_only),
        "byline": _plain(entry.get("author", "")),
        "summary": summary,
        "content": content,
    }


def _newest(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most MOST_ITEMS, newest first; undated ones after the dated, in the feed's order."""

    def age(item: dict[str, Any]) -> float:
        if item["published"] is None:
            return float("inf")
        at = item["published"].at
        return -(at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()

    return sorted(items, key=age)[:MOST_ITEMS]


def _drop_shared_guids(items: list[dict[str, Any]], problems: list[str]) -> None:
    """A guid that several links share names none of them."""
    links = Counter(guid for guid, _ in {(item["guid"], item["url"]) for item in items if item["guid"]})
    shared = {guid for guid, count in links.items() if count > 1}
    for guid in shared:
        problems.append(f"{links[guid]} items share the guid “{guid[:60]}”: their links are used instead.")
    for item in items:
        if item["guid"] in shared:
            item["guid"] = ""


def _plain(markup: str) -> str:
    return one_line(text_of(markup[:LONGEST_TITLE]))
