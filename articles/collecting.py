"""From an address or a feed to stored articles: fetch, read, store. Called by tasks, forms and commands.

    poll_feed(feed_id)          # a feed's new items become addresses that wait
    fetch_address(address_id)   # a waiting address becomes an article
    add_address(url, ...)       # queue one address
    add_feed(url, page)         # keep a feed that has just been fetched

All of them may be called twice, late or in parallel. What goes wrong is written into the row, in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import CharField
from django.utils import timezone

from articles import fetching, hosts, reading
from articles.doorbell import ring
from articles.ingest import LONGEST_TEXT, Draft, Refused, aware, store
from articles.models import LONGEST_INTERVAL, Address, Article, Feed, Source
from articles.work import MAX_ATTEMPTS

SHORTEST_CONTENT = 400  # characters: what a feed calls its content is a teaser where it is shorter


def fetch(url: str, etag: str = "", last_modified: str = "") -> fetching.Fetched:
    return fetching.fetch(
        url,
        etag=etag,
        last_modified=last_modified,
        allow_hosts=settings.FETCH_ALLOW_HOSTS,
        user_agent=settings.FETCH_USER_AGENT,
    )


def source_of(url: str) -> Source:
    """The source of an address: the one whose home page is on its host, else a new one named by the host."""
    host = (urlsplit(url).hostname or "unknown").removeprefix("www.")
    known = Source.objects.filter(
        home_page__regex=rf"^https?://(www\.)?{host.replace('.', '[.]')}(/|:|$)"
    ).first()
    if known:
        return known.merged_into or known
    return Source.objects.named(host, home_page=f"https://{host}/")


# Pages


def read_page(page: fetching.Fetched) -> reading.ArticleText:
    """The article of a fetched page. Raises Unreadable."""
    return reading.read_article(
        page.body, now=timezone.now(), url=page.url, content_type=page.content_type, charset=page.charset
    )


def draft_of_page(
    page: fetching.Fetched,
    source: Source | None = None,
    *,
    title: str = "",
    byline: str = "",
    published: datetime | None = None,
) -> Draft:
    """What a fetched page says; the named arguments are for what it leaves out. Raises Unreadable."""
    read = read_page(page)
    return Draft(
        source=source or source_of(page.url),
        url=read.canonical_url or page.url,
        title=read.title or title,
        byline=read.byline or byline,
        published=read.published or published,
        language=read.language,
        text=read.text,
        body=page.body,
        content_type=page.content_type,
    )


def fetch_address(address_id: int) -> Article | None:
    """Fetch and store one waiting address. None when another worker has it, or when it failed (see the row)."""
    address = Address.objects.claim(address_id)
    if address is None:
        return None
    try:
        with hosts.visit(address.url):
            page = fetch(address.url)
        draft = draft_of_page(
            page,
            address.source or (address.feed.source if address.feed else None),
            title=address.title,
            byline=address.byline,
            published=address.published,
        )
        return _finish(address, draft)
    except hosts.Later as later:
        address.put_off(later.until)
        return None
    except (Refused, reading.Unreadable, fetching.FetchError) as error:
        return _fall_back(address, error)
    except Exception as error:
        address.fail(error)
        raise


def _fall_back(address: Address, error: Exception) -> Article | None:
    """The page failed: store the feed's own text where it was the last try, else note it and try again."""
    final = not getattr(error, "temporary", False)
    if address.feed and address.text and (final or address.attempts >= MAX_ATTEMPTS):
        draft = Draft(
            source=address.source or address.feed.source,
            url=address.url,
            title=address.title,
            byline=address.byline,
            published=address.published,
            text=address.text,
        )
        try:
            return _finish(address, draft, f"The text is the feed's own, because the page failed: {error}")
        except Refused as refused:
            address.fail(f"{error} The feed's own text was refused too: {refused}", final=True)
            return None
    address.fail(str(error), retry_after=_pause(error), final=final)
    return None


def _finish(address: Address, draft: Draft, remark: str = "") -> Article | None:
    """Store the draft and mark its address as done, in one transaction. None if the lease has passed on."""
    with transaction.atomic():
        held = address.held()
        if held is None:
            return None
        _, article = store(draft)
        held.article = article
        held.done_at = timezone.now()
        held.text = ""
        held.release()
        held.last_error = remark
        held.save()
    return article


def _pause(error: Exception) -> timedelta | None:
    """How long the publisher asked us to stay away, if it did; no longer than our longest interval."""
    seconds = getattr(error, "retry_after", None)
    return None if seconds is None else min(timedelta(seconds=seconds), LONGEST_INTERVAL)


def add_address(url: str, **fields: object) -> tuple[Address, bool]:
    """Queue a web address. The doorbell rings after commit; an address known already is left alone."""
    address, created = Address.objects.get_or_create(url=reading.canonical_url(url), defaults=fields)
    if created:
        ring_for(address)
    return address, created


