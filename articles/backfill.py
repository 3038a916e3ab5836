"""What was published before, and feeds kept elsewhere: from sitemaps and OPML lists.

add_sitemap(url, page, since=..., most=...)   # its pages wait as addresses, the newest first
add_feeds(reading.read_opml(body))            # its feeds are polled from now on
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone

from articles import fetching, reading
from articles.collecting import add_address, fetch, source_of
from articles.models import Address, Feed, Source

MOST_SITEMAPS = 50  # of an index, in one go
MOST_PAGES = 1_000
LONGEST_ADDRESS = 2_000
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass
class Filled:
    """How a back-fill went: pages that wait now, pages known before, and what is left out, in sentences."""

    new: int = 0
    known: int = 0
    notes: list[str] = field(default_factory=list)


def add_sitemap(
    page: fetching.Fetched, *, since: datetime, most: int = MOST_PAGES, source: Source | None = None
) -> Filled:
    """Queue the pages that a fetched sitemap, or the sitemaps that it names, say changed since then.

    A page without a date is taken where its sitemap has none either: then nothing says that it is old.
    Raises Unreadable where it is no sitemap.
    """
    filled = Filled()
    found = _pages(page, since, filled)
    found.sort(key=lambda listed: _aware(listed.changed), reverse=True)
    source = source or source_of(page.url)
    if len(found) > most:
        filled.notes.append(
            f"{len(found):,} pages were found; the newest {most:,} are taken. Run it again for more."
        )
    known = set(Address.objects.filter(url__in=[p.url for p in found]).values_list("url", flat=True))
    for listed in [p for p in found if p.url not in known][:most]:
        if len(listed.url) > LONGEST_ADDRESS:
            filled.notes.append(f"{fetching.shown(listed.url)}: the address is too long: left out.")
            continue
        _, created = add_address(listed.url, source=source)
        filled.new += created
    filled.known = len(known)
    return filled


def _pages(page: fetching.Fetched, since: datetime, filled: Filled) -> list[reading.Listed]:
    content = reading.read_sitemap(page.body, url=page.url, now=timezone.now(), charset=page.charset)
    pages = [p for p in content.pages if _taken(p, since)]
    children = [s for s in content.sitemaps if _taken(s, since)]
    children.sort(key=lambda listed: _aware(listed.changed), reverse=True)
    if len(children) > MOST_SITEMAPS:
        filled.notes.append(f"It names {len(children):,} sitemaps; the newest {MOST_SITEMAPS} are read.")
    for child in children[:MOST_SITEMAPS]:
        try:
            below = fetch(child.url)
            content = reading.read_sitemap(
                below.body, url=below.url, now=timezone.now(), charset=below.charset
            )
        except (fetching.FetchError, reading.Unreadable) as error:
            filled.notes.append(f"The sitemap {fetching.shown(child.url)} is left out: {error}")
            continue
        # No deeper: an index of indexes is against the protocol, and could go on for ever.
        pages += [p for p in content.pages if _taken(p, since)]
    return list({p.url: p for p in pages}.values())


def _aware(moment: datetime | None) -> datetime:
    if moment is None:
        return _LONG_AGO
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _taken(listed: reading.Listed, since: datetime) -> bool:
    return listed.changed is None or _aware(listed.changed) >= since


def add_feeds(content: reading.FeedList) -> Filled:
    """Keep the feeds of a list. They are due at once, and the next round polls them."""
    filled = Filled(notes=list(content.problems))
    for listed in content.feeds:
        if len(listed.url) > 1_000:
            filled.notes.append(f"“{listed.title}”: its address is too long: left out.")
            continue
        if Feed.objects.filter(url=listed.url).exists():
            filled.known += 1
            continue
        Feed.objects.create(url=listed.url, source=_source_of(listed))
        filled.new += 1
    return filled


def _source_of(listed: reading.ListedFeed) -> Source:
    if not listed.title:
        return source_of(listed.home_page or listed.url)
    home_page = listed.home_page[:500] if len(listed.home_page) <= 500 else ""
    return Source.objects.named(listed.title, home_page=home_page)
