"""Dates told from where one stands: weekdays, "yesterday", "overnight", "last week", "two days later"."""

import re
from datetime import date

from timeline.extraction.codebook import Precision
from timeline.extraction.dates import arithmetic as cal
from timeline.extraction.dates import patterns as grammar
from timeline.extraction.dates.arithmetic import Span
from timeline.extraction.dates.calendar import day_month, month_day, month_first
from timeline.extraction.dates.context import (
    Context,
    DateKind,
    Hit,
    as_figure,
    as_month,
    as_weekday,
    as_year,
    day_hit,
    is_night,
    season_span,
)
from timeline.extraction.dates.tense import Tense

_DAYS_IN = {"week": 7, "fortnight": 14, "weekend": 7, "month": 30, "year": 365, "decade": 3652}

_STEPS = {"last": -1, "past": -1, "previous": -1, "preceding": -1, "next": 1, "coming": 1, "following": 1}
_ANCHORED = frozenset({"previous", "preceding", "following", "same", "that"})  # hang on the day last told


def weekday(context: Context, start: int) -> Hit | None:
    if grammar.NOT_DATES.search(context.text, max(context.sentence.start, start - 12), start):
        return None
    if (m := context.match(grammar.WEEKDAY_RANGE, start)) and (pair := _weekdays(context, m)):
        return pair
    if not (m := context.match(grammar.WEEKDAY, start)):
        return None
    if grammar.NOT_DATES_AFTER.match(context.text, m.end("w")):
        return Hit(m.end())
    number, night = as_weekday(m["w"]), is_night(m["p"])
    if joined := _calendar_date_after(context, m.end(), number):
        return joined
    if len(m["w"].rstrip(".")) < 6:  # "Sat", "Sun", "Wed" are weekdays only with a calendar date
        return None
    if m["which"]:
        week = cal.week_span(context.day, {"last": -1, "this": 0, "next": 1}[m["which"]])
        found = cal.shift(week[0], number) if week else None
    elif m["ago"]:
        back = cal.weekday_until(context.day, number)
        found = cal.shift(back, -7 if m["ago"].startswith("a") else -14) if back else None
    else:
        found = _nearest_weekday(context, number, context.tense(start, m.end("w")))
    return day_hit(m.end(), found, night)


def _nearest_weekday(context: Context, number: int, tense: Tense) -> date | None:
    choose = cal.weekday_from if tense is Tense.FUTURE else cal.weekday_until
    return choose(context.day, number)


def _weekdays(context: Context, m: re.Match[str]) -> Hit | None:
    """Monday to Wednesday | Friday and Saturday | Saturday night into Sunday; None for two days told apart."""
    first, second = as_weekday(m["w1"]), as_weekday(m["w2"])
    night = is_night(m["p1"]) or "into" in m["to"]
    if context.tense(m.start(), m.end()) is Tense.FUTURE:
        begin = cal.weekday_from(context.day, first)
        after = cal.shift(begin, 1) if begin else None
        end = cal.weekday_from(after, second) if after else None
    else:
        end = cal.weekday_until(context.day, second)
        before = cal.shift(end, -1) if end else None
        begin = cal.weekday_until(before, first) if before else None
    span = cal.span_of(begin, end)
    listed = m["to"].strip() in ("and", "&", "or", "/")
    if span is None or (listed and (span[1] - span[0]).days > 1):  # "Friday and Thursday"
        return None
    return Hit(m.end(), span, night=night)


def _calendar_date_after(context: Context, end: int, weekday: int) -> Hit | None:
    """ "Friday, Dec. 19": one mention, and the weekday helps to find the year."""
    join = context.match(grammar.WEEKDAY_JOIN, end)
    if not join or join.end() == end:
        return None
    for pattern in (grammar.DAY_MONTH, grammar.MONTH_DAY):
        if m := context.match(pattern, join.end()):
            month, number, year = as_month(m["m"]), as_figure(m["d"]), as_year(m["y"])
            return day_hit(m.end(), month_day(context, month, number, year, end, m.end(), weekday))
    return None


def weekdays(context: Context, start: int) -> Hit | None:
    m = context.match(grammar.WEEKDAYS_PLURAL, start)
    return Hit(m.end(), (context.day, context.day), DateKind.RECURRING) if m else None


def every(context: Context, start: int) -> Hit | None:
    m = context.match(grammar.EVERY, start)
    return Hit(m.end(), (context.day, context.day), DateKind.RECURRING) if m else None


