"""Readiness, metrics, the queue page and the health of feeds."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from articles.models import Address, Article, Feed
from operations import health
from operations.figures import KINDS, figures
from operations.models import BEAT, WORKER, Heartbeat
from tests.factories import make_article, make_event, make_source
from timeline import index
from timeline.recording.pipeline import EXTRACTOR

pytestmark = pytest.mark.django_db
ARTICLES = KINDS[2]


def ago(**span: float):
    return timezone.now() - timedelta(**span)


def make_feed(number: int = 0, **fields) -> Feed:
    return Feed.objects.create(source=make_source(), url=f"https://news.invalid/{number}.xml", **fields)


@pytest.fixture
def staff(django_user_model, client):
    user = django_user_model.objects.create_user("operator", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="articles"))
    client.force_login(user)
    return client


@pytest.fixture
def well(monkeypatch):
    """An installation with nothing wrong."""
    monkeypatch.setattr(health, "check_broker", lambda: health.Check("broker", True, "Redis answers."))
    Heartbeat.objects.beat(BEAT)
    Heartbeat.objects.beat(f"{WORKER}one@host")


# Readiness


def test_an_installation_that_works_is_ready(client, well):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()["checks"]) == {
        "database", "migrations", "broker", "beat", "workers",
        "oldest of feeds", "oldest of addresses", "oldest of articles",
    }  # fmt: skip


def _silence_beat(monkeypatch):
    Heartbeat.objects.filter(name=BEAT).update(beaten_at=ago(minutes=4))


def _silence_workers(monkeypatch):
    Heartbeat.objects.filter(name__startswith=WORKER).update(beaten_at=ago(minutes=4))


def _never_had_a_beat(monkeypatch):
    Heartbeat.objects.all().delete()


def _leave_an_article_waiting(monkeypatch):
    make_article(fetched_at=ago(hours=2))


def _stop_the_broker(monkeypatch):
    monkeypatch.setattr(
        health, "check_broker", lambda: health.Check("broker", False, "Redis does not answer.")
    )


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (_silence_beat, "beat"),
        (_never_had_a_beat, "beat"),
        (_silence_workers, "workers"),
        (_leave_an_article_waiting, "oldest of articles"),
        (_stop_the_broker, "broker"),
    ],
)
def test_work_that_stands_still_degrades_and_pages_are_served_on(client, well, monkeypatch, fault, name):
    fault(monkeypatch)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert not answer.json()["checks"][name]["ok"]
    assert client.get("/readyz?all").status_code == 503


def test_without_a_database_it_is_unavailable_in_words(client, well, monkeypatch):
    def refuse(*_):
        raise DatabaseError("no")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert answer.json()["checks"]["database"]["said"] == "PostgreSQL does not answer."


def test_a_database_that_takes_no_writes_is_told(well):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    found = health.check_database()
    assert not found.ok
    assert "no writes" in found.said


def test_missing_migrations_are_unavailable(client, well, monkeypatch):
    plan = [(type("M", (), {"app_label": "articles", "name": "0009_new"}), False)]
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: plan)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "articles.0009_new" in answer.json()["checks"]["migrations"]["said"]


def test_a_broker_that_is_away_is_noticed_within_seconds(settings, monkeypatch):
    from celery import current_app
    from kombu import Connection

    monkeypatch.setattr(current_app, "connection_for_read", lambda **_: Connection("redis://127.0.0.1:1/0"))
    assert not health.check_broker().ok


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_ages_in_words(age, words):
    assert health.words(age) == words


def test_the_doctor_names_what_is_wrong_and_the_mend(well, monkeypatch):
    _silence_beat(monkeypatch)
    make_article(set_aside_at=timezone.now(), last_error="a rule has a defect")
    out = StringIO()
    with pytest.raises(CommandError, match="3 of"):  # beat, an article set aside, no administrator
        call_command("doctor", stdout=out)
    assert "Start beat again" in out.getvalue()
    assert "1 articles are set aside" in out.getvalue()
    assert "createsuperuser" in out.getvalue()


def test_the_doctor_is_content_with_what_is_well(well, admin_user):
    out = StringIO()
    call_command("doctor", stdout=out)
    assert "things are well" in out.getvalue()


# Figures


def test_figures_of_a_queue_in_every_state():
    now = timezone.now()
    make_article(fetched_at=ago(minutes=20))
    make_article(fetched_at=ago(minutes=10))
    make_article(lease_until=now + timedelta(minutes=4), attempts=1)
    make_article(next_try_at=now + timedelta(minutes=4), attempts=1)
    make_article(set_aside_at=now)
    make_article(extracted_with=EXTRACTOR, extracted_at=ago(minutes=2))
    make_article(extracted_with=EXTRACTOR, extracted_at=ago(minutes=40))
    found = figures(ARTICLES)
    assert (found.waiting, found.working, found.later, found.set_aside) == (2, 1, 1, 1)
    assert (found.done_lately, found.done_hour) == (1, 2)
    assert found.oldest_age
    assert 19 * 60 < found.oldest_age.total_seconds() < 21 * 60
    assert found.minutes_left == pytest.approx(20)


def test_an_empty_queue_has_no_oldest():
    found = figures(ARTICLES)
    assert found.oldest_age is None
    assert found.minutes_left is None


# Metrics


def test_metrics_are_for_the_token_and_the_staff(client, settings):
    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_metrics_have_queues_heartbeats_and_requests(staff):
    make_article(fetched_at=ago(minutes=1))
    Heartbeat.objects.beat(BEAT)
    staff.get("/healthz")
    text = staff.get("/metrics").content.decode()
    assert 'timeline_work{kind="articles",state="waiting"} 1.0' in text
    assert 'timeline_oldest_waiting_seconds{kind="articles"} 6' in text
    assert 'timeline_heartbeat_age_seconds{name="beat"}' in text
    assert 'view="healthz"' in text


# Pages


@pytest.mark.parametrize("path", ["/admin/queue/", "/admin/feed-health/"])
def test_operators_pages_are_for_staff_with_the_permission(client, django_user_model, path):
    assert client.get(path).status_code == 302
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get(path).status_code == 302
    client.force_login(django_user_model.objects.create_user("bare", is_staff=True))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("since", ["", "yesterday", "2024-13-45", "2024-03-02T12:00:00", "%00"])
def test_the_queue_page_takes_any_moment(staff, since):
    assert staff.get("/admin/queue/", {"since": since}).status_code == 200


def test_the_queue_page_shows_progress_and_swaps_its_part_only(staff):
    make_article(extracted_with=EXTRACTOR, extracted_at=timezone.now())
    make_article()
    whole = staff.get("/admin/queue/").content.decode()
    part = staff.get("/admin/queue/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    for html in (whole, part):
        assert '<progress max="2" value="1"' in html
        assert "1 of 2 articles done" in html


def test_the_queue_page_says_what_is_wrong_and_why_rows_are_set_aside(staff, well, monkeypatch):
    assert "All is well" in staff.get("/admin/queue/").content.decode()
    Heartbeat.objects.filter(name=BEAT).update(beaten_at=ago(minutes=7))
    trace = "Traceback (most recent call last):\n  File <stdin>\nLookupError: <b>a rule</b> has a defect"
    make_article(title="The bridge", set_aside_at=ago(hours=2), attempts=3, last_error=trace)
    Address.objects.create(
        url="https://news.invalid/gone", set_aside_at=ago(hours=1), last_error="HTTP 404. Not there."
    )
    make_feed(1, failures=2)
    html = staff.get("/admin/queue/").content.decode()
    assert "All is well" not in html
    assert "Beat was last heard 7 minutes ago" in html
    assert "Start beat again" in html
    assert "LookupError: &lt;b&gt;a rule&lt;/b&gt; has a defect</span>" in html
    assert "Traceback (most recent call last)" in html
    assert "HTTP 404. Not there.</span>" in html
    assert "1 feed fails" in html


def test_every_page_of_the_admin_leads_to_the_queue(staff, client, django_user_model):
    assert 'href="/admin/queue/"' in staff.get("/admin/").content.decode()
    client.force_login(django_user_model.objects.create_user("bare", is_staff=True))
    assert 'href="/admin/queue/"' not in client.get("/admin/").content.decode()


def test_everything_set_aside_goes_back_in_bulk(staff, client, django_user_model):
    kept = [make_article(set_aside_at=timezone.now(), attempts=3) for _ in range(3)]
    assert staff.get("/admin/queue/retry/articles").status_code == 405
    assert staff.post("/admin/queue/retry/bogus").status_code == 404
    answer = staff.post("/admin/queue/retry/articles", follow=True)
    assert "3 articles are in the queue again" in answer.content.decode()
    assert Article.objects.unread_by(EXTRACTOR).due().count() == len(kept)
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_article"))
    client.force_login(viewer)
    assert client.get("/admin/queue/").status_code == 200
    assert client.post("/admin/queue/retry/articles").status_code == 403


def test_the_health_of_feeds_has_when_what_and_why(staff):
    feed = make_feed(1, failures=2, last_error="HTTP 500. The publisher's server has a fault.",
                     next_try_at=timezone.now() + timedelta(minutes=31), last_success_at=ago(hours=5))  # fmt: skip
    for number in range(3):
        Address.objects.create(url=f"https://news.invalid/a{number}", feed=feed)
    Address.objects.update(added_at=ago(hours=1))
    html = staff.get("/admin/feed-health/").content.decode()
    assert "The publisher&#x27;s server has a fault." in html
    assert "5\xa0hours ago" in html
    assert "in 30\xa0minutes" in html
    assert "<td>3</td>" in html


@pytest.mark.parametrize(
    ("state", "shown"),
    [("all", {1, 2, 3}), ("failing", {2}), ("silent", {1, 2}), ("off", {3}), ("bogus", {1, 2, 3})],
)
def test_feeds_by_state(staff, state, shown):
    make_feed(1)
    make_feed(2, failures=1)
    make_feed(3, active=False)
    html = staff.get("/admin/feed-health/", {"state": state, "page": "x"}).content.decode()
    assert {n for n in (1, 2, 3) if f"/{n}.xml" in html} == shown


@pytest.mark.parametrize("path", ["/admin/queue/", "/admin/feed-health/"])
def test_operators_pages_ask_the_same_number_of_queries_for_any_number_of_rows(
    staff, path, django_assert_max_num_queries
):
    def queries() -> int:
        with django_assert_max_num_queries(25) as captured:
            staff.get(path)
        return len(captured)

    make_feed(0)
    make_article()
    one = queries()
    for number in range(1, 50):
        make_feed(number)
        make_article()
        Heartbeat.objects.beat(f"{WORKER}{number}")
    assert queries() == one


# Logs


def test_what_is_logged_while_a_page_is_made_has_its_request_id(client, capsys):
    from timeline.config.logs import configuration

    handler = logging.StreamHandler()
    kinds = configuration(as_json=True, level="INFO")
    formatter = dict(kinds["formatters"]["events"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    out = StringIO()
    handler.setStream(out)
    logger = logging.getLogger("django_structlog.middlewares.request")
    logger.addHandler(handler)
    level = logging.getLogger("django_structlog").level
    logging.getLogger("django_structlog").setLevel(logging.INFO)
    try:
        client.get("/healthz?line=%0Abreak")
    finally:
        logger.removeHandler(handler)
        logging.getLogger("django_structlog").setLevel(level)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request_started", "request_finished"]
    assert lines[0]["request_id"] == lines[1]["request_id"]


def test_metrics_tell_what_the_facet_index_takes(staff, client, settings):
    make_event()
    index.held.forget()
    assert "timeline_facet_index_bytes 0.0" in staff.get("/metrics").content.decode()
    client.get("/")
    shown = dict(
        line.rsplit(" ", 1)
        for line in staff.get("/metrics").content.decode().splitlines()
        if line.startswith("timeline_facet_index")
    )
    assert float(shown["timeline_facet_index_events"]) == 1
    assert 0 < float(shown["timeline_facet_index_bytes"]) < float(shown["timeline_facet_index_limit_bytes"])
