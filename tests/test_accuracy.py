"""Shares with honest intervals: from curators' decisions, and from the figures that ship with the release."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_article, make_event, make_report
from timeline import accuracy
from timeline.accuracy import Precision, precision_by_type, wilson
from timeline.curating import curation
from timeline.models import Event


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
        # (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0.0, 1.0),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_the_interval_is_wilsons(right, of, low, high):
    assert wilson(right, of) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(("right", "of"), [(2, 1), (-1, 3)])
def test_more_than_all_is_no_share(right, of):
    with pytest.raises(ValueError, match="no share"):
        wilson(right, of)


@pytest.fixture
def decided(db) -> None:
    curator = User.objects.create_user("curator")
    for number, type in enumerate(["missile", "missile", "missile", "talks", "capture"]):
        event = make_event(type=type)
        if number == 0:
            curation.correct(event, {"killed_best": 1}, curator, "a list")
        if type != "capture":
            state = "rejected" if number == 2 else "confirmed"
            curation.review(Event.objects.get(pk=event.pk), state, curator, "a drill")
    report = make_report(make_article(), Event.objects.filter(type="missile").first(), type="missile")
    curation.strike_out(report, curator, "not said")


def test_precision_is_counted_by_type_from_decisions_that_stand(decided):
    rows = precision_by_type()
    assert rows[0] == Precision("All", 3, 1, 1)
    by_label = {row.label.lower(): row for row in rows}
    missile = next(row for label, row in by_label.items() if "missile" in label)
    assert (missile.confirmed, missile.corrected, missile.rejected) == (2, 1, 1)
    assert missile.share == pytest.approx(2 / 3)
    assert not any("capture" in label for label in by_label)  # nobody decided on it
    assert accuracy.reports_struck_out() == (1, 5)


def test_the_page_shows_both_kinds_of_figures(client, decided):
    page = client.get(reverse("accuracy")).content.decode()
    assert "67 %" in page
    gold = accuracy.published_figures()["gold"][0]["by_category"]["all"]
    assert str(gold["detected"]["f1"]) in page
    assert accuracy.published_figures()["extractor"] in page
    assert " of 1,231</b>" in page
    assert "[0." not in page


def test_without_decisions_the_page_says_so(client, db):
    assert "No curator has confirmed or rejected" in client.get("/accuracy/").content.decode()


def test_three_queries_whatever_is_decided(client, decided):
    curator, counts = User.objects.get(), []
    for type in ("talks", "drone", "shelling"):
        for _ in range(17):
            curation.review(make_event(type=type), "confirmed", curator)
        with CaptureQueriesContext(connection) as captured:
            client.get("/accuracy/")
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert counts[0] <= 3


def test_the_document_holds_the_table_of_the_stored_figures():
    """One source: `manage.py score FOLDER --write` writes both."""
    document = accuracy.DOCUMENT.read_text("utf-8")
    assert accuracy.with_table(document, accuracy.published_figures()) == document


def test_the_table_is_made_anew_between_its_marks(tmp_path):
    figures = json.loads(accuracy.FIGURES.read_text("utf-8"))
    figures["gold"][0]["by_category"]["all"]["gold"] = 999
    document = f"Before.\n{accuracy.BEGIN}old\n{accuracy.END}After.\n"
    made = accuracy.with_table(document, figures)
    assert made.startswith("Before.\n")
    assert made.endswith("After.\n")
    assert "| all (33 articles) | 999 |" in made
    assert "old" not in made
    with pytest.raises(ValueError, match="put the table"):
        accuracy.with_table("no marks", figures)
