"""Decisions: each changes what it says, keeps what was before, and can be undone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.factories import NOON, make_article, make_event, make_report
from timeline import curation
from timeline.models import Decision, Event, Report

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
        curation.correct(make_event(), {"report_count": 9}, curator)


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
        curation.merge(make_event(type="talks"), make_event(type="shelling"), curator)


def test_the_last_report_is_not_split_off(curator):
    with pytest.raises(ValidationError, match="nothing to split"):
        curation.split(list(make_event().reports.all()), curator)


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
