"""Text search from postings finds what the search vector finds."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyroaring import BitMap

from tests.factories import make_article, make_event, make_report
from timeline.curating import curation
from timeline.index import held, words
from timeline.index.postings import compare, rebuild
from timeline.index.words import All, Any, Not, Phrase, Word, find, parse
from timeline.listing.answers import answer, answer_from_sql
from timeline.listing.filters import EventFilter
from timeline.listing.search import words_query
from timeline.models import Event, Posting


def word(lexeme: str) -> Word:
    return Word(lexeme, f"'{lexeme}'")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("'a'", word("a")),
        ("'a' & 'b' & !'c'", All((word("a"), word("b"), Not(word("c"))))),
        ("'a' & 'b' | 'c'", Any((All((word("a"), word("b"))), word("c")))),
        ("'a' <-> 'b' & 'c'", All((Phrase("'a' <-> 'b'"), word("c")))),
        ("'a' <2> 'b'", Phrase("'a' <2> 'b'")),
        ("!( 'a' <-> 'b' )", Not(Phrase("'a' <-> 'b'"))),
        ("!( 'a' & 'b' ) | 'c'", Any((Not(All((word("a"), word("b")))), word("c")))),
        ("'a' <-> ( 'b' & 'c' )", Phrase("'a' <-> ( 'b' & 'c' )")),
        ("'o''brien'", Word("o'brien", "'o''brien'")),
        (r"'back\\slash & |'", Word(r"back\slash & |", r"'back\\slash & |'")),
    ],
)
def test_a_query_of_postgres_is_read_as_a_tree(text, tree):
    assert parse(text) == tree


TEXTS = (
    "Shells hit the bridge near the village, officials said.",
    "Officials said the bridge was open again.",
    "Drones struck a harbour; O'Brien said nothing.",
    "The village was shelled from the harbour side, Norvia said.",
)
QUERIES = st.lists(
    st.sampled_from(
        ["bridge", "village", "harbour", "the", "officials", "-bridge", "-said", "or", '"officials said"',
         '-"harbour side"', "o'brien", "nowhere", "-", '"', "\\", "&", "https://x.example/a-b?c=d"]
    ),
    max_size=6,
).map(" ".join)  # fmt: skip


@pytest.fixture
def collection(db, monkeypatch):
    monkeypatch.setattr(words, "FREQUENT", 2)
    for number, text in enumerate(TEXTS):
        make_report(make_article(text), day=date(2024, 1, 1 + number))
    rebuild()
    return {key.removeprefix("word:") for key in Posting.objects.values_list("key", flat=True)}


def by_vector(text: str) -> set[int]:
    return set(Event.objects.published().filter(search=words_query(text)).values_list("pk", flat=True))


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=QUERIES)
def test_any_query_finds_what_the_search_vector_finds(collection, text):
    assert {"bridg", "villag", "offici"} <= collection, "frequent words have postings"
    assert "nowher" not in collection
    assert "brien" not in collection, "rare words have none"
    assert set(find(text)) == by_vector(text)


def test_a_frequent_word_is_not_asked_of_the_search_vector(collection, django_assert_num_queries):
    with django_assert_num_queries(2) as asked:
        find("village bridge")
    assert not any("@@" in query["sql"] for query in asked.captured_queries)
    with django_assert_num_queries(3):
        find("village nowhere harbour nothing")


def test_postings_of_words_follow_their_events(collection, admin_user):
    report = make_report(make_article("The bridge fell."), day=date(2024, 2, 1))
    assert report.event_id in find("bridge")
    curation.strike_out(report, admin_user, "not said")
    assert report.event_id not in find("bridge")
    assert set(find("bridge -nowhere")) == by_vector("bridge -nowhere")
    assert compare()[1] == {}


def test_a_page_of_found_words_counts_as_sql_does(collection):
    for query in ("q=bridge", "q=bridge+-officials", "q=village&type=shelling"):
        chosen = EventFilter(QueryDict(query))
        fast, slow = answer(chosen, rows=3), answer_from_sql(chosen)
        assert (fast.total, fast.counts, fast.by_day) == (slow.total, slow.counts, slow.by_day)


def test_a_wrong_row_of_a_word_is_found_and_mended(collection):
    Posting.objects.filter(key="word:bridg").update(bitmap=BitMap([999]).serialize())
    assert ("word:bridg", 0) in compare()[1]
    assert rebuild()[1] == 1
    assert set(find("bridge")) == by_vector("bridge") != set()


def test_a_word_that_became_rare_keeps_its_postings(collection, monkeypatch):
    monkeypatch.setattr(words, "FREQUENT", 1_000)
    assert rebuild()[1] == 0
    assert set(find("bridge")) == by_vector("bridge") != set()


def test_words_are_not_in_the_memory_of_a_web_process(collection, client):
    make_event()
    client.get("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM timeline_posting WHERE starts_with(key, 'word:')")
        assert cursor.fetchone()[0] > 0

    with held.current() as table:
        assert table is not None
        assert not table.counts(words.FACET)
