"""The page for paper: the same events as the files, with quotes and sources; what is left out is said."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_article, make_event, make_place, make_report
from timeline.pages import printable

pytestmark = pytest.mark.django_db


def numbers(page: str) -> list[str]:
    return re.findall(r'<h3 id="event-(\d+)"', page)


def page_of(client, query: str = "") -> str:
    response = client.get(f"/print/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def three_events() -> None:
    make_event(day=date(2024, 3, 1), type="shelling")
    make_event(day=date(2024, 3, 2), type="missile")
    make_event(day=date(2024, 3, 2), type="talks", place=make_place("Karsk Spring"))


@pytest.mark.parametrize(
    "query", ["", "?category=strike", "?from=2024-03-02", "?type=talks&order=old", "?q=nothing-like-this"]
)
def test_the_same_events_in_the_same_order_as_the_csv(client, three_events, query) -> None:
    rows = csv.DictReader(io.StringIO(b"".join(client.get(f"/events.csv{query}").streaming_content).decode()))
    expected = [row["id"] for row in rows]

    page = page_of(client, query)

    assert numbers(page) == expected
    assert f'<span class="total">{len(expected)}</span>' in page


def test_quotes_sources_addresses_and_the_filter_in_words(client) -> None:
    article = make_article(
        text="Shells hit <Arvad>. More was said.", url="https://news.invalid/story?a=1&b=2"
    )
    event = make_report(article=article, quote="Shells hit <Arvad>").event

    page = page_of(client, "?category=strike&from=2024-01-01")

    for words in (
        "Shells hit &lt;Arvad&gt;</blockquote>",
        "https://news.invalid/story?a=1&amp;b=2",
        f"http://testserver/events/{event.pk}/",
        "<li>From: 2024-01-01</li><li>Category: Strike</li>",
        "http://testserver/print/?from=2024-01-01&amp;category=strike",
    ):
        assert words in page, words


@pytest.mark.parametrize("query", ["?from=never", "?colour=red", "?as_of=2999-01-01", "?q=a&q=b"])
def test_what_is_wrong_in_the_address_is_said_and_nothing_else_shown(client, three_events, query) -> None:
    response = client.get(f"/print/{query}")

    assert response.status_code == 400
    assert b'class="problem"' in response.content
    assert numbers(response.content.decode()) == []


def test_where_it_ends_it_says_so(client, three_events, monkeypatch) -> None:
    monkeypatch.setattr(printable, "MOST", 2)

    page = page_of(client)

    assert len(numbers(page)) == 2
    assert "Only the first 2 are here; 1 is left out." in page
    assert '<span class="total">3</span>' in page


def test_as_it_was_known(client, three_events) -> None:
    assert numbers(page_of(client, "?as_of=2024-03-02T00:00Z")) == []
    assert len(numbers(page_of(client))) == 3


def test_the_whole_list_wherever_the_reader_was(client, three_events) -> None:
    assert len(numbers(page_of(client, "?after=2024-03-02.1"))) == 3


def test_the_number_of_queries_does_not_grow(client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            page_of(client)
        return len(context)

    make_event()
    page_of(client)
    few = queries()
    for _ in range(12):
        make_event()

    assert queries() == few <= 6
