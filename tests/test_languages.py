"""The pages' languages: how one is chosen, what stays English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.factories import make_event
from timeline.models import Event
from timeline.telling import phrases

MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)|\d{8}T\d{6}Z")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _language_of_the_suite() -> Iterator[None]:
    """A request leaves its language with the thread; the other tests expect that of the settings."""
    yield
    translation.deactivate()


def html_of(client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return response.content.decode()


def body_of(response) -> bytes:
    """Without the moment at which it was written."""
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    return MOMENT.sub(b"", whole)


def test_the_browser_s_language_is_taken_and_said_to_screen_readers(client) -> None:
    assert '<html lang="uk"' in html_of(client, "/about/", accept_language="uk,en;q=0.5")
    assert '<html lang="en"' in html_of(client, "/about/", accept_language="de")
    assert '<html lang="en"' in html_of(client, "/about/")


def test_a_reader_s_own_choice_holds_and_leads_back(client) -> None:
    chosen = client.post(
        reverse("language"), {"language": "uk"}, headers={"referer": "http://testserver/?q=port"}
    )

    assert (chosen.status_code, chosen["Location"]) == (302, "http://testserver/?q=port")
    cookie = chosen.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("uk", True, "Lax")
    assert '<html lang="uk"' in html_of(client, "/", accept_language="en")


def test_a_language_that_is_not_offered_and_a_foreign_address_change_nothing(client) -> None:
    answer = client.post(reverse("language"), {"language": "xx", "next": "https://example.org/"})

    assert answer["Location"] == "/"
    assert "django_language" not in answer.cookies


@pytest.mark.parametrize(
    "name", ["csv", "json", "geojson", "jsonl", "ics", "acled.csv", "ucdp.csv", "timelinejs.csv", "atom"]
)
def test_what_machines_read_is_the_same_for_every_reader(client, name) -> None:
    make_event()

    english, ukrainian = [
        client.get(f"/events.{name}", headers={"accept-language": language}) for language in ("en", "uk")
    ]

    assert ukrainian["Content-Language"] == "en"
    body = body_of(english)
    assert b"Arvad" in body
    assert body_of(ukrainian) == body


def test_names_lists_and_dates_are_in_the_reader_s_language() -> None:
    day = date(2022, 4, 8)
    with translation.override("en"):
        assert [phrases.side(code) for code in ("RU", "UN", "nobody")] == ["Russia", "UN", "nobody"]
        assert phrases.listed([phrases.named(n) for n in ("Ukraine", "UN", "Mayor Reva")]) == (
            "Ukraine, the UN and Mayor Reva"
        )
        assert phrases.listed(list("ABCDE"), most=2) == "A and 4 others"
        assert phrases.date_words(day, "j M Y") == "8 Apr 2022"
    with translation.override("uk"):
        assert [phrases.side(code) for code in ("RU", "UN", "nobody")] == ["Росія", "ООН", "nobody"]
        assert phrases.listed([phrases.named(n) for n in ("Ukraine", "UN", "Mayor Reva")]) == (
            "Україна, ООН та Mayor Reva"
        )
        assert phrases.listed(list("ABCDE"), most=2) == "A та ще 4"
        assert phrases.date_words(day, "j M Y") == "8 кві 2022"


def test_a_row_tells_type_status_and_dates_in_ukrainian_and_says_that_its_title_is_english(client) -> None:
    event = make_event(type="shelling")
    Event.objects.update(said_by=["UA"], status="claimed")

    page = html_of(client, "/", accept_language="uk")

    for words in ("Обстріл", "Україна заявляє", "1 подія", "березня 2024", 'title" dir="auto" lang="en"'):
        assert words in page
    assert f"/events/{event.pk}/" in page


def test_citations_and_the_api_s_description_are_english(client) -> None:
    event = make_event()

    for path in (f"/events/{event.pk}/cite/plain", "/api/", "/changes.atom", "/events.csv-metadata.json"):
        assert client.get(path, headers={"accept-language": "uk"})["Content-Language"] == "en", path


def test_a_page_asks_the_database_no_more_in_ukrainian(client) -> None:
    event = make_event()
    place, article = event.place, event.reports.get().article
    paths = [
        "/", "/?category=strike&not=status.claimed", f"/events/{event.pk}/", f"/articles/{article.pk}/",
        f"/places/{place.pk}/", "/sources/", "/map/", "/facets/place/", "/days/2024-03-01/", "/months/2024-03/",
        "/compare/", "/embed/", "/print/", "/searches/", "/about/", "/accuracy/", "/teaching/",
    ]  # fmt: skip

    def queries(path: str, language: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            html_of(client, path, accept_language=language)
        return len(asked)

    for path in paths:
        queries(path, "en")  # what a process keeps
        assert queries(path, "uk") == queries(path, "en"), path
