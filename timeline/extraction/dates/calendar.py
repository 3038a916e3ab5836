"""Calendar dates: figures and names of months, years, seasons and feasts, with or without their year."""

import re
from datetime import date

from timeline.extraction.codebook import Precision
from timeline.extraction.dates import arithmetic as cal
from timeline.extraction.dates import patterns as grammar
from timeline.extraction.dates.context import Context, Hit, as_figure, as_month, as_year, day_hit, season_span
from timeline.extraction.dates.tense import Tense

# Days that reporting calls by their date alone, years after ("the October 7 attack").
_DAYS_OF_FAME = (
    (date(2001, 9, 11), re.compile(r"\b(?:attacks?|terror\w*|hijack\w*)\b", re.IGNORECASE)),
    (date(2022, 2, 24), re.compile(r"\b(?:invasion|invaded|full-scale|invade)\b", re.IGNORECASE)),
    (
        date(2023, 10, 7),
        re.compile(r"\b(?:attacks?|massacre|Hamas(?:-led)?|assault|hostages?)\b", re.IGNORECASE),
    ),
)
_NOT_BEFORE_YEAR = re.compile(r"(?:[$€£#.,/–@©]|(?<!mid)(?<!pre)(?<!post)-)\Z", re.IGNORECASE)
_BEFORE_YEAR = re.compile(
    r"(?:['’]s|\(|,|\b(?:after|year|and|winter|spring|summer|autumn|a|an|his|her|our|my|pre|post))[\s-]*\Z",
    re.IGNORECASE,
)
_YEAR_NOUN = re.compile(
    r"\s+(?:full-scale\s+)?(?:invasion|war|annexation|ceasefire|truce|agreements?|accords?|deal|treaty|elections?|revolution"
    r"|coup|uprising|attacks?|offensive|counteroffensive|campaign|budget|summit|conflict)\b",
    re.IGNORECASE,
)
_FAME_REACH = 60  # characters
_SURE_OF_YEAR = 60  # days
_JUST_AHEAD = 21  # days
_FIXED_DAYS = {
    "9/11": (9, 11), "orthodox christmas": (1, 7), "orthodox christmas eve": (1, 6), "christmas": (12, 25),
    "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "halloween": (10, 31),
    "valentine's day": (2, 14), "victory day": (5, 9), "may day": (5, 1),
}  # fmt: skip
_EASTER = {"easter": 0, "easter sunday": 0, "easter monday": 1, "good friday": -2, "palm sunday": -7}
_IN_MONTH = frozenset(
    {"in", "of", "during", "since", "until", "till", "by", "before", "through", "from", "between"}
)
_YEAR_LEADS = _IN_MONTH | {"around", "about", "over", "within", "for"}


def iso(context: Context, start: int) -> Hit | None:
    if not (m := context.match(grammar.ISO, start)):
        return None
    return day_hit(m.end(), cal.make_day(int(m["y"]), int(m["m"]), int(m["d"])))


def dotted(context: Context, start: int) -> Hit | None:
    """20.12.2025, 20/12/2025, 12/20/2025; where both orders are possible, day first."""
    if not (m := context.match(grammar.DOTTED, start)):
        return None
    first, second, year = int(m["a"]), int(m["b"]), int(m["y"])
    american = second > 12 and m["sep"] == "/"
    month, day = (first, second) if american else (second, first)
    return day_hit(m.end(), cal.make_day(year, month, day))


def day_month(context: Context, start: int) -> Hit | None:
    """20 December 2025 | 19-20 December | 30 November - 2 December."""
    if m := context.match(grammar.DAY_MONTH_RANGE, start):
        return _day_range(context, m, m["m1"] or m["m2"], m["m2"])
    if not (m := context.match(grammar.DAY_MONTH, start)):
        return None
    return _one_day(context, m)


