"""HTML to text and metadata. Runs in the child process only (`workbench`): its input is hostile by assumption."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import trafilatura
from courlan import extract_domain
from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata

from articles.reading.cleaning import normalise, one_line
from articles.reading.dates import DateProblem, Published, parse_published
from articles.reading.decoding import Decoded, decode
from articles.reading.errors import Unreadable
from articles.reading.links import absolute, canonical_url
from articles.reading.markup import check_attributes

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*")
FEED_TYPES = {"application/rss+xml", "application/atom+xml"}

# Where pages say when they were published, best first: XPath and the attribute that holds it.
_DATE_MARKS = (
    ("//meta[@property='article:published_time' or @name='article:published_time']", "content"),
    ("//*[@itemprop='datePublished']", "datetime"),
    ("//*[@itemprop='datePublished']", "content"),
    ("//meta[@property='og:published_time' or @property='og:article:published_time']", "content"),
    (
        "//meta[@name='parsely-pub-date' or @name='sailthru.date' or @name='cXenseParse:recs:publishtime']",
        "content",
    ),
    ("//meta[@name='publish-date' or @name='publishdate' or @name='publication_date']", "content"),
    (
        "//meta[translate(@name,'DC','dc')='dc.date' or translate(@name,'DCI','dci')='dc.date.issued']",
        "content",
    ),
    ("//time[@pubdate]", "datetime"),
    ("//article//time[@datetime]", "datetime"),
)


def read_page(body: bytes, *, url: str, charset: str | None, now: datetime) -> dict[str, Any]:
    """Text and metadata of the article in `body`, as the fields of `ArticleText`."""
    decoded = decode(body, charset)
    tree = _tree(decoded)
    doubts = [decoded.doubt] if decoded.doubt else []
    language = _language(tree)
    published, doubt = _published(tree, url, now)
    if doubt:
        doubts.append(doubt)
    feeds = _feeds(tree, url)
    canonical = _canonical(tree, url)
    metadata = extract_metadata(
        tree, default_url=url or None, date_config=_date_settings(now), extensive=False
    )
    # Last, because it takes the tree apart.
    text = trafilatura.extract(
        tree, fast=True, include_comments=False, include_tables=True, output_format="txt"
    )
    title = one_line(metadata.title or "")
    text = _without_title(normalise("\n\n".join((text or "").split("\n"))), title)
    if not text:
        raise Unreadable(
            "No article text was found in the page: it may be a list of links, a video, or a page that is only "
            "put together by scripts. Paste the text instead."
        )
    return {
        "text": text,
        "title": title,
        "byline": one_line(metadata.author or "").replace("; ", ", "),
        "site_name": one_line(metadata.sitename or ""),
        "published": published.at.isoformat() if published else None,
        "day_only": bool(published and published.day_only),
        "language": language,
        "canonical_url": canonical,
        "feeds": feeds,
        "doubts": doubts,
    }


def read_feed_links(body: bytes, *, url: str, charset: str | None) -> list[str]:
    """The feeds that a page announces by <link rel=alternate>."""
    return _feeds(_tree(decode(body, charset)), url)


def _tree(decoded: Decoded) -> HtmlElement:
    html = _XML_DECLARATION.sub("", decoded.text.replace("\0", ""))
    check_attributes(html)
    if not html.strip():
        raise Unreadable("The page is empty.")
    parser = lxml.html.HTMLParser(
        collect_ids=False, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    # As UTF-8 bytes: lone surrogates cannot be in there, and what a <meta> says is overruled.
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.LxmlError as error:
        raise Unreadable(f"The page holds no HTML that can be read ({error}).") from error


def _without_title(text: str, title: str) -> str:
    """Many pages repeat the title above the text; it is kept once, as the title."""
    first, _, rest = text.partition("\n\n")
    return rest if rest and first.casefold() == title.casefold() else text


def _language(tree: HtmlElement) -> str:
    """What the page says of its language, as the primary subtag ("uk"); "" when it says nothing."""
    said = [
        tree.get("lang"),
        tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        *tree.xpath("//meta[translate(@http-equiv,'CL','cl')='content-language']/@content"),
        *tree.xpath("//meta[@property='og:locale']/@content"),
    ]
    for words in said:
        if match := _LANGUAGE.fullmatch((words or "").strip()):
            return match[1].lower()
    return ""


def _canonical(tree: HtmlElement, url: str) -> str:
    """The address that the page calls its own, when on the same site: else anyone could speak for others.

    Not the home page, which some sites name on every page of theirs: all articles would be one.
    """
    for link in (
        *tree.xpath("//link[@rel='canonical']/@href"),
        *tree.xpath("//meta[@property='og:url']/@content"),
    ):
        own = absolute(link, url)
        if own and (not url or (same_site(own, url) and _is_home(own) <= _is_home(url))):
            return canonical_url(own)
    return canonical_url(url)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one registrable domain (example.co.uk), so may speak for each other."""
    domains = {extract_domain(url) for url in (one, other)}
    if None not in domains:
        return len(domains) == 1
    # Unknown to the list of public suffixes: a test publisher, an address in numbers.
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    return hosts[0] == hosts[1] or hosts[0].endswith(f".{hosts[1]}") or hosts[1].endswith(f".{hosts[0]}")


def _feeds(tree: HtmlElement, url: str) -> list[str]:
    links = tree.xpath(
        "//link[@href and contains(concat(' ', translate(@rel, 'ALTERN', 'altern'), ' '), ' alternate ')]"
    )
    found = (
        absolute(a.get("href"), url) for a in links if (a.get("type") or "").lower().strip() in FEED_TYPES
    )
    return list(dict.fromkeys(link for link in found if link))


def _published(tree: HtmlElement, url: str, now: datetime) -> tuple[Published | None, str]:
    """The date the page states, else the one that htmldate finds in its markup or address; and a doubt."""
    problem = ""
    for words in (*_dates_in_json(tree), *_dates_in_marks(tree)):
        try:
            return parse_published(words, now), ""
        except DateProblem as error:
            problem = problem or str(error)
    if problem:
        # The page's own word is unusable; what is found elsewhere on it would be a guess.
        return None, problem
    found = find_date(tree, url=url or None, **_date_settings(now))
    if not found:
        return None, "The page states no publication date."
    try:
        return parse_published(found, now), "The publication date was found in the page's markup or address."
    except DateProblem as error:
        return None, str(error)


def _date_settings(now: datetime) -> dict[str, Any]:
    return {
        "extensive_search": False,
        "original_date": True,
        "max_date": (now + timedelta(days=2)).strftime("%Y-%m-%d"),
    }


def _dates_in_marks(tree: HtmlElement) -> Iterator[str]:
    for xpath, attribute in _DATE_MARKS:
        for element in tree.xpath(xpath)[:3]:
            if words := (element.get(attribute) or "").strip():
                yield words


def _dates_in_json(tree: HtmlElement) -> Iterator[str]:
    """`datePublished` of the articles in the page's JSON-LD."""
    for script in tree.xpath("//script[@type='application/ld+json']")[:20]:
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # broken JSON-LD is common; the page's other marks are tried
        for thing in _things(data):
            kinds = thing.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            date = thing.get("datePublished")
            if isinstance(date, str) and any(
                isinstance(k, str) and k.endswith(("Article", "Posting")) for k in kinds
            ):
                yield date


def _things(data: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _things(data.get(key), depth + 1)
    elif isinstance(data, list):
        for item in data[:50]:
            yield from _things(item, depth + 1)
