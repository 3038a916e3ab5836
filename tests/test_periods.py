"""Two periods under one filter."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from tests.factories import make_article, make_event, make_place, make_source
from timeline.listing.filters import EventFilter
from timeline.pages.periods import Period, coverage, periods_of

pytestmark = pytest.mark.django_db

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
FILTER = "from=2024-03-01&to=2024-03-31"


def asked(query: str) -> tuple[Period | None, Period | None, list[str]]:
    given = QueryDict(query)
    return periods_of(EventFilter(given), given)


@pytest.mark.parametrize(
    ("more", "other", "error"),
    [
        ("", ("2024-01-30", "2024-02-29"), ""),
        ("&other_from=2024-01-01&other_to=2024-01-10", ("2024-01-01", "2024-01-10"), ""),
        ("&other_from=2024-01-01", ("2024-01-01", "2024-01-31"), ""),
        ("&other_to=2024-01-31", ("2024-01-01", "2024-01-31"), ""),
        ("&other_from=2024-02-10&other_to=2024-02-01", ("2024-01-30", "2024-02-29"), "begins after its end"),
        ("&other_from=soon", ("2024-01-30", "2024-02-29"), "valid date"),
        ("&other_from=2024-03-31&other_to=2024-04-02", ("2024-03-31", "2024-04-02"), "overlap"),
    ],
)
def test_which_periods_are_compared(more, other, error):
    first, second, errors = asked(FILTER + more)
    assert first == MARCH
    assert second == Period(*map(date.fromisoformat, other))
    assert bool(errors) == bool(error)
    assert error in " ".join(errors)


def test_without_dates_the_last_days_that_have_events():
    assert asked("") == (None, None, [])
    make_event(day=date(2024, 3, 1))
    make_event(day=date(2024, 4, 20))
    assert asked("")[0] == Period(date(2024, 3, 22), date(2024, 4, 20))
    assert asked("from=2024-01-01")[0] == Period(date(2024, 1, 1), date(2024, 4, 20))
    assert asked("to=2024-02-01&from=2024-01-31")[0] == Period(date(2024, 1, 31), date(2024, 2, 1))


def cells(page: str) -> dict[str, list[str]]:
    """What stands in the table, by the line's name."""
    rows = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", page, re.S)
    words = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row.split("<td")] for row in rows]
    return {name: [cell.partition(">")[2] or cell for cell in more] for name, *more in words}


@pytest.fixture
def two_months() -> None:
    parties = [("Norvia", "initiator", "state", "NO")]
    for day in (1, 2, 3):
        make_event(day=date(2024, 3, day), parties=parties)
    make_event(day=date(2024, 2, 10), parties=parties)
    make_event(day=date(2024, 2, 11), type="talks")
    make_event(day=date(2024, 2, 12), type="talks", place=make_place("Elsewhere"))


def test_counts_by_category_type_status_and_actor_with_differences(client, two_months):
    page = client.get(f"/periods/?{FILTER}&other_from=2024-02-01&other_to=2024-02-29").content.decode()
    table = cells(page)
    assert table["All events"][-1] == "0"
    assert table["Norvia"][-1] == "+2"
    assert "−2" in page
    assert "not equally long" in page
    assert 'href="/?from=2024-03-01&amp;to=2024-03-31&amp;actor=' in page


def test_each_number_is_that_of_the_list_it_leads_to(client, two_months):
    page = client.get(f"/periods/?{FILTER}&other_from=2024-02-01&other_to=2024-02-29").content.decode()
    links = re.findall(r'<td class="n"><a href="([^"]+)">(\d+)</a>', page)
    assert len(links) >= 8
    for address, number in links:
        heading = client.get(address.replace("&amp;", "&")).content.decode()
        assert re.search(rf"<title>{number} event", heading), address


def test_the_rest_of_the_filter_holds_in_both(client, two_months):
    page = client.get(f"/periods/?category=diplomacy&{FILTER}").content.decode()
    assert "Norvia" not in page
    assert '<input type="hidden" name="category" value="diplomacy">' in page
    assert "Category Diplomacy" in page


def test_what_was_there_to_read_is_counted_too():
    wire, courier = make_source("Wire"), make_source("Courier")
    for day, source in ((1, wire), (31, courier), (31, courier)):
        make_article(source=source, published=datetime(2024, 3, day, 23, 30, tzinfo=UTC))
    make_article(published=datetime(2024, 4, 1, tzinfo=UTC))
    held = coverage(EventFilter(QueryDict("")), MARCH)
    assert (held.articles, held.outlets) == (3, 2)
    held = coverage(EventFilter(QueryDict(f"source={courier.pk}")), MARCH)
    assert (held.articles, held.outlets) == (2, 1)


@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01&to=0001-01-05",
        "from=9999-01-01&to=9999-12-31",
        "other_to=0001-01-02",
        "other_from=9999-12-30",
    ],
)
def test_dates_at_the_ends_of_the_calendar_do_no_harm(client, query):
    make_event(day=date(2024, 3, 1))
    assert client.get(f"/periods/?{query}").status_code == 200


def test_nothing_to_compare(client):
    assert "No events match" in client.get("/periods/").content.decode()


def test_the_same_number_of_queries_however_many_events(client, django_assert_max_num_queries):
    for n in range(30):
        make_event(day=date(2024, 3, 1 + n % 20), parties=[(f"Actor {n}", "initiator", "group", "")])
    with django_assert_max_num_queries(11):
        client.get(f"/periods/?{FILTER}")
