"""Actors and places: edited, merged and put back, and their events follow."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.admin.conftest import chief, rung  # noqa: F401
from tests.admin.desk import act, form_data, said, url
from tests.factories import make_event, make_place, make_report
from timeline import tasks
from timeline.curating import catalogue
from timeline.models import Actor, Amendment, Event, Place
from timeline.recording import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create(username="ed")


@pytest.fixture
def pair() -> tuple[Actor, Actor]:
    """One ministry under two names, each with an event."""
    for name in ("Ministry of War", "War Ministry"):
        make_report(parties=[(name, "initiator", "agency", "NO")])
    return Actor.objects.get(name="Ministry of War"), Actor.objects.get(name="War Ministry")


def actors_of_events() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("parts__actor__name", flat=True))


def test_a_place_that_is_renamed_is_renamed_in_its_events(editor):
    event = make_event()
    amendment = catalogue.edit(event.place, {"name": "New Arvad"}, editor, "its name since 2023")
    assert "New Arvad" not in Event.objects.get().headline
    assert catalogue.apply(amendment.pk)
    assert "New Arvad" in Event.objects.get().headline
    amendment.refresh_from_db()
    assert (amendment.applied_to, amendment.before["name"], amendment.after["name"]) == (
        1,
        "Arvad",
        "New Arvad",
    )


def test_an_event_is_found_by_an_actors_new_alias(editor, pair):
    amendment = catalogue.edit(pair[0], {"aliases": ["Defence House"]}, editor, "so the press calls it")
    assert not Event.objects.filter(search="defence & house").exists()
    tasks.apply_amendment(amendment.pk)
    assert Event.objects.filter(search="house").count() == 1


def test_merged_actors_count_as_one_until_that_is_undone(editor, pair, client):
    one, other = pair
    assert str(catalogue.reach(one)) == "1 event and 1 report"
    merged = catalogue.merge(one, other, editor, "one ministry")
    catalogue.apply(merged.pk)
    assert actors_of_events() == ["War Ministry", "War Ministry"]
    assert client.get(f"/actors/{one.pk}/")["Location"] == f"/actors/{other.pk}/"
    for event in Event.objects.all():
        ledger.derive(event)  # a later reading changes nothing of it
    assert actors_of_events() == ["War Ministry", "War Ministry"]
    catalogue.apply(catalogue.undo(merged, editor, "two after all").pk)
    assert actors_of_events() == ["Ministry of War", "War Ministry"]


def test_merged_places_are_one_in_their_events(editor):
    event, other = make_event(), make_place("Arwad")
    catalogue.apply(catalogue.merge(event.place, other, editor, "one town").pk)
    assert Event.objects.get().place == other


def test_applying_stops_in_time_and_goes_on_where_it_stopped(editor, monkeypatch):
    monkeypatch.setattr(catalogue, "BATCH", 1)
    for _ in range(3):
        make_event()
    amendment = catalogue.edit(Place.objects.get(), {"name": "New Arvad"}, editor, "x")
    assert not catalogue.apply(amendment.pk, seconds=0)
    assert catalogue.apply(amendment.pk)
    amendment.refresh_from_db()
    assert amendment.applied_to == 3
    assert all("New Arvad" in h for h in Event.objects.values_list("headline", flat=True))


def test_what_waits_is_rung_for_again(editor, rung, monkeypatch):  # noqa: F811
    monkeypatch.setattr("articles.doorbell.waiting", lambda task: 0)
    event = make_event()
    amendment = catalogue.edit(event.place, {"name": "New Arvad"}, editor, "x")
    tasks.apply_amendments()
    assert rung == [("timeline.tasks.apply_amendment", amendment.pk)]


def refusals(one: Actor, other: Actor, editor: User):
    yield lambda: catalogue.merge(one, one, editor, "x"), "Choose two"
    yield lambda: catalogue.merge(one, make_place(), editor, "x"), "Choose two"
    yield lambda: catalogue.merge(one, other, editor, " "), "Say why"
    yield lambda: catalogue.edit(one, {"side": "UA"}, editor, ""), "Say why"
    yield lambda: catalogue.edit(one, {"parent": one}, editor, "x"), "part of itself"
    yield lambda: catalogue.edit(one, {"name": "War Ministry"}, editor, "x"), "already exists"
    yield lambda: catalogue.edit(one, {"pk": 1}, editor, "x"), "cannot be edited: pk"


def test_what_cannot_be_is_refused_with_why(editor, pair):
    for attempt, told in refusals(*pair, editor):
        with pytest.raises(ValidationError, match=told):
            attempt()
    assert not Amendment.objects.exists()
    third = Actor.objects.create(name="Third")
    first = catalogue.merge(pair[0], pair[1], editor, "x")
    with pytest.raises(ValidationError, match="merged already"):
        catalogue.merge(third, pair[0], editor, "x")
    with pytest.raises(ValidationError, match="Others were merged into"):
        catalogue.merge(pair[1], third, editor, "x")
    catalogue.edit(pair[0], {"side": "UA"}, editor, "x")
    with pytest.raises(ValidationError, match="changed again since"):
        catalogue.undo(first, editor, "x")


# In the admin


def test_the_admin_asks_why_shows_the_reach_and_rings(chief, pair, rung, django_capture_on_commit_callbacks):  # noqa: F811
    page = url(Actor, "change", pair[0].pk)
    assert "1 event and 1 report" in chief.get(page).content.decode()
    data = {**form_data(chief, page), "aliases": "Defence House"}
    assert "Say why you change it" in chief.post(page, data).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        chief.post(page, {**data, "reason": "so the press calls it"})
    amendment = Amendment.objects.get()
    assert amendment.after["aliases"] == ["Defence House"]
    assert rung == [("timeline.tasks.apply_amendment", amendment.pk)]


def test_the_admin_merges_after_showing_what_that_touches(chief, pair, rung):  # noqa: F811
    pks = [row.pk for row in pair]
    asked = act(chief, Actor, "merge", *pks)
    assert "1 event and 1 report" in asked.content.decode()
    assert not Amendment.objects.exists()
    assert "Choose two" in said(act(chief, Actor, "merge", pks[0]))
    act(chief, Actor, "merge", *pks, into=pks[1], reason="one ministry")
    assert Actor.objects.get(pk=pks[0]).merged_into_id == pks[1]
    act(chief, Amendment, "undo", Amendment.objects.get().pk)
    assert Actor.objects.get(pk=pks[0]).merged_into is None
