"""Invented events: the same from one seed, whole enough to be read, indexed and curated."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from tests.factories import make_event
from timeline.curating import curation
from timeline.index.postings import compare
from timeline.listing.answers import answer
from timeline.listing.filters import EventFilter
from timeline.listing.search import words_query
from timeline.management.synthetic import World
from timeline.models import Event, Report
from timeline.recording import ledger

pytestmark = pytest.mark.django_db

WORDS = {"the": 9, "bridge": 5, "harbour": 3, "convoy": 2, "shells": 1}


def test_one_seed_makes_the_same_rows():
    def rows(seed: int) -> list:
        return list(World(seed, WORDS, {word: word for word in WORDS}).batches(50))

    assert rows(3) == rows(3)
    assert rows(3) != rows(4)


def test_events_are_read_indexed_and_curated_like_others(client, admin_user, capsys):
    call_command("synthesize", events=60)
    assert "60 events" in capsys.readouterr().out
    assert Event.objects.published().count() == 60
    assert compare()[1] == {}
    page = client.get("/")
    assert page.context["total"] == 60
    assert len(page.context["page"].events) == 40
    event = page.context["page"].events[0]
    assert client.get(event.get_absolute_url()).status_code == 200
    word = max(event.live_reports[0].quote.strip(".").split(), key=len)
    assert (
        client.get(f"/?q={word}").context["total"]
        == Event.objects.filter(search=words_query(word)).count()
        > 0
    )
    curation.review(event, "confirmed", admin_user)
    ledger.derive(event)
    assert Report.objects.filter(event=event).count() == event.report_count
    assert Article.objects.unread_by("synthetic").count() == 0
    assert make_event().pk == 61, "the numbers go on"


def test_a_collection_that_holds_something_is_left_alone(client):
    make_event()
    with pytest.raises(CommandError, match="empty collection"):
        call_command("synthesize", events=5)
    assert Event.objects.count() == 1
    assert answer(EventFilter(client.get("/").wsgi_request.GET)).total == 1
