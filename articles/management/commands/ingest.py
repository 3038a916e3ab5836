"""Take in articles: JSONL, text or HTML files, web addresses, feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from articles import backfill, collecting, fetching, reading
from articles.ingest import Draft, Outcome, Refused, store
from articles.models import Source


class Command(BaseCommand):
    help = (
        "Takes in articles: a JSONL file (id, source, url, title, published, text), a text or HTML file, a web "
        "address, an RSS or Atom feed, a sitemap or an OPML list of feeds. The same article twice is one row. "
        "Workers then extract its events."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path_or_url", nargs="+", metavar="PATH_OR_URL")
        parser.add_argument("--source", help="The outlet's name, where the input does not say it.")
        parser.add_argument(
            "--published", help="The publication date (2025-12-20 or 2025-12-20T10:00+02:00)."
        )
        parser.add_argument(
            "--since",
            default="",
            help="Of a sitemap: only pages that changed since this day (default: 30 days ago).",
        )
        parser.add_argument(
            "--most",
            type=int,
            default=backfill.MOST_PAGES,
            help="Of a sitemap: so many pages (default: %(default)s).",
        )
        parser.add_argument("--demo", action="store_true", help="Mark the sources as demonstration data.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.source_name: str | None = options["source"]
        self.published = self._date(options["published"])
        self.since = self._date(options["since"], "--since")
        self.most: int = options["most"]
        self.demo: bool = options["demo"]
        self.counts: Counter[str] = Counter()
        for given in options["path_or_url"]:
            try:
                if given.startswith(("http://", "https://")):
                    self.take_address(given)
                else:
                    self.take_file(Path(given))
            except (Refused, reading.Unreadable, fetching.FetchError, OSError) as error:
                self.refuse(given, str(error))
        done = ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in Outcome)
        self.stdout.write(f"{done}, {self.counts['refused']} refused")
        if self.counts["refused"] and self.counts.total() == self.counts["refused"]:
            raise CommandError("Nothing was taken in; the reasons are above.")

    def _date(self, text: str | None, option: str = "--published") -> datetime | None:
        if not text:
            return None
        try:
            if (moment := parse_datetime(text)) is not None:
                return moment
            if (day := parse_date(text)) is not None:
                return datetime(day.year, day.month, day.day, 12)
        except ValueError as error:
            raise CommandError(f"{option} {text}: {error}.") from error
        raise CommandError(f"{option} {text}: write a date like 2025-12-20 or 2025-12-20T10:00+02:00.")

    def refuse(self, what: str, why: str) -> None:
        self.counts["refused"] += 1
        tqdm.write(f"refused {what}: {why}", file=self.stderr)

    def source(self, name: str) -> Source:
        name = (name or self.source_name or "").strip()
        if not name:
            raise Refused("it names no source. Give one: --source NAME.")
        return Source.objects.named(name, demo=self.demo)

    def take(self, what: str, draft: Draft) -> None:
        try:
            outcome, _ = store(draft)
        except Refused as error:
            self.refuse(what, str(error))
        else:
            self.counts[outcome] += 1

    def take_address(self, url: str) -> None:
        page = collecting.fetch(url)
        source = self.source(self.source_name) if self.source_name else None
        match reading.kind_of(page.body, page.content_type, page.url):
            case "feed":
                return self.take_feed(url, page, source)
            case "sitemap":
                return self.take_sitemap(url, page, source)
            case "opml":
                return self.take_feed_list(url, page.body)
        draft = collecting.draft_of_page(page, source)
        self.take(url, replace(draft, published=self.published or draft.published))
        return None

    def take_sitemap(self, url: str, page: fetching.Fetched, source: Source | None) -> None:
        since = self.since or timezone.now() - timedelta(days=30)
        since = since if timezone.is_aware(since) else timezone.make_aware(since)
        filled = backfill.add_sitemap(page, since=since, most=self.most, source=source)
        self.counts["lists"] += 1
        self.note(url, filled)
        self.stdout.write(
            f"sitemap {url}: {filled.new} new addresses wait for a worker, {filled.known} known"
        )

    def take_feed_list(self, what: str, body: bytes) -> None:
        filled = backfill.add_feeds(reading.read_opml(body))
        self.counts["lists"] += 1
        self.note(what, filled)
        self.stdout.write(f"list {what}: {filled.new} feeds added, {filled.known} known")

    def note(self, what: str, filled: backfill.Filled) -> None:
        for note in filled.notes:
            tqdm.write(f"{what}: {note}", file=self.stderr)

    def take_feed(self, url: str, page: fetching.Fetched, source: Source | None) -> None:
        """Add the feed, so that beat polls it from now on, and queue what it holds."""
        feed, created, new = collecting.add_feed(url, page, source)
        self.counts["feeds"] += 1
        off = "" if feed.active else f"; it is switched off ({feed.last_error or 'by a curator'})"
        self.stdout.write(
            f"feed {'added' if created else 'known'}: {feed.url}: {new} new addresses wait for a worker{off}"
        )

    def take_file(self, path: Path) -> None:
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(0)
            if path.suffix == ".jsonl" or reading.kind_of(head, "", path.name) == "jsonl":
                self.take_jsonl(path, file)
                return
            body = file.read(reading.LONGEST_FILE + 1)
        if reading.kind_of(head, "", path.name) == "opml":
            self.take_feed_list(str(path), body)
            return
        if len(body) > reading.LONGEST_FILE:
            raise Refused(f"the file is larger than {reading.LONGEST_FILE:,} bytes. Cut it into articles.")
        read = reading.read_article(body, now=timezone.now(), name=path.name)
        self.take(
            str(path),
            Draft(
                source=self.source(read.site_name),
                url=read.canonical_url,
                title=read.title,
                byline=read.byline,
                published=self.published or read.published,
                language=read.language,
                text=read.text,
                body=body,
            ),
        )

    def take_jsonl(self, path: Path, file: BinaryIO) -> None:
        size = path.stat().st_size
        with tqdm(
            total=size, unit="B", unit_scale=True, desc=path.name, disable=None, file=self.stderr
        ) as bar:
            for number, row in reading.read_jsonl(self._watched(file, bar)):
                if isinstance(row, reading.RowError):
                    self.refuse(f"{path}:{number}", str(row))
                    continue
                try:
                    source = self.source(row.source)
                except Refused as error:
                    self.refuse(f"{path}:{number}", str(error))
                    continue
                self.take(
                    f"{path}:{number}",
                    Draft(
                        source=source,
                        url=row.url,
                        external_id=row.id,
                        title=row.title,
                        published=row.published or self.published,
                        text=row.text,
                    ),
                )

    @staticmethod
    def _watched(file: BinaryIO, bar: Any) -> Iterator[bytes]:
        for line in file:
            bar.update(len(line))
            yield line
