"""What a new extractor would change is shown before anything is written."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from tests.test_pipeline import new_article, strike
from timeline.curating import curation
from timeline.models import Actor, Event, Place, ReadingChange, Report
from timeline.recording import ledger, pipeline, preview

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(monkeypatch):
    """Read by rules-1, which saw four killed; rules-2 sees five, and a meeting."""
    article = new_article()
    monkeypatch.setattr(pipeline, "EXTRACTOR", "rules-1")
    with ledger.writing():
        pipeline.write_reports(article, [strike(killed=4)])
    article.extracted_with = "rules-1"
    article.save()
    monkeypatch.setattr(pipeline, "EXTRACTOR", "rules-2")
    meeting = strike(killed=1, span=(article.text.index("Envoys"), len(article.text)), where=None)
    monkeypatch.setattr(preview, "extract", lambda document: [strike(killed=5), meeting])
    monkeypatch.setattr(pipeline, "extract", lambda document: [strike(killed=5), meeting])
    return article


def everything():
    return [
        list(model.objects.order_by("pk").values()) for model in (Report, Event, ReadingChange, Actor, Place)
    ]


def printed(*arguments):
    out = StringIO()
    call_command("reread", *arguments, stdout=out)
    return out.getvalue()


def test_the_dry_run_names_what_would_change_and_writes_nothing(article):
    before = everything()
    shown = printed("--dry-run")
    assert "1 article would be read again with rules-2: 1 added, 1 changed, 0 dropped." in shown
    assert "killed: 4 → 5" in shown
    assert everything() == before


def test_what_a_curator_touched_would_wait(article):
    curation.review(Event.objects.get(), "confirmed", User.objects.create_user("curator"), "seen")
    before = everything()
    shown = printed("--dry-run")
    assert "1 of these wait for a curator" in shown
    assert "(waits for a curator)" in shown
    assert everything() == before


def test_the_reading_does_what_the_preview_said(article):
    foreseen = preview.preview(article.pk).counts
    assert printed() == "1 article read again with rules-2.\n"
    assert {k: ReadingChange.objects.filter(kind=k).count() for k in ("add", "change", "drop")} == {
        k: foreseen[k] for k in ("add", "change", "drop")
    }
    assert "0 articles would be read again" in printed("--dry-run")


def test_the_admin_shows_it_and_writes_nothing(article, admin_client):
    before = everything()
    page = admin_client.get(reverse("admin:timeline_readingchange_preview")).content.decode()
    assert "killed: 4 → 5" in page
    assert "Nothing has been written" in page
    assert everything() == before
    assert (
        reverse("admin:timeline_readingchange_preview")
        in admin_client.get(reverse("admin:timeline_readingchange_changelist")).content.decode()
    )


def test_the_admin_says_when_nothing_would_change(admin_client):
    page = admin_client.get(reverse("admin:timeline_readingchange_preview")).content.decode()
    assert "Nothing would change" in page


def test_only_who_may_look_at_readings_sees_it(article, client):
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert client.get(reverse("admin:timeline_readingchange_preview")).status_code == 403
