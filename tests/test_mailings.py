"""Digests by mail: what changed, once, until the reader ends it."""

from __future__ import annotations

import re
import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from tests.factories import make_article, make_event, make_report
from tests.test_webhooks import settle
from timeline.alerts import mailings
from timeline.models import MailAlert, Mailing, SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader", "reader@example.org", is_staff=True)


@pytest.fixture
def search(reader) -> SavedSearch:
    return SavedSearch.objects.create(name="Strikes", slug="strikes", query="category=strike", owner=reader)


@pytest.fixture
def alert(search, reader) -> MailAlert:
    mailings.subscribe(search, reader, "day")
    MailAlert.objects.update(told_until=timezone.now() - timedelta(days=1), next_try_at=None)
    return MailAlert.objects.get()


def due_again(alert: MailAlert) -> int:
    MailAlert.objects.update(next_try_at=None, lease_until=None, lease_token=None)
    return alert.pk


@pytest.mark.parametrize(
    ("every", "now", "then"),
    [
        ("day", "2025-12-10T05:59", "2025-12-10T06:00"),
        ("day", "2025-12-10T06:00", "2025-12-11T06:00"),
        ("week", "2025-12-10T07:00", "2025-12-15T06:00"),  # a Wednesday
        ("week", "2025-12-15T05:00", "2025-12-15T06:00"),  # a Monday
        ("week", "2025-12-15T06:00", "2025-12-22T06:00"),
    ],
)
def test_when_the_next_digest_is_due(every, now, then):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert mailings.next_digest(every, at) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_a_digest_lists_what_changed_and_is_sent_once(alert, settings):
    settings.SITE_ADDRESS = "https://timeline.example"
    event = make_report(killed_low=7, killed_best=7, killed_high=7).event
    make_report(make_article(), event=event, killed_low=8, killed_best=8, killed_high=8)
    make_event(type="talks")
    settle()
    assert mailings.send_due(alert.pk)
    (sent,) = mail.outbox
    assert sent.to == ["reader@example.org"]
    assert sent.subject == "Strikes: 2 changes"
    assert "killed 7 → 8" in sent.body
    assert "recorded" in sent.body
    assert f"https://timeline.example{event.get_absolute_url()}" in sent.body
    assert "talks" not in sent.body
    assert "https://timeline.example/?category=strike&changed=" in sent.body
    assert mailings.send_due(alert.pk) is None  # not due
    assert mailings.send_due(due_again(alert)) is None  # nothing new
    assert len(mail.outbox) == 1
    alert.refresh_from_db()
    assert alert.next_try_at > timezone.now()
    assert Mailing.objects.get().sent_at


def test_nothing_changed_no_mail(alert):
    make_event(type="talks")
    settle()
    assert mailings.send_due(alert.pk) is None
    assert mail.outbox == []


def link_of(body: str) -> str:
    return re.search(r"http://127.0.0.1:8000(/alerts/stop/\S+)", body)[1]


def test_the_link_in_a_mail_ends_it_without_signing_in(alert, client):
    make_event()
    settle()
    mailings.send_due(alert.pk)
    address = link_of(mail.outbox[0].body)
    assert mail.outbox[0].extra_headers["List-Unsubscribe"] == f"<http://127.0.0.1:8000{address}>"
    assert "No more mails about" in client.get(address).content.decode()
    assert MailAlert.objects.exists()  # a program that only looks at links ends nothing
    assert "no more digests" in client.post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert not MailAlert.objects.exists()
    assert "ended already" in client.get(address).content.decode()


def test_a_link_of_ones_own_making_ends_nothing(alert, client):
    for token in (str(alert.pk), f"{alert.pk}:AAAA", "x"):
        assert client.post(f"/alerts/stop/{token}/").status_code == 404
    assert MailAlert.objects.exists()


class Refusing(EmailBackend):
    error: Exception = smtplib.SMTPDataError(451, b"try later")

    def send_messages(self, messages):
        raise self.error


def test_a_mail_that_was_refused_is_sent_later(alert, settings):
    make_event()
    settle()
    settings.EMAIL_BACKEND = "tests.test_mailings.Refusing"
    assert mailings.send_due(alert.pk) is None
    alert.refresh_from_db()
    assert (alert.failures, alert.set_aside_at) == (1, None)
    assert "try later" in alert.reason
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mailings.send_due(due_again(alert))
    assert len(mail.outbox) == 1


def test_a_mail_that_may_have_arrived_is_not_sent_again(alert, settings, monkeypatch, client, reader):
    make_event()
    settle()
    monkeypatch.setattr(Refusing, "error", smtplib.SMTPServerDisconnected("cut off"))
    settings.EMAIL_BACKEND = "tests.test_mailings.Refusing"
    mailings.send_due(alert.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mailings.send_due(due_again(alert))
    assert mail.outbox == []
    client.force_login(reader)
    assert "not known whether it arrived" in client.get("/searches/strikes/alerts/").content.decode()


def test_a_worker_that_dies_while_sending_does_not_make_a_second_mail(alert, monkeypatch):
    make_event()
    settle()

    def die(self, messages):
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(EmailBackend, "send_messages", die)
        with pytest.raises(KeyboardInterrupt):
            mailings.send_due(alert.pk)
    mailings.send_due(due_again(alert))
    assert mail.outbox == []
    assert Mailing.objects.get().handed_over_at


def test_a_digest_that_was_made_but_not_handed_over_is_sent(alert):
    make_event()
    settle()
    held = MailAlert.objects.claim(alert.pk)
    assert mailings._make(held)
    assert mailings.send_due(due_again(alert))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_an_account_that_is_closed_or_has_no_address_gets_none(alert, reader, change):
    User.objects.filter(pk=reader.pk).update(**change)
    make_event()
    settle()
    mailings.send_due(alert.pk)
    alert.refresh_from_db()
    assert mail.outbox == []
    assert alert.set_aside_at


def test_whoever_is_signed_in_asks_for_a_digest_of_any_search(client, search, reader):
    other = User.objects.create_user("other", "other@example.org")
    address = "/searches/strikes/alerts/mail"
    assert "/admin/login/" in client.post(address, {"every": "day"})["Location"]
    client.force_login(other)
    assert "other@example.org" in client.post(address, {"every": "week"}, follow=True).content.decode()
    assert MailAlert.objects.get().every == "week"
    client.post(address, {"every": "day"})
    assert MailAlert.objects.get().every == "day"
    assert "Choose" in client.post(address, {"every": "hour"}, follow=True).content.decode()
    client.post(address, {"every": ""})
    assert not MailAlert.objects.exists()
    User.objects.update(email="")
    assert "no e-mail address" in client.post(address, {"every": "day"}, follow=True).content.decode()
    assert not MailAlert.objects.exists()