def today(context: Context, start: int) -> Hit | None:
    if not (m := context.match(grammar.TODAY, start)):
        return None
    word = m["word"].lower()
    shift = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    return day_hit(m.end(), cal.shift(context.day, shift), word == "tonight" or is_night(m["p"]))


def day_before(context: Context, start: int) -> Hit | None:
    if m := context.match(grammar.DAY_BEFORE_YESTERDAY, start):
        shift = {("before", "yesterday"): -2, ("after", "tomorrow"): 2}.get(
            (m["which"].lower(), m["word"].lower())
        )
        return day_hit(m.end(), cal.shift(context.day, shift)) if shift else None
    if not (m := context.match(grammar.DAY_BEFORE, start)) or not context.text[:start].endswith(
        ("the ", "The ")
    ):
        return None
    back = m["which"].lower() == "before"
    told = context.told()
    if told is None:
        return day_hit(m.end(), cal.shift(context.day, -1)) if back else None
    return day_hit(m.end(), cal.shift(told[0], -1) if back else cal.shift(told[1], 1))


def in_the_day(context: Context, start: int) -> Hit | None:
    """earlier in the day: of the day last told, else of publication."""
    m = context.match(grammar.IN_THE_DAY, start)
    return day_hit(m.end(), (context.told() or (context.day, context.day))[1]) if m else None


def overnight(context: Context, start: int) -> Hit | None:
    """The night before a day that is named ("overnight on Saturday", "overnight into Sunday"), or before today."""
    m = context.match(grammar.OVERNIGHT, start)
    if not m:
        return None
    position = m.end()
    token = context.text[position : position + 1]
    if position > start + len("overnight") and token and (token.isdigit() or token.isupper()):
        for handler in (weekday, day_month, month_first):
            hit = handler(context, position)
            if hit and hit.span:
                return _night_of(context, hit, (m["link"] or "").strip().lower())
    span = cal.span_of(cal.shift(context.day, -1), context.day)
    return Hit(start + len("overnight"), span, night=True, hangs_on_speech=True)


def _night_of(context: Context, hit: Hit, link: str) -> Hit:
    assert hit.span is not None
    first, last = hit.span
    if first == last:
        hit_span = (
            cal.span_of(first, cal.shift(last, 1))
            if link == "from"
            else cal.span_of(cal.shift(first, -1), last)
        )
        return Hit(hit.end, hit_span, night=True)
    return Hit(hit.end, hit.span, night=True)


def relative(context: Context, start: int) -> Hit | None:
    if not (m := context.match(grammar.RELATIVE, start)):
        return None
    mod, number = m["mod"].lower(), None
    if m["mod2"]:  # "this past Friday", "this coming Sunday", "that same day"
        mod = m["mod2"].strip().lower()
    if m["wd"]:
        number = as_weekday(m["wd"])
        return day_hit(m.end(), _weekday_by(context, mod, number, m), is_night(m["wp"]))
    if m["p"]:
        return _part_by(context, mod, m["p"].lower(), m.end())
    if m["month"]:
        return _month_by(context, mod, as_month(m["month"]), m.end())
    if m["season"]:
        return _season_by(context, mod, m["season"], m.end())
    unit = m["unit"].lower()
    if m["num"] or mod in ("recent",) or (unit.endswith("s") and mod in ("past", "last", "coming")):
        return _stretch(context, mod, m["num"], unit.rstrip("s"), m.end())
    return None if unit.endswith("s") else _unit_by(context, mod, unit, m.start(), m.end())


def _weekday_by(context: Context, mod: str, number: int, m: re.Match[str]) -> date | None:
    told = context.told() or (context.day, context.day)
    yesterday, tomorrow = cal.shift(context.day, -1), cal.shift(context.day, 1)
    if yesterday is None or tomorrow is None:
        return None
    if mod == "last":
        return cal.weekday_until(yesterday, number)
    if mod in ("next", "coming"):
        return cal.weekday_from(tomorrow, number)
    if mod in ("previous", "preceding"):
        before = cal.shift(told[0], -1)
        return cal.weekday_until(before, number) if before else None
    if mod == "following":
        after = cal.shift(told[1], 1)
        return cal.weekday_from(after, number) if after else None
    if mod == "this" and context.tense(m.start(), m.end()) not in (Tense.PAST, Tense.TOLD):
        return cal.weekday_from(context.day, number)
    return cal.weekday_until(told[1] if mod in ("that", "same") else context.day, number)


