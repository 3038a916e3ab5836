"""Double coding: given by editors, coded blind, compared when all have finished."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.admin.desk import with_permissions
from tests.desk.test_missed import TEXT, sent
from tests.factories import make_article, make_report
from timeline.curating import double_coding
from timeline.curating.by_hand import Coded
from timeline.models import Coding, CodingTask, Decision, Event, Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article(TEXT)


@pytest.fixture
def grace(other) -> User:
    return User.objects.get(username="grace")


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(with_permissions("edna", "change_event", "view_event", "add_codingtask"))
    return client


@pytest.fixture
def both(article, curator, grace) -> tuple[CodingTask, CodingTask]:
    """The article, given to two coders."""
    double_coding.give([article], [curator, grace], curator)
    ada, other = CodingTask.objects.order_by("coder__username")
    return ada, other


def address(task: CodingTask, act: str = "") -> str:
    return f"/desk/coding/{task.pk}/{act}"


def test_an_editor_gives_texts_to_coders(editor, article, curator, grace):
    more = [make_article() for _ in range(4)]
    data = {"articles": f"{article.pk}, {more[0].pk}", "coders": [curator.pk, grace.pk]}
    editor.post("/desk/coding/", data)
    assert CodingTask.objects.count() == 4
    editor.post("/desk/coding/", data)
    assert CodingTask.objects.count() == 4  # nobody is given a text twice
    editor.post("/desk/coding/", {"at_random": 2, "coders": [curator.pk, grace.pk]})
    assert CodingTask.objects.values("article").distinct().count() == 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"articles": "x"}, "is no number"),
        ({"articles": "999999"}, "no article 999999"),
        ({"articles": " ".join(map(str, range(60)))}, "50 articles at most"),
        ({"articles": ""}, "how many to draw"),
        ({"at_random": "51"}, "less than or equal"),
        ({"coders": []}, "two coders or more"),
        ({"coders": ["999999"]}, "valid choice"),
    ],
)
def test_what_cannot_be_given_is_said(editor, article, curator, grace, changes, told):
    data = {"articles": article.pk, "coders": [curator.pk, grace.pk], **changes}
    response = editor.post("/desk/coding/", data)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not CodingTask.objects.exists()


def test_curators_give_nothing_and_others_do_not_get_in(desk, client, article, curator, both):
    assert "Give them" not in desk.get("/desk/coding/").content.decode()
    assert desk.post("/desk/coding/", {"articles": article.pk, "coders": [curator.pk]}).status_code == 403
    for path in ("/desk/coding/", "/desk/coding/agreement/", address(both[0])):
        assert client.get(path).status_code == 302


def test_a_coder_sees_neither_the_machine_nor_the_other(desk, other, both):
    ada, grace = both
    make_report(ada.article, quote="Nobody was hurt")
    desk.post(address(ada), sent(ada.article, weapon="mortars", reason=None))
    assert Coding.objects.get().task == ada
    page = desk.get(address(ada)).content.decode()
    assert "1 event that you found" in page
    assert "told-by" not in page
    assert "0 events that you found" in other.get(address(grace)).content.decode()
    assert other.get(address(ada)).status_code == 404
    assert other.post(address(ada, "finish")).status_code == 404
    assert Decision.objects.count() == 0
    assert Report.objects.count() == Event.objects.count() == 1  # the chronology has nothing of it


def test_what_was_coded_is_taken_back_until_the_text_is_finished(desk, both):
    ada, _ = both
    desk.post(address(ada), sent(ada.article))
    coding = Coding.objects.get()
    desk.post(address(ada, f"withdraw/{coding.pk}"))
    coding.refresh_from_db()
    assert coding.withdrawn_at  # nothing is deleted
    assert "0 events that you found" in desk.get(address(ada)).content.decode()
    desk.post(address(ada), sent(ada.article))
    desk.post(address(ada, "finish"))
    kept = Coding.objects.latest("pk")
    response = desk.post(address(ada, f"withdraw/{kept.pk}"), follow=True)
    assert "is finished" in response.content.decode()
    kept.refresh_from_db()
    assert kept.withdrawn_at is None
    assert desk.post(address(ada), sent(ada.article)).status_code == 422
    assert "is finished" in desk.post(address(ada, "finish"), follow=True).content.decode()


def test_it_is_compared_when_all_have_finished(desk, other, both):
    ada, grace = both
    desk.post(address(ada), sent(ada.article, killed_low=3, killed_best=3, killed_high=3))
    desk.post(address(ada, "finish"))
    other.post(address(grace), sent(ada.article, type="missile"))
    other.post(address(grace), sent(ada.article, type="talks", sentence="75-105", start="2024-03-04"))
    page = other.get("/desk/coding/agreement/").content.decode()
    assert "No text has been finished" in page
    assert "mortars" not in page
    other.post(address(grace, "finish"))
    response = desk.get("/desk/coding/agreement/")
    found = response.context["agreement"]
    assert [(s.both, s.all) for s in found.events] == [(1, 3), (0, 3), (0, 3)]
    page = response.content.decode()
    assert 'killed: <span dir="auto">3</span> / <span dir="auto">not reported</span>' in page
    assert "grace found talks of 4 Mar 2024, ada did not." in page


def test_a_text_that_changed_is_not_coded_on(both):
    ada, _ = both
    ada.article.text += " More."
    ada.article.save()
    with pytest.raises(ValidationError, match="has changed"):
        double_coding.code(ada, Coded((0, 5), {}))


@pytest.mark.parametrize(("given", "finished", "comparable"), [(1, 1, 0), (2, 1, 0), (2, 2, 2), (3, 2, 0)])
def test_which_texts_are_compared(article, curator, grace, given, finished, comparable):
    coders = [curator, grace, User.objects.create(username="joan")][:given]
    double_coding.give([article], coders, curator)
    first = CodingTask.objects.values("pk")[:finished]
    CodingTask.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(
        finished_at=timezone.now()
    )
    assert CodingTask.objects.comparable().count() == comparable


@pytest.mark.parametrize("rows", [1, 5])
def test_pages_ask_a_fixed_number_of_queries(
    editor, desk, curator, grace, rows, django_assert_max_num_queries
):
    for number in range(rows):
        text = make_article(f"Shells hit Arvad. Dispatch {number} of many.")
        double_coding.give([text], [curator, grace], curator)
        for task in text.coding_tasks.all():
            for _ in range(rows):
                Coding.objects.create(
                    task=task, quote_start=0, quote_end=10, type="shelling", modality="occurred",
                    start="2024-03-01", end="2024-03-01", precision="day", killed_best=task.pk,
                )  # fmt: skip
            double_coding.finish(task)
    with django_assert_max_num_queries(10):
        editor.get("/desk/coding/")
    with django_assert_max_num_queries(10):
        desk.get("/desk/coding/agreement/")
    with django_assert_max_num_queries(10):
        desk.get(address(CodingTask.objects.filter(coder=curator).first()))
