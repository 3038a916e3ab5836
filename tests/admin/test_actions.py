"""Actions of lists take decisions, and say what came of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Address, Article, Feed
from tests.admin.desk import (
    act,
    picture,
    said,
    url,
)
from tests.factories import make_article, make_event, make_place, make_source
from timeline.curating import curation
from timeline.models import Decision, Event

pytestmark = pytest.mark.django_db


def test_confirming_and_reopening_by_the_list(desk, curator):
    one, two = make_event(), make_event()
    response = act(desk, Event, "confirm", one.pk, two.pk)
    assert "2 events are confirmed now." in said(response)
    assert set(Event.objects.values_list("review", flat=True)) == {"confirmed"}
    assert set(Decision.objects.values_list("kind", "curator")) == {("confirm", curator.pk)}
    act(desk, Event, "reopen", one.pk)
    assert Event.objects.get(pk=one.pk).review == "unreviewed"
    assert "0 events are" in said(act(desk, Event, "reopen", one.pk))


def test_rejecting_asks_for_a_reason_and_posts_again(desk):
    event = make_event()
    page = act(desk, Event, "reject", event.pk).content.decode()
    assert event.headline in page
    assert 'name="reason"' in page
    assert "errornote" not in page
    page = act(desk, Event, "reject", event.pk, reason="  ").content.decode()
    assert "Say why the events are rejected" in page
    assert Event.objects.get().review == "unreviewed"
    act(desk, Event, "reject", event.pk, reason="a drill")
    assert Event.objects.get().review == "rejected"
    assert Decision.objects.get().reason == "a drill"


def test_merging_asks_which_event_stays(desk):
    one, two, three = make_event(), make_event(), make_event()
    page = act(desk, Event, "merge", one.pk, two.pk, three.pk).content.decode()
    assert page.count('name="into"') == 3
    act(desk, Event, "merge", one.pk, two.pk, three.pk, into=two.pk, reason="one strike")
    two.refresh_from_db()
    assert two.report_count == 3
    assert set(Event.objects.exclude(pk=two.pk).values_list("merged_into", flat=True)) == {two.pk}


def test_merging_without_a_reason_asks_again(desk):
    one, two = make_event(), make_event()
    page = act(desk, Event, "merge", one.pk, two.pk, into=one.pk, reason=" ").content.decode()
    assert "say why" in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("into", ["", "x", "0", "999999", "\0"])
def test_merging_into_what_was_not_chosen_asks_again(desk, into):
    one, two = make_event(), make_event()
    page = act(desk, Event, "merge", one.pk, two.pk, into=into, reason="kept words").content.decode()
    assert "Choose which of the events stays" in page
    assert 'value="kept words"' in page
    assert not Decision.objects.exists()


def test_one_event_cannot_be_merged_with_itself(desk):
    event = make_event()
    assert "two events or more" in said(act(desk, Event, "merge", event.pk, event.pk, into=event.pk))


def test_a_merge_that_fails_for_one_is_made_for_none(desk):
    one, two, talks = make_event(), make_event(), make_event(type="talks")
    before = picture()
    response = act(desk, Event, "merge", one.pk, two.pk, talks.pk, into=one.pk, reason="one act")
    assert "never one act" in said(response)
    assert picture() == before


def test_a_refusal_for_one_event_does_not_stop_the_others(desk, curator):
    merged, into, other = make_event(), make_event(), make_event()
    curation.merge(merged, into, curator, "a test")
    response = act(desk, Event, "confirm", merged.pk, into.pk, other.pk, query="?list=all")
    assert "has been merged" in said(response)
    assert "2 events are confirmed" in said(response)


def test_more_events_than_one_looks_at_are_not_decided_in_one_go(desk, monkeypatch):
    events = [make_event(), make_event()]
    monkeypatch.setattr("timeline.admin.MOST_IN_A_BATCH", 1)
    response = act(desk, Event, "confirm", events[0].pk, select_across=1)
    assert "1 events at most" in said(response)
    assert not Decision.objects.exists()


def test_an_event_is_found_by_its_words_and_by_its_number(desk):
    event, other = make_event(), make_event(type="talks", place=make_place("Port Kassim"))
    for words, found in [(str(event.pk), event), ("kassim", other)]:
        page = desk.get(url(Event, "changelist"), {"q": words})
        assert list(page.context["cl"].result_list) == [found]


def test_events_without_reports_are_not_among_those_to_decide_on(desk, curator):
    merged, into = make_event(), make_event()
    curation.merge(merged, into, curator, "a test")
    assert list(desk.get(url(Event, "changelist")).context["cl"].result_list) == [into]
    listed = desk.get(url(Event, "changelist"), {"list": "merged"}).context["cl"].result_list
    assert list(listed) == [merged]
    query = {"app_label": "timeline", "model_name": "report", "field_name": "event", "term": ""}
    choice = desk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [each["id"] for each in choice] == [str(into.pk)]


def test_undoing_by_the_list_and_what_cannot_be_undone(desk, curator):
    event = make_event()
    first = curation.review(event, "confirmed", curator)
    curation.review(event, "rejected", curator, "a drill")
    response = act(desk, Decision, "undo", first.pk)
    assert "undo that one first" in said(response)
    act(desk, Decision, "undo", *Decision.objects.values_list("pk", flat=True))
    assert Event.objects.get().review == "unreviewed"
    assert Decision.objects.filter(kind="undo").count() == 2


def test_a_decision_is_undone_from_its_own_page(desk, curator):
    decision = curation.review(make_event(), "confirmed", curator)
    page = desk.get(url(Decision, "change", decision.pk)).content.decode()
    assert "Undo this decision" in page
    act(desk, Decision, "undo", decision.pk)  # what the button posts
    page = desk.get(url(Decision, "change", decision.pk)).content.decode()
    assert "Undo this decision" not in page
    assert "Undone on" in page


@pytest.mark.parametrize("state", ["", "?state=set_aside", "?state=failed"])
def test_reading_again_rings_for_what_was_set_aside(desk, rung, state, django_capture_on_commit_callbacks):
    article = make_article()
    Article.objects.update(
        set_aside_at=timezone.now(), last_error="A traceback", attempts=3, extracted_with="test-1"
    )
    response = act(desk, Article, "read_again", article.pk, query=state)
    assert "1 article is in the queue again" in said(response)
    assert rung == [("timeline.tasks.read_article", article.pk)]
    assert Article.objects.due().filter(extracted_with="").count() == 1


@pytest.mark.parametrize("state", ["", "?state=set_aside"])
def test_fetching_again_rings_for_what_was_set_aside(desk, rung, state):
    address = Address.objects.create(url="https://wire.invalid/1", set_aside_at=timezone.now(), attempts=3)
    response = act(desk, Address, "fetch_again", address.pk, query=state)
    assert "1 address is in the queue again" in said(response)
    assert rung == [("articles.tasks.fetch_address", address.pk)]
    assert Address.objects.due().count() == 1


def test_polling_now_says_which_feeds_are_not_polled(desk, rung):
    later = timezone.now() + timedelta(hours=1)
    feeds = [
        Feed.objects.create(
            source=make_source(), url=f"https://wire.invalid/{n}", active=n == 0, next_try_at=later
        )
        for n in range(2)
    ]
    response = act(desk, Feed, "poll_now", *[feed.pk for feed in feeds])
    assert rung == [("articles.tasks.poll_feed", feeds[0].pk)]
    assert "1 feed is being polled. 1 feed is not: it is inactive" in said(response)
