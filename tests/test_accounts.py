"""Where clustering looks for reports of the same act: the query finds what the window admits, by the index."""

from datetime import date, timedelta

import pytest
from django.db import connection

from tests.factories import make_article, make_event, make_place, make_report
from timeline.accounts import StoredReports, account_of
from timeline.clustering import Window
from timeline.models import Report

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 10)


@pytest.mark.parametrize(
    ("start", "days", "found"),
    [
        (DAY, 1, True),
        (DAY - timedelta(days=3), 1, False),
        (DAY - timedelta(days=3), 4, True),
        (DAY - timedelta(days=30), 31, True),
        (DAY - timedelta(days=40), 41, True),  # a month and more
        (DAY - timedelta(days=40), 40, False),
        (date(2024, 1, 1), 366, True),  # the year
        (date(2023, 1, 1), 365, False),
        (DAY + timedelta(days=2), 1, False),
    ],
)
def test_reports_that_touch_a_period(start, days, found):
    report = make_report(start=start, end=start + timedelta(days=days - 1))
    assert list(Report.objects.touching(DAY, DAY + timedelta(days=1))) == ([report] if found else [])


def test_the_store_finds_what_the_window_admits():
    near = make_report(day=DAY)
    elsewhere = make_report(day=DAY, place=make_place("Qasr", admin1="Sahel"))
    for unlike in ({"day": DAY - timedelta(days=9)}, {"day": DAY, "type": "talks"}):
        make_event(**unlike)
    make_report(day=DAY, struck_out=True)
    window = Window.around(account_of(near))
    found = {account.id for account, _ in StoredReports().near(window)}
    assert found == {near.pk}
    assert not window.admits(account_of(elsewhere))


def test_the_index_serves_the_query():
    """Among thousands of reports of other days the planner reads the few of these days."""
    article = make_article("Shells hit Arvad. " * 3000)
    event = make_report(article, quote="Shells hit Arvad").event
    Report.objects.bulk_create(
        Report(
            article=article, event=event, content_hash=article.content_hash, quote="Shells hit Arvad",
            quote_start=18 * n, quote_end=18 * n + 16, type="shelling", modality="occurred",
            start=DAY - timedelta(days=n % 2000), end=DAY - timedelta(days=n % 2000), precision="day",
            date_basis="explicit", confidence=0.5, rule="test", extractor="test",
        )
        for n in range(1, 3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE timeline_report")
    plan = Report.objects.live().touching(DAY, DAY).filter(type__in=["shelling", "attack"]).explain()
    assert "report_near" in plan
    assert "Seq Scan on timeline_report" not in plan  # the few articles may well be read whole
