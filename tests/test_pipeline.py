"""From an article to reports and events: once, again, by a later extractor, and around a curator's decisions."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from articles.ingest import Draft, store
from articles.models import Article
from tests.factories import make_article, make_event, make_report, make_source
from timeline.curating import curation
from timeline.extraction.codebook import Category, Modality, PlacePrecision, Precision
from timeline.extraction.findings import Figure, Finding, When, Where
from timeline.models import Event, Report
from timeline.recording import ledger, pipeline

pytestmark = pytest.mark.django_db

TEXT = (
    "A Russian missile hit a warehouse in Kharkiv on Friday, killing four people, the regional governor said.\n\n"
    "Envoys of Russia and Ukraine are to meet in Istanbul on Monday for talks on a ceasefire."
)
SATURDAY = datetime(2024, 3, 2, 12, tzinfo=UTC)
KHARKIV = Where("Kharkiv", "geonames:706483", "UA", PlacePrecision.EXACT, "Kharkiv", 49.98, 36.25, "Kharkiv")


def new_article(text=TEXT, url="https://news.invalid/a", source="Test Wire", published=SATURDAY):
    return store(Draft(source=make_source(source), text=text, url=url, published=published))[1]


def rows():
    """Everything that reading writes."""
    reports = Report.objects.order_by("pk").values_list("pk", "event", "type", "superseded_at", "pinned")
    return list(reports), list(Event.objects.order_by("pk").values_list("pk", "headline", "report_count"))


def strike(text=TEXT, killed=4, span=None, where=KHARKIV):
    start, end = span or (0, text.index("\n\n"))
    return Finding(
        "missile", ((start, end),), Modality.OCCURRED, 0.8, "test",
        when=When(date(2024, 3, 1), date(2024, 3, 1), Precision.DAY), where=where,
        killed=Figure(killed, killed, killed), attributed_to=("the regional governor",),
    )  # fmt: skip


def test_a_text_becomes_events_with_their_quotes():
    article = new_article()
    assert pipeline.read_article(article.pk) == Report.objects.count()
    hit = Event.objects.get(category=Category.STRIKE)
    assert (hit.type, hit.start, hit.killed_best, str(hit.place)) == (
        "missile", date(2024, 3, 1), 4, "Kharkiv, UA",
    )  # fmt: skip
    assert hit.reports.get().quote == TEXT.split("\n\n")[0]
    talks = Event.objects.get(type="talks")
    assert (talks.status, talks.start) == ("planned", date(2024, 3, 4))


def test_reading_again_changes_nothing():
    article = new_article()
    pipeline.read_article(article.pk)
    before = rows()
    assert pipeline.read_article(article.pk) is None  # it is read
    Article.objects.update(extracted_with="")
    assert pipeline.read_article(article.pk) == len(before[0])
    assert rows() == before


def test_two_outlets_with_one_act_make_one_event():
    for number, name in enumerate(["Wire A", "Wire B"]):
        article = make_article(TEXT, make_source(name), url=f"https://news.invalid/{number}")
        with ledger.writing():
            pipeline.write_reports(article, [strike(killed=4 + number)])
    event = Event.objects.get()
    assert (event.report_count, event.outlet_count, event.killed_best) == (2, 2, 5)
    later = Report.objects.order_by("pk").last()
    assert later.link_score > 0.5
    assert later.link_reasons


def test_a_later_extractor_supersedes_and_keeps_history(monkeypatch):
    article = new_article()
    with ledger.writing():
        pipeline.write_reports(article, [strike(killed=4)])
        monkeypatch.setattr(pipeline, "EXTRACTOR", "rules-next")
        pipeline.write_reports(article, [strike(killed=5)])
    old, new = Report.objects.order_by("pk")
    assert old.superseded_at
    assert new.superseded_at is None
    assert Event.objects.published().get().killed_best == 5


def test_what_is_no_longer_found_leaves_the_page():
    article = new_article()
    with ledger.writing():
        pipeline.write_reports(article, [strike()])
        pipeline.write_reports(article, [])
    assert not Event.objects.published().exists()
    assert Report.objects.count() == 1  # kept in the history


def test_a_curators_placing_outlives_a_new_reading(monkeypatch):
    user = User.objects.create(username="curator")
    article = new_article()
    with ledger.writing():
        pipeline.write_reports(article, [strike()])
    other = make_event(type="missile", day=date(2023, 1, 1))
    curation.move(Report.objects.get(article=article), other, user, "it is that one")
    monkeypatch.setattr(pipeline, "EXTRACTOR", "rules-next")
    with ledger.writing():
        pipeline.write_reports(article, [strike(killed=6)])
    report = Report.objects.live().get(article=article)
    assert (report.event, report.pinned) == (other, True)


def test_the_machine_never_rejoins_what_a_curator_split():
    user = User.objects.create(username="curator")
    articles = [make_article(TEXT, url=f"https://news.invalid/{n}") for n in range(3)]
    for article in articles[:2]:
        with ledger.writing():
            pipeline.write_reports(article, [strike()])
    event = Event.objects.get()
    split_off = event.reports.get(article=articles[1])
    decision = curation.split([split_off], user, "another warehouse")
    for article in [articles[2], articles[0]]:  # a new report, and one that is read again
        Article.objects.filter(pk=article.pk).update(extracted_with="")
        with ledger.writing():
            pipeline.write_reports(article, [strike()])
    assert Report.objects.get(pk=split_off.pk).event == decision.other_event
    assert Report.objects.get(article=articles[0]).event == event
    assert set(Report.objects.filter(pinned=True).values_list("article", flat=True)) == {
        articles[0].pk,
        articles[1].pk,
    }


def test_an_undated_finding_makes_no_event():
    with ledger.writing():
        written = pipeline.write_reports(
            new_article(), [Finding("talks", ((0, 20),), Modality.OCCURRED, 0.5, "test")]
        )
    assert (written, Event.objects.count()) == (0, 0)


def test_two_places_in_one_sentence_are_two_reports_of_one_span():
    sumy = Where("Sumy region", "admin1:UA.Sumy", "UA", PlacePrecision.ADMIN1, "Sumy")
    with ledger.writing():
        pipeline.write_reports(new_article(), [strike(), strike(where=sumy)])
    assert sorted(Report.objects.values_list("ordinal", flat=True)) == [0, 1]
    assert Event.objects.count() == 2


def test_a_changed_article_is_read_again_and_keeps_the_old_quote():
    article = new_article()
    pipeline.read_article(article.pk)
    new_article(TEXT.replace("killing four", "killing five"))
    pipeline.read_article(article.pk)
    old, new = Report.objects.filter(type="missile").order_by("pk")
    assert ("four" in old.quote, bool(old.superseded_at)) == (True, True)
    assert ("five" in new.quote, new.superseded_at) == (True, None)
    assert Event.objects.published().get(type="missile").killed_best == 5


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "Something that the article does not say."},
        {"quote_end": 100_000},
        {"content_hash": "0" * 64},
        {"more_evidence": [[5, 100_000]]},
        {"more_evidence": [[9, 3]]},
    ],
)
def test_the_database_refuses_a_quote_that_is_not_the_text(change):
    report = make_report()
    for name, value in change.items():
        setattr(report, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save()


def test_a_failing_extraction_is_tried_again_and_then_set_aside(monkeypatch):
    article = new_article()

    def fail(document):
        raise ZeroDivisionError("a fault in a rule")

    monkeypatch.setattr(pipeline, "extract", fail)
    for _ in range(3):
        Article.objects.update(next_try_at=None)
        with pytest.raises(ZeroDivisionError):
            pipeline.read_article(article.pk)
    article.refresh_from_db()
    assert article.set_aside_at
    assert "a fault in a rule" in article.last_error


def test_a_plan_whose_day_has_passed_says_so(time_machine):
    time_machine.move_to(SATURDAY)
    pipeline.read_article(new_article().pk)
    talks = Event.objects.get(type="talks")
    before = talks.status_reason
    assert pipeline.rederive_overdue() == 0
    time_machine.move_to(datetime(2024, 3, 6, tzinfo=UTC))
    assert pipeline.rederive_overdue() == 1
    talks.refresh_from_db()
    assert talks.status == "planned"
    assert talks.status_reason != before


def test_a_place_stands_under_its_region_and_country():
    place = ledger.place_of(KHARKIV)
    assert [place.kind, place.parent.kind, place.parent.parent.kind] == ["settlement", "region", "country"]
    assert place.parent.parent.parent is None
    assert ledger.place_of(KHARKIV) == place


def test_deriving_again_is_no_change():
    event = make_event()
    Event.objects.update(updated_at=SATURDAY)
    ledger.derive(Event.objects.get(pk=event.pk))
    assert Event.objects.get().updated_at == SATURDAY


def test_a_short_form_beside_the_whole_name_is_one_speaker():
    names = ["Valery Gerasimov", "Staff", "Russian General Staff", "the Kremlin", "Kremlin"]
    assert pipeline._distinct(names) == ["Valery Gerasimov", "Russian General Staff", "the Kremlin"]
