"""Webhooks: signed, in order, once, kept out of the own network, stopped with the reason."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError
from werkzeug import Request, Response

from tests.factories import make_article, make_event, make_report
from timeline import tasks
from timeline.alerts import webhooks
from timeline.curating import curation
from timeline.models import Delivery, Event, Report, SavedSearch, Webhook
from timeline.models.alerts import PAUSES

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner", is_staff=True)


@pytest.fixture
def search(owner) -> SavedSearch:
    return SavedSearch.objects.create(name="Strikes", slug="strikes", query="category=strike", owner=owner)


class Inbox:
    """A receiver on loopback: keeps what it took, answers as told."""

    def __init__(self, server) -> None:
        self.url = server.url_for("/hook")
        self.status = 204
        self.got: list[tuple[dict[str, str], str]] = []
        server.expect_request("/hook").respond_with_handler(self.take)

    def take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), request.get_data(as_text=True)))
        return Response(status=self.status)

    @property
    def said(self) -> list[str]:
        return [json.loads(body)["data"]["change"] for _headers, body in self.got]


@pytest.fixture
def inbox(httpserver, settings) -> Inbox:
    settings.FETCH_ALLOW_HOSTS = frozenset({"localhost"})
    return Inbox(httpserver)


@pytest.fixture
def hook(search, inbox) -> Webhook:
    long_ago = timezone.now() - timedelta(days=2)
    return Webhook.objects.create(search=search, url=inbox.url, since=long_ago, told_until=long_ago)


def settle() -> None:
    """What happened so far was an hour ago."""
    for model, names in ((Event, ("updated_at", "created_at")), (Report, ("recorded_at",))):
        for row in model.objects.filter(**{f"{names[0]}__gt": timezone.now() - timedelta(minutes=30)}):
            ago = {name: getattr(row, name) - timedelta(hours=1) for name in names}
            model.objects.filter(pk=row.pk).update(**ago)


def test_a_change_is_posted_once_signed_and_as_documented(hook, inbox, client):
    event = make_report(killed_low=7, killed_best=7, killed_high=7).event
    make_report(make_article(), event=event, killed_low=8, killed_best=8, killed_high=8)
    make_event(type="talks")
    settle()
    assert webhooks.tell(hook.pk) == 2
    assert [words.partition(" (")[0] for words in inbox.said] == ["recorded", "killed 7 → 8"]
    headers, body = inbox.got[0]
    assert Receiver(hook.secret).verify(body, headers)["data"]["event"]["id"] == event.pk
    with pytest.raises(WebhookVerificationError):
        Receiver(hook.secret).verify(body.replace("recorded", "denied"), headers)
    described = client.get("/api/").json()
    schema = described["webhooks"]["event.changed"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    Draft202012Validator({**schema, "components": described["components"]}).validate(json.loads(body))
    assert webhooks.tell(hook.pk) == 0
    Webhook.objects.update(
        told_until=timezone.now() - timedelta(days=1), last_event=0
    )  # as after a lost note
    assert webhooks.tell(hook.pk) == 0
    assert len(inbox.got) == 2


def test_what_is_not_settled_waits(hook, inbox):
    make_event()
    assert webhooks.tell(hook.pk) == 0
    settle()
    assert webhooks.tell(hook.pk) == 1


def test_what_was_before_the_webhook_is_not_told(hook, inbox):
    event = make_event()
    settle()
    Webhook.objects.update(since=timezone.now() - timedelta(minutes=20))
    assert webhooks.tell(hook.pk) == 0
    curation.review(event, Event.Review.REJECTED, hook.search.owner, "A drill.")
    Event.objects.update(updated_at=timezone.now() - timedelta(minutes=4))
    event.decisions.update(taken_at=timezone.now() - timedelta(minutes=4))
    assert webhooks.tell(hook.pk) == 1
    assert inbox.said == ["rejected"]


def test_a_failure_keeps_the_order_and_is_tried_again_under_the_same_id(hook, inbox):
    make_event()
    make_event()
    settle()
    inbox.status = 503
    assert webhooks.tell(hook.pk) == 0
    assert len(inbox.got) == 1  # the second waits for the first
    hook.refresh_from_db()
    assert hook.failures == 1
    assert hook.next_try_at > timezone.now() + PAUSES[0] * 0.9
    assert "HTTP 503" in hook.reason
    assert webhooks.tell(hook.pk) == 0
    assert len(inbox.got) == 1  # not before its time
    inbox.status = 200
    Webhook.objects.update(next_try_at=None)
    assert webhooks.tell(hook.pk) == 2
    ids = [headers["Webhook-Id"] for headers, _body in inbox.got]
    assert ids[0] == ids[1] != ids[2]
    hook.refresh_from_db()
    assert (hook.failures, hook.last_error) == (0, "")
    assert list(Delivery.objects.order_by("pk").values_list("attempts", "status")) == [(2, 200), (1, 200)]


def test_after_so_many_failures_it_stops_and_says_why_until_its_owner_starts_it_again(
    hook, inbox, client, owner
):
    make_event()
    settle()
    inbox.status = 500
    for _ in range(len(PAUSES) + 1):
        Webhook.objects.update(next_try_at=None)
        webhooks.tell(hook.pk)
    hook.refresh_from_db()
    assert hook.set_aside_at
    assert len(inbox.got) == len(PAUSES) + 1
    assert not Webhook.objects.due().exists()
    client.force_login(owner)
    page = client.get("/searches/strikes/alerts/").content.decode()
    assert "Stopped" in page
    assert "HTTP 500" in page
    inbox.status = 200
    make_event()
    settle()
    assert client.post(f"/alerts/webhooks/{hook.pk}/again").status_code == 302
    assert webhooks.tell(hook.pk) == 2  # what changed meanwhile too


def test_a_receiver_that_is_gone_is_not_asked_again(hook, inbox):
    make_event()
    settle()
    inbox.status = 410
    webhooks.tell(hook.pk)
    hook.refresh_from_db()
    assert hook.set_aside_at


def test_a_name_that_leads_into_the_own_network_gets_nothing(hook, inbox, settings):
    settings.FETCH_ALLOW_HOSTS = frozenset()
    Webhook.objects.update(url="http://127.0.0.1/hook")
    make_event()
    settle()
    webhooks.tell(hook.pk)
    hook.refresh_from_db()
    assert "not on the public internet" in hook.reason
    assert inbox.got == []


def test_a_fault_of_ours_is_noted_and_raised(hook, monkeypatch):
    monkeypatch.setattr(webhooks, "gather", lambda webhook: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        webhooks.tell(hook.pk)
    hook.refresh_from_db()
    assert hook.failures == 1
    assert "division by zero" in hook.reason


def test_two_workers_do_not_send_twice(hook, inbox):
    make_event()
    settle()
    held = Webhook.objects.claim(hook.pk)
    assert webhooks.tell(hook.pk) == 0
    held.succeed(None)
    assert webhooks.tell(hook.pk) == 1


def test_beat_rings_for_those_that_are_due(hook, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks, "ring_all", lambda task, rows: rung.append((task.name, list(rows))))
    tasks.tell()
    assert rung == [("timeline.tasks.tell_webhook", [hook]), ("timeline.tasks.send_digest", [])]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/hook", "https"),
        ("https://localhost/hook", "local name"),
        ("https://example.org:8443/hook", "Port"),
        ("ftp://example.org/", "http://"),
        ("", "required"),
    ],
)
def test_an_address_that_could_not_work_is_refused_with_the_mend(client, owner, search, url, why):
    client.force_login(owner)
    response = client.post("/searches/strikes/alerts/webhooks", {"url": url})
    assert response.status_code == 400
    assert why in response.content.decode()
    assert not Webhook.objects.exists()


def test_only_the_owner_sees_and_changes_webhooks(client, owner, search, hook):
    client.force_login(owner)
    assert (
        client.post("/searches/strikes/alerts/webhooks", {"url": "https://example.org/h"}).status_code == 302
    )
    again = client.post("/searches/strikes/alerts/webhooks", {"url": "https://example.org/h"})
    assert "already" in again.content.decode()
    assert hook.secret in client.get("/searches/strikes/alerts/").content.decode()
    client.force_login(User.objects.create_user("other"))
    page = client.get("/searches/strikes/alerts/").content.decode()
    assert hook.secret not in page
    assert "https://example.org/h" not in page
    for act in ("remove", "again"):
        assert client.post(f"/alerts/webhooks/{hook.pk}/{act}").status_code == 404
    assert (
        client.post("/searches/strikes/alerts/webhooks", {"url": "https://example.org/x"}).status_code == 404
    )
    client.force_login(owner)
    assert client.post(f"/alerts/webhooks/{hook.pk}/erase").status_code == 404
    assert client.post(f"/alerts/webhooks/{hook.pk}/remove").status_code == 302
    assert Webhook.objects.count() == 1


def test_the_page_takes_a_fixed_number_of_queries(client, owner, search, django_assert_max_num_queries):
    client.force_login(owner)
    for n in range(3):
        each = Webhook.objects.create(search=search, url=f"https://example.org/{n}")
        Delivery.objects.bulk_create(Delivery(webhook=each, key=f"{m}:x", body="{}") for m in range(50))
    with django_assert_max_num_queries(
        6 + 3
    ):  # one for the last messages of each, of which there are at most ten
        client.get("/searches/strikes/alerts/")
