"""Who asks too often is told when to come back; nobody is refused because the cache is away."""

from __future__ import annotations

import pytest
import redis
from django.core.cache import caches

from operations import rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.RATE_LIMITS = {"about": "3/m"}
    caches["rates"].clear()
    rates.silence.until = float("-inf")
    yield
    caches["rates"].clear()


def ask(client, address: str = "203.0.113.5", **headers: str) -> int:
    return client.get("/about/", REMOTE_ADDR=address, headers=headers).status_code


def test_the_fourth_time_in_a_minute_is_one_too_many(client):
    assert [ask(client) for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get("/about/", REMOTE_ADDR="203.0.113.5")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "wait" in answer.content.decode()
    assert ask(client, "203.0.113.6") == 200
    assert client.get("/healthz", REMOTE_ADDR="203.0.113.5").status_code == 200


def test_addresses_of_one_network_of_ipv6_are_one(client):
    assert [ask(client, f"2001:db8:1:2::{n}") for n in range(1, 5)] == [200, 200, 200, 429]
    assert ask(client, "2001:db8:1:3::1") == 200


def test_behind_a_proxy_its_word_counts_and_the_visitors_does_not(client, settings):
    settings.TRUSTED_PROXIES = 1
    forged = [ask(client, "10.0.0.1", x_forwarded_for=f"198.51.100.{n}, 203.0.113.9") for n in range(4)]
    assert forged == [200, 200, 200, 429]
    assert ask(client, "10.0.0.1", x_forwarded_for="203.0.113.10") == 200


def test_without_a_proxy_a_header_is_nothing(client):
    assert [ask(client, x_forwarded_for=f"198.51.100.{n}") for n in range(4)] == [200, 200, 200, 429]


def test_a_cache_that_is_away_refuses_nobody_and_is_not_asked_again_at_once(client, monkeypatch):
    asked = []

    def away(*args, **kwargs):
        asked.append(1)
        raise redis.ConnectionError("no")

    monkeypatch.setattr(rates, "get_usage", away)
    assert [ask(client) for _ in range(5)] == [200] * 5
    assert len(asked) == 1


def test_searches_and_exports_are_limited_in_production():
    from timeline.config import settings as ours

    assert ours.RATE_LIMITS_OF_PRODUCTION.keys() >= {"chronology", "export", "feed"}
