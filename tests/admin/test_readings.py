"""New readings that wait are accepted or refused in the admin, by the same path as every decision."""

from __future__ import annotations

import pytest

from tests.admin.desk import act, said, url, with_permissions
from tests.factories import make_article, make_report
from timeline.curating import curation
from timeline.models import Decision, Event, ReadingChange, Report
from timeline.recording.reading_admin import totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(curator) -> ReadingChange:
    """A confirmed event: of one of its two reports a later extractor reads 8 killed instead of 7."""
    old = make_report(killed_low=7, killed_best=7, killed_high=7)
    make_report(make_article(), old.event, killed_low=7, killed_best=7, killed_high=7)
    curation.review(old.event, "confirmed", curator)
    new = Report.objects.get(pk=old.pk)
    new.pk, new.extractor, new.killed_best, new.killed_high = None, "rules-2", 8, 8
    new.superseded_at = new.recorded_at
    new.save()
    return ReadingChange.objects.create(
        article=old.article, extractor="rules-2", kind="change", state="waiting", event=old.event, old=old,
        new=new, differences={"killed": ["7", "8"]},
    )  # fmt: skip


def test_accepting_counts_the_new_reading_and_is_a_decision(desk, curator, waiting):
    response = act(desk, ReadingChange, "accept", waiting.pk, reason="the list of names")
    assert "1 new reading is accepted now." in said(response)
    assert waiting.new in Event.objects.get().reports.live()
    assert Decision.objects.values_list("kind", "curator", "reason").first() == (
        "accept", curator.pk, "the list of names",
    )  # fmt: skip
    assert "no longer waits" in said(act(desk, ReadingChange, "accept", waiting.pk))


def test_refusing_keeps_the_earlier_reading(desk, waiting):
    assert "1 new reading is refused now." in said(act(desk, ReadingChange, "refuse", waiting.pk))
    assert waiting.old in Event.objects.get().reports.live()
    assert ReadingChange.objects.get().state == "refused"


def test_the_page_shows_both_quotes_and_what_differs_and_offers_to_decide(desk, waiting):
    page = desk.get(url(ReadingChange, "change", waiting.pk)).content.decode()
    assert waiting.old.quote in page
    assert "killed: 7 → <strong>8</strong>" in page
    assert 'value="accept"' in page
    curation.refuse_reading(waiting, Decision.objects.get().curator)
    assert 'value="accept"' not in desk.get(url(ReadingChange, "change", waiting.pk)).content.decode()


def test_the_list_tells_the_totals_of_each_extractor(desk, waiting):
    (row,) = totals()
    assert row == {
        "extractor": "rules-2", "read": 0, "changed": 1, "add": 0, "change": 1, "drop": 0, "waiting": 1,
    }  # fmt: skip
    page = desk.get(url(ReadingChange, "changelist")).content.decode()
    assert "killed: 7 → 8" in page
    assert "What each extractor read differently" in page


def test_who_may_not_decide_is_offered_nothing(client, waiting):
    client.force_login(with_permissions("reader", "view_readingchange"))
    page = client.get(url(ReadingChange, "change", waiting.pk)).content.decode()
    assert 'value="accept"' not in page
    act(client, ReadingChange, "accept", waiting.pk)
    assert ReadingChange.objects.get().state == "waiting"
