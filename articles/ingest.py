"""The one way in: a draft from any door (feed, address, file, paste) becomes an Article row.

    outcome, article = store(Draft(source=source, url=..., published=..., text=...))

The same article twice is one row; a changed one keeps its earlier text as a version and is read again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from articles import syndication
from articles.doorbell import article_waiting
from articles.models import (
    Article,
    ArticleVersion,
    ShingleBand,
    Snapshot,
    Source,
    SyndicationGroup,
    content_hash,
)
from articles.reading import canonical_url, normalise

LONGEST_TEXT = 500_000
LONGEST_ADDRESS = 2_000
MOST_TWINS = 50  # articles compared when looking for reprints
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
FUTURE = timedelta(days=2)
STORING = 72_002  # the key of the advisory lock


class Refused(ValueError):
    """An article that cannot be taken in. The message names what is wrong and the mend."""


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"


@dataclass(frozen=True)
class Draft:
    """An article before it is stored. `published` is aware, or naive in the source's time zone."""

    source: Source
    text: str
    published: datetime | None
    url: str = ""
    external_id: str = ""  # the sender's, used to know the article again where there is no address
    title: str = ""
    byline: str = ""
    language: str = ""
    body: bytes = b""  # as it came, kept as a snapshot
    content_type: str = ""


def address_of(draft: Draft) -> str:
    """What an article is known by: its address, else the sender's id, else its text."""
    if draft.url:
        return canonical_url(draft.url)
    if draft.external_id:
        return f"urn:article:{slugify(draft.source.name)}:{draft.external_id}"[:2000]
    return f"urn:sha256:{hashlib.sha256(draft.text.encode()).hexdigest()}"


def aware(moment: datetime, source: Source) -> datetime:
    """A moment without a zone is meant in the outlet's."""
    return moment.replace(tzinfo=ZoneInfo(source.time_zone)) if timezone.is_naive(moment) else moment


def check(draft: Draft) -> datetime:
    """The publication time, aware; raises Refused where the draft is no article."""
    if len(draft.text) < 20:
        raise Refused("there is no text to read (fewer than 20 characters). Paste the article's text itself.")
    if len(draft.text) > LONGEST_TEXT:
        raise Refused(
            f"the text has {len(draft.text):,} characters; {LONGEST_TEXT:,} is the limit. Cut it into articles."
        )
    if draft.published is None:
        raise Refused(
            "it has no publication date, and days like “on Saturday” are resolved against it. "
            "Give one (--published, or the field “publication date”)."
        )
    published = aware(draft.published, draft.source)
    if not EARLIEST <= published <= timezone.now() + FUTURE:
        raise Refused(
            f"its publication date {published:%Y-%m-%d} is not between 1900 and tomorrow. Correct it."
        )
    return published


@transaction.atomic
def store(draft: Draft) -> tuple[Outcome, Article]:
    """Store a draft. Raises Refused. The doorbell rings after commit where there is something to read."""
    text, title = normalise(draft.text), normalise(draft.title)[:1000]
    draft = replace(draft, text=text, title=title)
    published = check(draft)
    url = address_of(draft)
    if len(url) > LONGEST_ADDRESS:
        raise Refused(f"its address is longer than {LONGEST_ADDRESS:,} characters. Give a shorter one.")
    _one_at_a_time()
    fields = {
        "source": draft.source,
        "title": title,
        "byline": draft.byline[:500],
        "published": published,
        "published_zone": draft.source.time_zone,
        "language": draft.language[:12],
        "text": text,
        "content_hash": content_hash(title, text),
    }
    article, created = Article.objects.get_or_create(url=url, defaults=fields)
    if created:
        outcome = Outcome.NEW
    else:
        article = Article.objects.select_for_update().get(pk=article.pk)
        if article.content_hash == fields["content_hash"]:
            return Outcome.KNOWN, article
        outcome = Outcome.CHANGED
        _replace_text(article, fields)
    if draft.body:
        Snapshot.objects.keep(article, draft.body, draft.content_type)
    find_reprints(article)
    transaction.on_commit(lambda: article_waiting.send(Article, article_id=article.pk), robust=True)
    return outcome, article


def _one_at_a_time() -> None:
    """Until the transaction ends. Reprints stored at the same moment would not see each other, and so count
    as two origins; and two stores that group the same twins would wait for each other's rows for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STORING])


def _replace_text(article: Article, fields: dict[str, Any]) -> None:
    ArticleVersion.objects.create(
        article=article,
        number=article.version,
        title=article.title,
        text=article.text,
        content_hash=article.content_hash,
        published=article.published,
        fetched_at=article.fetched_at,
    )
    for name, value in fields.items():
        if name != "source":
            setattr(article, name, value)
    article.version += 1
    article.fetched_at = timezone.now()
    article.extracted_with = ""
    article.release()
    article.save()


def find_reprints(article: Article) -> None:
    """Put the article into the syndication group of the texts that it nearly equals (one origin)."""
    print_ = syndication.fingerprint(article.text, article.byline)
    others = (
        Article.objects.filter(bands__key__in=print_.band_keys)
        .exclude(pk=article.pk)
        .distinct()
        .order_by("published", "pk")[:MOST_TWINS]
    )
    twins = [other for other in others if _reprint(print_, other)]
    ShingleBand.objects.filter(article=article).delete()
    ShingleBand.objects.bulk_create([ShingleBand(article=article, key=key) for key in print_.band_keys])
    if not twins:
        group = None
    else:
        # One component of likeness is one group, whatever the order of arrival: the oldest group stays.
        groups = sorted({t.syndication_group_id for t in twins if t.syndication_group_id})
        group = SyndicationGroup.objects.get(pk=groups[0]) if groups else SyndicationGroup.objects.create()
        Article.objects.filter(Q(pk__in=[t.pk for t in twins]) | Q(syndication_group__in=groups)).update(
            syndication_group=group
        )
    if article.syndication_group != group:
        article.syndication_group = group
        Article.objects.filter(pk=article.pk).update(syndication_group=group)


def _reprint(print_: syndication.Fingerprint, other: Article) -> bool:
    return syndication.same_origin(print_, syndication.fingerprint(other.text, other.byline)).same
