"""Sitemaps and OPML lists to addresses. Runs in the child process only (`workbench`)."""

import re
from datetime import datetime
from typing import Any

from lxml import etree

from articles.reading.cleaning import one_line
from articles.reading.dates import DateProblem, parse_published
from articles.reading.decoding import decode
from articles.reading.errors import Unreadable
from articles.reading.links import absolute, canonical_url

MOST_PAGES = 50_000  # what the protocol allows in one file
MOST_FEEDS = 5_000
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_sitemap_pages(body: bytes, *, url: str, charset: str | None, now: datetime) -> dict[str, Any]:
    """A sitemap's pages and the sitemaps that it names, each with when it changed, where that is a date."""
    root = _parse(body, charset, {"urlset", "sitemapindex"}, "sitemap")
    pages: list[dict[str, Any]] = []
    sitemaps: list[dict[str, Any]] = []
    for entry in root:
        kind = _name(entry)
        if kind not in {"url", "sitemap"}:
            continue
        said = {_name(child): (child.text or "").strip() for child in entry}
        link = absolute(said.get("loc", ""), url)
        if not link:
            continue
        found = {"url": canonical_url(link), "changed": _moment(said.get("lastmod", ""), now)}
        (pages if kind == "url" else sitemaps).append(found)
        if len(pages) + len(sitemaps) >= MOST_PAGES:
            break
    return {"pages": pages, "sitemaps": sitemaps}


def read_opml_feeds(body: bytes, *, charset: str | None) -> dict[str, Any]:
    """The feeds of an OPML list, whatever folders they are in."""
    root = _parse(body, charset, {"opml"}, "OPML list")
    feeds: dict[str, dict[str, str]] = {}
    problems = []
    for outline in root.iter("{*}outline", "outline"):
        said = {name.lower(): value for name, value in outline.attrib.items()}
        given = said.get("xmlurl", "").strip()
        title = one_line(said.get("title") or said.get("text") or "")[:200]
        if not given:
            continue  # a folder
        link = absolute(given, "")
        if not link:
            problems.append(f"“{title or given[:60]}” has no http or https address: left out.")
            continue
        home = absolute(said.get("htmlurl", ""), "")
        feeds.setdefault(canonical_url(link), {"title": title, "home_page": home})
        if len(feeds) >= MOST_FEEDS:
            problems.append(f"The list has more than {MOST_FEEDS:,} feeds: the rest is left out.")
            break
    return {"feeds": [{"url": link, **said} for link, said in feeds.items()], "problems": problems[:20]}


def _parse(body: bytes, charset: str | None, roots: set[str], what: str) -> Any:
    text = _XML_DECLARATION.sub("", decode(body, charset).text.replace("\0", ""))
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Unreadable(
            f"The {what} has a DOCTYPE, which can hide bombs and reach for files, so it is not read. Leave it out."
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"This is no {what} ({one_line(str(error))[:100]}).") from error
    if root is None or _name(root) not in roots:
        raise Unreadable(f"This is no {what}. Give the address of the list itself.")
    return root


def _name(element: Any) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _moment(words: str, now: datetime) -> str | None:
    if not words:
        return None
    try:
        return parse_published(words, now).at.isoformat()
    except DateProblem:
        return None
