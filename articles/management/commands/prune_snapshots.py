"""`manage.py prune_snapshots`: drop the pages as they came, once they are old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Max, Sum
from django.db.models.functions import Length
from django.utils import timezone

from articles.models import Article, Snapshot

BATCH = 500


class Command(BaseCommand):
    help = (
        "Drops copies of fetched pages that are older than so many days. The newest copy of each article stays "
        "unless --all is given. Texts, their versions and quotes are never touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=365, help="Older than this (default: %(default)s).")
        parser.add_argument("--all", action="store_true", help="Also the newest copy of an article.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be dropped.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days: give a number of days from 1 on.")
        old = Snapshot.objects.filter(taken_at__lt=timezone.now() - timedelta(days=options["days"]))
        if not options["all"]:
            newest = Article.objects.annotate(newest=Max("snapshots__pk")).exclude(newest=None)
            old = old.exclude(pk__in=newest.values("newest"))
        count = old.count()
        size = old.aggregate(size=Sum(Length("body")))["size"] or 0
        if not options["dry_run"]:
            while keys := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
                Snapshot.objects.filter(pk__in=keys).delete()
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(f"{count:,} copies of pages {would}dropped, {size / 1e6:.1f} MB.")