def month_first(context: Context, start: int) -> Hit | None:
    """Dec. 20, 2025 | Dec. 19-20 | Nov. 30 to Dec. 2 | March eighth."""
    if m := context.match(grammar.MONTH_DAY_RANGE, start):
        return _day_range(context, m, m["m1"], m["m2"] or m["m1"])
    if m := context.match(grammar.MONTH_DAY, start):
        return _one_day(context, m)
    if m := context.match(grammar.MONTH_ORDINAL, start):
        found = month_day(context, as_month(m["m"]), grammar.ORDINALS[m["o"]], None, *m.span())
        return day_hit(m.end(), found)
    return None


def ordinal(context: Context, start: int) -> Hit | None:
    """the fifth of March."""
    if not (m := context.match(grammar.ORDINAL_MONTH, start)):
        return None
    number = grammar.ORDINALS[m["o"].lower()]
    return day_hit(m.end(), month_day(context, as_month(m["m"]), number, as_year(m["y"]), *m.span()))


def nth(context: Context, start: int) -> Hit | None:
    """on the 20th: the latest one not after publication."""
    if not (m := context.match(grammar.NTH, start)) or not context.text[:start].endswith(
        ("on the ", "of the ")
    ):
        return None
    number = as_figure(m["d"])
    for back in (0, -1):
        month = cal.shift_months(context.day, back)
        found = cal.make_day(month.year, month.month, number) if month else None
        if found and found <= context.day:
            return day_hit(m.end(), found)
    return None


def _one_day(context: Context, m: re.Match[str]) -> Hit:
    year, end = as_year(m["y"]), m.end()
    if year is None:
        year, end = context.year_after(end)
    return day_hit(end, month_day(context, as_month(m["m"]), as_figure(m["d"]), year, *m.span()))


def _day_range(context: Context, m: re.Match[str], month1: str, month2: str) -> Hit:
    year1, year2 = as_year(m["y1"]), as_year(m["y2"])
    last = month_day(context, as_month(month2), as_figure(m["d2"]), year2 or year1, *m.span())
    if last is None:
        return Hit(m.end())
    begins, number = as_month(month1), as_figure(m["d1"])
    first = cal.make_day(year1 or last.year, begins, number)
    if first and first > last and year1 is None:
        first = cal.make_day(last.year - 1, begins, number) if begins != as_month(month2) else None
    return Hit(m.end(), cal.span_of(first, last))


def month_day(
    context: Context,
    month: int,
    number: int,
    year: int | None,
    start: int,
    end: int,
    weekday: int | None = None,
) -> date | None:
    """A month and a day; the year from the text, from a day of fame, or the nearest that the tense allows."""
    if year is not None:
        return cal.make_day(year, month, number)
    low, high = max(context.sentence.start, start - _FAME_REACH), min(context.sentence.end, end + _FAME_REACH)
    for fame, cue in _DAYS_OF_FAME:
        told = (fame.month, fame.day) == (month, number) and fame <= context.day
        if told and cue.search(context.text, low, high) and "anniversary" not in context.text[low:high]:
            return fame
    candidates = cal.month_day_candidates(context.day, month, number)
    if not candidates:
        return None
    found = _by_tense(context, candidates, start, end)
    # The weekday tells the year of a day long past; near publication, a weekday that does not fit is a slip.
    if weekday is not None and abs((found - context.day).days) > _SURE_OF_YEAR:
        fitting = [c for c in candidates if c.weekday() == weekday]
        return _by_tense(context, fitting, start, end) if fitting else found
    return found


def _by_tense(context: Context, candidates: list[date], start: int, end: int) -> date:
    nearest = min(candidates, key=lambda c: (abs((c - context.day).days), c))
    tense = context.tense(start, end)
    if tense is Tense.FUTURE:
        return min((c for c in candidates if c >= context.day), default=nearest)
    if tense is Tense.PAST and not _is_limit(context, start):
        past = max((c for c in candidates if c <= context.day), default=nearest)
        # Eleven months and more ago, the year would be told: a day just ahead is meant, under another verb.
        return nearest if (nearest - context.day).days in range(_JUST_AHEAD) else past
    return nearest


def _is_limit(context: Context, start: int) -> bool:
    return grammar.left_of(context.text, context.sentence.start, start).bound in (
        "until",
        "till",
        "through",
        "by",
    )


