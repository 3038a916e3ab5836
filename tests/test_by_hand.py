"""A missed event, coded by hand: verbatim, a decision, undone, and still there after the article is read again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.factories import make_article, make_event, make_place
from tests.test_pipeline import TEXT, new_article, strike
from timeline.curating import curation
from timeline.curating.by_hand import HAND, Coded, trimmed
from timeline.curating.decision_log import Replay, exported
from timeline.models import Decision, Event, ReadingChange, Report
from timeline.recording import ledger, pipeline
from timeline.recording.history import steps

pytestmark = pytest.mark.django_db

QUOTE = TEXT.split("\n")[0]


@pytest.fixture
def curator() -> User:
    return User.objects.create(username="ada")


def coded(
    text: str = TEXT, quote: str = QUOTE, speaker: str = "the mayor", doer: str = "", **values: object
) -> Coded:
    start, day = text.index(quote), date(2024, 3, 1)
    given = {
        "type": "shelling",
        "start": day,
        "end": day,
        "precision": "day",
        "place": make_place(),
        **values,
    }
    return Coded((start, start + len(quote)), given, speaker, doer)


def read(article, findings, extractor="rules-1", monkeypatch=None):
    monkeypatch.setattr(pipeline, "EXTRACTOR", extractor)
    with ledger.writing():
        pipeline.write_reports(article, findings)
    article.extracted_with = extractor
    article.save()


def test_it_is_a_report_with_its_quote_and_a_decision(curator):
    article = new_article()
    decision = curation.add(
        article, coded(doer="Russia", killed_best=3), curator, "the machine passed over it"
    )
    report, event = decision.report, Event.objects.get()
    assert (report.quote, report.extractor, report.pinned) == (QUOTE, HAND, True)
    assert (event.type, event.killed_best, event.report_count, event.review) == (
        "shelling",
        3,
        1,
        "unreviewed",
    )
    assert event.parts.get().actor.side == "RU"
    assert decision.after["values"]["quote"] == QUOTE
    assert decision.after["values"]["killed_best"] == 3


def test_it_may_be_a_report_of_an_event_that_is_known(curator):
    event = make_event()
    curation.add(new_article(), coded(), curator, "it tells of it too", event)
    event.refresh_from_db()
    assert event.report_count == 2
    assert steps(event) == []  # no figure changed
    with pytest.raises(ValidationError, match="never one act"):
        curation.add(new_article("https://news.invalid/x"), coded(type="talks"), curator, "x", event)


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [("ab  cd ", (0, 3), (0, 2)), ("ab  cd ", (2, 99), (4, 6)), ("ab", (-3, 1), (0, 1)), ("ab", (1, 1), None),
     ("a  b", (1, 3), None), ("ab", (5, 9), None)],
)  # fmt: skip
def test_a_selection_is_trimmed_to_its_words(text, span, expected):
    if expected is None:
        with pytest.raises(ValidationError, match="Choose the words"):
            trimmed(text, span)
    else:
        assert trimmed(text, span) == expected


def test_it_is_undone_and_done_again(curator):
    article = new_article()
    first = curation.add(article, coded(), curator, "missed")
    curation.undo(first, curator)
    assert not Event.objects.published().exists()
    assert Report.objects.get().struck_out  # nothing is deleted
    curation.add(article, coded(), curator, "missed after all")
    assert Event.objects.published().count() == 1


def test_undoing_it_under_a_later_decision_about_the_report_is_refused(curator):
    first = curation.add(new_article(), coded(), curator, "missed")
    struck = curation.strike_out(first.report, curator, "it says no such thing")
    with pytest.raises(ValidationError, match="undo that one first"):
        curation.undo(first, curator)
    curation.undo(struck, curator)
    curation.undo(first, curator)
    assert not Event.objects.published().exists()


def test_a_text_that_changed_meanwhile_is_chosen_from_anew(curator):
    article = new_article()
    seen = new_article("https://news.invalid/seen")
    seen.pk, seen.content_hash = article.pk, "0" * 64
    with pytest.raises(ValidationError, match="text has changed"):
        curation.add(seen, coded(), curator, "missed")


def test_a_reason_is_asked_for(curator):
    with pytest.raises(ValidationError, match="Say why"):
        curation.add(new_article(), coded(), curator, " ")


@pytest.mark.parametrize("extractor", ["rules-1", "rules-2"])
@pytest.mark.parametrize("findings", [[], [strike(killed=4)]])
def test_it_outlives_a_reading_of_the_same_text(curator, monkeypatch, extractor, findings):
    article = new_article()
    read(article, [], "rules-1", monkeypatch)
    report = curation.add(article, coded(killed_best=3), curator, "missed").report
    for _ in range(2):
        read(article, findings, extractor, monkeypatch)
        assert list(Report.objects.live()) == [report]
    waiting = ReadingChange.objects.filter(state="waiting")
    assert waiting.count() == len(findings)  # what the machine reads there now waits for a curator


def test_what_a_machine_reads_there_can_be_accepted(curator, monkeypatch):
    article = new_article()
    read(article, [], "rules-1", monkeypatch)
    event = curation.add(article, coded(killed_best=3), curator, "missed").event
    read(article, [strike(killed=4)], "rules-2", monkeypatch)
    curation.accept_reading(ReadingChange.objects.get(), curator, "the machine is right")
    event.refresh_from_db()
    assert (event.report_count, event.killed_best) == (1, 4)
    read(article, [strike(killed=4)], "rules-2", monkeypatch)
    assert Event.objects.published().get().killed_best == 4


def test_it_follows_its_words_into_a_changed_text_and_back(curator, monkeypatch):
    article = new_article()
    read(article, [], "rules-1", monkeypatch)
    added = curation.add(article, coded(doer="Russia"), curator, "missed")
    for text in ("Corrected. " + TEXT, TEXT):
        article.versions.create(
            number=article.version, title=article.title, text=article.text, content_hash=article.content_hash,
            published=article.published, fetched_at=article.fetched_at,
        )  # fmt: skip
        article.text, article.version = text, article.version + 1
        article.save()
        read(article, [], "rules-1", monkeypatch)
        report = Report.objects.live().get()
        assert text[report.quote_start : report.quote_end] == QUOTE
        assert (report.event, report.content_hash) == (added.event, article.content_hash)
        assert report.parts.count() == 1
    assert Report.objects.count() == 2
    article.text = "Corrected. " + TEXT
    article.version += 1
    article.save()
    read(article, [], "rules-1", monkeypatch)
    curation.undo(added, curator)
    assert not Report.objects.live().exists()  # undoing reaches the newest


def test_words_that_the_text_no_longer_has_leave_the_chronology(curator, monkeypatch):
    article = new_article()
    read(article, [], "rules-1", monkeypatch)
    curation.add(article, coded(), curator, "missed")
    article.text = "The agency has withdrawn this dispatch."
    article.save()
    read(article, [], "rules-1", monkeypatch)
    assert not Event.objects.published().exists()
    assert Report.objects.count() == 1


def test_it_travels_to_another_instance_once(curator):
    article = new_article()
    curation.add(article, coded(doer="Russia", killed_best=3), curator, "missed")
    rows = json.loads(json.dumps(list(exported(Decision.objects.all()))))
    Decision.objects.all().delete()
    Report.objects.all().delete()
    Event.objects.all().delete()
    assert Replay().take(rows[0]) == "taken"
    event = Event.objects.get()
    assert (event.killed_best, event.place, event.parts.get().actor.name) == (3, make_place(), "Russia")
    assert Replay().take(rows[0]) == "known"
    rows[0] |= {
        "uid": "11111111-1111-4111-8111-111111111111",
        "reports": [rows[0]["reports"][0] | {"article": "no"}],
    }
    assert "fetch it first" in Replay().take(rows[0])
    assert make_article().reports.count() == 0
