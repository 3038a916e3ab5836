"""Who gets through which door of the admin."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import Address, Article, Feed, Source
from tests.admin.desk import (
    OURS,
    act,
    fill,
    picture,
    row_of,
    url,
)
from timeline.models import Actor, Decision, Event, Place

pytestmark = pytest.mark.django_db


def doors() -> Iterator[tuple[str, str]]:
    """Every page of the admin that is about rows, as (method, address)."""
    yield "get", reverse("admin:index")
    for model in OURS:
        row = row_of(model)
        for page in ("changelist", "add"):
            yield "get", url(model, page)
            yield "post", url(model, page)
        for page in ("change", "history", "delete"):
            yield "get", url(model, page, row.pk)
        for page in ("change", "delete"):
            yield "post", url(model, page, row.pk)
    for name in ("paste", "upload"):
        yield "get", reverse(f"admin:articles_article_{name}")
        yield "post", reverse(f"admin:articles_article_{name}")
    yield "get", reverse("admin:autocomplete") + "?app_label=timeline&model_name=report&field_name=event"


def test_an_anonymous_visitor_is_sent_to_the_login_from_every_door(client):
    fill(1)
    for method, address in doors():
        response = getattr(client, method)(address)
        if "autocomplete" in address:
            assert response.status_code in (302, 403), address
        else:
            assert (response.status_code, response["Location"].split("?")[0]) == (
                302,
                reverse("admin:login"),
            ), address


def test_staff_without_permissions_get_through_no_door_but_the_empty_index(client):
    fill(1)
    client.force_login(User.objects.create_user("newcomer", is_staff=True))
    before = picture()
    for method, address in doors():
        status = getattr(client, method)(address, follow=True).status_code
        assert status == (200 if address == reverse("admin:index") else 403), (method, address)
    assert "have permission to view or edit anything" in client.get(reverse("admin:index")).content.decode()
    assert picture() == before


ACTIONS = [
    (Event, "confirm"), (Event, "reject"), (Event, "reopen"), (Event, "merge"), (Decision, "undo"),
    (Feed, "poll_now"), (Address, "fetch_again"), (Article, "read_again"),
]  # fmt: skip


def test_who_may_only_look_can_do_nothing(reader, rung):
    fill(2)
    Article.objects.update(extracted_with="test-1")
    before = picture()
    for method, address in doors():
        status = getattr(reader, method)(address, follow=True).status_code
        looks = method == "get" and not re.search(r"/(add|delete|paste|upload)/", address)
        if looks or (method == "post" and address.endswith(("event/", "report/"))):
            assert status == 200, (method, address)
    for model, action in ACTIONS:
        act(reader, model, action, *model._default_manager.values_list("pk", flat=True), reason="x")
    assert picture() == before
    assert rung == []
    assert set(Article.objects.values_list("extracted_with", flat=True)) == {"test-1"}


# What people type in; every other row is made by the machine or by a decision.
TYPED_IN = (Source, Feed, Address, Article, Actor, Place)


def test_a_curator_gets_through_every_door_that_is_one(desk):
    fill(1)
    addable = {url(model, "add") for model in TYPED_IN}
    for method, address in doors():
        if method == "get":
            closed = address.endswith("/delete/") or (address.endswith("/add/") and address not in addable)
            assert desk.get(address, follow=True).status_code == (403 if closed else 200), address
    assert desk.get(url(User, "changelist")).status_code == 403
