"""Decisions leave as JSON lines and can be taken again elsewhere, once."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests.admin.desk import act
from tests.factories import make_article, make_event, make_place, make_report
from timeline.curating import curation
from timeline.models import Decision, Event, Report
from timeline.recording import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator() -> User:
    return User.objects.create(username="ada")


def standing() -> list[object]:
    """What decisions changed, without the keys and times that differ between instances."""
    memberships = [
        sorted((r.article.url, r.quote, r.struck_out) for r in event.reports.live())
        for event in Event.objects.filter(report_count__gt=0)
    ]
    values = Event.objects.filter(report_count__gt=0).values_list(
        "headline", "review", "killed_best", "place__name"
    )
    return [sorted(memberships), sorted(map(repr, values))]


def forget() -> None:
    """The same articles read by an instance without curators."""
    Decision.objects.update(undoes=None)
    Decision.objects.all().delete()
    Event.objects.update(merged_into=None, overrides={}, review="unreviewed")
    Report.objects.update(pinned=False, struck_out=False)
    for report, event in HOMES.items():
        Report.objects.filter(pk=report).update(event=event)
    for event in Event.objects.all():
        ledger.derive(event)
    User.objects.all().delete()


HOMES: dict[int, int] = {}


@pytest.fixture
def work(curator):
    """One decision of each kind, one of them undone."""
    one, two, three = make_event(killed_best=4), make_event(), make_event(type="capture")
    second = make_report(make_article(), event=one)
    third = make_report(make_article(), event=one)
    HOMES.clear()
    HOMES.update(Report.objects.values_list("pk", "event"))
    curation.correct(one, {"killed_best": 5, "place": make_place("Tel Maron")}, curator, "a list of names")
    curation.split([second], curator, "another day")
    curation.strike_out(third, curator, "it says no such thing")
    curation.review(three, "rejected", curator, "an exercise")
    curation.undo(Decision.objects.get(kind="reject"), curator, "it was none")
    curation.review(three, "confirmed", curator, "two sources")
    curation.merge(Event.objects.get(pk=two.pk), Event.objects.get(pk=one.pk), curator, "the same act")


def export() -> str:
    out = StringIO()
    call_command("export_decisions", stdout=out)
    return out.getvalue()


def replay(tmp_path, text: str) -> str:
    path, out = tmp_path / "decisions.jsonl", StringIO()
    path.write_text(text)
    call_command("import_decisions", str(path), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_replayed_elsewhere_they_give_the_same_chronology_once(work, tmp_path):
    text, before = export(), standing()
    forget()
    assert standing() != before
    assert replay(tmp_path, text) == "7 taken, 0 known, 0 refused\n"
    assert standing() == before
    assert replay(tmp_path, text) == "0 taken, 7 known, 0 refused\n"
    again = [json.loads(line) for line in export().splitlines()]
    first = [json.loads(line) for line in text.splitlines()]
    for key in ("uid", "kind", "curator", "at", "reason"):
        assert [row[key] for row in again] == [row[key] for row in first]
    assert not User.objects.get(username="ada").is_active


def test_a_line_says_who_when_what_before_what_after_and_why(work):
    row = next(json.loads(line) for line in export().splitlines() if '"correct"' in line)
    assert (row["curator"], row["reason"]) == ("ada", "a list of names")
    assert (row["before"]["killed_best"], row["after"]["killed_best"]) == (4, 5)
    assert row["after"]["place"].startswith("Tel Maron")
    assert row["fields"]["place"] == "test:Tel Maron"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ("[]", "This line is no decision"),
        ('{"uid": "x"}', "This line is no decision"),
        (
            '{"uid": "11111111-1111-4111-8111-111111111111", "kind": "confirm", "curator": "ada", "reason": "", '
            '"at": "2024-01-01T00:00:00+00:00", "event": []}',
            "read their articles first",
        ),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(tmp_path, line, told):
    path, errors = tmp_path / "decisions.jsonl", StringIO()
    path.write_text(line)
    with pytest.raises(CommandError, match="refused"):
        call_command("import_decisions", str(path), stdout=StringIO(), stderr=errors)
    assert "line 1" in errors.getvalue()
    assert told in errors.getvalue()


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_decisions", str(tmp_path / "nothing"))


def test_the_history_shows_what_was_before_and_after_and_to_staff_who(work, client):
    event = Event.objects.get(killed_best=5)
    page = client.get(event.get_absolute_url()).content.decode()
    assert 'killed best: <del dir="auto">4</del> → <ins dir="auto">5</ins>' in page
    assert "ada" not in page
    client.force_login(User.objects.create_superuser("chief"))
    assert "ada corrected" in client.get(event.get_absolute_url()).content.decode()


def test_the_admin_gives_the_chosen_ones_as_a_file(work, client):
    client.force_login(User.objects.create_superuser("chief"))
    chosen = Decision.objects.filter(kind="correct").get()
    response = act(client, Decision, "export", chosen.pk)
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert [json.loads(line)["uid"] for line in lines] == [str(chosen.uid)]
    assert response["Content-Type"] == "application/x-ndjson"


def test_an_events_history_is_a_file_for_curators(work, client):
    event = Event.objects.get(killed_best=5)
    address = f"/desk/{event.pk}/history.jsonl"
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_superuser("chief"))
    assert address in client.get(event.get_absolute_url()).content.decode()
    response = client.get(address)
    rows = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert {"correct", "split", "strike_out", "merge"} == {row["kind"] for row in rows}
    assert all(row["curator"] == "ada" and row["at"] and row["reason"] for row in rows)
    assert response["Content-Disposition"] == f'attachment; filename="event-{event.pk}.jsonl"'
