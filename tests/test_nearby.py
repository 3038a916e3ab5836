"""Where clustering looks for reports of the same act: what the window admits, by the index, in few queries."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_article, make_place, make_report
from timeline.clustering import Window
from timeline.curating import catalogue
from timeline.models import Event, Report
from timeline.recording.accounts import account_of
from timeline.recording.nearby import Nearby, cells_of

DAY = date(2024, 3, 10)
TYPES = frozenset({"shelling", "attack"})


def found(window, nearby=None, since=None):
    return {account.id for account, _ in (nearby or Nearby()).near(window, since)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "days", "near"),
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
@pytest.mark.parametrize("place", [{}, {"country": "KA"}, {"country": "KA", "admin1": "Sahel"}])
def test_reports_that_touch_a_period(start, days, near, place):
    where = make_place("Arvad", country="KA", admin1="Sahel")
    report = make_report(place=where, type="shelling", start=start, end=start + timedelta(days=days - 1))
    window = Window(TYPES, DAY, DAY + timedelta(days=1), **place)
    assert found(window) == ({report.pk} if near else set())


@pytest.mark.django_db
def test_it_finds_what_a_window_admits():
    """Whatever the place: of a region, of a country, of none, and by its key."""
    places = [
        None,
        make_place("Qasr", country="KA", admin1="Sahel"),
        make_place("Karsk", country="KA", admin1=""),
    ]
    places += [make_place("Nord", country="KA", admin1="Nord"), make_place("Gulf", country="", admin1="")]
    places += [make_place("Oslo", country="NO", admin1="Oslo")]
    reports = [make_report(place=place, type="shelling", start=DAY, end=DAY) for place in places]
    Report.objects.filter(pk=reports[0].pk).update(place=None)
    make_report(place=places[1], type="shelling", start=DAY, end=DAY, struck_out=True)
    make_report(place=places[1], type="talks", start=DAY, end=DAY)
    accounts = [account_of(r) for r in Report.objects.select_related("article", "place")]
    for where in (
        {}, {"country": "KA"}, {"country": "KA", "admin1": "Sahel"}, {"country": "NO", "admin1": "Sahel"},
        {"country": "KA", "admin1": "Sahel", "place_key": places[1].key},
    ):  # fmt: skip
        window = Window(TYPES, DAY, DAY, **where)
        expected = {a.id for a in accounts if window.admits(a)} & {r.pk for r in reports}
        assert found(window) == expected, where


@pytest.mark.django_db
def test_an_account_is_the_same_from_a_row_and_from_a_report():
    report = make_report(
        place=make_place("Qasr", country="KA", admin1="Sahel"),
        parties=[("Karsk", "initiator", "state", "KA"), ("Ann Envoy", "mediator", "person", "NO")],
        speakers=[("Ministry", "KA", "body")],
        killed_low=2, killed_best=3, target="a depot", weapon="Grad",
    )  # fmt: skip
    stored = Report.objects.select_related("article", "place").get(pk=report.pk)
    ((account, event),) = Nearby().event(report.event_id)
    assert account == account_of(stored)
    assert event == report.event_id


@pytest.mark.django_db
def test_it_tells_of_an_event_and_an_article_all_that_lives():
    first = make_report()
    second = make_report(event=first.event, type="talks", start=DAY, end=DAY)  # in no window of the first
    make_report(event=first.event, struck_out=True)
    stored = Report.objects.select_related("article", "place").get(pk=first.pk)
    nearby = Nearby([account_of(stored)])
    assert {a.id for a, _ in nearby.event(first.event_id)} == {first.pk, second.pk}
    assert {a.id for a, _ in nearby.article(stored.article.url)} == set(
        stored.article.reports.live().values_list("pk", flat=True)
    )


@pytest.mark.django_db
def test_what_a_curator_decided_comes_along():
    loose, pinned, confirmed = make_report(), make_report(pinned=True), make_report()
    Event.objects.filter(pk=confirmed.event_id).update(review=Event.Review.CONFIRMED)
    nearby = Nearby()
    for report in (loose, pinned, confirmed):
        list(nearby.event(report.event_id))
    assert nearby.decisions.core == {pinned.pk: pinned.event_id, confirmed.pk: confirmed.event_id}


@pytest.mark.django_db
def test_many_reports_cost_as_many_queries_as_one():
    for n in range(6):
        make_report(place=make_place(f"Town {n}", country="KA", admin1=f"Region {n}"))
    accounts = [account_of(r) for r in Report.objects.select_related("article", "place")]
    counts = []
    for some in (accounts[:1], accounts):
        with CaptureQueriesContext(connection) as queries:
            nearby = Nearby(some)
            for account in some:
                assert account.id in found(Window.around(account), nearby)
                assert found(Window.around_all([account]), nearby, since=account.published)
                assert list(nearby.article(account.article))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


@pytest.mark.django_db
def test_a_question_beyond_what_was_read_is_asked():
    here, there = make_report(start=DAY, end=DAY), make_report(start=date(2020, 1, 1), end=date(2020, 1, 1))
    nearby = Nearby([account_of(Report.objects.select_related("article", "place").get(pk=here.pk))])
    window = Window(frozenset({there.type}), date(2020, 1, 1), date(2020, 1, 1))
    assert found(window, nearby) == {there.pk}
    assert found(window, nearby, since=there.article.published) == {there.pk}
    assert found(window, nearby, since=there.article.published + timedelta(seconds=1)) == set()


@pytest.mark.django_db
def test_a_place_that_is_corrected_takes_its_reports_along():
    place = make_place("Qasr", country="KA", admin1="Sahel")
    report = make_report(place=place, start=DAY, end=DAY)
    window = Window(frozenset({report.type}), DAY, DAY, country="NO", admin1="Oslo")
    assert found(window) == set()
    editor = User.objects.create_user("editor")
    catalogue.edit(place, {"country": "NO", "admin1": "Oslo"}, editor, "It lies there.")
    assert found(window) == {report.pk}


@pytest.mark.django_db
@pytest.mark.parametrize("where", [{}, {"country": "KA", "admin1": "Sahel"}])
def test_the_index_serves_the_query(where):
    """Among thousands of reports of other days the few of these days are read."""
    article = make_article("Shells hit Arvad. " * 3000)
    first = make_report(
        article, quote="Shells hit Arvad", place=make_place("Arvad", country="KA", admin1="Sahel")
    )
    places = [first.place] + [make_place(f"Town {n}", country="KA", admin1=f"Region {n}") for n in range(20)]
    Report.objects.bulk_create(
        Report(
            article=article, event=first.event, content_hash=article.content_hash, quote="Shells hit Arvad",
            quote_start=18 * n, quote_end=18 * n + 16, type="shelling", modality="occurred", place=places[n % 21],
            start=DAY - timedelta(days=n % 2000), end=DAY - timedelta(days=n % 2000), precision="day",
            date_basis="explicit", confidence=0.5, rule="test", extractor="test",
        )
        for n in range(1, 3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE timeline_report")
    with CaptureQueriesContext(connection) as queries:
        found(Window(TYPES, DAY, DAY, **where))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("report_cell" if where else "report_near") in plan
    assert "Seq Scan on timeline_report" not in plan


DAYS = st.dates(DAY - timedelta(days=20), DAY + timedelta(days=20))
WINDOWS = st.builds(
    lambda first, days, types, where: Window(types, first, first + timedelta(days=days), **where),
    DAYS,
    st.integers(0, 9),
    st.frozensets(st.sampled_from(["shelling", "attack", "talks"]), min_size=1),
    st.sampled_from([{}, {"country": "KA"}, {"country": "KA", "admin1": "Sahel"}]),
)


@given(st.lists(WINDOWS, max_size=6))
def test_cells_cover_the_windows_and_do_not_overlap(windows):
    cells = cells_of(windows)
    for window in windows:
        kind = "region" if window.admin1 else "country" if window.country else "anywhere"
        for type_ in window.types:
            assert any(
                (t, place, region) == (type_, window.country, window.admin1)
                and first <= window.first
                and window.last <= last
                for t, place, region, first, last in cells[kind]
            )
    for listed in cells.values():
        for type_, place, region, first, last in listed:
            beside = [c for c in listed if c[:3] == (type_, place, region) and c[3:] != (first, last)]
            assert all(last < c[3] or c[4] < first for c in beside)
