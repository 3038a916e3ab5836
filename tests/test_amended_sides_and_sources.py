"""An editor gives an actor a side, merges sources and grades them: what follows, and the way back."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command

from articles.models import Address, Article, Feed, Source
from tests.admin.conftest import chief, rung  # noqa: F401
from tests.admin.desk import act, form_data, url
from tests.factories import make_article, make_event, make_report, make_source
from timeline.curating import catalogue
from timeline.curating.decision_log import Replay, everything
from timeline.models import Actor, Amendment, Decision, Event
from timeline.recording import ledger
from timeline.recording.as_of import event_at
from timeline.recording.history import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create(username="ed")


@pytest.fixture
def queued(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


@pytest.fixture
def claim() -> Event:
    """A strike on Arvad (of NO) that the brigade, whose side the text does not tell, says it made."""
    return make_report(
        parties=[("Arvad Brigade", "initiator", "group", "")],
        attributed_to=["Arvad Brigade"],
        speakers=[["Arvad Brigade", "group", ""]],
    ).event


@pytest.fixture
def brigade(claim) -> Actor:
    return Actor.objects.get(name="Arvad Brigade")


def follow(amendment: Amendment) -> None:
    assert catalogue.apply(amendment.pk)


def standing(event: Event) -> tuple[str, list[str]]:
    event.refresh_from_db()
    return event.status, event.said_by


def test_the_side_that_an_editor_gives_counts_in_the_events(editor, claim, brigade):
    before = standing(claim)
    assert before == ("reported", [])
    given = catalogue.edit(brigade, {"side": "RU"}, editor, "it says so on its page")
    assert standing(claim) == before  # until its events follow
    follow(given)
    assert standing(claim) == ("claimed", ["RU"])
    ledger.derive(claim)  # a later reading changes nothing of it
    assert standing(claim) == ("claimed", ["RU"])
    assert steps(claim) == []
    assert event_at(claim.pk, given.made_at).status == "claimed"
    follow(catalogue.undo(given, editor, "another brigade"))
    assert standing(claim) == before
    assert not Actor.objects.get(pk=brigade.pk).side_by_editor


def test_who_is_only_quoted_follows_too(editor, brigade):
    quoted = make_report(attributed_to=["The Brigade"], speakers=[["The Brigade", "group", ""]]).event
    brigade.refresh_from_db()
    follow(catalogue.edit(brigade, {"aliases": ["The Brigade"], "side": "UA"}, editor, "the same"))
    assert standing(quoted)[1] == ["UA"]


def test_a_side_that_nobody_gave_leaves_what_the_text_says(claim, brigade):
    Actor.objects.filter(pk=brigade.pk).update(side="RU")  # as another article put it
    ledger.derive(claim)
    assert standing(claim)[1] == []


def test_a_merged_actor_stands_on_the_others_side(editor, claim, brigade):
    army = Actor.objects.create(name="Army", side="RU")
    follow(catalogue.merge(brigade, army, editor, "a part of it"))
    assert standing(claim)[1] == ["RU"]


def test_parts_never_go_round_in_a_circle(editor, brigade):
    army = Actor.objects.create(name="Army")
    assert catalogue.edit(brigade, {"parent": army}, editor, "it serves in it")
    with pytest.raises(ValidationError, match="part of itself"):
        catalogue.edit(army, {"parent": brigade}, editor, "x")


# Sources


@pytest.fixture
def wires() -> tuple[Source, Source]:
    one, other = make_source("Wire", home_page="https://wire.invalid/"), make_source("The Wire")
    event = make_report(make_article(source=one)).event
    make_report(make_article(source=other), event=event)
    Feed.objects.create(source=one, url="https://wire.invalid/feed")
    Address.objects.create(source=one, url="https://wire.invalid/a")
    return one, other


def test_merged_sources_are_one_outlet_until_that_is_undone(editor, wires, client):
    one, other = wires
    event = Event.objects.get()
    assert event.outlet_count == 2
    assert str(catalogue.reach(one)) == "1 event and 1 report"
    merged = catalogue.merge(one, other, editor, "two spellings")
    follow(merged)
    event.refresh_from_db()
    assert event.outlet_count == 1
    assert {row.source for model in (Article, Feed, Address) for row in model.objects.all()} == {other}
    assert Source.objects.named("Wire") == other  # what comes in by the old name
    assert client.get(f"/sources/{one.pk}/")["Location"] == f"/sources/{other.pk}/"
    follow(catalogue.undo(merged, editor, "two after all"))
    event.refresh_from_db()
    assert event.outlet_count == 2
    assert Article.objects.filter(source=one).count() == 1
    assert Feed.objects.get().source == one


def test_an_outlet_that_speaks_for_a_side_makes_its_events_claims(editor, wires):
    event = make_report(make_article(source=make_source("Organ"))).event
    follow(catalogue.edit(make_source("Organ"), {"side": "RU"}, editor, "its publisher is the ministry"))
    assert standing(event)[1] == ["RU"]


def test_a_grade_is_shown_with_what_it_means_and_changes_no_event(editor, wires, client, chief):  # noqa: F811
    before = list(Event.objects.values())
    assert "Admiralty" not in client.get("/sources/").content.decode()
    given = catalogue.edit(wires[0], {"grade": "B"}, editor, "corrected twice in a year")
    assert given.applied_at  # nothing follows
    assert list(Event.objects.values()) == before
    page = client.get("/sources/").content.decode()
    assert "B: usually reliable" in page
    assert "no event’s status, figure or order is computed from them" in page
    assert "B: usually reliable" in client.get(f"/sources/{wires[0].pk}/").content.decode()
    assert "B: usually reliable" in chief.get(f"/desk/{Event.objects.get().pk}/").content.decode()


def test_a_source_is_edited_in_the_admin_with_a_reason(wires, chief, rung, queued):  # noqa: F811
    page = url(Source, "change", wires[0].pk)
    assert "1 event and 1 report" in chief.get(page).content.decode()
    data = {**form_data(chief, page), "side": "NO"}
    assert "Say why you change it" in chief.post(page, data).content.decode()
    with queued(execute=True):
        chief.post(page, {**data, "reason": "its owner"})
    assert rung == [("timeline.tasks.apply_amendment", Amendment.objects.get().pk)]
    act(chief, Source, "merge", wires[0].pk, wires[1].pk, into=wires[1].pk, reason="one wire")
    assert Source.objects.get(pk=wires[0].pk).merged_into == wires[1]


# History, export and import


def test_the_event_tells_what_was_amended_around_it(editor, claim, brigade, client, chief):  # noqa: F811
    follow(catalogue.edit(brigade, {"side": "RU"}, editor, "it says so"))
    follow(catalogue.edit(claim.place, {"name": "New Arvad"}, editor, "its name since 2023"))
    follow(catalogue.edit(make_source(), {"grade": "C"}, editor, "often late"))
    catalogue.edit(make_source("Elsewhere"), {"grade": "A"}, editor, "not of this event")
    page = client.get(claim.get_absolute_url()).content.decode()
    for words in ("it says so", "its name since 2023", "often late", '<ins dir="auto">New Arvad</ins>'):
        assert words in page
    assert "not of this event" not in page
    assert " ed " not in page
    assert 'ed <span dir="auto">Arvad Brigade</span>' in chief.get(claim.get_absolute_url()).content.decode()


def test_amendments_travel_with_the_decisions(editor, claim, brigade, wires):
    army = Actor.objects.create(name="Army", side="RU")
    catalogue.edit(brigade, {"parent": army, "side": "UA"}, editor, "it serves in it")
    catalogue.merge(brigade, army, editor, "a part of it")
    catalogue.undo(catalogue.edit(claim.place, {"name": "New Arvad"}, editor, "x"), editor, "no")
    catalogue.merge(*wires, editor, "two spellings")
    rows = json.loads(json.dumps(list(everything())))
    out = StringIO()
    call_command("export_decisions", stdout=out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == rows
    assert [row["kind"] for row in rows] == ["edit", "merge", "edit", "undo", "merge"]
    assert rows[1]["after"]["merged_into"] == "Army"
    after = list(Actor.objects.order_by("pk").values()), list(Source.objects.order_by("pk").values())
    Amendment.objects.update(undoes=None)
    Amendment.objects.all().delete()
    Actor.objects.update(parent=None, merged_into=None)
    Actor.objects.filter(pk=brigade.pk).update(side="", side_by_editor=False)
    Source.objects.update(merged_into=None)
    replay = Replay()
    assert [replay.take(row) for row in rows] == ["taken"] * 5
    assert [replay.take(row) for row in rows] == ["known"] * 5
    assert (
        list(Actor.objects.order_by("pk").values()),
        list(Source.objects.order_by("pk").values()),
    ) == after
    assert not Decision.objects.exists()
    rows[0] |= {"uid": "11111111-1111-4111-8111-111111111111", "row": "Nobody"}
    assert replay.take(rows[0]) == "There is no actor “Nobody” here."


@pytest.mark.parametrize("rows", [1, 3])
def test_the_event_page_asks_a_fixed_number_of_queries(editor, rows, client, django_assert_max_num_queries):
    event = make_event()
    for number in range(rows):
        catalogue.edit(event.place, {"name": f"Arvad {number}"}, editor, "x")
        make_report(make_article(source=make_source(f"Wire {number}")), event=event)
    with django_assert_max_num_queries(20):
        client.get(event.get_absolute_url())
