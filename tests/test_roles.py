"""Each role against each door: who gets through is one table."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from articles.models import Article, Source
from tests.admin.desk import act, url
from tests.factories import make_event, make_report
from timeline import roles
from timeline.models import Actor, Batch, CodingTask, Decision, Event, Place, Report

pytestmark = pytest.mark.django_db

EVERYBODY = ["nobody", *roles._MORE]
READERS, CURATORS, EDITORS, ADMINISTRATORS = (EVERYBODY[i:] for i in (1, 2, 3, 4))


@pytest.fixture
def rows() -> SimpleNamespace:
    event = make_report(parties=[("Norvia", "initiator", "state", "NO")]).event
    return SimpleNamespace(event=event, second=make_event(), actor=Actor.objects.get())


def client_of(role: str) -> Client:
    client = Client()
    user = User.objects.create_user("someone", is_staff=True)
    if role != "nobody":
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def article_of(rows: SimpleNamespace) -> int:
    return rows.event.reports.get().article_id


# door: (method, address of the rows, who gets through)
DOORS = {
    "the desk": ("get", lambda r: "/desk/", CURATORS),
    "an event at the desk": ("get", lambda r: f"/desk/{r.event.pk}/", CURATORS),
    "the desk's place picker": ("get", lambda r: "/desk/places/?place_find=Kyiv", CURATORS),
    "confirming at the desk": ("post", lambda r: f"/desk/{r.event.pk}/confirm/", CURATORS),
    "undoing at the desk": ("post", lambda r: f"/desk/{r.event.pk}/undo/", CURATORS),
    "an event's decisions as a file": ("get", lambda r: f"/desk/{r.event.pk}/history.jsonl", CURATORS),
    "adding what was missed": ("get", lambda r: f"/desk/articles/{article_of(r)}/missed/", CURATORS),
    "double coding": ("get", lambda r: "/desk/coding/", CURATORS),
    "how far coders agree": ("get", lambda r: "/desk/coding/agreement/", CURATORS),
    "batches in the admin": ("get", lambda r: url(Batch, "changelist"), READERS),
    "events in the admin": ("get", lambda r: url(Event, "changelist"), READERS),
    "an event in the admin": ("get", lambda r: url(Event, "change", r.event.pk), READERS),
    "reports in the admin": ("get", lambda r: url(Report, "changelist"), READERS),
    "decisions in the admin": ("get", lambda r: url(Decision, "changelist"), READERS),
    "adding an actor": ("get", lambda r: url(Actor, "add"), EDITORS),
    "adding a place": ("get", lambda r: url(Place, "add"), EDITORS),
    "adding a source": ("get", lambda r: url(Source, "add"), EDITORS),
    "pasting an article": ("get", lambda r: reverse("admin:articles_article_paste"), EDITORS),
    "uploading articles": ("get", lambda r: reverse("admin:articles_article_upload"), EDITORS),
    "people": ("get", lambda r: url(User, "changelist"), ADMINISTRATORS),
    "adding a person": ("get", lambda r: url(User, "add"), ADMINISTRATORS),
    "deleting an event": ("post", lambda r: url(Event, "delete", r.event.pk), []),
    "deleting an actor": ("post", lambda r: url(Actor, "delete", r.actor.pk), []),
    "deleting a source": ("post", lambda r: url(Source, "delete", r.event.reports.get().article.source_id), []),
    "deleting an article": ("post", lambda r: url(Article, "delete", r.event.reports.get().article_id), []),
    "adding an event": ("get", lambda r: url(Event, "add"), []),
}  # fmt: skip


@pytest.mark.parametrize("role", EVERYBODY)
def test_doors(rows, role):
    client = client_of(role)
    through = {}
    for door, (method, address, _) in DOORS.items():
        status = getattr(client, method)(address(rows), follow=True).status_code
        assert status in (200, 403), (door, status)
        through[door] = status == 200
    assert through == {door: role in who for door, (_, _, who) in DOORS.items()}


@pytest.mark.parametrize("role", EVERYBODY)
def test_one_event_and_several_in_the_admin(rows, role):
    client = client_of(role)
    act(client, Event, "confirm", rows.event.pk)
    assert Event.objects.filter(review="confirmed").count() == (role in CURATORS)
    act(client, Event, "reopen", rows.event.pk, rows.second.pk)
    act(client, Event, "confirm", rows.event.pk, rows.second.pk)
    assert Event.objects.filter(review="confirmed").count() == (2 if role in EDITORS else role in CURATORS)


@pytest.mark.parametrize("role", EVERYBODY)
def test_an_actor_is_edited_by_editors_only(rows, role):
    data = {"name": "Norvia", "kind": "state", "side": "elsewhere", "aliases": "", "reason": "it moved"}
    data |= {f"amendments-{count}": "0" for count in ("TOTAL_FORMS", "INITIAL_FORMS")}
    client_of(role).post(url(Actor, "change", rows.actor.pk), data)
    assert (Actor.objects.get().side == "elsewhere") == (role in EDITORS)


@pytest.mark.parametrize("role", EVERYBODY)
def test_texts_are_given_to_coders_by_editors_only(rows, role):
    coders = [User.objects.create_superuser(name).pk for name in ("ada", "grace")]
    client_of(role).post("/desk/coding/", {"articles": article_of(rows), "coders": coders})
    assert CodingTask.objects.count() == (2 if role in EDITORS else 0)


def test_no_role_may_delete_or_hand_out_permissions():
    held = Permission.objects.filter(group__name__in=roles._MORE)
    assert held.exists()
    assert not held.filter(codename__startswith="delete_").exists()
    assert not held.filter(codename__in=["change_group", "change_permission"]).exists()


def test_migrating_again_adds_what_is_missing_and_leaves_other_groups_alone():
    own = Group.objects.create(name="Our interns")
    Group.objects.get(name=roles.EDITORS).permissions.clear()
    roles.make_roles(sender=apps.get_app_config("timeline"))
    assert Group.objects.get(name=roles.EDITORS).permissions.filter(codename="change_actor").exists()
    assert own.permissions.count() == 0
