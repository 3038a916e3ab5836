"""What the handlers of date expressions share: their result, and the article at the moment of reading.

A handler takes the context and an offset and returns a `Hit`, or None where its pattern does not match there.
A hit without a span is an expression that names no day: it is passed over as a whole, so that "30 February" is
not read as "February".
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from timeline.extraction.codebook import Precision
from timeline.extraction.dates import arithmetic as cal
from timeline.extraction.dates import patterns as grammar
from timeline.extraction.dates.arithmetic import Span
from timeline.extraction.dates.tense import Tense, tense_at
from timeline.extraction.grammar.segment import Sentence


class DateKind(StrEnum):
    POINT = "point"  # when something happened or will: usable as the date of an event
    SINCE = "since"  # from then until publication
    BOUND = "bound"  # a limit ("until Friday", "by 2030"), not the date of an act
    DURATION = "duration"  # how long ("for three days"): `when` is that long up to publication
    RECURRING = "recurring"  # "every Friday"; `when` is the day of publication
    VAGUE = "vague"  # "in recent weeks": `when` is a guess, too wide for an event
    DATELINE = "dateline"  # "KYIV, Dec. 20 (Agency)": where and when the report was filed


@dataclass(frozen=True, slots=True)
class Hit:
    end: int
    span: Span | None = None
    kind: DateKind = DateKind.POINT
    precision: Precision | None = None  # None: by the width of the span
    night: bool = False
    to_date: bool = False  # "this month", told of the past: no later than today
    hangs_on_speech: bool = False  # "overnight, officials said on Wednesday": the night before Wednesday


class Context:
    """One article at one moment of reading. `sentence`, `anchor` and `anchor_paragraph` are set by the reader."""

    def __init__(self, text: str, day: date) -> None:
        self.text = text
        self.day = day
        self.sentence = Sentence(0, 0, 0, 0)
        self.anchor: Span | None = None
        self.anchor_paragraph = 0
        self.year: int | None = None  # the last year told, for "that year"

    def match(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        return pattern.match(self.text, start, self.sentence.end)

    def tense(self, start: int, end: int) -> Tense:
        """The tense that governs text[start:end]; what lasts "since" a day looks back to it, whatever the verb."""
        if grammar.left_of(self.text, self.sentence.start, start).bound == "since":
            return Tense.PAST
        return tense_at(self.text, start, end, self.sentence.start, self.sentence.end)

    def year_after(self, end: int) -> tuple[int | None, int]:
        """The year that "of that year" after `end` means and where it ends; (None, `end`) where nothing of that."""
        m = self.match(grammar.THAT_YEAR, end)
        return (self.year, m.end()) if m and self.year is not None else (None, end)

    def told(self) -> Span | None:
        """The last day told, while it is fresh: in this paragraph or the one before."""
        return self.anchor if self.sentence.paragraph - self.anchor_paragraph <= 1 else None


_WEEKDAYS = {name[:3]: index for name, index in grammar.WEEKDAYS.items()}


def day_hit(end: int, day: date | None, night: bool = False) -> Hit:
    return Hit(end, (day, day) if day else None, precision=Precision.DAY, night=night)


def as_month(name: str) -> int:
    return grammar.MONTHS[name.lower().rstrip(".")]


def as_weekday(name: str) -> int:
    return _WEEKDAYS[name[:3].lower()]


def as_figure(text: str) -> int:
    return int(text.rstrip("stndrh"))


def as_year(text: str | None) -> int | None:
    return int(text) if text else None


def is_night(part: str | None) -> bool:
    return part is not None and "night" in part.lower()


def season_span(year: int, season: str) -> Span | None:
    first = cal.month_span(year, grammar.SEASONS[season.lower()])
    last = cal.months_span(first[0], 2) if first else None
    return (first[0], last[1]) if first and last else None
