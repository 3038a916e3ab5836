"""The page where a curator chooses words of an article and codes what they say."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.factories import make_article, make_event, make_report
from timeline.curating.by_hand import HAND
from timeline.desk.coding import paragraphs
from timeline.models import Claim, Decision, Event, Report

pytestmark = pytest.mark.django_db

TEXT = "Shells hit the market of Arvad on Friday. Nobody was hurt, the mayor said.\n\nTalks go on in Port Kassim."


@pytest.fixture
def article():
    return make_article(TEXT)


def sent(article, **changes: object) -> dict[str, object]:
    """What the browser sends of a form that is filled in."""
    data = {
        "content": article.content_hash, "sentence": "0-41", "type": "shelling", "modality": "occurred",
        "start": "2024-03-01", "end": "", "precision": "day", "place": "", "speaker": "the mayor",
        "reason": "passed over", **changes,
    }  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def address(article) -> str:
    return f"/desk/articles/{article.pk}/missed/"


def test_a_sentence_is_ticked_and_becomes_an_event(desk, article):
    response = desk.post(address(article), sent(article, place="country:UA", killed_best="3"), follow=True)
    event = Event.objects.get()
    assert response.redirect_chain == [(f"/desk/{event.pk}/", 302)]
    report = event.reports.get()
    assert (report.quote, report.extractor) == ("Shells hit the market of Arvad on Friday.", HAND)
    assert (report.attributed_to, event.killed_best, event.place.name) == (["the mayor"], 3, "Ukraine")
    assert Decision.objects.get().reason == "passed over"
    page = desk.get(event.get_absolute_url()).content.decode()
    assert "added by hand" in page
    assert "passed over" in page
    claim = Claim.objects.get()
    assert (claim.event, claim.curator.username) == (event, "ada")


def test_words_that_were_selected_win_over_a_ticked_sentence(desk, article):
    desk.post(address(article), sent(article, span="42-57"))
    assert Report.objects.get().quote == "Nobody was hurt"


def test_it_is_put_under_an_event_that_is_known(desk, article):
    event = make_event()
    desk.post(address(article), sent(article, into=event.pk))
    event.refresh_from_db()
    assert event.report_count == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sentence": ""}, "Choose the words"),
        ({"sentence": "x"}, "Choose the words"),
        ({"sentence": "41-42"}, "Choose the words"),
        ({"span": "999-1000"}, "Choose the words"),
        ({"type": ""}, "required"),
        ({"type": "picnic"}, "valid choice"),
        ({"start": "31.12.2024x"}, "valid date"),
        ({"start": None}, "required"),
        ({"end": "2024-02-01"}, "last day is before"),
        ({"killed_low": "5", "killed_best": "3"}, "must rise"),
        ({"killed_best": "-1"}, "greater than or equal"),
        ({"place": "geonames:0"}, "valid choice"),
        ({"reason": " "}, "Say why"),
        ({"content": "0" * 64}, "choose the words again"),
        ({"into": "999999"}, "no event of that number"),
        ({"speaker": "x" * 201}, "at most 200"),
        ({"target": "x\0"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, article, changes, told):
    response = desk.post(address(article), sent(article, weapon="mortars", **changes))
    assert response.status_code == 422
    page = response.content.decode()
    assert told in page
    assert 'value="mortars"' in page
    assert not Event.objects.exists()


def test_a_category_that_does_not_fit_is_refused(desk, article):
    response = desk.post(address(article), sent(article, into=make_event(type="talks").pk))
    assert response.status_code == 422
    assert "never one act" in response.content.decode()


def test_a_place_is_looked_for_without_scripts(desk, article):
    page = desk.post(address(article), sent(article, place_find="Pokrovsk", find_place="1")).content.decode()
    assert "Donetsk" in page
    assert "<svg" in page
    assert 'value="0-41" checked' in page
    assert 'class="hint bad"' not in page
    assert not Event.objects.exists()


def test_what_was_read_already_is_marked_with_its_event(desk, article):
    report = make_report(article, quote="Nobody was hurt, the mayor said.")
    first, second = (choice for group in paragraphs(TEXT, [report]) for choice in group if choice.start < 60)
    assert (first.told, second.told) == ([], [report])
    assert report.event.get_absolute_url() in desk.get(address(article)).content.decode()
    assert [len(group) for group in paragraphs(TEXT)] == [2, 1]


@pytest.mark.parametrize("rows", [1, 4])
def test_the_page_asks_a_fixed_number_of_queries(desk, article, rows, django_assert_max_num_queries):
    for number in range(rows):
        make_report(article, quote="Nobody was hurt", ordinal=number)
    with django_assert_max_num_queries(8):
        desk.get(address(article))


def test_only_curators_get_in(client, article):
    assert client.get(address(article)).status_code == 302
    client.force_login(User.objects.create_user("reader", is_staff=True))
    assert client.get(address(article)).status_code == 403
    assert client.post(address(article), sent(article)).status_code == 403
    assert not Event.objects.exists()


def test_it_is_offered_beside_the_text_to_curators_only(desk, client, article):
    assert address(article) in desk.get(article.get_absolute_url()).content.decode()
    assert address(article) not in client.get(article.get_absolute_url()).content.decode()
    assert desk.get("/desk/articles/999999/missed/").status_code == 404
