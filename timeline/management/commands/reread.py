"""Read articles again with the present extractor, or show first what that would add, change and drop."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.models import Article
from timeline.models import ReadingChange
from timeline.recording import pipeline
from timeline.recording.preview import Preview, preview


class Command(BaseCommand):
    help = (
        "Reads the articles again that another version of the extractor has read. With --dry-run nothing is "
        "written: it shows, for each article and in total, which reports would be added, changed and dropped, and "
        "which of these would wait for a curator because a decision stands on the event."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would change, and write nothing."
        )
        parser.add_argument("--articles", type=int, default=0, help="So many at most (default: all).")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = Article.objects.read_by_another(pipeline.EXTRACTOR).order_by("pk")
        keys = list(waiting.values_list("pk", flat=True)[: options["articles"] or None])
        if not options["dry_run"]:
            read = sum(pipeline.read_article(pk) is not None for pk in keys)
            self.stdout.write(f"{articles(read)} read again with {pipeline.EXTRACTOR}.")
            return
        total: Counter[str] = Counter()
        for pk in keys:
            found = preview(pk)
            total += found.counts
            if found.changes:
                self.show(found)
        self.stdout.write(
            f"{articles(len(keys))} would be read again with {pipeline.EXTRACTOR}: {in_words(total)}. "
            "Nothing was written."
        )

    def show(self, found: Preview) -> None:
        self.stdout.write(f"{found.article.pk} {found.article}: {in_words(found.counts)}")
        for change in found.changes:
            told = "; ".join(f"{name}: {was} → {now}" for name, (was, now) in change.differences.items())
            waits = " (waits for a curator)" if change.state == ReadingChange.State.WAITING else ""
            self.stdout.write(f"  {change.get_kind_display()} {change.new or change.old}{waits}")
            if told:
                self.stdout.write(f"    {told}")


def articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number:,} articles"


def in_words(counts: Counter[str]) -> str:
    """ "2 added, 1 changed, 0 dropped; 1 of these waits for a curator" """
    words = f"{counts['add']:,} added, {counts['change']:,} changed, {counts['drop']:,} dropped"
    return f"{words}; {counts['waiting']:,} of these wait for a curator" if counts["waiting"] else words
