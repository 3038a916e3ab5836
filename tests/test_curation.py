"""Decisions: each changes what it says, keeps what was before, and can be undone."""

from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection

from tests.factories import NOON, make_article, make_event, make_place, make_report
from timeline.curating import curation
from timeline.models import Decision, Event, Report
from timeline.recording import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return User.objects.create(username="curator")


def picture() -> list[tuple]:
    """All that readers see of events and memberships."""
    events = Event.objects.order_by("pk").values_list(
        "pk", "headline", "status", "review", "report_count", "merged_into", "killed_best", "start"
    )
    return list(events) + list(
        Report.objects.order_by("pk").values_list("pk", "event", "pinned", "struck_out")
    )


def test_confirm_and_undo(curator):
    event, before = make_event(), None
    before = picture()
    decision = curation.review(event, "confirmed", curator, "two sources")
    assert Event.objects.get().review == "confirmed"
    curation.undo(decision, curator)
    assert picture() == before
    with pytest.raises(ValidationError, match="undone already"):
        curation.undo(Decision.objects.get(pk=decision.pk), curator)


def test_a_rejection_needs_a_reason_and_hides_the_event(curator):
    event = make_event()
    with pytest.raises(ValidationError, match="why"):
        curation.review(event, "rejected", curator)
    curation.review(event, "rejected", curator, "an exercise, not an attack")
    assert not Event.objects.published().exists()


def test_a_correction_wins_over_the_machine_and_survives_new_reports(curator):
    event = make_event(killed_best=4)
    curation.correct(event, {"killed_best": 5}, curator, "list of names")
    later = make_article(published=NOON + timedelta(hours=1))
    make_report(later, event=Event.objects.get(), killed_low=3, killed_best=3, killed_high=3)
    assert Event.objects.get().killed_best == 5
    curation.undo(Decision.objects.get(kind="correct"), curator)
    assert Event.objects.get().killed_best == 3


def test_only_coded_fields_can_be_corrected(curator):
    with pytest.raises(ValidationError, match="report_count"):
        curation.correct(make_event(), {"report_count": 9}, curator, "a test")


def test_merge_then_undo_is_identity(curator):
    a, b = make_event(killed_best=4), make_event(killed_best=7)
    before = picture()
    decision = curation.merge(a, b, curator, "one strike")
    merged = Event.objects.get(pk=a.pk)
    assert merged.merged_into == b
    assert Event.objects.get(pk=b.pk).report_count == 2
    curation.undo(decision, curator)
    assert picture() == before


def test_split_then_undo_is_identity(curator):
    event = make_event()
    other = make_report(make_article(), event=event)
    before = picture()
    decision = curation.split([other], curator, "another day")
    assert Event.objects.published().count() == 2
    curation.undo(decision, curator)
    after = [row for row in picture() if row[0] != decision.other_event_id or len(row) == 4]
    assert after == before
    assert not Event.objects.published().filter(pk=decision.other_event_id).exists()


def test_merging_across_categories_is_refused(curator):
    with pytest.raises(ValidationError, match="never one act"):
        curation.merge(make_event(type="talks"), make_event(type="shelling"), curator, "a test")


def test_the_last_report_is_not_split_off(curator):
    with pytest.raises(ValidationError, match="nothing to split"):
        curation.split(list(make_event().reports.all()), curator, "a test")


def test_a_struck_out_report_no_longer_counts(curator):
    event = make_event(killed_best=4)
    report = make_report(make_article(), event=event, killed_best=40)
    curation.strike_out(report, curator, "that was a sport result")
    event.refresh_from_db()
    assert (event.report_count, event.killed_best) == (1, 4)


def test_an_undo_under_a_later_decision_is_refused(curator):
    event = make_event()
    first = curation.correct(event, {"killed_best": 5}, curator, "a")
    curation.correct(event, {"killed_best": 6}, curator, "b")
    with pytest.raises(ValidationError, match="later decision"):
        curation.undo(first, curator)


def test_what_a_correction_gets_wrong_is_said_by_field(curator):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    for changes, field in [
        ({"start": event.end + timedelta(days=1)}, "end"),
        ({"killed_low": 9}, "killed_high"),
        ({"killed_best": None, "killed_high": 1}, "killed_high"),
        ({"type": "no such type"}, "type"),
        ({"headline": ""}, "headline"),
        ({"precision": "hour"}, "precision"),
    ]:
        with pytest.raises(ValidationError) as refused:
            curation.correct(event, changes, curator, "a test")
        assert list(refused.value.message_dict) == [field], changes
    assert not Decision.objects.exists()


