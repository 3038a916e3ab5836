"""Who asks: behind proxies whom ours name, never whom the visitor does."""

from __future__ import annotations

import logging

import pytest
import structlog
from django.contrib.auth.models import User
from django.test import Client

from operations.visitors import address_of
from tests.test_settings import PRODUCTION, setting


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "203.0.113.5", "", "203.0.113.5"),
        (0, "203.0.113.5", "198.51.100.1", "203.0.113.5"),
        (1, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.1", "198.51.100.1, 203.0.113.9,10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.1", "203.0.113.9", "10.0.0.1"),  # asked past the outer one: who asked us is what we know
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", " , ", "10.0.0.1"),
        (1, "10.0.0.1", "nonsense", None),
        (1, "", "203.0.113.9", "203.0.113.9"),  # behind a socket of the file system
        (0, "", "", None),
        (0, "unix:", "", None),
        (0, "2001:db8:1:2::77", "", "2001:db8:1:2::"),
        (0, "::ffff:203.0.113.5", "", "203.0.113.5"),
    ],
)
def test_the_address_of_a_visitor(rf, settings, proxies, peer, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert address_of(rf.get("/", REMOTE_ADDR=peer, headers=headers)) == expected


def sign_in(forwarded: str, password: str = "wrong") -> int:
    data = {"username": "ada", "password": password, "next": "/admin/"}
    headers = {"x-forwarded-for": forwarded}
    return Client().post("/admin/login/", data, REMOTE_ADDR="10.0.0.1", headers=headers).status_code


@pytest.mark.django_db
def test_behind_a_proxy_who_guesses_waits_and_the_one_at_home_does_not(settings):
    settings.TRUSTED_PROXIES = 1
    User.objects.create_user("ada", password="a long enough word", is_staff=True)
    forged = [sign_in(f"198.51.100.{n}, 203.0.113.9") for n in range(10)]
    assert forged == [200] * 9 + [429]
    assert sign_in("198.51.100.77, 203.0.113.9", "a long enough word") == 429
    assert sign_in("203.0.113.10", "a long enough word") == 302


def test_the_log_says_who_asked_and_not_who_a_header_says(client, caplog):
    with caplog.at_level(logging.INFO, logger="django_structlog"):
        client.get("/healthz", REMOTE_ADDR="203.0.113.5", headers={"x-forwarded-for": "198.51.100.1"})
    started = next(r.msg for r in caplog.records if "request_started" in str(r.msg))
    assert started["ip"] == "203.0.113.5"
    assert "ip" not in structlog.contextvars.get_contextvars()


@pytest.mark.parametrize(
    ("variables", "proxies"),
    [({}, "0"), ({"BEHIND_PROXY": "true"}, "1"), ({"BEHIND_PROXY": "true", "TRUSTED_PROXIES": "2"}, "2")],
)
def test_proxies_are_trusted_only_where_one_is_said_to_be(tmp_path, variables, proxies):
    assert setting(tmp_path, "TRUSTED_PROXIES", **PRODUCTION, **variables) == proxies
