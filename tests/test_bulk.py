"""Decisions on many events: in the background, each one of its own, with their progress."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.admin.conftest import chief, rung  # noqa: F401
from tests.admin.desk import act, url
from tests.factories import make_event
from timeline import tasks
from timeline.curating import bulk, curation
from timeline.models import Batch, Decision, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create(username="ed")


@pytest.fixture
def events() -> list[Event]:
    return [make_event() for _ in range(4)]


def pks(events: list[Event]) -> list[int]:
    return [event.pk for event in events]


def test_each_event_has_a_decision_of_its_own_and_what_is_refused_is_named(editor, events):
    curation.merge(events[0], events[1], editor, "one act")
    curation.review(events[2], "confirmed", editor)
    batch = bulk.start(pks(events), "confirmed", editor, "the same wire")
    assert bulk.work(batch.pk)
    batch.refresh_from_db()
    assert (batch.done, batch.decided, batch.total) == (4, 2, 4)
    assert [number for number, _ in batch.refused] == [events[0].pk]
    assert "has been merged" in batch.refused[0][1]
    assert batch.finished_at
    taken = Decision.objects.filter(kind="confirm", reason="the same wire")
    assert set(taken.values_list("event", flat=True)) == {events[1].pk, events[3].pk}
    curation.undo(taken.get(event=events[3].pk), editor)  # as one that was taken at the desk
    assert Event.objects.get(pk=events[3].pk).review == "unreviewed"
    assert bulk.work(batch.pk)  # once more does nothing
    assert Decision.objects.filter(reason="the same wire").count() == 2


def test_it_goes_on_where_it_stopped(editor, events, monkeypatch):
    batch = bulk.start(pks(events), "confirmed", editor)
    assert not bulk.work(batch.pk, seconds=0)
    assert bulk._next(batch.pk)
    batch.refresh_from_db()
    assert (batch.done, batch.finished_at) == (1, None)
    tasks.work_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.done, batch.decided) == (4, 4)


def test_a_rejection_of_many_needs_a_reason(editor, events):
    with pytest.raises(ValidationError, match="Say why"):
        bulk.start(pks(events), "rejected", editor, " ")
    assert not Batch.objects.exists()


def test_what_waits_is_rung_for_again(editor, events, rung, monkeypatch):  # noqa: F811
    monkeypatch.setattr("articles.doorbell.waiting", lambda task: 0)
    batch = bulk.start(pks(events), "confirmed", editor)
    tasks.work_batches()
    assert rung == [("timeline.tasks.work_batch", batch.pk)]


@pytest.fixture
def queued(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def test_the_admin_hands_many_to_the_workers(chief, events, rung, queued, monkeypatch):  # noqa: F811
    monkeypatch.setattr("timeline.admin.WHILE_ONE_WAITS", 3)
    with queued(execute=True):
        response = act(chief, Event, "reject", *pks(events), reason="an exercise")
    batch = Batch.objects.get()
    assert response.redirect_chain == [(url(Batch, "change", batch.pk), 302)]
    assert rung == [("timeline.tasks.work_batch", batch.pk)]
    page = response.content.decode()
    assert "0 of 4" in page
    assert 'http-equiv="refresh"' in page
    bulk.work(batch.pk)
    page = chief.get(url(Batch, "change", batch.pk)).content.decode()
    assert "4 of 4" in page
    assert 'http-equiv="refresh"' not in page
    assert Event.objects.filter(review="rejected").count() == 4


def test_few_are_decided_while_one_waits(chief, events):  # noqa: F811
    act(chief, Event, "confirm", *pks(events))
    assert Event.objects.filter(review="confirmed").count() == 4
    assert not Batch.objects.exists()
