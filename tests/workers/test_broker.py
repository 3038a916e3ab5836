"""A broker that is away, silent, wiped, or says everything five times."""

from __future__ import annotations

import socket
import time

import pytest
from django.db import transaction

from articles import doorbell
from articles.models import Article
from tests.workers.conftest import sweep_until, until, use_broker
from tests.workers.ledgers import check, give, read_or_set_aside
from timeline import tasks
from timeline.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def test_storing_goes_on_without_a_broker_and_the_sweep_rings_later(broker, start_worker):
    broker.stop()
    began = time.monotonic()
    articles = [give(number) for number in range(20)]
    assert time.monotonic() - began < 5, "each article waited for a broker that is away"
    assert Article.objects.count() == 20
    tasks.sweep()  # by an operator, in the meantime: no error either
    broker.start()
    doorbell.silence.until = 0.0
    start_worker()
    sweep_until(lambda: read_or_set_aside(*articles))
    check(*articles)


def test_a_broker_that_does_not_answer_holds_a_request_up_for_seconds_only(transactional_db, monkeypatch):
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        use_broker(monkeypatch, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        give(0)
        first = time.monotonic() - began
        give(1)
        both = time.monotonic() - began
    assert first < 8
    assert both - first < 1, "once is enough to know that nobody answers"
    assert Article.objects.count() == 2


def test_a_broker_wiped_with_a_full_queue_costs_nothing(broker, start_worker, faults):
    articles = [give(number) for number in range(30)]
    assert broker.waiting() == 30
    broker.wipe()
    start_worker(concurrency=2)
    sweep_until(lambda: read_or_set_aside(*articles), 40)
    check(*articles)
    assert Event.objects.count() == 30
    assert sorted(faults.extractions()) == sorted(article.pk for article in articles)


def test_a_broker_killed_while_an_article_is_read(broker, start_worker, faults):
    worker = start_worker(lease=2)
    faults.hold("extract")
    article, waiting = give(0), give(1)
    faults.arrival("extract")
    broker.kill()
    time.sleep(1)
    broker.start()
    faults.free("extract")
    sweep_until(lambda: read_or_set_aside(article, waiting), 40)
    check(article, waiting)
    assert worker.process.poll() is None, "the worker has to outlive its broker"


def test_a_message_delivered_five_times_in_parallel_has_one_effect(broker, start_worker, faults):
    start_worker(concurrency=3)
    faults.hold("extract")
    article = give()
    faults.arrival("extract")
    for _ in range(5):
        tasks.read_article.delay(article.pk)
    until(lambda: broker.waiting() == 0 and broker.unacknowledged() == 1, what="the others to be turned away")
    faults.free("extract")
    until(lambda: read_or_set_aside(article), what="the article to be read")
    tasks.read_article.delay(article.pk)  # and once more, late
    until(lambda: broker.waiting() == broker.unacknowledged() == 0, what="the late one")
    check(article)
    assert faults.extractions() == [article.pk]


def test_a_message_delivered_again_while_its_task_still_runs_has_one_effect(broker, start_worker, faults):
    worker = start_worker(concurrency=2, visibility=2)
    faults.hold("extract")
    article = give()
    faults.arrival("extract")
    # Restored after 2 s; the second process is turned away by the lease and acknowledges it.
    until(lambda: worker.log.read_text().count("read_article[") >= 3, 20, "the message to come again")
    faults.free("extract")
    until(lambda: read_or_set_aside(article), what="the article to be read")
    check(article)
    assert faults.extractions() == [article.pk]


def test_sweeps_do_not_pile_rings_up(broker, transactional_db, monkeypatch):
    monkeypatch.setattr(doorbell, "BATCH", 8)
    for number in range(5):
        give(number)
    for _ in range(4):
        tasks.sweep()
    assert broker.waiting() == 8


def test_a_task_never_sees_a_row_that_is_not_committed_yet(broker, start_worker):
    start_worker()
    with transaction.atomic():
        article = give()
        assert broker.waiting() == 0
        time.sleep(0.3)
    until(lambda: read_or_set_aside(article), what="the article to be read")
    check(article)