def _part_by(context: Context, mod: str, part: str, end: int) -> Hit | None:
    """last night, this morning, that evening, the following morning."""
    night, told = is_night(part), context.told()
    if mod == "this":
        return day_hit(end, context.day, night)
    if mod == "last" and "night" in part:
        return Hit(
            end, cal.span_of(cal.shift(context.day, -1), context.day), night=True, hangs_on_speech=True
        )
    if mod == "last" and "evening" in part:
        return day_hit(end, cal.shift(context.day, -1))
    if told is None:
        return None
    if mod not in _ANCHORED and mod != "next":
        return None
    return day_hit(end, cal.shift(told[1], _STEPS.get(mod, 0)), night)


def _month_by(context: Context, mod: str, number: int, end: int) -> Hit | None:
    day = context.day
    if mod in ("last", "past", "previous"):
        year = day.year - (number >= day.month)
    elif mod in ("next", "coming"):
        year = day.year + (number <= day.month)
    elif mod == "this":
        year = day.year
    else:
        return None
    return Hit(end, cal.month_span(year, number), precision=Precision.MONTH)


def _season_by(context: Context, mod: str, season: str, end: int) -> Hit | None:
    if mod not in ("last", "past", "previous", "this", "next", "coming"):
        return None
    ahead = _STEPS.get(mod, 0)
    spans = [
        s for year in range(context.day.year - 2, context.day.year + 3) if (s := season_span(year, season))
    ]
    if ahead < 0:
        found = max((s for s in spans if s[1] < context.day), default=None)
    elif ahead > 0:
        found = min((s for s in spans if s[0] > context.day), default=None)
    else:
        found = min(spans, key=lambda s: abs((s[0] - context.day).days + 45), default=None)
    return Hit(end, found, precision=Precision.YEAR)


def _unit_by(context: Context, mod: str, unit: str, start: int, end: int) -> Hit | None:
    """last week, this month, the previous day, the same year."""
    step = _STEPS.get(mod, 0)
    anchored = mod in _ANCHORED or (mod == "next" and unit == "day")
    base = context.told() if anchored else (context.day, context.day)
    if base is None and (mod in ("previous", "preceding") or (mod == "following" and unit != "day")):
        base = (context.day, context.day)
    if unit in ("hour", "minute"):
        return day_hit(end, context.day) if mod in ("past", "last") else None
    if unit == "day" and mod == "past":
        return Hit(end, cal.span_of(cal.shift(context.day, -1), context.day))
    if unit == "year" and mod in ("that", "same"):
        return Hit(end, cal.year_span(context.year), precision=Precision.YEAR) if context.year else None
    if base is None or (unit == "day" and not anchored):
        return None
    if unit == "day":
        return day_hit(end, cal.shift(base[0 if step < 0 else 1], step))
    if unit == "weekend":
        return Hit(end, _weekend(context, mod, start, end))
    if unit == "week" and mod == "past":
        return Hit(end, cal.span_of(cal.shift(context.day, -7), context.day), precision=Precision.WEEK)
    kind = DateKind.VAGUE if mod == "past" else DateKind.POINT
    to_date = mod in ("this", "current") and context.tense(start, end) is not Tense.FUTURE
    if unit == "week":
        return Hit(end, cal.week_span(base[0], step), kind, Precision.WEEK, to_date=to_date)
    if unit == "month":
        return Hit(end, cal.months_span(base[0], step), kind, Precision.MONTH, to_date=to_date)
    if unit == "year":
        return Hit(end, cal.year_span(base[0].year + step), kind, Precision.YEAR, to_date=to_date)
    return None


def _weekend(context: Context, mod: str, start: int, end: int) -> Span | None:
    at_weekend = context.day.weekday() >= 5
    if mod == "last":
        return cal.weekend_span(context.day, -1)
    if mod == "next":
        return cal.weekend_span(context.day, 1)
    if mod == "coming":
        return cal.weekend_span(context.day, int(at_weekend))
    tense = context.tense(start, end)
    ahead = tense is Tense.FUTURE or (mod == "this" and tense is Tense.UNKNOWN)
    return cal.weekend_span(context.day, 0 if ahead or at_weekend else -1)


def weekend(context: Context, start: int) -> Hit | None:
    m = context.match(grammar.WEEKEND, start)
    return Hit(m.end(), _weekend(context, "", start, m.end())) if m else None


