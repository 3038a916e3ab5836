"""Curators at the review desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.admin.desk import with_permissions
from timeline.models import Event


@pytest.fixture
def curator() -> User:
    return with_permissions("ada", "change_event", "view_event")


@pytest.fixture
def desk(curator: User) -> Client:
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def other() -> Client:
    """The browser of a second curator."""
    client = Client()
    client.force_login(with_permissions("grace", "change_event", "view_event"))
    return client


@pytest.fixture
def take(desk: Client) -> Callable:
    """take(event, "confirm", reason="…") -> the response, redirects followed."""

    def send(event: Event, act: str, query: str = "", client: Client = desk, **data: object):
        return client.post(reverse("desk-decide", args=[event.pk, act]) + query, data, follow=True)

    return send
