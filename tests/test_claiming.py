"""Who claims what: the filter by claimant, and a place's claims of control."""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_article, make_event, make_place, make_report
from timeline.listing.claiming import side_code, side_suggestions
from timeline.listing.filters import EventFilter


def said(sentence, name, code, **fields):
    return make_event(
        article=make_article(f"{sentence} It was a Friday."),
        attributed_to=[name],
        speakers=[[name, "state", code]],
        **fields,
    )


@pytest.fixture
def town():
    return make_place("Arvad", country="UA")


@pytest.fixture
def captured(town):
    """Russia says that it took the town; Ukraine denies it."""
    event = said(
        "Russia said it captured Arvad.", "Russia", "RU", type="capture", place=town,
        parties=[("Russia", "initiator", "state", "RU")], day=date(2024, 3, 1),
    )  # fmt: skip
    make_report(
        make_article("Ukraine denied that Arvad had fallen. It was a Friday."), event, type="capture", place=town,
        attributed_to=["Ukraine"], speakers=[["Ukraine", "state", "UA"]], stance="denies",
    )  # fmt: skip
    return event


@pytest.fixture
def left(town):
    """Ukraine says that it left the town; Russia says so too."""
    event = said(
        "Ukraine said it left Arvad.", "Ukraine", "UA", type="withdrawal", place=town,
        parties=[("Ukraine", "initiator", "state", "UA")], day=date(2024, 4, 1),
    )  # fmt: skip
    make_report(
        make_article("Russia said Ukraine had left Arvad. It was a Friday."), event, type="withdrawal", place=town,
        attributed_to=["Russia"], speakers=[["Russia", "state", "RU"]], day=date(2024, 4, 1),
    )  # fmt: skip
    return event


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("RU", "RU"),
        ("russia", "RU"),
        (" United  States ", "US"),
        ("Hamas", "hamas"),
        ("hamas", "hamas"),
        ("UN", "UN"),
        ("united nations", "UN"),
        ("NATO", "nato"),
        ("Red Cross", "Red Cross"),
        ("Росія", "RU"),
        ("хамас", "hamas"),
        ("ООН", "UN"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_side_by_code_or_name(words, code):
    assert side_code(words) == code


def test_every_suggestion_is_understood():
    for language in ("en", "uk"):
        with translation.override(language):
            assert len(side_suggestions()) > 20
            assert all(side_code(name) for name in side_suggestions())


@given(st.text(max_size=100))
def test_any_text_is_taken(text):
    side_code(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("claimed_by=RU", {"captured", "left"}),
        ("claimed_by=Russia&unconfirmed_by=Ukraine", {"captured"}),
        ("claimed_by=UA&unconfirmed_by=RU", set()),
        ("unconfirmed_by=UA", {"captured", "struck"}),
        ("claimed_by=UA", {"left"}),
        ("claimed_by=US", set()),  # announcing is doing: a statement claims nothing
    ],
)
def test_claimed_by_one_not_confirmed_by_another(captured, left, query, found):
    events = {"captured": captured, "left": left, "struck": make_event()}
    said("The US voiced concern.", "the US", "US", type="statement")
    stated = EventFilter(QueryDict("type=statement")).events().get()
    chosen = EventFilter(QueryDict(query))
    assert not chosen.errors
    assert set(chosen.events()) - {stated} == {events[name] for name in found}


@pytest.mark.django_db
def test_the_filter_stands_in_chips_and_exports(client, captured, left):
    query = "claimed_by=RU&unconfirmed_by=UA"
    page = client.get(reverse("chronology"), QueryDict(query)).content.decode()
    assert captured.headline in page
    assert left.get_absolute_url() not in page
    assert [(c.label, c.value_label) for c in EventFilter(QueryDict(query)).chips] == [
        ("Claimed by", "Russia"),
        ("Not confirmed by", "Ukraine"),
    ]
    csv = b"".join(client.get(f"/events.csv?{query}").streaming_content).decode()
    assert captured.headline in csv
    assert left.headline not in csv


@pytest.mark.django_db
def test_an_unknown_side_is_named_with_the_mend(client):
    page = client.get(reverse("chronology"), {"claimed_by": "Atlantis"}).content.decode()
    assert (
        "No side is known as “Atlantis”: write a state, a group or a body, such as RU, Hamas or UN." in page
    )


@pytest.mark.django_db
def test_a_places_claims_of_control_stand_in_order(client, town, captured, left):
    page = client.get(town.get_absolute_url()).content.decode()
    section = page.split('id="claims-title"')[1].split("</section>")[0]
    rows = [" ".join(row.split()) for row in section.split("<tr>")[2:]]
    assert len(rows) == 2
    for row, expected in zip(
        rows,
        [
            [("Claimed by", "Russia"), ("Confirmed by", "nobody"), ("Denied by", "Ukraine")],
            [("Claimed by", "Ukraine"), ("Confirmed by", "Russia"), ("Denied by", "nobody")],
        ],
        strict=True,
    ):
        for column, words in expected:
            assert words in row.split(f'data-label="{column}">')[1].split("</td>")[0]
    assert f"?place={town.pk}&amp;claimed_by=RU&amp;unconfirmed_by=UA" in section
    assert "Claimed by Russia, not confirmed by Ukraine" in section


@pytest.mark.django_db
def test_what_only_outlets_report_or_one_side_denies(client, town):
    make_event(type="capture", place=town)
    make_event(
        article=make_article("Ukraine denied the loss of Arvad. It was a Friday."), type="control", place=town,
        attributed_to=["Ukraine"], speakers=[["Ukraine", "state", "UA"]], stance="denies",
    )  # fmt: skip
    section = client.get(town.get_absolute_url()).content.decode().split('id="claims-title"')[1]
    assert "1 outlet" in section
    assert "Claimed by Ukraine" not in section


@pytest.mark.django_db
def test_more_claims_cost_no_more_queries(client, town, django_assert_num_queries):
    make_event(type="capture", place=town)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(town.get_absolute_url())
    for day in range(2, 12):
        make_event(type="capture", place=town, day=date(2024, 5, day))
    with django_assert_num_queries(len(one)):
        client.get(town.get_absolute_url())
