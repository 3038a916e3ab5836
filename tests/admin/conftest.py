"""People at the admin, the doorbells they ring and the forms they send."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.db import models
from django.test import Client

from tests.admin.desk import (
    form_data,
    url,
    with_permissions,
)
from tests.factories import make_article, make_report
from timeline.models import Report


@pytest.fixture
def chief() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief"))
    return client


@pytest.fixture
def curator() -> User:
    return with_permissions("curator", app_labels=("articles", "timeline"))


@pytest.fixture
def desk(curator: User) -> Client:
    """The browser of a curator, who is no superuser."""
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def reader() -> Client:
    """The browser of one who may look at everything and change nothing."""
    client = Client()
    codenames = Permission.objects.filter(codename__startswith="view_").values_list("codename", flat=True)
    client.force_login(with_permissions("reader", *codenames))
    return client


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, object]]:
    """The doorbells that were rung, instead of a broker."""
    rings: list[tuple[str, object]] = []
    monkeypatch.setattr("celery.app.task.Task.delay", lambda task, *ids: rings.append((task.name, *ids)))
    return rings


@pytest.fixture
def save(desk) -> Callable:
    def send(row: models.Model, shown: dict[str, object] | None = None, **changes: object):
        page = url(type(row), "change", row.pk)
        data = {**(shown or form_data(desk, page)), **changes}
        return desk.post(page, {k: v for k, v in data.items() if v is not None}, follow=True)

    return send


@pytest.fixture
def pair() -> tuple[Report, Report]:
    """Two reports of one event."""
    one = make_report()
    return one, make_report(make_article(), event=one.event)