def test_a_corrected_type_takes_its_category_along(curator):
    event = make_event(type="shelling")
    decision = curation.correct(event, {"type": "talks"}, curator, "nobody was shot at")
    assert Event.objects.values_list("type", "category").get() == ("talks", "diplomacy")
    curation.undo(decision, curator)
    assert Event.objects.values_list("type", "category").get() == ("shelling", "strike")


def test_a_correction_of_an_event_that_has_changed_is_refused_and_says_by_whom(curator):
    event = make_event(killed_best=4)
    curation.correct(event, {"killed_best": 5}, curator, "list of names", seen=event.updated_at)
    with pytest.raises(ValidationError, match="curator corrected “list of names”") as refused:
        curation.correct(event, {"killed_best": 6}, curator, "a second list", seen=event.updated_at)
    assert refused.value.code == "stale"
    assert Event.objects.get().killed_best == 5


def test_the_value_of_the_machine_stays_known_beside_a_correction(curator):
    event = make_event(killed_best=4, place=make_place("Arvad"))
    machine_headline = event.headline
    curation.correct(event, {"killed_best": 5, "headline": "Five die"}, curator, "list of names")
    event.refresh_from_db()
    before = picture()
    values = curation.machine_values(event)
    assert values == {
        "killed_low": 4,
        "killed_best": 4,
        "killed_high": None,
        "headline": machine_headline,
    }
    assert picture() == before  # asking changes nothing


def test_merged_events_take_no_more_decisions(curator):
    event, into = make_event(), make_event()
    report = event.reports.get()
    curation.merge(event, into, curator, "a test")
    for decide in (
        lambda: curation.review(event, "confirmed", curator),
        lambda: curation.correct(event, {"killed_best": 1}, curator, "a test"),
        lambda: curation.move(make_report(), event, curator, "a test"),
        lambda: curation.merge(event, make_event(), curator, "a test"),
    ):
        with pytest.raises(ValidationError, match="merged"):
            decide()
    with pytest.raises(ValidationError, match="Meanwhile"):
        curation.move(report, make_event(), curator, "a test")  # read before it was merged


def test_moving_a_report_across_categories_is_refused(curator):
    with pytest.raises(ValidationError, match="never one act"):
        curation.move(make_report(type="talks"), make_event(type="shelling"), curator, "a test")


def test_a_merge_into_itself_is_refused(curator):
    event = make_event()
    with pytest.raises(ValidationError, match="choose two"):
        curation.merge(event, event, curator, "a test")


def test_a_confirmation_is_not_undone_under_a_later_rejection(curator):
    event = make_event()
    first = curation.review(event, "confirmed", curator)
    curation.review(event, "rejected", curator, "a drill")
    with pytest.raises(ValidationError, match="later decision"):
        curation.undo(first, curator)
    curation.undo(Decision.objects.get(kind="reject"), curator)
    curation.undo(first, curator)
    assert Event.objects.get().review == "unreviewed"


def test_a_decision_is_undone_once_even_when_read_twice(curator):
    decision = curation.review(make_event(), "confirmed", curator)
    copy = Decision.objects.get(pk=decision.pk)
    curation.undo(decision, curator)
    with pytest.raises(ValidationError, match="undone already"):
        curation.undo(copy, curator)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_writes_an_event_does_not_overwrite_a_decision_taken_meanwhile():
    """The worker read the event before the decision and saves it after: the decision waits for it."""
    event, curator = make_event(), User.objects.create(username="curator")
    worker_has_read, decided = Signal(), Signal()

    def work() -> None:
        with ledger.writing():
            mine = Event.objects.get(pk=event.pk)
            worker_has_read.set()
            decided.wait(0.5)  # in vain, as it should be
            ledger.derive(mine)
        connection.close()

    worker = Thread(target=work)
    worker.start()
    assert worker_has_read.wait(10)
    curation.review(event, "confirmed", curator)
    decided.set()
    worker.join(10)
    assert Event.objects.get().review == "confirmed"


@pytest.mark.parametrize("reason", ["", "  "])
def test_what_changes_an_event_is_refused_without_a_reason(curator, reason):
    one, two = make_report(), make_report()
    second = make_report(make_article(), event=one.event)
    before = picture()
    for decide in (
        lambda: curation.correct(one.event, {"killed_best": 1}, curator, reason),
        lambda: curation.merge(one.event, two.event, curator, reason),
        lambda: curation.move(two, one.event, curator, reason),
        lambda: curation.split([second], curator, reason),
        lambda: curation.strike_out(second, curator, reason),
        lambda: curation.review(one.event, "rejected", curator, reason),
    ):
        with pytest.raises(ValidationError, match=r"[Ss]ay why"):
            decide()
    assert picture() == before
    assert not Decision.objects.exists()
