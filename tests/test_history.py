"""What changed of an event, when and why; and what an article's new version changed in its text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Article
from tests.factories import make_article, make_event, make_report, make_source
from tests.test_pipeline import TEXT, new_article, strike
from timeline.models import Event
from timeline.recording import ledger, pipeline
from timeline.recording.history import steps
from timeline.telling.textdiff import WORDS, Run, compare

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)
SEVEN, EIGHT = TEXT.replace("four", "seven"), TEXT.replace("four", "eight")


def read(article: Article, killed: int) -> None:
    with ledger.writing():
        pipeline.write_reports(article, [strike(article.text, killed=killed)])


@pytest.fixture
def changed(db, time_machine) -> Event:
    """7 killed; an hour later the article's second version says 8; then another outlet says 9."""
    time_machine.move_to(NOON, tick=False)
    read(new_article(SEVEN, source="Wire A"), 7)
    time_machine.shift(timedelta(hours=1))
    read(new_article(EIGHT, source="Wire A"), 8)
    time_machine.shift(timedelta(hours=1))
    read(make_article(TEXT, make_source("Wire B"), published=NOON + timedelta(hours=2)), 9)
    return Event.objects.get()


def told(event: Event) -> list[tuple]:
    return [
        (s.changes, [(c.article.source.name, c.words, c.version) for c in s.causes]) for s in steps(event)
    ]


def test_a_toll_that_changed_with_the_articles_text_says_so(changed):
    assert told(changed)[-1] == (["killed 7 → 8"], [("Wire A", "in the article’s second version", 2)])
    assert "killed 8 → 9" in told(changed)[0][0]
    assert told(changed)[0][1] == [("Wire B", "newly reported", 0)]


def test_a_later_reading_is_named(changed, monkeypatch, time_machine):
    time_machine.shift(timedelta(hours=1))
    monkeypatch.setattr(pipeline, "EXTRACTOR", "rules-next")
    read(Article.objects.get(source__name="Wire B"), 10)
    assert told(changed)[0] == (["killed 9 → 10"], [("Wire B", "the same text, read again by rules-next", 0)])


def test_what_is_told_no_longer_says_so(changed, time_machine):
    time_machine.shift(timedelta(hours=1))
    for article in Article.objects.all():
        with ledger.writing():
            pipeline.write_reports(article, [])
    changes, causes = told(changed)[0]
    assert changes == ["no report told of it any more"]
    assert {cause[1] for cause in causes} == {"no longer found, the text read again"}


def test_the_page_tells_it_and_leads_to_the_text_and_to_the_time(client, changed):
    page = client.get(changed.get_absolute_url()).content.decode()
    assert "killed 7 → 8" in page
    article = Article.objects.get(source__name="Wire A")
    assert f'<a href="/articles/{article.pk}/versions/2/">in the article’s second version</a>' in page
    links = re.findall(rf'href="({changed.get_absolute_url()}\?as_of=[^"]+)"', page)
    then = client.get(links[-1]).content.decode()
    assert "killed 7 → 8" in then
    assert "killed 8 → 9" not in then


def test_an_event_of_one_report_has_no_such_history(client, db):
    event = make_event()
    assert steps(event) == []
    assert "history-title" not in client.get(event.get_absolute_url()).content.decode()


def test_three_queries_whatever_the_number_of_reports(db):
    event = make_event()
    counts = []
    for number in (1, 2, 47):
        for killed in range(number):
            make_report(make_article(), event, killed_best=killed + 1)
        with CaptureQueriesContext(connection) as captured:
            assert steps(event)
        counts.append(len(captured))
    assert counts == [3, 3, 3]


# The difference of two texts


@given(*[st.text(alphabet="ab c\n.é", max_size=60)] * 2)
def test_without_one_side_the_other_is_left(old, new):
    runs = compare(old, new)
    assert "".join(run.text for run in runs if run.kind != "new") == old
    assert "".join(run.text for run in runs if run.kind != "gone") == new
    assert all(run.text for run in runs)


def test_words_that_changed_are_told_and_no_more():
    assert compare("One.\nKilling seven people, he said.", "One.\nKilling eight people, he said.") == [
        Run("same", "One.\nKilling "), Run("gone", "seven"), Run("new", "eight"), Run("same", " people, he said."),
    ]  # fmt: skip
    assert compare("a", "a") == [Run("same", "a")]


def test_a_long_stretch_is_told_whole():
    old, new = "a " * WORDS, "b " * WORDS
    assert compare(old, new) == [Run("gone", old), Run("new", new)]


def test_the_page_of_a_version_shows_the_difference_and_nothing_of_it_is_markup(client, db):
    new_article(SEVEN + " <script>x</script>")
    article = new_article(EIGHT + " <b>x</b>")
    page = client.get(reverse("article-version", args=[article.pk, 2])).content.decode()
    assert re.search(r"<del>.*?seven", page)
    assert re.search(r"<ins>.*?eight", page)
    assert "<b>x" not in page
    assert "<script>x" not in page
    for number in (1, 3):
        assert client.get(reverse("article-version", args=[article.pk, number])).status_code == 404
    assert f"/articles/{article.pk}/versions/2/" in client.get(article.get_absolute_url()).content.decode()
