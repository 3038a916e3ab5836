"""What reading an article again would do, before it is done: the reading itself, in a transaction taken back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from articles.models import Article
from timeline.extraction import extract
from timeline.models import ReadingChange
from timeline.recording import ledger, pipeline


@dataclass(frozen=True, slots=True)
class Preview:
    """`changes` are unsaved by the time one sees them; their `old`, `new` and `event` are at hand."""

    article: Article
    changes: tuple[ReadingChange, ...]

    @property
    def counts(self) -> Counter[str]:
        """By kind ("add", "change", "drop"), and "waiting" for those that a curator would have to decide."""
        counts = Counter(str(change.kind) for change in self.changes)
        counts["waiting"] = sum(change.state == ReadingChange.State.WAITING for change in self.changes)
        return counts


def preview(article_id: int) -> Preview:
    """What the present extractor would change of this article's reports. Writes nothing."""
    article = Article.objects.select_related("source").get(pk=article_id)
    findings = extract(pipeline.document_of(article))
    with ledger.writing():
        before = set(article.reading_changes.values_list("pk", flat=True))
        pipeline.write_reports(article, findings)
        made = article.reading_changes.exclude(pk__in=before).select_related("event", "old", "new")
        found = Preview(article, tuple(made.order_by("pk")))
        transaction.set_rollback(True)
    return found
