"""Articles for workers to read, and the invariants that must hold whatever happened to the workers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from articles.ingest import Draft, store
from articles.models import Article
from tests.factories import make_source
from timeline.extraction import extract
from timeline.models import Event, Report
from timeline.recording.pipeline import EXTRACTOR, document_of

TEXT = (
    "A Russian drone hit a residential building in Nikopol on {day:%-d %B %Y}, wounding three people, the regional "
    "administration said. Rescue workers stayed at the site of the strike until the evening, and {number} "
    "neighbours were taken to a school nearby while the stairs were made safe."
)


def text_of(number: int) -> str:
    """A dispatch; another number tells of another event."""
    return TEXT.format(day=date(2023, 3, 1) + timedelta(days=4 * number), number=number + 10)


def give(number: int = 0, *, title: str = "Dispatch", source: str = "Test Wire") -> Article:
    """An article as it comes in: stored, and the doorbell rung."""
    draft = Draft(
        source=make_source(source),
        title=title,
        text=text_of(number),
        published=datetime(2024, 3, 2, 12, tzinfo=UTC),
        url=f"https://news.invalid/{source.replace(' ', '-')}/{number}",
    )
    return store(draft)[1]


def read_or_set_aside(*articles: Article) -> bool:
    """Whether each of the articles has come to its end."""
    rows = Article.objects.filter(pk__in=[a.pk for a in articles])
    return all(row.extracted_with == EXTRACTOR or row.set_aside_at for row in rows)


def check(*articles: Article) -> None:
    """Nothing lost, nothing doubled, nothing invented (docs/reliability.md: I1 to I3)."""
    for article in articles:
        article.refresh_from_db()
        assert article.lease_token is None
        assert (article.extracted_with == EXTRACTOR) != bool(article.set_aside_at)
        if article.set_aside_at:
            assert not article.reports.exists()
            continue
        expected = Counter(f.evidence[0] for f in extract(document_of(article)) if f.when)
        assert expected, "a text without events proves nothing"
        live = article.reports.live()
        assert Counter(live.values_list("quote_start", "quote_end")) == expected
        assert all(r.quote == article.text[r.quote_start : r.quote_end] for r in live)
    assert not Event.objects.filter(reports=None).exists()
    for event in Event.objects.all():
        assert event.report_count == event.reports.live().count() > 0
    assert Report.objects.count() == Report.objects.live().count()