def edge(context: Context, start: int) -> Hit | None:
    """the end of the month."""
    if not (m := context.match(grammar.EDGE, start)):
        return None
    part = {"end": "late", "start": "early", "beginning": "early", "middle": "mid"}[m["edge"].lower()]
    hit = _unit_by(context, "this", m["unit"].lower(), start, m.end())
    if hit is None or hit.span is None:
        return hit
    return Hit(hit.end, cal.part_of(hit.span, part), precision=hit.precision)


def _stretch(context: Context, mod: str, num: str | None, unit: str, end: int) -> Hit | None:
    """the past 24 hours, the last three days, recent weeks, the coming months."""
    count = _count(num)
    days = _length(count if count else 3, unit)
    if days is None or mod in ("this", "that", "same", "current", "following"):
        return None
    sure = count is not None and days <= 8
    if mod in ("next", "coming"):
        return Hit(end, cal.span_of(context.day, cal.shift(context.day, days)), DateKind.VAGUE)
    kind = DateKind.POINT if sure and mod != "recent" else DateKind.VAGUE
    return Hit(end, cal.span_of(cal.shift(context.day, -days), context.day), kind)


def ago(context: Context, start: int) -> Hit | None:
    """three days ago | two weeks earlier | hours later."""
    if not (m := context.match(grammar.AGO, start)):
        return None
    unit, direction, count = m["unit"].lower(), m["dir"].lower(), _count(m["num"])
    if m["num"] is None and not unit.endswith("s"):
        return None
    unit = unit.rstrip("s")
    if direction == "ago" or direction.startswith("from"):
        base: Span | None = (context.day, context.day)
    else:
        base = context.told()
        if base is None and direction in ("earlier", "before", "prior", "previously"):
            base = (context.day, context.day)
    if base is None:
        return Hit(m.end())
    back = direction in ("ago", "earlier", "before", "prior", "previously")
    return _shifted(context, base[0] if back else base[1], -1 if back else 1, count, unit, m.end())


def _shifted(context: Context, base: date, sign: int, count: int | None, unit: str, end: int) -> Hit:
    if unit in ("minute", "hour"):
        days = 1 if count and unit == "hour" and count > 12 else 0
        return day_hit(end, cal.shift(base, sign * (count // 24 if count and count >= 24 else days)))
    if count is None:  # "days ago", "a few weeks earlier"
        length = _DAYS_IN.get(unit, 1)
        near, far = cal.shift(base, sign * 2 * length), cal.shift(base, sign * 6 * length)
        kind = DateKind.POINT if unit == "day" else DateKind.VAGUE
        return Hit(end, cal.span_of(far, near) if sign < 0 else cal.span_of(near, far), kind)
    if unit in ("day", "night"):
        return day_hit(end, cal.shift(base, sign * count))
    if unit in ("week", "fortnight", "weekend"):
        centre = cal.shift(base, sign * count * (14 if unit == "fortnight" else 7))
        if centre is None:
            return Hit(end)
        return Hit(end, cal.span_of(cal.shift(centre, -3), cal.shift(centre, 3)), precision=Precision.WEEK)
    if unit == "month" or (unit == "year" and count == 1):
        there = cal.shift_months(base, sign * count * (12 if unit == "year" else 1))
        return Hit(end, cal.months_span(there) if there else None, precision=Precision.MONTH)
    years = count * (10 if unit == "decade" else 1)
    return Hit(end, cal.year_span(base.year + sign * years), precision=Precision.YEAR)


def duration(context: Context, start: int) -> Hit | None:
    if not (m := context.match(grammar.DURATION, start)):
        return None
    left = grammar.left_of(context.text, context.sentence.start, start)
    days = _length(_count(m["num"]) or 3, m["unit"].lower().rstrip("s"))
    if left.preposition not in ("for", "within", "over", "in", "during") or days is None:
        return None
    return Hit(m.end(), cal.span_of(cal.shift(context.day, -days), context.day), DateKind.DURATION)


def _count(words: str | None) -> int | None:
    """ "three" -> 3, "a couple of" -> 2, "24" -> 24; None for "a few", "several" and nothing."""
    if words is None:
        return None
    if words.isdigit():
        return int(words)
    parts = re.split(r"[\s-]+", words.lower())
    if grammar.INDEFINITE.intersection(parts):
        return None
    if "couple" in parts:
        return 2
    return sum(grammar.NUMBERS.get(part, 0) for part in parts) or None


def _length(count: int, unit: str) -> int | None:
    """Days, rounded up; None for what no calendar holds."""
    if unit in ("minute", "hour"):
        return max(1, -(-count // 24)) if unit == "hour" else 1
    days = count * _DAYS_IN.get(unit, 1)
    return days if days < 500_000 else None
