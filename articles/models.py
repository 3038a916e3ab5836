"""What publishers said: sources, feeds, addresses to fetch, articles and their earlier versions."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import pacing
from articles.pacing import LONGEST as LONGEST_INTERVAL
from articles.pacing import SHORTEST as SHORTEST_INTERVAL
from articles.paths import path_to
from articles.work import MAX_ATTEMPTS, Work, WorkQuerySet, free, mend_connection, words_of


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone. Write one like Europe/Kyiv or UTC.")


class SourceManager(models.Manager["Source"]):
    def named(self, name: str, **fields: Any) -> Source:
        """The source of that name, made with `fields` where none is known; or the one that it was merged into."""
        source = self.select_related("merged_into").get_or_create(name=name[:200], defaults=fields)[0]
        return source.merged_into or source


class Source(models.Model):
    """An outlet: whose word an article is."""

    class Kind(models.TextChoices):
        AGENCY = "agency", _("news agency")
        NEWSPAPER = "newspaper", _("newspaper or magazine")
        BROADCASTER = "broadcaster", _("radio or television")
        ONLINE = "online", _("online outlet")
        OFFICIAL = "official", _("government or armed force")
        ORGANISATION = "organisation", _("organisation")
        OTHER = "other", _("other")

    class Grade(models.TextChoices):
        """The Admiralty code's grades of a source's reliability (of the source, not of one report)."""

        A = "A", _("A: completely reliable")
        B = "B", _("B: usually reliable")
        C = "C", _("C: fairly reliable")
        D = "D", _("D: not usually reliable")
        E = "E", _("E: unreliable")
        F = "F", _("F: reliability cannot be judged")

    name = models.CharField(max_length=200, unique=True)
    home_page = models.URLField(max_length=500, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, such as UA.")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    side = models.CharField(
        max_length=60, blank=True, help_text="The party it belongs to or speaks for, if any: UA, RU, hamas…"
    )
    time_zone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[validate_time_zone],
        help_text="Its newsroom's: “on Saturday” is resolved in it. Such as Europe/Kyiv.",
    )
    grade = models.CharField(
        max_length=1, choices=Grade, blank=True,
        help_text=_("How reliable your team holds the source to be. Shown beside it; nothing is computed from it."),
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    demo = models.BooleanField(default=False, editable=False)

    objects = SourceManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HostManager(models.Manager["Host"]):
    def note_success(self, origin: str) -> None:
        self.filter(origin=origin).exclude(failures=0).update(failures=0, last_error="")

    def note_failure(self, origin: str, error: Exception, retry_after: timedelta | None) -> None:
        """Count it, and leave the host alone for a while when it asks for that or has failed too often."""
        self.filter(origin=origin).update(failures=F("failures") + 1, last_error=words_of(str(error)))
        host = self.get(origin=origin)
        if pause := pacing.closed_for(host.failures, retry_after):
            self.filter(origin=origin).update(closed_until=timezone.now() + pause)


class Host(models.Model):
    """A web server that is asked for pages: who asks it now, its robots.txt, and whether it is left alone."""

    origin = models.CharField(max_length=300, primary_key=True, help_text="Such as https://example.org.")
    busy_until = models.DateTimeField(null=True, editable=False)
    busy_token = models.UUIDField(null=True, editable=False)
    closed_until = models.DateTimeField("left alone until", null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    last_error = models.TextField(blank=True, editable=False)
    robots = models.TextField("robots.txt", blank=True, editable=False)
    robots_at = models.DateTimeField("robots.txt read at", null=True, editable=False)

    objects = HostManager()

    class Meta:
        ordering = ["origin"]

    def __str__(self) -> str:
        return self.origin


class FeedQuerySet(WorkQuerySet):
    def pending(self) -> Self:
        return self.filter(active=True, set_aside_at=None)

    def due(self) -> Self:
        # A feed is polled for ever: its failures lengthen the pause, they never end it.
        now = timezone.now()
        return self.pending().filter(free(), Q(next_try_at=None) | Q(next_try_at__lte=now))

    def set_aside_exhausted(self) -> int:
        """Switch off feeds whose polls killed their worker each time. Ticking “active” tries them again."""
        return (
            self.pending()
            .filter(free(), attempts__gte=MAX_ATTEMPTS)
            .update(
                active=False,
                attempts=0,
                lease_until=None,
                lease_token=None,
                last_error=f"Each of {MAX_ATTEMPTS} polls killed its worker (out of memory, time limit or kill), "
                "so the feed is switched off. Tick “active” once the cause is mended.",
            )
        )


class Feed(Work):
    """An RSS or Atom feed, polled by beat."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="feeds")
    url = models.URLField("address", max_length=1000, unique=True)
    active = models.BooleanField(default=True)
    interval = models.DurationField(
        default=timedelta(minutes=15),
        help_text="At most this often; a quiet feed is asked up to eight times less.",
    )
    pause = models.DurationField(
        null=True, editable=False, help_text="Between polls, as the feed's pace asks."
    )
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    note = models.TextField(
        blank=True, editable=False, help_text="What was odd about the last answer that could be read."
    )

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["source__name", "url"]

    def __str__(self) -> str:
        return self.url

    def succeed(self, new: int, **changes: object) -> None:
        """Note a poll that brought `new` items (with `changes` of other fields) and wait for the next."""
        pause = pacing.after_poll(self.interval, self.pause, new)
        Feed.objects.filter(pk=self.pk, lease_token=self.lease_token).update(
            failures=0,
            attempts=0,
            last_error="",
            last_success_at=timezone.now(),
            pause=pause,
            next_try_at=pacing.next_poll(self.next_try_at, timezone.now(), pause),
            lease_until=None,
            lease_token=None,
            **changes,
        )

    def fail(
        self, error: BaseException | str, retry_after: timedelta | None = None, final: bool = False
    ) -> None:
        """Note a failed poll: the pause doubles with each one in a row. `final` switches the feed off.

        Does nothing when the lease has passed to another worker.
        """
        mend_connection()
        interval = max(self.interval, SHORTEST_INTERVAL)
        pause = max(retry_after, interval) if retry_after else interval * 2 ** min(self.failures + 1, 8)
        changes = {"active": False} if final else {}
        Feed.objects.filter(pk=self.pk, lease_token=self.lease_token).update(
            failures=F("failures") + 1,
            attempts=0,
            last_error=words_of(error),
            next_try_at=timezone.now() + min(pause, LONGEST_INTERVAL),
            lease_until=None,
            lease_token=None,
            **changes,
        )


