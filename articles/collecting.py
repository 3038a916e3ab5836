"""From an address or a feed to stored articles: fetch, read, store. Called by tasks and commands."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles import fetching, reading
from articles.doorbell import ring
from articles.ingest import Draft, Refused, aware, store
from articles.models import Address, Article, Feed, Source

LONGEST_INTERVAL = timedelta(hours=12)


def fetch(url: str, **conditions: str) -> fetching.Fetched:
    return fetching.fetch(
        url,
        allow_hosts=settings.FETCH_ALLOW_HOSTS,
        user_agent=settings.FETCH_USER_AGENT,
        **conditions,
    )


def source_of(url: str) -> Source:
    """The source of an address: the one whose home page is on its host, else a new one named by the host."""
    host = (urlsplit(url).hostname or "unknown").removeprefix("www.")
    known = Source.objects.filter(
        home_page__regex=rf"^https?://(www\.)?{host.replace('.', '[.]')}(/|:|$)"
    ).first()
    if known:
        return known
    return Source.objects.get_or_create(name=host, defaults={"home_page": f"https://{host}/"})[0]


def read_file(body: bytes, name: str) -> reading.ArticleText:
    """One article in a text or HTML file, whichever it is. Raises Unreadable."""
    kind = reading.kind_of(body, "", name)
    if kind == "html":
        return reading.read_html(body, url="", now=timezone.now())
    if kind == "text":
        return reading.read_text(body)
    raise reading.Unreadable(f"It is no text and no HTML page, but {kind}. Save the article as text.")


def read_page(page: fetching.Fetched) -> reading.ArticleText:
    return reading.read_html(
        page.body, url=page.url, content_type=page.content_type, charset=page.charset, now=timezone.now()
    )


def draft_of_page(page: fetching.Fetched, address: Address) -> Draft:
    read = read_page(page)
    return Draft(
        source=address.source or (address.feed.source if address.feed else source_of(page.url)),
        url=read.canonical_url or page.url,
        title=read.title or address.title,
        byline=read.byline,
        published=read.published or address.published,
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
        draft = draft_of_page(fetch(address.url), address)
        with transaction.atomic():
            held = address.held()
            if held is None:
                return None
            _, article = store(draft)
            held.article = article
            held.done_at = timezone.now()
            held.release()
            held.save()
            return article
    except (Refused, reading.Unreadable, fetching.FetchError) as error:
        address.fail(str(error), retry_after=_pause(error), final=not getattr(error, "temporary", False))
    except Exception as error:
        address.fail(error)
        raise
    return None


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


def poll_feed(feed_id: int) -> int | None:
    """Fetch a feed and queue the addresses that are new. The number of new ones; None if not due or failed."""
    feed = Feed.objects.claim(feed_id)
    if feed is None:
        return None
    try:
        fetched = fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        new = 0
        if not fetched.not_modified:
            content = reading.read_feed(
                fetched.body, url=fetched.url, now=timezone.now(), charset=fetched.charset
            )
            with transaction.atomic():
                for item in content.items:
                    if item.url:
                        published = item.published and aware(item.published, feed.source)
                        new += add_address(item.url, feed=feed, title=item.title[:1000], published=published)[
                            1
                        ]
    except (fetching.FetchError, reading.Unreadable) as error:
        pause = _pause(error) or min(feed.interval * 2 ** min(feed.failures + 1, 8), LONGEST_INTERVAL)
        Feed.objects.filter(pk=feed.pk, lease_token=feed.lease_token).update(
            failures=feed.failures + 1,
            last_error=str(error),
            next_try_at=timezone.now() + pause,
            lease_until=None,
            lease_token=None,
        )
        return None
    Feed.objects.filter(pk=feed.pk, lease_token=feed.lease_token).update(
        etag=fetched.etag or "",
        last_modified=fetched.last_modified or "",
        failures=0,
        last_error="",
        last_success_at=timezone.now(),
        next_try_at=timezone.now() + feed.interval,
        lease_until=None,
        lease_token=None,
    )
    return new
