"""What the reader's browser remembers: the last visit, the list's density."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.factories import make_event
from timeline.models import Event
from timeline.visits import visit

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOME = reverse("chronology")


@pytest.mark.parametrize(
    ("cookie", "before"),
    [
        ("", None),
        ("nonsense", None),
        ("|2026-03-02T11:50:00Z", None),
        ("|2026-03-01T09:00:00Z", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("2026-02-20T08:00:00Z|2026-03-02T11:50:00Z", datetime(2026, 2, 20, 8, tzinfo=UTC)),
        ("2026-02-20T08:00:00Z|2026-03-01T09:00:00Z", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("2026-02-20T08:00:00Z|2036-03-01T09:00:00Z", None),
        ("2026-02-31T08:00:00Z|2026-03-02T11:50:00Z", None),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_visit_ends_with_a_pause(cookie, before):
    assert visit(cookie, NOW) == (before, NOW)


@pytest.mark.django_db
def test_a_returning_reader_is_led_to_what_changed(client):
    with time_machine.travel(NOW, tick=False):
        old = make_event()
        client.get(HOME)
        assert not client.cookies
        client.post(reverse("look"), {"visits": "on", "next": HOME})
        assert b"since your last visit" not in client.get(HOME).content
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        new = make_event()
        page = client.get(HOME).content.decode()
        assert f"{HOME}?changed=2026-03-02T12:00:00Z" in page
        assert f"{HOME}?changed=2026-03-02T12:00:00Z" in client.get(HOME).content.decode()  # the same visit
        Event.objects.filter(pk=old.pk).update(updated_at=NOW - timedelta(hours=1))
        changed = client.get(HOME, {"changed": "2026-03-02T12:00:00Z"}).content.decode()
        assert f'id="event-{new.pk}"' in changed
        assert f'id="event-{old.pk}"' not in changed
        assert "Changed since" in changed
        client.post(reverse("look"), {"visits": "off", "next": HOME})
        assert b"since your last visit" not in client.get(HOME).content


@pytest.mark.django_db
def test_the_density_is_kept_and_leads_back(client):
    response = client.post(reverse("look"), {"density": "dense", "next": f"{HOME}?category=strike"})
    assert (response.status_code, response["Location"]) == (302, f"{HOME}?category=strike")
    assert 'data-density="dense"' in client.get(HOME).content.decode()
    away = client.post(reverse("look"), {"density": "roomy", "next": "https://elsewhere.invalid/"})
    assert away["Location"] == "/"
    for wrong in ({"density": "huge"}, {"visits": "always"}, {}):
        assert client.post(reverse("look"), wrong).status_code == 400
    assert client.get(reverse("look")).status_code == 405
