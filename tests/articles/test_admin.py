"""Ways in through the admin: what is wrong is said in the form, which keeps what was typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles.models import Address, Article, Feed
from tests.factories import make_source

pytestmark = pytest.mark.django_db

PASTE = reverse("admin:articles_article_paste")
UPLOAD = reverse("admin:articles_article_upload")
ADDRESS = reverse("admin:articles_address_add")
FEED = reverse("admin:articles_feed_add")
TEXT = "Shells hit the market of Arvad on Saturday, the mayor said."
WHEN = {"published_0": "2024-03-02", "published_1": "12:00:00"}


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("curator"))
    return client


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, object]]:
    """The doorbells that were rung, instead of a broker."""
    rings: list[tuple[str, object]] = []
    monkeypatch.setattr("celery.app.task.Task.delay", lambda task, *ids: rings.append((task.name, *ids)))
    return rings


@pytest.fixture
def send(desk, rung, django_capture_on_commit_callbacks):
    """Send a form as a browser does, with what runs after the commit."""

    def post(address: str, data: dict[str, object]):
        with django_capture_on_commit_callbacks(execute=True):
            return desk.post(address, data)

    return post


def errors(response) -> str:
    assert response.status_code == 200
    assert 'class="errorlist' in response.content.decode()
    context = response.context
    form = context["form"] if "form" in context else context["adminform"].form
    return str(form.errors.as_data())


def test_a_pasted_text_is_stored_and_a_worker_is_rung_for(send, desk, rung):
    source = make_source()
    response = send(PASTE, {"source": source.pk, "title": "Market hit", "text": TEXT, **WHEN})
    article = Article.objects.get()
    assert (article.text, article.title, article.source) == (TEXT, "Market hit", source)
    assert article.published == datetime(2024, 3, 2, 12, tzinfo=UTC)
    assert response["Location"] == reverse("admin:articles_article_change", args=[article.pk])
    assert "Market hit” is stored" in desk.get(response["Location"]).content.decode()
    assert ("timeline.tasks.read_article", article.pk) in rung


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"published_0": "", "published_1": ""}, "no publication date"),
        ({"published_0": "soon"}, "valid date"),
        ({"published_0": "2024-03-02", "published_1": ""}, "valid time"),
        ({"published_0": "1800-01-01"}, "not between 1900 and tomorrow"),
        ({"text": "Too short."}, "fewer than 20 characters"),
        ({"text": ""}, "required"),
        ({"text": " \n "}, "required"),
        ({"text": "x"}, "fewer than 20 characters"),
        ({"text": "<p><br></p><div></div><!-- nothing -->" * 5}, "not its text"),
        ({"text": "a\0b" * 20}, "Null characters"),
        ({"source": ""}, "required"),
        ({"source": "999999"}, "valid choice"),
        ({"url": "not an address"}, "valid URL"),
        ({"title": "x" * 1001}, "at most 1000"),
    ],
)
def test_a_wrong_paste_keeps_what_was_typed(send, changes, words):
    data = {
        "source": make_source().pk,
        "title": "What I typed",
        "text": f"{TEXT} My words.",
        **WHEN,
        **changes,
    }
    response = send(PASTE, data)
    assert words in errors(response)
    page = response.content.decode()
    assert "What I typed" in page or "title" in changes
    assert "My words." in page or "text" in changes
    assert not Article.objects.exists()


def test_a_paste_of_five_megabytes_is_refused_with_a_page_of_its_own(send):
    response = send(PASTE, {"source": make_source().pk, "text": TEXT * 90_000, **WHEN})
    assert response.status_code == 400
    assert "This request could not be read" in response.content.decode()
    assert not Article.objects.exists()


def test_the_same_text_pasted_twice_is_one_article(send):
    data = {"source": make_source().pk, "text": TEXT, **WHEN}
    first, second = send(PASTE, data), send(PASTE, data)
    assert first["Location"] == second["Location"]
    assert Article.objects.count() == 1


def upload(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


HTML = f"""<html><head><title>Market hit</title>
<meta property="article:published_time" content="2024-03-02T12:00:00+00:00"></head>
<body><article><h1>Market hit</h1>{f"<p>{TEXT} It was the third such day in a row.</p>" * 6}</article></body>
</html>"""


@pytest.mark.parametrize(
    ("file", "when"),
    [
        (("market.txt", TEXT.encode()), WHEN),
        (("market.html", HTML.encode()), {"published_0": "", "published_1": ""}),
    ],
)
def test_a_file_is_uploaded(send, file, when):
    send(UPLOAD, {"source": make_source().pk, "file": upload(*file), **when})
    article = Article.objects.get()
    assert "Shells hit the market of Arvad" in article.text
    assert f"{article.published:%Y-%m-%d}" == "2024-03-02"
    assert article.snapshots.get().content() == file[1]


@pytest.mark.parametrize(
    ("file", "changes", "words"),
    [
        (("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), {}, "binary data"),
        (("paper.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20), {}, "binary data"),
        (("empty.txt", b""), {}, "empty"),
        (("short.txt", b"Too short."), {}, "fewer than 20"),
        (("undated.txt", TEXT.encode()), {"published_0": "", "published_1": ""}, "no publication date"),
        (("large.txt", b"x" * 3_100_000), {}, "larger than"),
        (None, {}, "required"),
    ],
)
def test_a_wrong_file_is_an_error_that_keeps_the_other_fields(send, file, changes, words):
    source = make_source("Wire to keep")
    data = {"source": source.pk, **WHEN, **changes, **({"file": upload(*file)} if file else {})}
    response = send(UPLOAD, data)
    assert words in errors(response)
    page = response.content.decode()
    assert f'<option value="{source.pk}" selected>' in page
    assert 'value="2024-03-02"' in page or changes
    assert not Article.objects.exists()


def test_an_address_is_queued(send, rung):
    response = send(ADDRESS, {"url": "https://wire.invalid/1?utm_source=x#top"})
    address = Address.objects.get()
    assert address.url == "https://wire.invalid/1"
    assert response.status_code == 302
    assert ("articles.tasks.fetch_address", address.pk) in rung


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "required"),
        ("not an address", "valid URL"),
        ("javascript:alert(1)", "valid URL"),
        ("file:///etc/passwd", "valid URL"),
        ("https://wire.invalid/" + "x" * 2000, "at most 2000"),
        ("https://wire.invalid/known", "already exists"),
    ],
)
def test_a_wrong_address_is_an_error_that_keeps_what_was_typed(send, url, words):
    Address.objects.create(url="https://wire.invalid/known")
    response = send(ADDRESS, {"url": url, **WHEN})
    assert words in errors(response)
    assert 'value="2024-03-02"' in response.content.decode()
    assert Address.objects.count() == 1


def test_a_feed_that_is_added_is_polled_once_it_is_stored(desk, rung, django_capture_on_commit_callbacks):
    data = {
        "source": make_source().pk,
        "url": "https://wire.invalid/feed",
        "active": "on",
        "interval": "00:15:00",
    }
    with django_capture_on_commit_callbacks() as after_commit:
        assert desk.post(FEED, data).status_code == 302
    assert rung == []  # a worker that is rung before the commit would find no feed
    for callback in after_commit:
        callback()
    assert rung == [("articles.tasks.poll_feed", Feed.objects.get().pk)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "not an address"}, "valid URL"),
        ({"url": "https://wire.invalid/known"}, "already exists"),
        ({"source": ""}, "required"),
        ({"interval": "often"}, "valid duration"),
    ],
)
def test_a_wrong_feed_is_an_error_that_keeps_what_was_typed(send, changes, words):
    source = make_source()
    Feed.objects.create(source=source, url="https://wire.invalid/known")
    data = {"source": source.pk, "url": "https://wire.invalid/feed", "interval": "00:25:00", **changes}
    response = send(FEED, data)
    assert words in errors(response)
    assert f'value="{data["interval"]}"' in response.content.decode()
    assert Feed.objects.count() == 1


def test_a_broker_that_is_away_stops_no_curator(desk, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args: object) -> None:
        raise OSError("no broker")

    monkeypatch.setattr("celery.app.task.Task.delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(PASTE, {"source": make_source().pk, "text": TEXT, **WHEN})
    assert response.status_code == 302
    assert Article.objects.count() == 1


@pytest.mark.parametrize("page", [PASTE, UPLOAD])
def test_the_forms_refuse_a_post_without_its_token(page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("curator"))
    assert client.post(page, {"text": TEXT}).status_code == 403
