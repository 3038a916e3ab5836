"""Signing in: wrong passwords wait, and staff enter a second factor where it is asked for."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.admin.desk import with_permissions
from tests.factories import make_event
from tests.test_settings import PRODUCTION, setting

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough word"
LOGIN = "/admin/login/"
CODE = "/second-factor/"


@pytest.fixture
def curator() -> User:
    return with_permissions("ada", "change_event", "view_event")


@pytest.fixture
def strict(settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def browser(curator) -> Client:
    client = Client()
    client.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sign_in(client: Client, password: str, name: str = "ada", **extra: str):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **extra)


def now(user: User) -> str:
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key):06d}"


def test_ten_wrong_passwords_make_a_name_wait_and_no_other(client, curator):
    with_permissions("grace", "view_event")
    for _ in range(9):
        assert sign_in(client, "wrong").status_code == 200
    assert sign_in(client, "wrong").status_code == 429
    locked = sign_in(client, PASSWORD)
    assert locked.status_code == 429
    assert "Too many attempts to sign in" in locked.content.decode()
    assert sign_in(Client(), PASSWORD, name="grace").status_code == 302
    assert sign_in(Client(), PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302
    call_command("axes_reset", stdout=StringIO())
    assert sign_in(Client(), PASSWORD).status_code == 302


def test_a_right_password_forgives_the_wrong_ones(client, curator):
    for _ in range(3):
        for _ in range(8):
            sign_in(client, "wrong")
        assert sign_in(client, PASSWORD).status_code == 302


def test_where_no_second_factor_is_asked_a_password_is_enough(browser):
    make_event()
    assert browser.get("/desk/", follow=True).status_code == 200


@pytest.mark.parametrize("door", ["/admin/", "/desk/", "/desk/1/", "/", "/admin/timeline/event/"])
def test_staff_without_a_code_are_asked_for_it_at_every_door(strict, browser, door):
    response = browser.get(door)
    assert response["Location"].startswith(CODE)
    assert browser.post("/desk/1/confirm/")["Location"].startswith(CODE)


def test_readers_are_asked_for_nothing(strict, client):
    assert client.get("/").status_code == 200
    client.force_login(User.objects.create_user("reader"))
    assert client.get("/").status_code == 200


def test_an_app_is_paired_by_its_first_code_and_asked_at_the_next_sign_in(strict, browser, curator):
    page = browser.get(CODE).content.decode()
    assert "Pair an authenticator app" in page
    assert "data:image/svg+xml;base64," in page
    assert browser.post(CODE, {"code": "000000"}).status_code == 200
    assert not TOTPDevice.objects.get(user=curator).confirmed
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert browser.post(CODE + "?next=/desk/", {"code": now(curator)})["Location"] == "/desk/"
    assert browser.get("/admin/").status_code == 200

    again = Client()
    again.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    page = again.get(CODE).content.decode()
    assert "Enter your code" in page
    assert "data:image" not in page  # the key is shown once
    TOTPDevice.objects.update(last_t=-1)
    assert again.post(CODE, {"code": now(curator)})["Location"] == "/admin/"


def test_a_code_that_was_used_or_guessed_does_not_open(strict, browser, curator):
    browser.get(CODE)
    code = now(curator)
    browser.post(CODE, {"code": code})
    again = Client()
    again.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    used = again.post(CODE, {"code": code})
    assert "does not fit" in used.content.decode()
    assert again.get("/admin/")["Location"].startswith(CODE)


def test_one_is_not_sent_to_another_site(strict, browser, curator):
    browser.get(CODE)
    response = browser.post(CODE + "?next=https://elsewhere.invalid/", {"code": now(curator)})
    assert response["Location"] == "/admin/"


def test_a_lost_phone_is_forgotten(curator):
    TOTPDevice.objects.create(user=curator, confirmed=True)
    out = StringIO()
    call_command("forget_second_factor", "ada", stdout=out)
    assert out.getvalue() == "1 forgotten for ada.\n"
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="no user “nobody”"):
        call_command("forget_second_factor", "nobody")


def test_production_asks_for_it_unless_told_otherwise(tmp_path):
    assert setting(tmp_path, "STAFF_SECOND_FACTOR", **PRODUCTION) == "True"
    assert setting(tmp_path, "STAFF_SECOND_FACTOR", **PRODUCTION, STAFF_SECOND_FACTOR="false") == "False"
