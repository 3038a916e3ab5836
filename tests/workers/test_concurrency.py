"""Several workers at once on the same events."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.ingest import Draft, store
from tests.workers.conftest import until
from tests.workers.ledgers import check, give, read_or_set_aside
from timeline.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_accounts_of_one_event_read_at_the_same_moment_are_one_event(start_worker, faults):
    start_worker(concurrency=1)
    start_worker(concurrency=1)
    articles = []
    for number in range(3):
        faults.hold("extract")
        pair = [give(number), give(number, source="Other Wire")]
        until(lambda: len(faults.at("extract")) == 2, 30, "both workers to hold an article")
        faults.free("extract")
        until(lambda pair=pair: read_or_set_aside(*pair), what="both to be read")
        articles += pair
    check(*articles)
    assert sorted(Event.objects.values_list("report_count", "outlet_count")) == [(2, 2)] * 3


def a_writer_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        )
        return cursor.fetchone() is not None


def test_a_writer_waits_for_the_one_before_and_then_sees_its_event(start_worker, faults):
    start_worker(concurrency=2)
    faults.hold("write")
    pair = [give(0), give(0, source="Other Wire")]
    faults.arrival("write")
    until(a_writer_waits, what="the other to wait for its turn")
    assert len(faults.at("write")) == 1
    faults.free("write")
    until(lambda: read_or_set_aside(*pair), what="both to be read")
    check(*pair)
    assert Event.objects.get().report_count == 2


def test_an_article_that_changes_while_it_is_read_is_read_again_and_only_its_new_text_counts(
    start_worker, faults
):
    start_worker(concurrency=1)
    faults.hold("extract")
    article = give(0)
    faults.arrival("extract")
    article.refresh_from_db()
    store(
        Draft(
            source=article.source,
            url=article.url,
            title=article.title,
            text=article.text.replace("three people", "four people"),
            published=article.published,
        )
    )
    faults.free("extract")
    until(lambda: read_or_set_aside(article), what="the new text to be read")
    check(article)
    assert faults.extractions() == [article.pk] * 2
    assert "four people" in article.reports.get().quote
