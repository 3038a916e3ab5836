"""Every page opens, lists take the same number of queries however long, odd addresses do no harm."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Address, Article, Feed, Source
from tests.admin.desk import (
    MODELS,
    OURS,
    fill,
    label,
    row_of,
    url,
)
from tests.factories import make_event
from timeline.curating import curation
from timeline.models import Actor, Decision, Event, EventActor, Place, Report

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    return len(captured)


def changelist(model: type[models.Model]) -> ChangeList:
    request = RequestFactory().get(url(model, "changelist"))
    request.user = User.objects.get(username="chief")
    return admin.site._registry[model].get_changelist_instance(request)


def test_all_our_models_that_people_look_at_are_registered():
    assert {Source, Feed, Address, Article, Place, Actor, Event, Report, Decision} <= set(MODELS)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_page_of_every_model_opens(model, chief):
    fill(2)
    model_admin = admin.site._registry[model]
    row = row_of(model)
    pages = [
        reverse("admin:index"),
        reverse("admin:app_list", args=[model._meta.app_label]),
        url(model, "changelist"),
        url(model, "changelist") + "?q=Arvad",
        url(model, "changelist") + "?_facets=True",
        url(model, "change", row.pk),
        url(model, "history", row.pk),
    ]
    for column in range(1, 1 + len(model_admin.get_list_display(None))):
        pages.append(f"{url(model, 'changelist')}?o={column}.-1")
    shown = changelist(model)
    for spec in shown.filter_specs:
        choices = [choice["query_string"] for choice in spec.choices(shown)]
        assert choices
        pages += [url(model, "changelist") + query for query in choices]
    for page in pages:
        response = chief.get(page)
        assert response.status_code == 200, page
        # A list sends a filter that it does not understand back with ?e=1.
        assert "e=1" not in response.request["QUERY_STRING"]
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="chief")
    added = chief.get(url(model, "add"), follow=True).status_code
    assert added == (200 if model_admin.has_add_permission(request) else 403)


@pytest.mark.parametrize("model", OURS, ids=label)
def test_nothing_of_ours_is_deleted(model, chief):
    fill(1)
    row = row_of(model)
    assert chief.get(url(model, "delete", row.pk)).status_code == 403
    assert chief.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    chief.post(url(model, "changelist"), chosen)
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_list_takes_the_same_number_of_queries_however_long(model, chief):
    fill(1)
    address = url(model, "changelist")
    chief.get(address)  # what is looked up once a process
    few = queries(chief, address)
    fill(3)
    assert queries(chief, address) == few


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_row_takes_the_same_number_of_queries_whatever_hangs_on_it(model, chief):
    fill(1)
    address = url(model, "change", row_of(model).pk)
    chief.get(address)
    few = queries(chief, address)
    fill(3)  # more on the first row of each model, too
    assert queries(chief, address) == few


ODD = [
    "q=" + quote("'\"%_\\;--"),
    "q=" + quote("“Арвад” עיר \u200b\u202e"),
    "q=" + quote('"'),
    "q=" + quote("!|&:*()<->"),
    "q=" + "-" * 150,
    "q=" + "-(" * 75,
    "q=" + "-+" * 75,
    "q=" + "x" * 100_000,
    "q=" + "x+" * 50_000,
    "q=%00",
    "q=" + "9" * 30,
    "p=99999",
    "p=x",
    "o=99.-x",
    "all=",
    "nonsense=1",
    "id__exact=x",
    "e=1",
    "list=x&review=x&state=x",
    "start__year=99999",
    "start__gte=x",
    "review__exact=%00",
    "kind__exact=%00",
]


@pytest.mark.parametrize("model", OURS, ids=label)
@pytest.mark.parametrize("query", ODD, ids=lambda query: query[:24])
def test_odd_addresses_of_a_list_do_no_harm(model, query, chief):
    make_event()
    response = chief.get(f"{url(model, 'changelist')}?{query}", follow=True)
    assert response.status_code in (200, 400)


@pytest.mark.parametrize("words", ["'\"%_", "\0", "x " * 5000, "9" * 30, "!|&"])
def test_odd_words_in_the_choice_of_an_event_do_no_harm(words, chief):
    make_event()
    query = {"app_label": "timeline", "model_name": "report", "field_name": "event", "term": words}
    assert chief.get(reverse("admin:autocomplete"), query).status_code == 200


def test_a_list_counts_no_further_than_it_must(chief, monkeypatch):
    for _ in range(4):
        make_event()
    monkeypatch.setattr("articles.admin.MOST_COUNTED", 2)
    monkeypatch.setattr("articles.admin.LongList.most_counted", 2)
    page = chief.get(url(Event, "changelist")).content.decode()
    assert "more than 2 events" in page


def test_an_article_shows_what_was_read_in_it(desk):
    event = make_event()
    report = event.reports.get()
    page = desk.get(url(Article, "change", report.article_id)).content.decode()
    assert report.quote in page
    assert url(Event, "change", event.pk) in page
    assert 'name="_save"' not in page  # nothing of it is typed over


def test_names_in_the_admin_stay_text(desk):
    event = make_event()
    source = event.reports.get().article.source
    Source.objects.filter(pk=source.pk).update(name="<b>Wire</b>")
    EventActor.objects.create(event=event, actor=Actor.objects.create(name="<b>Norvia</b>"), role="target")
    for model in (Event, Report, Source, Actor):
        for page in (url(model, "changelist"), url(model, "change", row_of(model).pk)):
            assert "<b>" not in desk.get(page).content.decode(), page


def test_the_filter_of_decisions_of_one_curator_is_a_link_that_works(desk, curator):
    curation.review(make_event(), "confirmed", curator)
    query = urlencode({"curator__id__exact": curator.pk})
    assert len(desk.get(f"{url(Decision, 'changelist')}?{query}").context["cl"].result_list) == 1
