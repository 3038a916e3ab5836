"""Measure clustering: what new reports cost beside those that are stored. Prints figures and writes nothing."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from timeline.clustering import Account, settle
from timeline.models import Report
from timeline.recording.accounts import account_of
from timeline.recording.nearby import Nearby


class Command(BaseCommand):
    help = (
        "Clusters copies of stored reports as if they were just published, and stores nothing of it: once all "
        "together, once article by article as workers do. Counted is all that clustering does: the queries for "
        "what lies near, the comparison, and the decision. Not counted: reading the text, and writing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reports", type=int, default=1000, help="How many (default: %(default)s).")

    def handle(self, *args: Any, **options: Any) -> None:
        total = Report.objects.live().count()
        if not total:
            raise CommandError("There are no reports to cluster beside. Load some first: make demo.")
        newest = (
            Report.objects.live().select_related("article", "place").order_by("-pk")[: options["reports"]]
        )
        articles: dict[int, list[Account]] = defaultdict(list)
        for report in newest:
            new = replace(account_of(report), id=f"new {report.pk}", article=f"new:{report.article_id}")
            articles[report.article_id].append(new)
        accounts = [account for article in articles.values() for account in article]
        self.stdout.write(
            f"{len(accounts):,} reports of {len(articles):,} articles beside {total:,} "
            f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
        )
        for name, batches in (("together", [accounts]), ("by article", list(articles.values()))):
            began = Spent.so_far()
            joined = sum(self.cluster(batch) for batch in batches)
            self.stdout.write(
                f"{name}: {Spent.so_far().since(began, len(accounts))}; {joined:,} joined an event"
            )

    def cluster(self, accounts: Iterable[Account]) -> int:
        """How many of the accounts joined an event."""
        accounts = list(accounts)
        nearby = Nearby(accounts)
        changes = settle(accounts, nearby, nearby.decisions).changes
        placed = {id for change in changes if change.event is not None for id in change.links}
        return len(placed & {account.id for account in accounts})


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: by the clock, of this process's processor time, and of that of the database's process for it."""

    clock: float
    process: float
    database: float | None  # None where it runs on another machine

    @classmethod
    def so_far(cls) -> Spent:
        return cls(time.perf_counter(), time.process_time(), _database_time())

    def since(self, began: Spent, reports: int) -> str:
        clock, process = self.clock - began.clock, self.process - began.process
        words = f"{reports / clock:.0f} a second by the clock, {reports / process:.0f} of this process's time"
        if self.database is not None and began.database is not None:
            both = process + self.database - began.database
            words += f", {reports / both:.0f} of its and the database's"
        return words


def _database_time() -> float | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with suppress(OSError):
        name, _, fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        if "postgres" in name:
            user, system = fields.split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return None