class AddressQuerySet(WorkQuerySet):
    def pending(self) -> Self:
        return self.filter(done_at=None, set_aside_at=None)


class Address(Work):
    """A web address to be fetched and read as an article: given by a curator or found in a feed.

    `text` and `byline` are what the feed itself carries of the article. They stand in where the page cannot be
    had for good (a paywall, robots kept out), and are emptied once the article is stored.
    """

    url = models.URLField("address", max_length=2000, unique=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    feed = models.ForeignKey(Feed, null=True, blank=True, editable=False, on_delete=models.SET_NULL)
    guid = models.CharField(max_length=1000, blank=True, editable=False, help_text="The feed's name for it.")
    title = models.CharField(max_length=1000, blank=True, editable=False)
    byline = models.CharField(max_length=500, blank=True, editable=False)
    text = models.TextField(blank=True, editable=False)
    published = models.DateTimeField(
        "publication date", null=True, blank=True, help_text="Only where the page does not give one."
    )
    added_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, editable=False)
    article = models.ForeignKey("Article", null=True, editable=False, on_delete=models.SET_NULL)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["-added_at"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="address_waiting",
                condition=Q(done_at=None, set_aside_at=None),
            ),
            models.Index(fields=["feed", "guid"], name="address_guid", condition=~Q(guid="")),
        ]

    def __str__(self) -> str:
        return self.url


