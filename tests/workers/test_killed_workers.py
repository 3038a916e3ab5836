"""Workers that die at every step: nothing is lost, nothing doubled, and what kills them is set aside."""

from __future__ import annotations

import os
import signal

import pytest

from articles.models import Article
from articles.work import MAX_ATTEMPTS
from tests.workers.conftest import sweep_until, until
from tests.workers.ledgers import check, give, read_or_set_aside
from timeline.config import celery_app
from timeline.models import Event, Report

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = 2.0


def test_an_article_is_read_into_reports_and_events(start_worker, faults):
    start_worker()
    articles = [give(number) for number in range(3)]
    until(lambda: read_or_set_aside(*articles), what="three articles to be read")
    check(*articles)
    assert Event.objects.count() == 3
    assert sorted(faults.extractions()) == [a.pk for a in articles]


@pytest.mark.parametrize("step", ["extract", "write"])
def test_kill_9_of_a_pool_process_loses_and_doubles_nothing(start_worker, faults, step):
    worker = start_worker(lease=LEASE)
    faults.hold(step)
    article = give()
    victim = faults.arrival(step)
    assert victim in worker.pool
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in worker.pool, what="the pool to notice")
    assert not Report.objects.exists()
    faults.free(step)
    sweep_until(lambda: read_or_set_aside(article))
    check(article)
    assert len(faults.extractions()) == 2
    assert worker.process.poll() is None


@pytest.mark.parametrize("step", ["extract", "write"])
def test_kill_9_of_a_whole_worker_loses_and_doubles_nothing(start_worker, faults, step):
    worker = start_worker(lease=LEASE)
    faults.hold(step)
    article, waiting = give(0), give(1)
    faults.arrival(step)
    worker.kill()
    assert not Report.objects.exists()
    faults.free(step)
    start_worker(lease=LEASE)
    sweep_until(lambda: read_or_set_aside(article, waiting))
    check(article, waiting)
    assert Article.objects.filter(attempts=0).count() == 2


def test_what_kills_its_worker_each_time_is_set_aside_and_the_rest_goes_on(start_worker, faults):
    worker = start_worker(lease=1.0)
    poison = give(0, title="kills its worker")
    others = [give(number) for number in (1, 2, 3)]
    sweep_until(lambda: read_or_set_aside(poison, *others), 40)
    check(poison, *others)
    assert faults.extractions().count(poison.pk) == MAX_ATTEMPTS
    assert "worker died" in poison.last_error
    assert not any(other.set_aside_at for other in others)
    assert worker.process.poll() is None


def test_an_extraction_that_raises_is_tried_three_times_and_retried_in_bulk_once_mended(start_worker, faults):
    start_worker()
    broken = [give(number, title="trips a defect") for number in (0, 1)]
    sound = give(2)
    sweep_until(lambda: read_or_set_aside(*broken, sound))
    check(*broken, sound)
    assert [faults.extractions().count(article.pk) for article in broken] == [MAX_ATTEMPTS] * 2
    for article in broken:
        assert "Traceback" in article.last_error
        assert "LookupError: a rule has a defect" in article.last_error
    faults.mend()
    assert Article.objects.set_aside().retry() == 2
    sweep_until(lambda: read_or_set_aside(*broken))
    check(*broken)
    assert not any(article.set_aside_at or article.last_error for article in broken)


def test_running_out_of_memory_is_a_failed_attempt_and_the_worker_lives(start_worker, faults):
    worker = start_worker()
    pool = worker.pool
    hungry = give(0, title="takes all memory")
    sweep_until(lambda: read_or_set_aside(hungry))
    check(hungry)
    assert "MemoryError" in hungry.last_error
    after = give(1)
    until(lambda: read_or_set_aside(after), what="the next article")
    check(after)
    assert worker.pool == pool


@pytest.mark.parametrize(
    ("title", "words"),
    [("never ends", "SoftTimeLimitExceeded"), ("listens to nobody", "worker died or was stopped")],
    ids=["soft limit", "hard limit"],
)
def test_an_article_that_takes_for_ever_is_stopped_and_set_aside(start_worker, faults, title, words):
    worker = start_worker("--soft-time-limit", "2", "--time-limit", "3", lease=4.0)
    endless, after = give(0, title=title), give(1)
    sweep_until(lambda: read_or_set_aside(endless, after), 40)
    check(endless, after)
    assert words in endless.last_error
    assert faults.extractions().count(endless.pk) == MAX_ATTEMPTS
    assert not after.set_aside_at
    assert worker.process.poll() is None


def test_messages_of_another_release_are_dropped_and_do_not_come_again(start_worker, broker):
    worker = start_worker()
    celery_app.send_task("timeline.tasks.read_article", args=[1], kwargs={"of_a_later_release": True})
    celery_app.send_task("timeline.tasks.of_a_later_release", args=[1])
    article = give()
    until(lambda: read_or_set_aside(article), what="the article behind them")
    until(lambda: broker.waiting() == broker.unacknowledged() == 0, what="an empty queue")
    check(article)
    assert worker.process.poll() is None


def test_sigterm_lets_the_worker_finish_what_it_reads(start_worker, faults):
    worker = start_worker()
    faults.hold("extract")
    article = give()
    faults.arrival("extract")
    worker.process.send_signal(signal.SIGTERM)
    until(lambda: worker.said("Warm shutdown"), what="the worker to hear")
    faults.free("extract")
    assert worker.process.wait(20) == 0
    check(article)
    assert faults.extractions() == [article.pk]
