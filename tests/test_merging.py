"""Merging and splitting, whatever is merged and whatever is undone: nothing is lost, nothing is left over."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_article, make_event, make_report
from timeline.curating import curation
from timeline.models import Event, Report

pytestmark = pytest.mark.django_db

FIELDS = [
    f.attname
    for f in Event._meta.concrete_fields
    if f.name not in ("id", "updated_at", "created_at", "search")
]


@dataclass
class Rows:
    """What readers see: each group of reports with what its event says. Numbers of events are left out."""

    curator: User

    def told(self) -> dict[frozenset[int], tuple]:
        groups = {}
        for event in Event.objects.published():
            reports = frozenset(event.reports.live().values_list("pk", flat=True))
            groups[reports] = tuple(str(getattr(event, name)) for name in FIELDS)
        return groups

    def exact(self) -> tuple:
        return (
            list(Event.objects.order_by("pk").values("pk", *FIELDS)),
            list(
                Report.objects.order_by("pk").values("pk", "event", "pinned", "struck_out", "superseded_at")
            ),
        )


@pytest.fixture
def rows() -> Rows:
    """Three events of one, two and three reports, with tolls, and one of another category."""
    for number in (1, 2, 3):
        event = make_event(killed_best=number)
        for more in range(1, number):
            make_report(make_article(), event, killed_best=number + more, place=None)
    make_event(type="talks")
    return Rows(User.objects.create(username="curator"))


strikes = st.permutations(range(3))
KEEP = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example is rolled back


class Rollback(Exception):
    pass


def rolled_back(test):
    """Each example on the same rows."""
    try:
        with transaction.atomic():
            test()
            raise Rollback
    except Rollback:
        pass


@KEEP
@given(order=strikes)
def test_merges_undone_are_identity(rows, order):
    def example() -> None:
        a, b, c = (list(Event.objects.filter(category="strike").order_by("pk"))[i] for i in order)
        before = rows.exact()
        first = curation.merge(a, b, rows.curator, "a test")
        second = curation.merge(Event.objects.get(pk=b.pk), c, rows.curator, "a test")
        curation.undo(second, rows.curator)
        curation.undo(first, rows.curator)
        assert rows.exact() == before

    rolled_back(example)


@KEEP
@given(order=strikes)
def test_merge_then_split_is_identity_to_readers(rows, order):
    """The split event has a new number; the merged one's old address leads where its reports went first."""

    def example() -> None:
        a, b, _ = (list(Event.objects.filter(category="strike").order_by("pk"))[i] for i in order)
        before = rows.told()
        mine = list(a.reports.order_by("pk"))
        curation.merge(a, b, rows.curator, "a test")
        merged = rows.told()
        assert len(merged) == len(before) - 1
        for report in mine:
            report.refresh_from_db()
        curation.split(mine, rows.curator, "a test")
        assert rows.told() == before

    rolled_back(example)


@KEEP
@given(chosen=st.sets(st.integers(0, 2), min_size=1, max_size=2))
def test_split_then_merge_is_identity_to_readers(rows, chosen):
    def example() -> None:
        event = Event.objects.get(report_count=3)
        before = rows.told()
        reports = list(event.reports.order_by("pk"))
        decision = curation.split([reports[i] for i in sorted(chosen)], rows.curator, "a test")
        assert len(rows.told()) == len(before) + 1
        assert decision.other_event
        curation.merge(decision.other_event, Event.objects.get(pk=event.pk), rows.curator, "a test")
        assert rows.told() == before

    rolled_back(example)


def test_an_old_address_leads_to_what_the_event_was_merged_into_and_back_after_the_undoing(client, rows):
    a, b, c = Event.objects.filter(category="strike").order_by("pk")
    first = curation.merge(a, b, rows.curator, "a test")
    second = curation.merge(Event.objects.get(pk=b.pk), c, rows.curator, "a test")
    response = client.get(reverse("event", args=[a.pk]), follow=True)
    assert [address for address, _ in response.redirect_chain] == [f"/events/{b.pk}/", f"/events/{c.pk}/"]
    assert {code for _, code in response.redirect_chain} == {302}  # a merge can be undone
    curation.undo(second, rows.curator)
    curation.undo(first, rows.curator)
    assert client.get(reverse("event", args=[a.pk])).status_code == 200