def month(context: Context, start: int) -> Hit | None:
    """February 2022 | February to May 2022 | in May and June | in May of that year."""
    m = context.match(grammar.MONTH_RANGE, start)
    pair = m is not None
    if m is None and not (m := context.match(grammar.MONTH, start)):
        return None
    first, last = (as_month(m["m1"]), as_month(m["m2"])) if pair else (as_month(m["m"]), as_month(m["m"]))
    year = (as_year(m["y2"]) or as_year(m["y1"])) if pair else as_year(m["y"])
    end = m.end()
    if year is None:
        year, end = context.year_after(end)
    if year is None:
        left = grammar.left_of(context.text, context.sentence.start, start)
        lead = left.bound or left.preposition or left.edge
        name = (m["m1"] if pair else m["m"]).lower().strip(".")
        if (pair or name in grammar.AMBIGUOUS_MONTHS) and not (lead in _IN_MONTH or left.edge):
            return None
        year = _year_of_month(context, last, context.tense(start, end), left.bound not in ("", "since"))
    begins = (as_year(m["y1"]) if pair else None) or year - (first > last)
    begin, finish = cal.month_span(begins, first), cal.month_span(year, last)
    span = cal.span_of(begin[0], finish[1]) if begin and finish else None
    return Hit(end, span, precision=Precision.MONTH if first == last else None)


def _year_of_month(context: Context, number: int, tense: Tense, limit: bool) -> int:
    if tense is Tense.FUTURE or (limit and tense is not Tense.PAST):
        return context.day.year + (number < context.day.month)
    return context.day.year - (number > context.day.month)


def season(context: Context, start: int) -> Hit | None:
    if not (m := context.match(grammar.SEASON, start)):
        return None
    span = season_span(int(m["y"]), m["season"])
    return Hit(m.end(), span, precision=Precision.YEAR)


def year(context: Context, start: int) -> Hit | None:
    """in 2014 | the 2022 invasion | 2014-2016; not "2014 people", not a price, not part of a number."""
    before = context.text[max(context.sentence.start, start - 12) : start]
    if _NOT_BEFORE_YEAR.search(before):
        return None
    if m := context.match(grammar.YEAR_RANGE, start):
        first, last = m["y1"], m["y2"]
        begin = cal.year_span(int(first))
        finish = cal.year_span(int(last if len(last) == 4 else first[:2] + last))
        return Hit(m.end(), cal.span_of(begin[0], finish[1]) if begin and finish else None)
    if not (m := context.match(grammar.YEAR, start)):
        return None
    left = grammar.left_of(context.text, context.sentence.start, start)
    led = left.bound or left.preposition in _YEAR_LEADS or left.edge or left.article
    if not led and not _BEFORE_YEAR.search(before) and not context.match(_YEAR_NOUN, m.end()):
        return None
    return Hit(m.end(), cal.year_span(int(m["y"])), precision=Precision.YEAR)


def named(context: Context, start: int) -> Hit | None:
    if not (m := context.match(grammar.NAMED, start)):
        return None
    name, year = m["name"].lower().replace("’", "'"), as_year(m["y"])
    if name == "9/11":
        return day_hit(m.end(), date(2001, 9, 11))
    if name in _FIXED_DAYS:
        return day_hit(m.end(), month_day(context, *_FIXED_DAYS[name], year, *m.span()))
    if name.startswith("new year"):
        number, figure = (12, 31) if name.endswith("eve") else (1, 1)
        return day_hit(m.end(), month_day(context, number, figure, year, *m.span()))
    around = [year] if year else range(max(1583, context.day.year - 1), min(9999, context.day.year + 1) + 1)
    days = [d for y in around if (d := _moveable(name, y))]
    return day_hit(m.end(), _by_tense(context, days, *m.span()) if days else None)


def _moveable(name: str, year: int) -> date | None:
    if name in _EASTER:
        sunday = cal.easter(year)
        return cal.shift(sunday, _EASTER[name]) if sunday else None
    return cal.nth_weekday(year, 11, 3, 4)  # Thanksgiving: the fourth Thursday of November
