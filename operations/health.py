"""What is wrong with an installation, in plain words: `checks()` asks everything, each check by itself.

`/readyz`, `manage.py doctor` and the metrics show the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

from operations.figures import Figures, all_figures
from operations.models import BEAT, WORKER, Heartbeat

LONGEST_WAIT = timedelta(minutes=30)


@dataclass(frozen=True)
class Check:
    """One answer. `vital` checks decide whether pages can be served; the others, whether work goes on."""

    name: str
    ok: bool
    said: str
    mend: str = ""
    vital: bool = False


def checks(figures: Sequence[Figures] | None = None) -> list[Check]:
    """All of them; those that need the database are left out when it is away. `figures`, where they are known."""
    database = check_database()
    if database.vital and not database.ok:
        return [database, check_broker()]
    migrations = check_migrations()
    if not migrations.ok:
        return [database, migrations, check_broker()]
    return [database, migrations, check_broker(), check_beat(), *check_workers(), *check_queues(figures)]


def check_database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool")
            (read_only,) = cursor.fetchone()
    except DatabaseError:
        connection.close()  # a broken one must not stay for the next request
        return Check(
            "database", False, "PostgreSQL does not answer.",
            "Start it, or correct DATABASE_URL; its own log says why it is down.", vital=True,
        )  # fmt: skip
    if read_only:
        return Check(
            "database", False, "PostgreSQL takes no writes.",
            "Look for a full disk, a standby or default_transaction_read_only.",
        )  # fmt: skip
    return Check("database", True, "PostgreSQL answers.", vital=True)


def check_migrations() -> Check:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{m.app_label}.{m.name}" for m, _ in missing[:3])
        return Check(
            "migrations", False, f"{len(missing)} migrations are not applied ({names}).",
            "Run `manage.py migrate`.", vital=True,
        )  # fmt: skip
    return Check("migrations", True, "The tables are those of this release.", vital=True)


def check_broker() -> Check:
    try:
        with current_app.connection_for_read(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            broker.default_channel.client.ping()
    except (OperationalError, OSError, *current_app.connection_for_read().connection_errors):
        return Check(
            "broker", False, "Redis does not answer. What comes in is kept and waits.",
            "Start it, or correct REDIS_URL. The sweep rings again for everything that waits.",
        )  # fmt: skip
    return Check("broker", True, "Redis answers.")


def check_beat() -> Check:
    heartbeat = Heartbeat.objects.filter(name=BEAT).first()
    if heartbeat is None:
        return Check(
            "beat", False, "Beat was never heard: feeds are not polled and nothing is swept.",
            "Start `celery -A timeline.config beat` and a worker that serves the queue upkeep.",
        )  # fmt: skip
    if heartbeat.stale:
        return Check(
            "beat", False, f"Beat was last heard {words(heartbeat.age)} ago: no feed is polled, nothing is swept.",
            "Start beat again, or the workers that serve the queue upkeep.",
        )  # fmt: skip
    return Check("beat", True, f"Beat was heard {words(heartbeat.age)} ago.")


def check_workers() -> Iterator[Check]:
    workers = list(Heartbeat.objects.filter(name__startswith=WORKER))
    alive = [worker for worker in workers if not worker.stale]
    if not alive:
        yield Check(
            "workers", False, "No worker was heard in the last minutes: nothing is fetched or read.",
            "Start `celery -A timeline.config worker`. One that is up and not heard is to be started again.",
        )  # fmt: skip
    else:
        yield Check("workers", True, f"Heard in the last minutes: {len(alive)}.")


def check_queues(figures: Sequence[Figures] | None = None) -> Iterator[Check]:
    for found in figures or all_figures():
        name = found.kind.name
        age = found.oldest_age
        if age is not None and age > LONGEST_WAIT:
            yield Check(
                f"oldest of {name}", False,
                f"Of {found.waiting} {name} that wait, the oldest has waited {words(age)}.",
                "Start more workers for its queue, or see on the queue page what holds them up.",
            )  # fmt: skip
        else:
            waits = f", the oldest for {words(age)}" if age is not None else ""
            yield Check(f"oldest of {name}", True, f"{found.waiting} {name} wait{waits}.")


def check_set_aside() -> Iterator[Check]:
    """What needs a person: not a fault of the installation, so `/readyz` leaves it out."""
    for found in all_figures():
        if found.set_aside:
            yield Check(
                f"{found.kind.name} set aside", False, f"{found.set_aside} {found.kind.name} are set aside.",
                "The admin's filter “set aside” shows each with its reason; retry them in bulk once it is mended.",
            )  # fmt: skip


def check_accounts() -> Check:
    if get_user_model().objects.filter(is_active=True, is_superuser=True).exists():
        return Check("accounts", True, "There is an administrator.")
    return Check("accounts", False, "There is no administrator.", "Run `manage.py createsuperuser`.")


def words(age: timedelta) -> str:
    """A length of time as one says it: 40 seconds, 12 minutes, 5 hours, 3 days."""
    seconds = int(age.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return "1 second" if seconds == 1 else f"{seconds} seconds"
