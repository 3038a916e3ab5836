"""Two curators who decide on one event at the same moment: one decision is taken, the other curator is told."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client

from tests.admin.desk import with_permissions
from tests.factories import make_event
from timeline.models import Decision, Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("round_", range(3))
def test_of_two_decisions_at_once_one_is_taken_and_the_other_gets_409(round_):
    event = make_event()
    both, answers = threading.Barrier(2), {}
    seen = event.updated_at.isoformat()

    def decide(name: str, act: str) -> None:
        try:
            both.wait(10)
            answers[name] = clients[name].post(f"/desk/{event.pk}/{act}/", {"reason": "seen", "seen": seen})
        finally:
            connection.close()

    clients = {}
    for name in ("ada", "grace"):
        clients[name] = Client()
        clients[name].force_login(
            with_permissions(name, "change_event", "view_event"),
            backend="django.contrib.auth.backends.ModelBackend",
        )
    threads = [
        threading.Thread(target=decide, args=pair) for pair in (("ada", "confirm"), ("grace", "reject"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    decision = Decision.objects.get()
    loser = next(name for name, answer in answers.items() if answer.status_code == 409)
    assert decision.curator.username != loser
    assert Event.objects.get().review == decision.kind.replace("confirm", "confirmed").replace(
        "reject", "rejected"
    )
    page = answers[loser].content.decode()
    assert f"{decision.curator.username} has this event open until" in page
