"""Publication dates, read strictly: what is no date gives an error, never a neighbouring day.

Libraries roll over (feedparser makes 1 March of 30 February) or guess among the numbers of a page. A wrong
publication date shifts every "on Saturday" of an article, so none is better than a wrong one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_tz

EARLIEST = date(1900, 1, 1)
FUTURE = timedelta(days=2)
NOON = time(12)


class DateProblem(ValueError):
    """The words are no usable publication date; the message says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """When something was published.

    `at` is aware where the source gave a zone, else naive: local time of the source, whose zone the caller
    knows. `day_only` marks a date without a time; `at` is then noon, naive, so that the day survives whatever
    zone it is put into.
    """

    at: datetime
    day_only: bool = False


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_WRITTEN_DAY = re.compile(
    r"(?:[a-z]{3,9},? )?"
    r"(?:(?P<d1>\d{1,2}) (?P<m1>[a-z]{3,9})\.?|(?P<m2>[a-z]{3,9})\.? (?P<d2>\d{1,2})),? (?P<y>\d{4})",
    re.ASCII | re.IGNORECASE,
)
_RFC_822 = re.compile(
    r"(?:[a-z]{3,9}\.?,? )?\d{1,2}[ -][a-z]{3,9}\.?[ -](\d{2}(?:\d{2})?) \d{1,2}:\d{2}(?::\d{2})?(?: \S{1,6})?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# The names that RFC 822 gives a meaning, and those of the region's newsrooms. Any other is taken for no zone.
_ZONES = {
    **dict.fromkeys(("ut", "utc", "gmt", "z"), "+0000"),
    "est": "-0500",
    "edt": "-0400",
    "cst": "-0600",
    "cdt": "-0500",
    "mst": "-0700",
    "mdt": "-0600",
    "pst": "-0800",
    "pdt": "-0700",
    "cet": "+0100",
    "cest": "+0200",
    "eet": "+0200",
    "eest": "+0300",
    "msk": "+0300",
    "bst": "+0100",
}
_OFFSET = re.compile(r"[+-]\d{4}", re.ASCII)


def parse_published(words: str, now: datetime) -> Published:
    """The publication date that `words` state, or DateProblem.

    Read are ISO 8601 (2025-12-20, 2025-12-20T10:00+02:00), RFC 822 as feeds have it, 20 December 2025,
    December 20, 2025 and 20.12.2025. Refused is what names no day of the calendar, what reads two ways
    (03/04/2025), and what lies before 1900 or more than two days after `now` (aware).
    """
    words = " ".join(words.split())
    if not words:
        raise DateProblem("The publication date is empty.")
    try:
        found = _parse(words)
    except ValueError as error:
        raise DateProblem(f"The publication date “{words[:60]}” is not in the calendar ({error}).") from error
    if found is None:
        raise DateProblem(
            f"The publication date “{words[:60]}” cannot be read: write it like 2025-12-20 or "
            "2025-12-20T10:00+02:00."
        )
    aware = found.at if found.at.tzinfo else found.at.replace(tzinfo=UTC)
    if found.at.date() < EARLIEST or aware > now + FUTURE:
        raise DateProblem(f"The publication date “{words[:60]}” is not between 1900 and tomorrow.")
    return found


def _parse(words: str) -> Published | None:
    """The date in `words`; None when they have no form that we read. ValueError when there is no such day."""
    if match := _ISO_MOMENT.fullmatch(words):
        day, clock, zone = match.groups()
        zone = {"z": "+00:00", "utc": "+00:00", "gmt": "+00:00", "": ""}.get((zone or "").lower(), zone)
        return Published(datetime.fromisoformat(f"{day}T{clock}{zone}"))
    if _ISO_DAY.fullmatch(words):
        return _day(*map(int, words.split("-")))
    if match := _COMPACT_DAY.fullmatch(words):
        return _day(*map(int, match.groups()))
    if match := _DOTTED_DAY.fullmatch(words):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := _WRITTEN_DAY.fullmatch(words):
        month = (match["m1"] or match["m2"])[:3].lower()
        if month in _MONTHS:
            return _day(int(match["y"]), _MONTHS.index(month) + 1, int(match["d1"] or match["d2"]))
    if match := _RFC_822.fullmatch(words):
        return _rfc_822(words, match[1])
    return None


def _day(year: int, month: int, day: int) -> Published:
    return Published(datetime.combine(date(year, month, day), NOON), day_only=True)


def _rfc_822(words: str, year: str) -> Published | None:
    head, _, last = words.rpartition(" ")
    zone = _ZONES.get(last.lower(), last)
    has_zone = bool(_OFFSET.fullmatch(zone)) and zone != "-0000"  # RFC 2822: minus zero is "zone unknown"
    parts = parsedate_tz(words if ":" in last else f"{head} {zone if has_zone else '+0000'}")
    if parts is None:
        return None
    # parsedate_tz makes 2001 of the year 0001, and does not check that there is such a day and time.
    moment = datetime(int(year) if len(year) == 4 else parts[0], *parts[1:6])
    if not has_zone:
        return Published(moment)
    return Published(moment.replace(tzinfo=timezone(timedelta(seconds=parts[9] or 0))))
