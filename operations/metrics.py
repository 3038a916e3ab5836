"""What Prometheus reads: requests (django-prometheus), and the queues and heartbeats as Postgres has them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from operations.figures import all_figures
from operations.models import Heartbeat
from timeline.index import held


class WorkCollector(Collector):
    """Gauges read from the tables at each scrape: any web process gives the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("timeline_database_up", "Whether PostgreSQL answers.")
        yield up
        try:
            figures, heartbeats = all_figures(), list(Heartbeat.objects.all())
        except DatabaseError:
            up.add_metric([], 0)
            return
        up.add_metric([], 1)
        rows = GaugeMetricFamily("timeline_work", "Rows of work by kind and state.", labels=["kind", "state"])
        oldest = GaugeMetricFamily(
            "timeline_oldest_waiting_seconds", "How long the oldest waiting row has waited.", labels=["kind"]
        )
        done = GaugeMetricFamily(
            "timeline_done_last_hour", "Rows done within the last hour.", labels=["kind"]
        )
        for found in figures:
            for state in ("waiting", "working", "later", "set_aside"):
                rows.add_metric([found.kind.name, state], getattr(found, state))
            age = found.oldest_age
            oldest.add_metric([found.kind.name], age.total_seconds() if age else 0)
            done.add_metric([found.kind.name], found.done_hour)
        ages = GaugeMetricFamily(
            "timeline_heartbeat_age_seconds", "Since beat or a worker was last heard.", labels=["name"]
        )
        for heartbeat in heartbeats:
            ages.add_metric([heartbeat.name], heartbeat.age.total_seconds())
        yield from (rows, oldest, done, ages)


class IndexCollector(Collector):
    """What the web process that answers holds of the facet index; the others hold the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        size, events = held.size()
        yield GaugeMetricFamily(
            "timeline_facet_index_bytes", "Of a web process; 0: counts come from SQL.", value=size
        )
        yield GaugeMetricFamily(
            "timeline_facet_index_events", "Events in the index that it holds.", value=events
        )
        limit = settings.FACET_INDEX_MEMORY_MB << 20 if settings.FACET_INDEX else 0
        yield GaugeMetricFamily("timeline_facet_index_limit_bytes", "FACET_INDEX_MEMORY_MB.", value=limit)


def exposition() -> bytes:
    """Everything in Prometheus's text format.

    With PROMETHEUS_MULTIPROC_DIR the requests of all web processes are added up; without it they are this one's.
    """
    work = CollectorRegistry()
    work.register(WorkCollector())
    work.register(IndexCollector())
    requests = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)
    return generate_latest(requests) + generate_latest(work)
