"""Forms take decisions: what is wrong is an error of the form, which keeps what was typed."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from tests.admin.desk import (
    act,
    errors,
    form_data,
    form_of,
    picture,
    said,
    url,
    with_permissions,
)
from tests.factories import make_article, make_event, make_place, make_report
from timeline.curating import curation
from timeline.models import Decision, Event, Report

pytestmark = pytest.mark.django_db


# Events


def test_a_correction_is_one_decision_and_the_machines_value_stays_beside_it(desk, save, curator):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    save(event, killed_best=5, killed_high=6, reason="list of names")
    decision = Decision.objects.get()
    assert (decision.kind, decision.curator, decision.reason) == ("correct", curator, "list of names")
    event.refresh_from_db()
    assert (event.killed_low, event.killed_best, event.killed_high) == (4, 5, 6)
    page = desk.get(url(Event, "change", event.pk))
    helps = {field.name: field.help_text for field in page.context["adminform"].form}
    assert helps["killed_best"] == "Corrected. Machine: 4"
    assert helps["wounded_best"] == ""
    assert "Corrected. Machine: 4" in page.content.decode()


def test_dates_place_and_type_are_corrected_and_shown_in_words(desk, save):
    event, port = make_event(), make_place("Port Kassim", admin1="Delta", country="KA")
    save(
        event,
        start="2024-02-27",
        end="2024-02-28",
        precision="range",
        place=port.pk,
        type="talks",
        reason="a test",
    )
    event.refresh_from_db()
    assert (str(event.start), str(event.end), event.precision) == ("2024-02-27", "2024-02-28", "range")
    assert (event.place, event.type, event.category) == (port, "talks", "diplomacy")
    page = desk.get(url(Event, "change", event.pk)).content.decode()
    for words in ("Machine: 1 Mar 2024", "Machine: Arvad, Nahr, NO", "Machine: day", "Machine: Shelling"):
        assert words in page


def test_taking_a_place_away_is_a_correction_too(save):
    event = make_event()
    save(event, place="", reason="not said in the text")
    event.refresh_from_db()
    assert event.place is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"killed_best": 5}, "reason", "Say why"),
        ({"start": "2024-03-09", "reason": "a"}, "end", "before the first"),
        ({"killed_low": 9, "reason": "a"}, "killed_high", "must rise"),
        ({"killed_low": -1, "reason": "a"}, "killed_low", "greater than or equal"),
        ({"killed_best": "many", "reason": "a"}, "killed_best", "whole number"),
        ({"start": "soon", "reason": "a"}, "start", "valid date"),
        ({"type": "bogus", "reason": "a"}, "type", "valid choice"),
        ({"place": "999999", "reason": "a"}, "place", "valid choice"),
        ({"headline": "", "reason": "a"}, "headline", "required"),
        ({"headline": "x" * 501, "reason": "a"}, "headline", "at most 500"),
        ({"target": "a\0b", "reason": "a"}, "target", "Null characters"),
        ({"killed_high": "9" * 12, "reason": "a"}, "killed_high", "less than or equal"),
        ({"seen": "x", "reason": "a"}, "seen", "Open the page again"),
        ({"seen": None, "reason": "a"}, "seen", "required"),
    ],
)
def test_a_wrong_correction_is_an_error_of_the_form_that_keeps_what_was_typed(save, changes, field, words):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    before = picture()
    response = save(event, weapon="what I typed", **changes)
    found = errors(response)
    assert any(words in message for message in found[field]), found
    assert 'value="what I typed"' in response.content.decode()
    assert picture() == before
    assert not LogEntry.objects.exists()


def test_saving_without_a_change_decides_nothing(save):
    event = make_event()
    assert "nothing to decide" in str(errors(save(event, reason="just looking")))
    assert not Decision.objects.exists()


def test_the_second_of_two_curators_is_told_and_loses_nothing(desk, save):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    shown = form_data(desk, url(Event, "change", event.pk))  # both opened it
    other = with_permissions("ann", app_labels=("timeline",))
    curation.correct(event, {"killed_high": 9}, other, "hospital list")
    response = save(event, shown, weapon="a mortar", killed_high=7, reason="my reason")
    assert "ann corrected “hospital list”" in str(errors(response))
    page = response.content.decode()
    for kept in (
        'value="a mortar"',
        'value="7"',
        'value="my reason"',
        "Stored now: 9 · Corrected. Machine: 4",
    ):
        assert kept in page
    assert Event.objects.get().killed_high == 9
    again = form_of(response)
    assert "adminform" not in (save(event, again).context or {})
    event.refresh_from_db()
    assert (event.weapon, event.killed_high) == ("a mortar", 7)
    assert Decision.objects.filter(kind="correct").count() == 2


def test_a_form_that_was_open_when_its_event_was_merged_is_told_so(desk, save, curator):
    event, into = make_event(), make_event()
    shown = form_data(desk, url(Event, "change", event.pk))
    curation.merge(event, into, curator, "a test")
    response = save(event, shown, weapon="a mortar", reason="a")
    assert "has been merged" in str(errors(response))
    page = desk.get(url(Event, "change", event.pk)).content.decode()
    assert "This event was merged" in page
    assert url(Event, "change", into.pk) in page
    assert 'name="headline"' not in page


def test_the_page_of_an_event_shows_its_quotes_escaped_and_its_buttons(desk):
    text = "<script>alert(1)</script> Shells hit Arvad & its port. More."
    event = make_event(article=make_article(text), quote=text.removesuffix(" More."))
    page = desk.get(url(Event, "change", event.pk)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Shells hit Arvad &amp; its port." in page
    assert "<script>alert" not in page
    assert event.reports.get().get_absolute_url() in page
    assert event.get_absolute_url() in page
    assert 'value="confirm"' in page


# Reports


def test_a_report_is_moved_with_its_reason(save, pair):
    into = make_event()
    response = save(pair[1], event=into.pk, reason="another day")
    assert "report moved to another event" in said(response)
    assert Report.objects.get(pk=pair[1].pk).event == into
    assert Decision.objects.get().reason == "another day"


def test_a_report_is_split_off(save, pair):
    save(pair[1], own_event="on", reason="another day")
    assert Event.objects.published().count() == 2
    assert Decision.objects.get().kind == "split"


def test_a_report_is_struck_out_and_put_back_by_undoing(desk, save, pair):
    save(pair[1], struck_out="on", reason="a sport result")
    assert Event.objects.get().report_count == 1
    page = desk.get(url(Report, "change", pair[1].pk)).content.decode()
    assert "undo that decision to put it back" in page
    act(desk, Decision, "undo", Decision.objects.get().pk)
    assert Event.objects.get().report_count == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"struck_out": "on"}, "Say why"),
        ({"own_event": "on"}, "Say why"),
        ({"struck_out": "on", "own_event": "on", "reason": "a"}, "Choose one"),
        ({"event": "", "reason": "a"}, "required"),
        ({"event": "999999", "reason": "a"}, "valid choice"),
        ({"seen": "999999", "reason": "a"}, "Meanwhile it was put under"),
    ],
)
def test_a_wrong_decision_about_a_report_is_an_error_of_the_form(save, pair, changes, words):
    before = picture()
    assert words in str(errors(save(pair[1], **changes)))
    assert picture() == before


def test_what_curation_refuses_about_a_report_is_an_error_of_the_form(desk, save, curator):
    report = make_report()
    assert "nothing to split" in str(errors(save(report, own_event="on", reason="a")))
    talks = make_event(type="talks")
    response = save(report, event=talks.pk, reason="kept words")
    assert "never one act" in str(errors(response))
    assert 'value="kept words"' in response.content.decode()
    merged, into = make_event(), make_event()
    curation.merge(merged, into, curator, "a test")
    assert "merged" in str(errors(save(report, event=merged.pk, reason="a")))


def test_a_report_that_was_moved_meanwhile_is_not_moved_back(desk, save, pair, curator):
    shown = form_data(desk, url(Report, "change", pair[1].pk))
    into = make_event()
    curation.move(pair[1], into, curator, "a test")
    response = save(pair[1], shown, struck_out="on", reason="a")
    assert "Meanwhile it was put under" in str(errors(response))
    assert Report.objects.get(pk=pair[1].pk).event == into


def test_a_reading_that_was_replaced_takes_no_decision(desk, save, pair):
    shown = form_data(desk, url(Report, "change", pair[1].pk))
    Report.objects.filter(pk=pair[1].pk).update(superseded_at=timezone.now())
    assert "read again" in str(errors(save(pair[1], shown, struck_out="on", reason="a")))
    assert 'name="struck_out"' not in desk.get(url(Report, "change", pair[1].pk)).content.decode()


def test_a_report_without_a_choice_decides_nothing(save, pair):
    assert "Choose one" in str(errors(save(pair[1], reason="just looking")))
    assert not Decision.objects.exists()
