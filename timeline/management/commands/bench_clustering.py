"""Measure clustering: what a new report costs beside those that are stored. Prints figures and writes nothing."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.accounts import StoredReports, account_of
from timeline.clustering import settle
from timeline.models import Report


class Command(BaseCommand):
    help = (
        "Clusters copies of stored reports as if they were new, one article each, and stores nothing of it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reports", type=int, default=1000, help="How many (default: %(default)s).")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: int = options["reports"]
        total = Report.objects.live().count()
        if not total:
            raise CommandError("There are no reports to cluster beside. Load some first: make demo.")
        newest = Report.objects.live().select_related("article", "place").order_by("-pk")[:wanted]
        accounts = [
            replace(account_of(report), id=f"new {report.pk}", article=f"new:{report.pk}")
            for report in newest
        ]
        began, processor = time.perf_counter(), time.process_time()
        joined = 0
        for account in accounts:
            change = next(c for c in settle([account], StoredReports()).changes if account.id in c.links)
            joined += change.event is not None
        seconds, spent = time.perf_counter() - began, time.process_time() - processor
        self.stdout.write(
            f"{len(accounts):,} reports beside {total:,}: {len(accounts) / seconds:.0f} a second, "
            f"{len(accounts) / spent:.0f} a second of this process's time; {joined:,} joined an event "
            f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
        )
