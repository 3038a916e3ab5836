"""The grammar of date expressions: vocabulary and compiled patterns, without what they mean.

`dates.finding` looks every word of a sentence up in `STARTERS`; a hit names the patterns that may begin
there, tried in order. So the patterns run at a few dozen places of an article and nowhere else.
Weekdays and months are matched with capitals only: "may" and "march" are verbs far more often than months.
"""

import re
from dataclasses import dataclass

WEEKDAYS = {
    name: index
    for index, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
_MONTH_NAMES = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
MONTHS = {name: index for index, names in enumerate(_MONTH_NAMES, 1) for name in names}
# Alone these may be a verb, a name or an abbreviation of something else: they need a figure or a preposition.
AMBIGUOUS_MONTHS = frozenset(
    {"may", "march", "april", "june", "august", "jan", "mar", "jun", "sept", "sep", "dec"}
)
_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
NUMBERS = {word: value for value, word in enumerate(_SMALL.split())}
NUMBERS |= {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "couple": 2}
INDEFINITE = frozenset({"few", "several"})
_ORDINAL_WORDS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second
    twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth
    thirty-first"""
ORDINALS = {word: value for value, word in enumerate(_ORDINAL_WORDS.split(), 1)}
SEASONS = {"winter": 12, "spring": 3, "summer": 6, "autumn": 9, "fall": 9}  # the first of its three months

_WD = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY)"
_WD_BEFORE_DATE = rf"(?:{_WD}|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?(?=,?\s+(?:\d|[A-Z][a-z]{{2}})))"
_MONTH = (
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\b"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\b\.?)"
)
# Not the beginning of a larger figure, a share, a clock time or a measure.
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?(?![\w%]|[.,:]\d|\s?(?:percent|per\s+cent|million|billion|km)\b)"
_YEAR = r"(?:1[89]|20)\d\d(?![\w%]|[.,:/]\d)"
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_PART = (
    r"(?:early\s+|late\s+|mid-?\s?)?"
    r"(?:morning|afternoon|evening|night|midnight|noon|dawn|midday|lunchtime|nightfall)"
)
_TO = r"\s*(?:[-–—‑/]|\b(?:to|and|&|or|through|thru|until|till|into)\b)\s*"
_NUMBER_WORDS = "|".join(sorted(NUMBERS.keys() - {"a", "an", "couple"}, key=len, reverse=True))
_NUMBER = (
    r"(?:\d{1,3}|twenty[-\s]four|forty[-\s]eight|seventy[-\s]two|(?:a\s+)?(?:few|couple(?:\s+of)?|several)"
    rf"|{_NUMBER_WORDS}|an?)"
)
_UNIT = r"(?:minute|hour|day|night|weekend|week|fortnight|month|year|decade)s?"
_SEASON = r"(?:winter|spring|summer|autumn|fall)"


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)")
DOTTED = re.compile(r"(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d)(?!\d)")
# 19-20 December / 30 November - 2 December / 3 and 5 May || 20 December[, 2025]
DAY_MONTH_RANGE = re.compile(
    rf"(?P<d1>{_DAY})(?:\s+(?P<m1>{_MONTH})(?:,?\s+(?P<y1>{_YEAR}))?)?{_TO}"
    rf"(?P<d2>{_DAY})\s+(?:of\s+)?(?P<m2>{_MONTH})(?:,?\s+(?P<y2>{_YEAR}))?"
)
DAY_MONTH = re.compile(
    rf"(?P<d>{_DAY})[\s-]+(?:(?:day\s+)?of\s+)?(?P<m>{_MONTH})(?!\w)(?:[\s,-]+(?:of\s+)?(?P<y>{_YEAR}))?"
)
# Dec. 19-20 / Nov. 30 to Dec. 2 || Dec. 20[, 2025] || March eighth
MONTH_DAY_RANGE = re.compile(
    rf"(?P<m1>{_MONTH})\s+(?P<d1>{_DAY})(?:,?\s+(?P<y1>{_YEAR}))?{_TO}(?:(?P<m2>{_MONTH})\s+)?(?P<d2>{_DAY})"
    rf"(?!\s*(?:{_MONTH}|[a-z]+s\b|[ap]\.?m))(?:,?\s+(?P<y2>{_YEAR}))?"
)
MONTH_DAY = re.compile(
    rf"(?P<m>{_MONTH})\s+(?:the\s+)?(?P<d>{_DAY})(?:(?:,\s*|\s+)(?:of\s+)?(?P<y>{_YEAR}))?"
)
MONTH_ORDINAL = re.compile(rf"(?P<m>{_MONTH})\s+(?:the\s+)?(?P<o>{_ORDINAL})\b")
ORDINAL_MONTH = re.compile(
    rf"(?i:(?P<o>{_ORDINAL})\s+(?:day\s+)?of)\s+(?P<m>{_MONTH})(?!\w)(?:,?\s+(?P<y>{_YEAR}))?"
)
MONTH_RANGE = re.compile(
    rf"(?P<m1>{_MONTH})(?:\s+(?P<y1>{_YEAR}))?{_TO}(?P<m2>{_MONTH})(?!\w|\s+\d{{1,2}}\b)(?:\s+(?P<y2>{_YEAR}))?"
)
MONTH = re.compile(rf"(?P<m>{_MONTH})(?!\w|['’]s\s+[A-Z])(?:,?\s+(?:of\s+)?(?P<y>{_YEAR}))?")
THAT_YEAR = _any_case(r",?\s+(?:of\s+)?(?:that|the\s+same)\s+year\b")
YEAR_RANGE = re.compile(
    rf"(?P<y1>{_YEAR})(?:\s*[-–/]\s*|\s+(?:to|and|through|until)\s+)(?P<y2>{_YEAR}|\d\d(?![\w,.:-]))"
)
YEAR = re.compile(
    r"(?P<y>(?:1[89]|20)\d\d)(?![\d%]|[.,:/]\d|s\b|['’]s\b|[-–]\w)"
    r"(?!\s+(?:people|civilians|soldiers|troops|men|women|children|victims|prisoners|fighters|rockets|missiles|drones"
    r"|homes|houses|buildings|tons|tonnes|miles|meters|metres|km|kilometers|kilometres|square|hours|local|GMT|more|others"
    r"|dollars|euros|rubles|percent|per\s+cent)\b)"
)
WEEKDAY_RANGE = re.compile(
    rf"(?P<w1>{_WD})(?:\s+(?P<p1>{_PART})\b)?(?P<to>{_TO})(?:(?:early|late)\s+)?(?P<w2>{_WD})(?:\s+(?P<p2>{_PART})\b)?"
)
WEEKDAY = re.compile(
    rf"(?P<w>{_WD_BEFORE_DATE})(?!s\b)(?:\s+(?P<p>{_PART})\b)?"
    r"(?:\s+(?:of\s+)?(?P<which>last|this|next)\s+week\b|\s+(?P<ago>a\s+week|two\s+weeks)\s+ago\b)?"
)
WEEKDAYS_PLURAL = re.compile(rf"{_WD}s\b")
# Between a weekday and the calendar date that it goes with: "Friday, Dec. 19", "Friday (19 December)".
WEEKDAY_JOIN = re.compile(r"\s*[,(\[]?\s*(?:the\s+)?(?=[\dA-Z])")
TODAY = _any_case(rf"(?P<word>today|yesterday|tomorrow|tonight)\b(?:\s+(?P<p>{_PART})\b)?")
DAY_BEFORE_YESTERDAY = _any_case(r"day\s+(?P<which>before|after)\s+(?P<word>yesterday|tomorrow)\b")
# "the day before", standing alone: not "the day before the talks".
DAY_BEFORE = _any_case(r"day\s+(?P<which>before|after)(?=\s*(?:[.,;:)]|\Z|in\b|and\b|at\b|near\b|when\b))")
OVERNIGHT = _any_case(
    r"overnight\b(?P<link>\s+(?:into|to|from|on|between|of)\b)?(?:\s+(?:the\s+)?(?:(?:early|late)\s+)?(?=\d|[A-Z]))?"
)
RELATIVE = re.compile(
    r"(?i:(?P<mod>last|next|this|past|previous|preceding|following|same|that|coming|recent|current)\s+"
    r"(?P<mod2>past\s+|coming\s+|same\s+)?)"
    rf"(?:(?P<wd>{_WD})(?:\s+(?P<wp>{_PART})\b)?|(?P<month>{_MONTH})(?!\w)"
    rf"|(?i:(?P<p>{_PART})\b(?!\s+of\b)|(?P<season>{_SEASON})\b|(?:(?P<num>{_NUMBER})[\s-]+)?(?P<unit>{_UNIT})\b(?!-)))"
)
AGO = _any_case(
    rf"(?:(?P<num>{_NUMBER})[\s-]+)?(?P<unit>{_UNIT})(?:\s+or\s+(?:so|more))?\s+"
    r"(?P<dir>ago|earlier|later|previously|afterwards|from\s+now|(?:before|after|prior)(?=\s*(?:[.,;:)]|\Z)))(?!\w)(?!\s+(?:than|this|in)\b)"
)
DURATION = _any_case(rf"(?P<num>{_NUMBER})[\s-]+(?:\w+\s+)?(?P<unit>{_UNIT})\b(?![-\s]+(?:old|of\s+age)\b)")
EDGE = _any_case(
    r"(?P<edge>end|start|beginning|middle)\s+of\s+(?:the|this)\s+(?P<unit>week|month|year|weekend)\b"
)
EVERY = re.compile(rf"(?i:(?:every|each)\s+(?:(?:single|other|few)\s+)?(?:{_PART}|{_UNIT}|{_WD}|{_MONTH}))\b")
IN_THE_DAY = _any_case(r"(?:earlier|later)\s+(?:in|during)\s+the\s+day\b")
WEEKEND = _any_case(r"weekend\b")
SEASON = _any_case(rf"(?P<season>{_SEASON})\s+(?:of\s+)?(?P<y>{_YEAR})")
NTH = re.compile(r"(?P<d>[0-3]?\d)(?:st|nd|rd|th)(?=\s*(?:[,.;:)]|\Z|of\s+(?:this|the)\s+month))")
NAMED = re.compile(
    r"(?P<name>9/11|Orthodox Christmas(?: Eve)?|Christmas Eve|Christmas(?: Day)?|Boxing Day|New Year['’]?s Eve"
    r"|New Year(?:['’]s)?(?: Day)?|Valentine['’]s Day|Halloween|Thanksgiving(?: Day)?|Good Friday|Palm Sunday"
    r"|Easter(?: Sunday)?|Easter Monday|Victory Day|May Day)\b"
    r"(?!\s+(?:tree|card|Island))(?:\s+(?P<y>(?:19|20)\d\d)\b)?"
)
# Weekdays and months in names that are no dates.
NOT_DATES = re.compile(
    r"(?:Black|Bloody|Super|Holy|Maundy|Ash|Easter|Shrove)\s+\Z|\bMail\s+on\s+\Z", re.IGNORECASE
)
NOT_DATES_AFTER = re.compile(
    r"\s+(?:Times|Telegraph|Mirror|Mail|Express|People|Herald|World|School|Church)\b"
)

_CALENDAR_FIGURES = ("iso", "dotted", "named", "day_month", "ago", "nth", "duration", "year")
STARTERS: dict[str, tuple[str, ...]] = {
    "today": ("today",),
    "yesterday": ("today",),
    "tomorrow": ("today",),
    "tonight": ("today",),
    "overnight": ("overnight",),
    "weekend": ("weekend",),
    "day": ("day_before",),
    "earlier": ("in_the_day",),
    "later": ("in_the_day",),
    "every": ("every",),
    "each": ("every",),
    "victory": ("named",),
    "new": ("named",),
    "christmas": ("named",),
    "orthodox": ("named",),
    "boxing": ("named",),
    "halloween": ("named",),
    "thanksgiving": ("named",),
    "good": ("named",),
    "palm": ("named",),
    "easter": ("named",),
    **dict.fromkeys(
        ("last", "next", "this", "past", "previous", "preceding", "following", "same"), ("relative",)
    ),
    **dict.fromkeys(("that", "coming", "recent", "current"), ("relative",)),
    **dict.fromkeys(("end", "start", "beginning", "middle"), ("edge",)),
    **dict.fromkeys(SEASONS, ("season",)),
    **dict.fromkeys(WEEKDAYS, ("weekday",)),
    **dict.fromkeys(("mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"), ("weekday",)),
    **{f"{day}s": ("weekdays",) for day in WEEKDAYS},
    **dict.fromkeys(MONTHS, ("month_day", "month")),
    **dict.fromkeys(ORDINALS, ("ordinal",)),
    **dict.fromkeys((*NUMBERS, *INDEFINITE), ("ago", "duration")),
    **dict.fromkeys(("hours", "days", "weeks", "months", "years"), ("ago",)),
    "may": ("named", "month_day", "month"),
    "#": _CALENDAR_FIGURES,
}

_ARTICLES = frozenset({"the", "this", "that", "its", "their"})
_PREPOSITIONS = frozenset(
    {"on", "in", "of", "at", "from", "during", "over", "around", "about", "within", "for", "between"}
)
_EDGES = {
    "early": "early", "earlier": "earlier", "late": "late", "later": "later", "mid": "mid", "mid-": "mid",
    "end": "late", "start": "early", "beginning": "early", "middle": "mid",
}  # fmt: skip
_EDGES_OF = frozenset({"end", "start", "beginning", "middle"})
_BOUNDS = frozenset({"since", "until", "till", "by", "before", "through"})
_NIGHTS = frozenset({"night", "nights", "hours", "midnight", "overnight"})
_LEFT_REACH = 48


@dataclass(frozen=True, slots=True)
class Left:
    """What stands before an expression and belongs to its meaning.

    `start` is where the expression begins with its `edge` words ("early", "the night of"); `bound` is
    "since", "until" ... or "", `preposition` the word that leads in or "".
    """

    start: int
    bound: str = ""
    preposition: str = ""
    edge: str = ""
    night: bool = False
    article: bool = False


_WORDS = re.compile(r"[^\s(\[\"“‘]+")


def left_of(text: str, first: int, start: int) -> Left:
    """Read backwards from `start`, not beyond `first`: "since the early hours of", "on the night of", "in late"."""
    low = max(first, start - _LEFT_REACH)
    words = [(text[m.start() : m.end()].lower(), m.start()) for m in _WORDS.finditer(text, low, start)]
    begin, preposition, edge, night, article = start, "", "", False, False

    def last() -> str:
        return words[-1][0] if words else ""

    while True:
        word = last()
        if word in _ARTICLES:
            article = True
            words.pop()
        elif word in _PREPOSITIONS and not preposition:
            preposition = word
            words.pop()
        elif word in _NIGHTS:
            night = True
            begin = words.pop()[1]
            if last() in ("early", "small", "late", "first"):
                begin = words.pop()[1]
            preposition = ""
        elif word in _EDGES and (preposition == "of" or word not in _EDGES_OF):
            edge = _EDGES[word]
            begin = words.pop()[1]
            preposition = ""
        else:
            break
    bound = last() if last() in _BOUNDS else ""
    return Left(begin, bound, preposition, edge, night, article)
