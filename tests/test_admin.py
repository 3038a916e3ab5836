"""The admin: every page opens, lists take the same number of queries however long, doors are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Address, Article, Feed, Snapshot, Source
from tests.factories import NOON, make_article, make_event, make_place, make_report, make_source
from timeline import curation
from timeline.models import Actor, Decision, Event, EventActor, Place, Report

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in MODELS if model._meta.app_label in ("articles", "timeline")]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def url(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


# People


def with_permissions(name: str, *codenames: str, app_labels: tuple[str, ...] = ()) -> User:
    """A staff user, no superuser, in a group of its own."""
    user = User.objects.create_user(name, password="a long enough word", is_staff=True)
    group = Group.objects.create(name=name)
    group.permissions.set(
        Permission.objects.filter(
            models.Q(content_type__app_label__in=app_labels) | models.Q(codename__in=codenames)
        )
    )
    user.groups.add(group)
    return user


@pytest.fixture
def chief() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief"))
    return client


@pytest.fixture
def curator() -> User:
    return with_permissions("curator", app_labels=("articles", "timeline"))


@pytest.fixture
def desk(curator: User) -> Client:
    """The browser of a curator, who is no superuser."""
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def reader() -> Client:
    """The browser of one who may look at everything and change nothing."""
    client = Client()
    codenames = Permission.objects.filter(codename__startswith="view_").values_list("codename", flat=True)
    client.force_login(with_permissions("reader", *codenames))
    return client


# Rows


def fill(number: int) -> None:
    """`number` rows of everything that the admin lists, each with `number` rows under it."""
    user, _ = User.objects.get_or_create(username="someone", defaults={"is_staff": True})
    for n in range(number):
        source = make_source(f"Wire {n}", home_page=f"https://wire{n}.invalid/", country="NO")
        article = make_article(f"Shelling hit Arvad on Friday. Wire {n} was told so by the mayor.", source)
        for m in range(number):
            article.versions.create(
                number=m + 1, title="Before", text="Before", content_hash="0" * 64,
                published=NOON, fetched_at=NOON,
            )  # fmt: skip
            Snapshot.objects.keep(article, b"<p>Shelling hit Arvad")
        Feed.objects.create(source=source, url=f"{article.url}/feed")
        Address.objects.create(source=source, url=article.url, article=article)
        event = make_report(
            article, place=make_place(f"Place {n}"), killed_best=4,
            parties=[(f"Norvia {m}", "initiator", "state", "NO") for m in range(number)],
            attributed_to=["the mayor"],
        ).event  # fmt: skip
        for m in range(number):
            again = make_article(f"Shelling hit Arvad. Report {m} says so.", source)
            make_report(again, event=event, place=make_place(f"Place {n}.{m}"))
            make_report(again, event=event, quote=f"Report {m} says so.", place=make_place(f"Place {n}"))
            curation.correct(event, {"killed_best": 50 + m}, user, f"list {m}")
        curation.review(event, "confirmed", user)
        norvia = Actor.objects.get(name="Norvia 0")
        Actor.objects.create(name=f"Part {event.pk}", parent=norvia, aliases=["A part"])
        Place.objects.create(key=f"test:part{event.pk}", name="Part", kind="facility", parent=event.place)
        Group.objects.create(name=f"Group {event.pk}")


def row_of(model: type[models.Model]) -> models.Model:
    row = model._default_manager.order_by("pk").first()
    assert row is not None, f"{model} has no row to look at"
    return row


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


# Doors


def doors() -> Iterator[tuple[str, str]]:
    """Every page of the admin that is about rows, as (method, address)."""
    yield "get", reverse("admin:index")
    for model in OURS:
        row = row_of(model)
        for page in ("changelist", "add"):
            yield "get", url(model, page)
            yield "post", url(model, page)
        for page in ("change", "history", "delete"):
            yield "get", url(model, page, row.pk)
        for page in ("change", "delete"):
            yield "post", url(model, page, row.pk)
    for name in ("paste", "upload"):
        yield "get", reverse(f"admin:articles_article_{name}")
        yield "post", reverse(f"admin:articles_article_{name}")
    yield "get", reverse("admin:autocomplete") + "?app_label=timeline&model_name=report&field_name=event"


def test_an_anonymous_visitor_is_sent_to_the_login_from_every_door(client):
    fill(1)
    for method, address in doors():
        response = getattr(client, method)(address)
        if "autocomplete" in address:
            assert response.status_code in (302, 403), address
        else:
            assert (response.status_code, response["Location"].split("?")[0]) == (
                302,
                reverse("admin:login"),
            ), address


def test_staff_without_permissions_get_through_no_door_but_the_empty_index(client):
    fill(1)
    client.force_login(User.objects.create_user("newcomer", is_staff=True))
    before = picture()
    for method, address in doors():
        status = getattr(client, method)(address, follow=True).status_code
        assert status == (200 if address == reverse("admin:index") else 403), (method, address)
    assert "have permission to view or edit anything" in client.get(reverse("admin:index")).content.decode()
    assert picture() == before


ACTIONS = [
    (Event, "confirm"), (Event, "reject"), (Event, "reopen"), (Event, "merge"), (Decision, "undo"),
    (Feed, "poll_now"), (Address, "fetch_again"), (Article, "read_again"),
]  # fmt: skip


def test_who_may_only_look_can_do_nothing(reader, rung):
    fill(2)
    Article.objects.update(extracted_with="test-1")
    before = picture()
    for method, address in doors():
        status = getattr(reader, method)(address, follow=True).status_code
        looks = method == "get" and not re.search(r"/(add|delete|paste|upload)/", address)
        if looks or (method == "post" and address.endswith(("event/", "report/"))):
            assert status == 200, (method, address)
    for model, action in ACTIONS:
        act(reader, model, action, *model._default_manager.values_list("pk", flat=True), reason="x")
    assert picture() == before
    assert rung == []
    assert set(Article.objects.values_list("extracted_with", flat=True)) == {"test-1"}


def test_a_curator_gets_through_every_door_that_is_one(desk):
    fill(1)
    for method, address in doors():
        if method == "get":
            model_doors = desk.get(address, follow=True).status_code
            closed = address.endswith("/delete/") or (
                address.endswith("/add/") and any(m in address for m in ("/event/", "/report/", "/decision/"))
            )
            assert model_doors == (403 if closed else 200), address
    assert desk.get(url(User, "changelist")).status_code == 403


# Actions


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, object]]:
    """The doorbells that were rung, instead of a broker."""
    rings: list[tuple[str, object]] = []
    monkeypatch.setattr("celery.app.task.Task.delay", lambda task, *ids: rings.append((task.name, *ids)))
    return rings


def act(client: Client, model: type[models.Model], action: str, *pks: object, **data: object):
    return client.post(
        url(model, "changelist") + data.pop("query", ""),
        {"action": action, "_selected_action": pks, "index": 0, **data},
        follow=True,
    )


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def picture() -> list[object]:
    """All that decisions may change."""
    return [
        list(Event.objects.order_by("pk").values("pk", "headline", "review", "overrides", "merged_into")),
        list(Report.objects.order_by("pk").values("pk", "event", "struck_out", "pinned")),
        Decision.objects.count(),
    ]


def test_confirming_and_reopening_by_the_list(desk, curator):
    one, two = make_event(), make_event()
    response = act(desk, Event, "confirm", one.pk, two.pk)
    assert "2 events are confirmed now." in said(response)
    assert set(Event.objects.values_list("review", flat=True)) == {"confirmed"}
    assert set(Decision.objects.values_list("kind", "curator")) == {("confirm", curator.pk)}
    act(desk, Event, "reopen", one.pk)
    assert Event.objects.get(pk=one.pk).review == "unreviewed"
    assert "0 events are" in said(act(desk, Event, "reopen", one.pk))


def test_rejecting_asks_for_a_reason_and_posts_again(desk):
    event = make_event()
    page = act(desk, Event, "reject", event.pk).content.decode()
    assert event.headline in page
    assert 'name="reason"' in page
    assert "errornote" not in page
    page = act(desk, Event, "reject", event.pk, reason="  ").content.decode()
    assert "Say why the events are rejected" in page
    assert Event.objects.get().review == "unreviewed"
    act(desk, Event, "reject", event.pk, reason="a drill")
    assert Event.objects.get().review == "rejected"
    assert Decision.objects.get().reason == "a drill"


def test_merging_asks_which_event_stays(desk):
    one, two, three = make_event(), make_event(), make_event()
    page = act(desk, Event, "merge", one.pk, two.pk, three.pk).content.decode()
    assert page.count('name="into"') == 3
    act(desk, Event, "merge", one.pk, two.pk, three.pk, into=two.pk, reason="one strike")
    two.refresh_from_db()
    assert two.report_count == 3
    assert set(Event.objects.exclude(pk=two.pk).values_list("merged_into", flat=True)) == {two.pk}


@pytest.mark.parametrize("into", ["", "x", "0", "999999", "\0"])
def test_merging_into_what_was_not_chosen_asks_again(desk, into):
    one, two = make_event(), make_event()
    page = act(desk, Event, "merge", one.pk, two.pk, into=into, reason="kept words").content.decode()
    assert "Choose which of the events stays" in page
    assert 'value="kept words"' in page
    assert not Decision.objects.exists()


def test_one_event_cannot_be_merged_with_itself(desk):
    event = make_event()
    assert "two events or more" in said(act(desk, Event, "merge", event.pk, event.pk, into=event.pk))


def test_a_merge_that_fails_for_one_is_made_for_none(desk):
    one, two, talks = make_event(), make_event(), make_event(type="talks")
    before = picture()
    response = act(desk, Event, "merge", one.pk, two.pk, talks.pk, into=one.pk)
    assert "never one act" in said(response)
    assert picture() == before


def test_a_refusal_for_one_event_does_not_stop_the_others(desk, curator):
    merged, into, other = make_event(), make_event(), make_event()
    curation.merge(merged, into, curator)
    response = act(desk, Event, "confirm", merged.pk, into.pk, other.pk, query="?list=all")
    assert "has been merged" in said(response)
    assert "2 events are confirmed" in said(response)


def test_more_events_than_one_looks_at_are_not_decided_in_one_go(desk, monkeypatch):
    events = [make_event(), make_event()]
    monkeypatch.setattr("timeline.admin.MOST_AT_ONCE", 1)
    response = act(desk, Event, "confirm", events[0].pk, select_across=1)
    assert "1 events at most" in said(response)
    assert not Decision.objects.exists()


def test_an_event_is_found_by_its_words_and_by_its_number(desk):
    event, other = make_event(), make_event(type="talks", place=make_place("Port Kassim"))
    for words, found in [(str(event.pk), event), ("kassim", other)]:
        page = desk.get(url(Event, "changelist"), {"q": words})
        assert list(page.context["cl"].result_list) == [found]


def test_events_without_reports_are_not_among_those_to_decide_on(desk, curator):
    merged, into = make_event(), make_event()
    curation.merge(merged, into, curator)
    assert list(desk.get(url(Event, "changelist")).context["cl"].result_list) == [into]
    listed = desk.get(url(Event, "changelist"), {"list": "merged"}).context["cl"].result_list
    assert list(listed) == [merged]
    query = {"app_label": "timeline", "model_name": "report", "field_name": "event", "term": ""}
    choice = desk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [each["id"] for each in choice] == [str(into.pk)]


def test_undoing_by_the_list_and_what_cannot_be_undone(desk, curator):
    event = make_event()
    first = curation.review(event, "confirmed", curator)
    curation.review(event, "rejected", curator, "a drill")
    response = act(desk, Decision, "undo", first.pk)
    assert "undo that one first" in said(response)
    act(desk, Decision, "undo", *Decision.objects.values_list("pk", flat=True))
    assert Event.objects.get().review == "unreviewed"
    assert Decision.objects.filter(kind="undo").count() == 2


def test_a_decision_is_undone_from_its_own_page(desk, curator):
    decision = curation.review(make_event(), "confirmed", curator)
    page = desk.get(url(Decision, "change", decision.pk)).content.decode()
    assert "Undo this decision" in page
    act(desk, Decision, "undo", decision.pk)  # what the button posts
    page = desk.get(url(Decision, "change", decision.pk)).content.decode()
    assert "Undo this decision" not in page
    assert "Undone on" in page


@pytest.mark.parametrize("state", ["", "?state=set_aside", "?state=failed"])
def test_reading_again_rings_for_what_was_set_aside(desk, rung, state, django_capture_on_commit_callbacks):
    article = make_article()
    Article.objects.update(
        set_aside_at=timezone.now(), last_error="A traceback", attempts=3, extracted_with="test-1"
    )
    response = act(desk, Article, "read_again", article.pk, query=state)
    assert "1 article is in the queue again" in said(response)
    assert rung == [("timeline.tasks.read_article", article.pk)]
    assert Article.objects.due().filter(extracted_with="").count() == 1


@pytest.mark.parametrize("state", ["", "?state=set_aside"])
def test_fetching_again_rings_for_what_was_set_aside(desk, rung, state):
    address = Address.objects.create(url="https://wire.invalid/1", set_aside_at=timezone.now(), attempts=3)
    response = act(desk, Address, "fetch_again", address.pk, query=state)
    assert "1 address is in the queue again" in said(response)
    assert rung == [("articles.tasks.fetch_address", address.pk)]
    assert Address.objects.due().count() == 1


def test_polling_now_says_which_feeds_are_not_polled(desk, rung):
    later = timezone.now() + timedelta(hours=1)
    feeds = [
        Feed.objects.create(
            source=make_source(), url=f"https://wire.invalid/{n}", active=n == 0, next_try_at=later
        )
        for n in range(2)
    ]
    response = act(desk, Feed, "poll_now", *[feed.pk for feed in feeds])
    assert rung == [("articles.tasks.poll_feed", feeds[0].pk)]
    assert "1 feed is being polled. 1 feed is not: it is inactive" in said(response)


# An event's form


def form_data(client: Client, page: str) -> dict[str, object]:
    """What the browser would send of a form as it was shown."""
    form = client.get(page).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    inlines = client.get(page).context["inline_admin_formsets"]
    for inline in inlines:
        data |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {name: value for name, value in data.items() if value is not None and value is not False}


@pytest.fixture
def save(desk) -> Callable:
    def send(row: models.Model, shown: dict[str, object] | None = None, **changes: object):
        page = url(type(row), "change", row.pk)
        data = {**(shown or form_data(desk, page)), **changes}
        return desk.post(page, {k: v for k, v in data.items() if v is not None}, follow=True)

    return send


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    assert "adminform" in response.context, "the form was saved"
    return response.context["adminform"].form.errors


def test_a_correction_is_one_decision_and_the_machines_value_stays_beside_it(desk, save, curator):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    save(event, killed_best=5, killed_high=6, reason="list of names")
    decision = Decision.objects.get()
    assert (decision.kind, decision.curator, decision.reason) == ("correct", curator, "list of names")
    event.refresh_from_db()
    assert (event.killed_low, event.killed_best, event.killed_high) == (4, 5, 6)
    page = desk.get(url(Event, "change", event.pk))
    helps = {field.name: field.help_text for field in page.context["adminform"].form}
    assert helps["killed_best"] == "Corrected. Machine: 4"
    assert helps["wounded_best"] == ""
    assert "Corrected. Machine: 4" in page.content.decode()


def test_dates_place_and_type_are_corrected_and_shown_in_words(desk, save):
    event, port = make_event(), make_place("Port Kassim", admin1="Delta", country="KA")
    save(
        event,
        start="2024-02-27",
        end="2024-02-28",
        precision="range",
        place=port.pk,
        type="talks",
        reason="a test",
    )
    event.refresh_from_db()
    assert (str(event.start), str(event.end), event.precision) == ("2024-02-27", "2024-02-28", "range")
    assert (event.place, event.type, event.category) == (port, "talks", "diplomacy")
    page = desk.get(url(Event, "change", event.pk)).content.decode()
    for words in ("Machine: 1 Mar 2024", "Machine: Arvad, Nahr, NO", "Machine: day", "Machine: Shelling"):
        assert words in page


def test_taking_a_place_away_is_a_correction_too(save):
    event = make_event()
    save(event, place="", reason="not said in the text")
    event.refresh_from_db()
    assert event.place is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"killed_best": 5}, "reason", "Say why"),
        ({"start": "2024-03-09", "reason": "a"}, "end", "before the first"),
        ({"killed_low": 9, "reason": "a"}, "killed_high", "must rise"),
        ({"killed_low": -1, "reason": "a"}, "killed_low", "greater than or equal"),
        ({"killed_best": "many", "reason": "a"}, "killed_best", "whole number"),
        ({"start": "soon", "reason": "a"}, "start", "valid date"),
        ({"type": "bogus", "reason": "a"}, "type", "valid choice"),
        ({"place": "999999", "reason": "a"}, "place", "valid choice"),
        ({"headline": "", "reason": "a"}, "headline", "required"),
        ({"headline": "x" * 501, "reason": "a"}, "headline", "at most 500"),
        ({"target": "a\0b", "reason": "a"}, "target", "Null characters"),
        ({"killed_high": "9" * 12, "reason": "a"}, "killed_high", "less than or equal"),
        ({"seen": "x", "reason": "a"}, "seen", "Open the page again"),
        ({"seen": None, "reason": "a"}, "seen", "required"),
    ],
)
def test_a_wrong_correction_is_an_error_of_the_form_that_keeps_what_was_typed(save, changes, field, words):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    before = picture()
    response = save(event, weapon="what I typed", **changes)
    found = errors(response)
    assert any(words in message for message in found[field]), found
    assert 'value="what I typed"' in response.content.decode()
    assert picture() == before
    assert not LogEntry.objects.exists()


def test_saving_without_a_change_decides_nothing(save):
    event = make_event()
    assert "nothing to decide" in str(errors(save(event, reason="just looking")))
    assert not Decision.objects.exists()


def test_the_second_of_two_curators_is_told_and_loses_nothing(desk, save):
    event = make_event(killed_low=4, killed_best=4, killed_high=4)
    shown = form_data(desk, url(Event, "change", event.pk))  # both opened it
    other = with_permissions("ann", app_labels=("timeline",))
    curation.correct(event, {"killed_high": 9}, other, "hospital list")
    response = save(event, shown, weapon="a mortar", killed_high=7, reason="my reason")
    assert "ann corrected “hospital list”" in str(errors(response))
    page = response.content.decode()
    for kept in (
        'value="a mortar"',
        'value="7"',
        'value="my reason"',
        "Stored now: 9 · Corrected. Machine: 4",
    ):
        assert kept in page
    assert Event.objects.get().killed_high == 9
    again = form_of(response)
    assert "adminform" not in (save(event, again).context or {})
    event.refresh_from_db()
    assert (event.weapon, event.killed_high) == ("a mortar", 7)
    assert Decision.objects.filter(kind="correct").count() == 2


def form_of(response) -> dict[str, object]:
    """What the browser would send of a form that was shown again."""
    form = response.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for inline in response.context["inline_admin_formsets"]:
        data |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_a_form_that_was_open_when_its_event_was_merged_is_told_so(desk, save, curator):
    event, into = make_event(), make_event()
    shown = form_data(desk, url(Event, "change", event.pk))
    curation.merge(event, into, curator)
    response = save(event, shown, weapon="a mortar", reason="a")
    assert "has been merged" in str(errors(response))
    page = desk.get(url(Event, "change", event.pk)).content.decode()
    assert "This event was merged" in page
    assert url(Event, "change", into.pk) in page
    assert 'name="headline"' not in page


def test_the_page_of_an_event_shows_its_quotes_escaped_and_its_buttons(desk):
    text = "<script>alert(1)</script> Shells hit Arvad & its port. More."
    event = make_event(article=make_article(text), quote=text.removesuffix(" More."))
    page = desk.get(url(Event, "change", event.pk)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Shells hit Arvad &amp; its port." in page
    assert "<script>alert" not in page
    assert event.reports.get().get_absolute_url() in page
    assert event.get_absolute_url() in page
    assert 'value="confirm"' in page


# A report's form


@pytest.fixture
def pair() -> tuple[Report, Report]:
    """Two reports of one event."""
    one = make_report()
    return one, make_report(make_article(), event=one.event)


def test_a_report_is_moved_with_its_reason(save, pair):
    into = make_event()
    response = save(pair[1], event=into.pk, reason="another day")
    assert "report moved to another event" in said(response)
    assert Report.objects.get(pk=pair[1].pk).event == into
    assert Decision.objects.get().reason == "another day"


def test_a_report_is_split_off(save, pair):
    save(pair[1], own_event="on", reason="another day")
    assert Event.objects.published().count() == 2
    assert Decision.objects.get().kind == "split"


def test_a_report_is_struck_out_and_put_back_by_undoing(desk, save, pair):
    save(pair[1], struck_out="on", reason="a sport result")
    assert Event.objects.get().report_count == 1
    page = desk.get(url(Report, "change", pair[1].pk)).content.decode()
    assert "undo that decision to put it back" in page
    act(desk, Decision, "undo", Decision.objects.get().pk)
    assert Event.objects.get().report_count == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"struck_out": "on"}, "Say why"),
        ({"struck_out": "on", "own_event": "on", "reason": "a"}, "Choose one"),
        ({"event": "", "reason": "a"}, "required"),
        ({"event": "999999", "reason": "a"}, "valid choice"),
        ({"seen": "999999", "reason": "a"}, "Meanwhile it was put under"),
    ],
)
def test_a_wrong_decision_about_a_report_is_an_error_of_the_form(save, pair, changes, words):
    before = picture()
    assert words in str(errors(save(pair[1], **changes)))
    assert picture() == before


def test_what_curation_refuses_about_a_report_is_an_error_of_the_form(desk, save, curator):
    report = make_report()
    assert "nothing to split" in str(errors(save(report, own_event="on", reason="a")))
    talks = make_event(type="talks")
    response = save(report, event=talks.pk, reason="kept words")
    assert "never one act" in str(errors(response))
    assert 'value="kept words"' in response.content.decode()
    merged, into = make_event(), make_event()
    curation.merge(merged, into, curator)
    assert "merged" in str(errors(save(report, event=merged.pk, reason="a")))


def test_a_report_that_was_moved_meanwhile_is_not_moved_back(desk, save, pair, curator):
    shown = form_data(desk, url(Report, "change", pair[1].pk))
    into = make_event()
    curation.move(pair[1], into, curator)
    response = save(pair[1], shown, struck_out="on", reason="a")
    assert "Meanwhile it was put under" in str(errors(response))
    assert Report.objects.get(pk=pair[1].pk).event == into


def test_a_reading_that_was_replaced_takes_no_decision(desk, save, pair):
    shown = form_data(desk, url(Report, "change", pair[1].pk))
    Report.objects.filter(pk=pair[1].pk).update(superseded_at=timezone.now())
    assert "read again" in str(errors(save(pair[1], shown, struck_out="on", reason="a")))
    assert 'name="struck_out"' not in desk.get(url(Report, "change", pair[1].pk)).content.decode()


def test_a_report_without_a_choice_decides_nothing(save, pair):
    assert "Choose one" in str(errors(save(pair[1], reason="just looking")))
    assert not Decision.objects.exists()


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