def ring_for(address: Address) -> None:
    from articles.tasks import fetch_address as task

    transaction.on_commit(lambda: ring(task, address.pk), robust=True)


# Feeds


def add_feed(url: str, page: fetching.Fetched, source: Source | None = None) -> tuple[Feed, bool, int]:
    """Keep the feed at `url`, fetched as `page`, and queue what it holds: (feed, is new, new addresses).

    Raises Unreadable where it is no feed; nothing is kept then.
    """
    content = reading.read_feed(page.body, url=page.url, now=timezone.now(), charset=page.charset)
    feed, created = Feed.objects.get_or_create(
        url=reading.canonical_url(page.moved_to or url), defaults={"source": source or source_of(page.url)}
    )
    new, notes = queue_items(feed, content)
    feed.succeed(new, **_validators(feed, page), note="\n".join(notes))
    return feed, created, new


def poll_feed(feed_id: int) -> int | None:
    """Fetch a feed and queue the addresses that are new. The number of new ones; None if not due or failed."""
    feed = Feed.objects.claim(feed_id)
    if feed is None:
        return None
    try:
        with hosts.visit(feed.url):
            page = fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        changes: dict[str, object] = {**_validators(feed, page)}
        new = 0
        if not page.not_modified:
            content = reading.read_feed(page.body, url=page.url, now=timezone.now(), charset=page.charset)
            new, notes = queue_items(feed, content)
            changes["note"] = "\n".join(notes)
        if page.moved_to and (moved := _move(feed, page.moved_to)):
            changes |= moved
        feed.succeed(new, **changes)
    except hosts.Later as later:
        feed.put_off(later.until)
        return None
    except (fetching.FetchError, reading.Unreadable) as error:
        feed.fail(str(error), retry_after=_pause(error), final=getattr(error, "gone", False))
        return None
    except Exception as error:
        feed.fail(error)
        raise
    return new


def _room(model: type[Feed | Address], name: str) -> int:
    """How many characters a column holds."""
    field = model._meta.get_field(name)
    assert isinstance(field, CharField)
    assert field.max_length
    return field.max_length


def _validators(feed: Feed, page: fetching.Fetched) -> dict[str, str]:
    """What makes the next request conditional. An answer "not modified" need not repeat it."""
    kept = {}
    for name in ("etag", "last_modified"):
        value = getattr(page, name) or (getattr(feed, name) if page.not_modified else "")
        fits = len(value) <= _room(Feed, name)
        kept[name] = value if fits else ""
    return kept


def _move(feed: Feed, url: str) -> dict[str, str]:
    """The feed's address changes when its publisher has moved it for good, unless the new one is a feed here."""
    url = reading.canonical_url(url)
    if url == feed.url or len(url) > _room(Feed, "url"):
        return {}
    if Feed.objects.filter(url=url).exists():
        return {"note": f"It has moved to {url}, which is a feed here already. Switch this one off."}
    return {"url": url, "note": f"It has moved here from {feed.url}."}


def queue_items(feed: Feed, content: reading.FeedContent) -> tuple[int, list[str]]:
    """Queue the items that are new, each by itself: (how many, what was odd, in sentences)."""
    notes = list(content.problems)
    if content.skipped:
        notes.append(
            f"The feed has more items than are read at once: the {content.skipped} oldest are left out."
        )
    new = 0
    for item in _unknown(feed, content.items):
        if len(item.url) > _room(Address, "url"):
            notes.append(f"The address of “{item.title[:60]}” is too long: left out.")
            continue
        whole = SHORTEST_CONTENT <= len(item.content) <= LONGEST_TEXT
        _, created = add_address(
            item.url,
            feed=feed,
            guid=item.guid,
            title=item.title[:1000],
            byline=item.byline[:500],
            published=item.published and aware(item.published, feed.source),
            text=item.content if whole else "",
        )
        new += created
    return new, notes


def _unknown(feed: Feed, items: Iterable[reading.FeedItem]) -> list[reading.FeedItem]:
    """The items that are not known yet, by their address or by their guid.

    A guid is trusted where title or date agree: publishers correct an address under the same guid, but some
    also number their items anew each time.
    """
    items = list(items)
    known_urls = set(Address.objects.filter(url__in=[i.url for i in items]).values_list("url", flat=True))
    known = {
        guid: (title, published)
        for guid, title, published in Address.objects.filter(
            feed=feed, guid__in=[i.guid for i in items if i.guid]
        ).values_list("guid", "title", "published")
    }

    def is_known(item: reading.FeedItem) -> bool:
        if item.url in known_urls:
            return True
        title, published = known.get(item.guid, ("", None)) if item.guid else ("", None)
        same_title = bool(title) and title == item.title[:1000]
        return same_title or (
            published is not None
            and item.published is not None
            and published == aware(item.published, feed.source)
        )

    return [item for item in items if not is_known(item)]