class SyndicationGroup(models.Model):
    """Articles that are one text with small edits: one origin, however many outlets print it."""

    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"origin {self.pk}"


def content_hash(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


class ArticleQuerySet(WorkQuerySet):
    def unread_by(self, extractor: str) -> Self:
        """The queue: articles that this extractor has not read."""
        return self.pending().exclude(extracted_with=extractor)

    def read_by_another(self, extractor: str) -> Self:
        """Those that this extractor would read again."""
        return self.exclude(extracted_with__in=["", extractor])


class Article(Work):
    """One publication, its text as normalised by articles.reading: all offsets are into `text`."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="articles")
    url = models.CharField("address", max_length=2000, unique=True)
    title = models.CharField(max_length=1000, blank=True)
    byline = models.CharField(max_length=500, blank=True)
    published = models.DateTimeField("published at")
    published_zone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[validate_time_zone],
        help_text="The time zone in which the outlet's “today” is meant.",
    )
    fetched_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=12, blank=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=64, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    syndication_group = models.ForeignKey(
        SyndicationGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    extracted_with = models.CharField(max_length=60, blank=True, editable=False)
    extracted_at = models.DateTimeField(null=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published", "-pk"]
        indexes = [
            models.Index(fields=["-published", "-id"], name="article_recent"),
            models.Index(fields=["source", "-published"], name="article_source_recent"),
            models.Index(fields=["content_hash"], name="article_content"),
            models.Index(fields=["extracted_with", "next_try_at"], name="article_queue"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="article_has_text"),
            models.CheckConstraint(
                condition=Q(content_hash__regex="^[0-9a-f]{64}$"), name="article_hash_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    def save(self, *args: object, **kwargs: object) -> None:
        self.content_hash = content_hash(self.title, self.text)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return path_to("article", self.pk)

    @property
    def published_local(self) -> datetime:
        """Publication in the outlet's time zone: the day that “today” means in the text."""
        return self.published.astimezone(ZoneInfo(self.published_zone))

    @property
    def origin(self) -> str:
        """The key under which reprints of this text count once."""
        return origin_key(self.pk, self.syndication_group_id)

    @property
    def state(self) -> str:
        """Where its reading stands, in words."""
        if self.set_aside_at:
            return "set aside"
        if self.lease_until and self.lease_until > timezone.now():
            return "being read"
        if self.extracted_with:
            return "read"
        return "failed, waits to be tried again" if self.last_error else "waiting"


def origin_key(article: int, group: int | None) -> str:
    return f"group:{group}" if group else f"article:{article}"


class ArticleVersion(models.Model):
    """An earlier text of an article that changed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=1000, blank=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    published = models.DateTimeField()
    fetched_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["article", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_article_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.article} (version {self.number})"


class SnapshotManager(models.Manager["Snapshot"]):
    def keep(self, article: Article, body: bytes, content_type: str = "") -> Snapshot:
        return self.create(
            article=article,
            body=zlib.compress(body, 6),
            content_type=content_type[:100],
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
        )


class Snapshot(models.Model):
    """The bytes as they came, compressed: what the text was read from."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="snapshots")
    body = models.BinaryField()
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(help_text="Bytes before compression.")
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now)

    objects = SnapshotManager()

    class Meta:
        ordering = ["-taken_at"]

    def __str__(self) -> str:
        return f"{self.size:,} bytes of {self.article}"

    def content(self) -> bytes:
        return zlib.decompress(self.body)


class ShingleBand(models.Model):
    """MinHash band keys of an article's text: articles that share one may be reprints of each other."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bands")
    key = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["key"], name="shingle_band_key")]
        constraints = [models.UniqueConstraint(F("article"), F("key"), name="one_band_key_an_article")]

    def __str__(self) -> str:
        return self.key
