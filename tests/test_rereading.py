"""An article read again: what a later extractor adds, changes and drops, and what waits for a curator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import make_article, make_event, make_place, make_report
from tests.test_pipeline import TEXT, new_article, strike
from timeline.curating import curation
from timeline.models import Decision, Event, ReadingChange, Report
from timeline.recording import ledger, pipeline
from timeline.recording.as_of import event_at
from timeline.recording.succession import differences, pairs

pytestmark = pytest.mark.django_db

PLAN = (TEXT.index("Envoys"), len(TEXT))


@pytest.fixture
def curator() -> User:
    return User.objects.create(username="curator")


@pytest.fixture
def read(monkeypatch):
    """read(article, findings, extractor): as a worker with that extractor would."""

    def act(article, findings, extractor="rules-1"):
        monkeypatch.setattr(pipeline, "EXTRACTOR", extractor)
        with ledger.writing():
            written = pipeline.write_reports(article, findings)
        article.extracted_with = extractor
        article.save()
        return written

    return act


def meeting():
    return strike(killed=1, span=PLAN, where=None)


def changes() -> list[tuple]:
    return list(ReadingChange.objects.order_by("pk").values_list("extractor", "kind", "state", "old", "new"))


def live(article) -> list[Report]:
    return list(Report.objects.live().filter(article=article).order_by("pk"))


def test_a_first_reading_is_no_change(read):
    read(new_article(), [strike()])
    assert changes() == []


def test_what_reads_the_same_is_kept(read):
    article = new_article()
    read(article, [strike()])
    before = Report.objects.values().get()
    assert read(article, [strike()], "rules-2") == 1
    assert Report.objects.values().get() == before
    assert changes() == []


def test_what_differs_is_applied_where_no_curator_decided(read):
    article = new_article()
    read(article, [strike(killed=7)])
    old = Report.objects.get()
    read(article, [strike(killed=8), meeting()], "rules-2")
    new, added = live(article)
    assert (new.replaces, new.event, added.replaces) == (old, old.event, None)
    assert changes() == [
        ("rules-2", "change", "applied", old.pk, new.pk),
        ("rules-2", "add", "applied", None, added.pk),
    ]
    assert ReadingChange.objects.first().differences.keys() <= {"killed"}
    assert ReadingChange.objects.get(kind="change").differences == {"killed": ["7", "8"]}
    read(article, [], "rules-3")
    assert [c[1:3] for c in changes()[2:]] == [("drop", "applied")] * 2
    assert live(article) == []


def test_another_confidence_or_rule_is_written_and_is_no_change_of_what_is_said(read):
    article = new_article()
    read(article, [strike()])
    finding = strike()
    read(article, [type(finding)(**{**fields_of(finding), "confidence": 0.9})], "rules-2")
    assert (live(article)[0].confidence, changes()) == (0.9, [])


def fields_of(finding) -> dict:
    return {name: getattr(finding, name) for name in finding.__dataclass_fields__}


@pytest.fixture
def decided(read, curator):
    """An event of two articles, confirmed; the first is read anew: 8 killed instead of 7."""
    article, other = new_article(), make_article(TEXT, url="https://news.invalid/other")
    read(article, [strike(killed=7)])
    read(other, [strike(killed=7)])
    curation.review(Event.objects.get(), "confirmed", curator, "seen")
    read(article, [strike(killed=8)], "rules-2")
    return article


def test_what_differs_waits_where_a_curator_decided(decided, curator):
    (change,) = ReadingChange.objects.all()
    assert (change.kind, change.state, change.event) == ("change", "waiting", Event.objects.get())
    assert live(decided) == [change.old]
    assert Event.objects.get().killed_best == 7


def test_reading_once_more_leaves_what_waits(decided, read):
    before = changes(), list(Report.objects.order_by("pk").values())
    read(decided, [strike(killed=8)], "rules-2")
    assert (changes(), list(Report.objects.order_by("pk").values())) == before


def test_an_accepted_reading_counts_and_the_acceptance_can_be_undone(decided, curator):
    change, before = ReadingChange.objects.get(), timezone.now()
    decision = curation.accept_reading(change, curator, "the list of names")
    event = Event.objects.get()
    assert (event.report_count, event.review, decision.event, decision.report) == (
        2,
        "confirmed",
        event,
        change.new,
    )
    assert live(decided) == [change.new]
    assert Report.objects.get(pk=change.new_id).replaces == change.old
    assert {r.figure("killed").best for r in event.reports.live()} == {7, 8}
    then = event_at(event.pk, before)
    assert then
    assert {r.figure("killed").best for r in then.live_reports} == {7}
    with pytest.raises(ValidationError, match="no longer waits: accepted"):
        curation.refuse_reading(change, curator)
    curation.undo(decision, curator)
    change.refresh_from_db()
    assert (change.state, live(decided)) == ("waiting", [change.old])
    assert {r.figure("killed").best for r in event.reports.live()} == {7}


def test_a_refused_reading_never_counts_and_the_refusal_can_be_undone(decided, curator, read):
    decision = curation.refuse_reading(ReadingChange.objects.get(), curator, "a misprint")
    read(decided, [strike(killed=8)], "rules-2")
    assert Event.objects.get().killed_best == 7
    assert ReadingChange.objects.get().state == "refused"
    curation.undo(decision, curator)
    assert ReadingChange.objects.get().state == "waiting"


def test_a_still_later_reading_takes_the_place_of_what_waits(decided, read, curator):
    read(decided, [strike(killed=9)], "rules-3")
    assert [c[:3] for c in changes()] == [("rules-2", "change", "outdated"), ("rules-3", "change", "waiting")]
    curation.accept_reading(ReadingChange.objects.get(state="waiting"), curator)
    assert [r.figure("killed").best for r in live(decided)] == [9]


def test_a_dropped_report_of_a_decided_event_waits_and_is_dropped_when_accepted(decided, read, curator):
    read(decided, [], "rules-3")
    drop = ReadingChange.objects.get(kind="drop")
    assert (drop.state, live(decided)) == ("waiting", [drop.old])
    curation.accept_reading(drop, curator, "it is not there")
    assert live(decided) == []
    curation.undo(Decision.objects.get(kind="accept"), curator)
    assert live(decided) == [drop.old]


def test_an_added_report_of_a_decided_event_waits(read, curator):
    article, other = new_article(), make_article(TEXT, url="https://news.invalid/other")
    read(other, [strike()])
    read(article, [])
    curation.review(Event.objects.get(), "confirmed", curator, "seen")
    read(article, [strike()], "rules-2")
    change = ReadingChange.objects.get()
    assert (change.kind, change.state, live(article)) == ("add", "waiting", [])
    assert Event.objects.get().report_count == 1
    read(article, [strike()], "rules-2")
    assert live(article) == []
    curation.accept_reading(change, curator)
    assert Event.objects.get().report_count == 2


def test_the_address_of_an_event_stays_when_its_only_article_changes(read):
    read(new_article(), [strike(killed=7)])
    event = Event.objects.get()
    text = TEXT.replace("four", "eight")
    read(new_article(text), [strike(text, killed=8)])
    assert Event.objects.get() == event
    assert Event.objects.get().killed_best == 8
    assert changes() == []  # the text changed, not the reading


@pytest.mark.parametrize("act", ["move", "split", "strike out"])
def test_a_decision_is_undone_for_the_report_that_stands_there_now(read, curator, act):
    """The article changes after the decision: undoing it reaches the report of the new text."""
    article, other = new_article(), make_article(TEXT, url="https://news.invalid/other")
    read(article, [strike()])
    read(other, [strike()])
    event, report = Event.objects.get(), Report.objects.get(article=article)
    if act == "move":
        decision = curation.move(report, make_event(type="missile", day=date(2023, 1, 1)), curator, "a test")
    elif act == "split":
        decision = curation.split([report], curator, "a test")
    else:
        decision = curation.strike_out(report, curator, "a slip")
    text = TEXT.replace("four", "eight")
    read(new_article(text), [strike(text, killed=8)])
    successor = Report.objects.get(article=article, superseded_at=None)
    assert successor.pk != report.pk
    assert event.reports.live().count() == 1  # what was decided holds for the new text
    curation.undo(decision, curator)
    assert set(event.reports.live()) == {successor, Report.objects.get(article=other)}
    successor.refresh_from_db()
    assert (successor.pinned, successor.struck_out) == (False, False)


def test_undo_is_refused_when_the_new_report_was_moved_on(read, curator):
    article = new_article()
    read(article, [strike()])
    first = curation.move(
        Report.objects.get(), make_event(type="missile", day=date(2023, 1, 1)), curator, "a test"
    )
    text = TEXT.replace("four", "eight")
    read(new_article(text), [strike(text, killed=8)])
    successor = Report.objects.get(article=article, superseded_at=None)
    curation.move(successor, make_event(type="missile", day=date(2022, 1, 1)), curator, "a test")
    with pytest.raises(ValidationError, match="moved again"):
        curation.undo(first, curator)


# Pairing


def reports(*specifications: dict, text: str = "") -> list[Report]:
    article = make_article(text or "Shells hit Arvad, killing 7. Shells hit Port, killing 2. Envoys met.")
    return [make_report(article, killed_best=n, **fields) for n, fields in enumerate(specifications, 1)]


def test_each_report_is_paired_with_its_likest_and_those_of_other_categories_with_none():
    port, arvad = make_place("Port"), make_place("Arvad")
    old = reports({"quote": "Shells hit Arvad, killing 7", "place": arvad}, {"quote": "Shells hit Port, killing 2",
                  "place": port}, {"quote": "Envoys met", "type": "talks"})  # fmt: skip
    new = reports({"quote": "Shells hit Port, killing 3", "place": port}, {"quote": "Shells hit Arvad, killing 8",
                  "place": arvad}, {"quote": "Envoys met", "type": "shelling"},
                  text="Shells hit Port, killing 3. Shells hit Arvad, killing 8. Envoys met.")  # fmt: skip
    assert pairs(old, new) == [(old[0], new[1]), (old[1], new[0]), (old[2], None), (None, new[2])]
    assert pairs([], []) == []


def test_differences_are_told_in_words():
    (old,) = reports({"day": date(2024, 3, 1)})
    (new,) = reports({"day": date(2024, 3, 2), "place": make_place("Port"), "type": "missile"})
    told = differences(old, new)
    assert told["place"] == ("Arvad, Nahr, NO", "Port, Nahr, NO")
    assert told.keys() == {"type", "time", "place"}
    assert differences(old, old) == {}


def test_those_that_wait_do_not_hold_up_a_time_before(decided):
    """As known while it waited, the old reading counted."""
    event = Event.objects.get()
    then = event_at(event.pk, timezone.now() + timedelta(seconds=1))
    assert then
    assert [r.figure("killed").best for r in then.live_reports] == [7, 7]
