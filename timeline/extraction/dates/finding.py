"""Date expressions of an article, resolved to days.

    find_dates(text, sentences(text), date(2025, 12, 20))  ->  [DateMention, ...] in order of the text

Rules (codebook, "Time"): a weekday is the latest one not after publication, or the next one where the governing
verb looks ahead (`dates.tense`); a month and day without a year is the nearest one that the tense allows;
"overnight" is the previous day and the day itself, and hangs on the day of the speech where that is said;
"the previous day", "two days later" hang on the last day told. Whatever the calendar does not have is no date.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from timeline.extraction.codebook import Precision
from timeline.extraction.dates import arithmetic as cal
from timeline.extraction.dates import calendar, relative
from timeline.extraction.dates.arithmetic import Span
from timeline.extraction.dates.context import Context, DateKind, Hit
from timeline.extraction.dates.patterns import STARTERS, Left, left_of
from timeline.extraction.findings import When
from timeline.extraction.grammar.segment import Sentence

__all__ = ["DateKind", "DateMention", "find_dates"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """`text[start:end]` is the expression with the words that narrow it ("early", "the night of")."""

    start: int
    end: int
    when: When
    kind: DateKind


_Handler = Callable[[Context, int], Hit | None]
_HANDLERS: dict[str, _Handler] = {
    "iso": calendar.iso, "dotted": calendar.dotted, "day_month": calendar.day_month,
    "month_day": calendar.month_first, "ordinal": calendar.ordinal, "nth": calendar.nth, "month": calendar.month,
    "season": calendar.season, "year": calendar.year, "named": calendar.named,
    "weekday": relative.weekday, "weekdays": relative.weekdays, "every": relative.every, "today": relative.today,
    "day_before": relative.day_before, "overnight": relative.overnight, "relative": relative.relative,
    "weekend": relative.weekend, "edge": relative.edge, "ago": relative.ago, "duration": relative.duration,
    "in_the_day": relative.in_the_day,
}  # fmt: skip
_WORD = re.compile(r"\w+")
_SPOKEN = re.compile(
    r"\b(?:said|told|tells|says|reported|announced|wrote|confirmed|posted|added|stated|claimed)\b[^.;:\"“”]{0,40}\Z"
)
_DATELINE_BEFORE = re.compile(r"\b[A-Z]{3,}\b")
_DATELINE_AFTER = re.compile(r"\s*(?:\(|/|—|–|--|-\s)")
_DATELINE_REACH = 60  # characters from the beginning of the sentence


def find_dates(text: str, sentences: Sequence[Sentence], day: date) -> list[DateMention]:
    """Every date expression within `sentences`; `day` is the publication date in the outlet's time zone."""
    context = Context(text, day)
    mentions: list[DateMention] = []
    for sentence in sentences:
        context.sentence = sentence
        here: list[DateMention] = []
        nights: list[int] = []  # of `here`, those that hang on the day of the speech
        done = sentence.start
        for word in _WORD.finditer(text, sentence.start, sentence.end):
            names = _patterns_at(word[0])
            if not names or (start := word.start()) < done:
                continue
            for name in names:
                if (hit := _HANDLERS[name](context, start)) is None:
                    continue
                mention = _mention(text, sentence, day, start, done, hit)
                done = hit.end
                if mention is not None:
                    if hit.hangs_on_speech:
                        nights.append(len(here))
                    here.append(mention)
                    _remember(context, mention)
                break
        for index in nights:
            here[index] = _night_of_speech(text, sentence, here, here[index])
        mentions.extend(here)
    return mentions


@lru_cache(maxsize=65_536)
def _patterns_at(word: str) -> tuple[str, ...]:
    """The patterns that may begin with a word."""
    return STARTERS.get(word.lower(), STARTERS["#"] if word[0].isdigit() else ())


def _mention(text: str, sentence: Sentence, day: date, start: int, done: int, hit: Hit) -> DateMention | None:
    if hit.span is None:
        return None
    left = left_of(text, max(sentence.start, done), start)
    span, precision, kind = hit.span, hit.precision or cal.precision_of(hit.span), hit.kind
    if left.edge and precision in (Precision.WEEK, Precision.MONTH, Precision.YEAR):
        span = _narrow(span, left.edge, day)  # the precision stays: "early 2023" is no better than a year
    elif hit.to_date and span[0] <= day:
        span = (span[0], min(span[1], day))
    if kind is DateKind.POINT:
        kind = _kind(text, sentence, start, hit.end, left)
    if kind is DateKind.SINCE:
        if span[0] > day:
            return None
        span = (span[0], day)
        precision = cal.precision_of(span)
    when = When(*span, precision, night=hit.night or left.night, words=text[left.start : hit.end])
    return DateMention(left.start, hit.end, when, kind)


def _narrow(span: Span, edge: str, day: date) -> Span:
    """The part of a span that is meant: "early 2023", "later this month"."""
    if edge == "earlier":
        return span[0], max(span[0], min(span[1], cal.shift(day, -1) or day))
    if edge == "later":
        return min(span[1], max(span[0], cal.shift(day, 1) or day)), span[1]
    return cal.part_of(span, edge)


def _kind(text: str, sentence: Sentence, start: int, end: int, left: Left) -> DateKind:
    leads = start - sentence.start < _DATELINE_REACH and _DATELINE_AFTER.match(text, end)
    if leads and (start == sentence.start or _DATELINE_BEFORE.search(text, sentence.start, start)):
        return DateKind.DATELINE
    if left.bound == "since":
        return DateKind.SINCE
    if left.bound and text[end : end + 2] not in ("'s", "’s"):  # but "before Friday's talks" dates the talks
        return DateKind.BOUND
    return DateKind.POINT


def _remember(context: Context, mention: DateMention) -> None:
    """The day that "the same day" and "two days later" will hang on, and the year that is "that year"."""
    if mention.kind is not DateKind.VAGUE:
        context.year = mention.when.start.year
    if mention.kind is DateKind.POINT and (mention.when.end - mention.when.start).days <= 6:
        context.anchor = (mention.when.start, mention.when.end)
        context.anchor_paragraph = context.sentence.paragraph


def _night_of_speech(
    text: str, sentence: Sentence, here: list[DateMention], night: DateMention
) -> DateMention:
    """ "overnight, officials said on Wednesday": the night before Wednesday, whenever that was published."""
    for other in here:
        told = other.kind is DateKind.POINT and other.when.precision is Precision.DAY and not other.when.night
        if told and other.when.start < night.when.end and _SPOKEN.search(text, sentence.start, other.start):
            before = cal.shift(other.when.start, -1)
            if before is not None:
                return replace(night, when=replace(night.when, start=before, end=other.when.start))
    return night
