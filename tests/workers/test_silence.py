"""A worker whose connection to the broker is half open: it looks alive and hears nothing."""

from __future__ import annotations

import time

import pytest

from operations.canary import EXIT_CODE
from operations.models import WORKER, Heartbeat
from tests.workers.conftest import sweep_until, until
from tests.workers.ledgers import check, give, read_or_set_aside
from tests.workers.proxy import FreezingProxy

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_cut_off_from_its_broker_ends_itself_and_its_successor_reads(broker, start_worker):
    with FreezingProxy(broker.server.socket) as proxy:
        worker = start_worker(broker_url=proxy.url, canary=0.3, silent=4)
        first = give(0)
        until(lambda: read_or_set_aside(first), what="the first article")
        until(lambda: Heartbeat.objects.filter(name=f"{WORKER}worker0@test").exists(), what="its heartbeat")
        proxy.freeze()
        second = give(1)
        until(lambda: worker.process.poll() is not None, 40, "the cut-off worker to end")
        assert worker.said("hears nothing from its broker")
        assert worker.process.returncode in {0, EXIT_CODE}
    start_worker()  # as its supervisor does
    sweep_until(lambda: read_or_set_aside(second), what="the second article")
    check(first, second)


def test_a_busy_worker_does_not_end_itself(broker, start_worker, faults):
    worker = start_worker(canary=0.3, silent=2)
    faults.hold("extract")
    article = give(0)
    faults.arrival("extract")
    time.sleep(4)
    assert worker.process.poll() is None, "a task within its time is a sign of life"
    faults.free("extract")
    until(lambda: read_or_set_aside(article), what="the article")
    check(article)


def test_a_worker_without_a_broker_looks_for_it_and_does_not_end_itself(broker, start_worker):
    """Starting again would not help: the broker is away for longer than a worker may be silent."""
    worker = start_worker(canary=0.3, silent=4)
    broker.stop()
    time.sleep(5)
    assert worker.process.poll() is None, "a broker that is away is not the worker's fault"
    broker.start()
    article = give(0)
    sweep_until(lambda: read_or_set_aside(article), 30, "the article")
    assert worker.process.poll() is None
    check(article)
