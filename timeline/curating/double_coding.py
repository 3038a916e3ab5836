"""Double coding: giving texts to coders, taking what they code, and comparing those who have finished.

give([article], [ada, grace], editor)         # a task for each coder
code(task, coded)                             # one event that the coder found; `withdraw` takes it back
finish(task)                                  # then it is compared, once all coders of the text have finished
compared()                                    # timeline.curating.agreement.Agreement
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from articles.models import Article
from timeline.curating import by_hand
from timeline.curating.agreement import Agreement, Sheet, Unit, agreement
from timeline.extraction.codebook import Toll
from timeline.extraction.grammar.segment import sentences
from timeline.models import Coding, CodingTask

MOST_COMPARED = 500  # tasks, the latest


@transaction.atomic
def give(articles: Iterable[Article], coders: Iterable[User], editor: User) -> int:
    """The number of new tasks: who has a text already keeps his task."""
    made = 0
    coders = list(coders)
    for article in articles:
        for coder in coders:
            _, created = CodingTask.objects.get_or_create(
                article=article, content_hash=article.content_hash, coder=coder, defaults={"given_by": editor}
            )
            made += created
    return made


def _locked(task: CodingTask) -> CodingTask:
    task = CodingTask.objects.select_for_update(of=("self",)).select_related("article").get(pk=task.pk)
    if task.finished_at:
        raise ValidationError("This text is finished: what was coded in it is compared as it is.")
    return task


@transaction.atomic
def code(task: CodingTask, coded: by_hand.Coded) -> Coding:
    task = _locked(task)
    if task.article.content_hash != task.content_hash:
        raise ValidationError("The article’s text has changed since it was given: ask for the task anew.")
    start, end = by_hand.trimmed(task.article.text, coded.span)
    return Coding.objects.create(
        task=task, quote_start=start, quote_end=end, speaker=coded.speaker, doer=coded.doer, **coded.values
    )


@transaction.atomic
def withdraw(coding: Coding) -> None:
    _locked(coding.task)
    Coding.objects.filter(pk=coding.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


@transaction.atomic
def finish(task: CodingTask) -> None:
    """A text without events is finished with none."""
    task = _locked(task)
    task.finished_at = timezone.now()
    task.save(update_fields=["finished_at"])


def unit_of(coding: Coding) -> Unit:
    return Unit(
        id=coding.pk,
        span=(coding.quote_start, coding.quote_end),
        type=coding.type,
        modality=coding.modality,
        start=coding.start,
        end=coding.end,
        place=coding.place.key if coding.place else "",
        place_name=str(coding.place) if coding.place else "",
        figures={kind: figure for kind in Toll if (figure := coding.figure(kind))},
    )


def compared() -> Agreement:
    """Of the texts that all their coders have finished, the latest ones. `Sheet.article` is the article's key."""
    live = Coding.objects.filter(withdrawn_at=None).select_related("place")
    tasks = (
        CodingTask.objects.comparable()
        .select_related("article", "coder")
        .prefetch_related(Prefetch("codings", queryset=live, to_attr="live_codings"))
        .order_by("-pk")[:MOST_COMPARED]
    )
    by_text: dict[tuple[int, str], list[CodingTask]] = defaultdict(list)
    for task in tasks:
        by_text[task.article_id, task.content_hash].append(task)
    sheets = [
        Sheet(
            str(article),
            [(s.start, s.end) for s in sentences(group[0].article.text)]
            if group[0].article.content_hash == content
            else [],  # its text has changed since: the codings are still compared with one another
            {task.coder.get_username(): [unit_of(coding) for coding in task.live_codings] for task in group},  # type: ignore[attr-defined]
        )
        for (article, content), group in by_text.items()
    ]
    return agreement([sheet for sheet in sheets if len(sheet.coders) > 1])
