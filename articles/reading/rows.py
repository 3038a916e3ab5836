"""JSON lines: one article a line, `{"id", "source", "url", "title", "published", "text"}`.

`text` is required, and an `id` or a `url` to know the article again by. A bad line becomes a `RowError` and the
reading goes on.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from articles.reading.cleaning import one_line
from articles.reading.dates import DateProblem, parse_published
from articles.reading.links import is_web_address

LONGEST_LINE = 5_000_000
_OPTIONAL = ("id", "source", "url", "title")
_HOST = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
# A file says what was published when; only the reader's clock could call a date "future", and a file may be
# read with none (`manage.py extract`). The store checks that again with the clock.
_NO_CLOCK = datetime.fromisoformat("9998-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Row:
    """One article of a file. `text` is as given, not normalised: offsets of `manage.py extract` are into it.

    `published` is aware, or naive (the outlet's local time) where no zone is given; a mere date is at noon.
    """

    text: str
    id: str = ""
    source: str = ""
    url: str = ""
    title: str = ""
    published: datetime | None = None
    published_day_only: bool = False


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a line is no article. `field` is "" where the whole line is at fault; `str()` is the sentence."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


def read_jsonl(
    lines: Iterable[bytes | str], now: datetime | None = None
) -> Iterator[tuple[int, Row | RowError]]:
    """Line numbers (from 1) with the article or the fault of each line; blank lines are passed over.

    `lines` is a file opened in binary (or text) mode. With `now`, dates more than two days later are faults.
    """
    for number, line in enumerate(lines, 1):
        row = _read_line(number, line, now or _NO_CLOCK)
        if row is not None:
            yield number, row


def _read_line(number: int, line: bytes | str, now: datetime) -> Row | RowError | None:
    if len(line) > LONGEST_LINE:
        return RowError(number, "", f"The line is longer than {LONGEST_LINE:,} bytes. Cut it into articles.")
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        return RowError(number, "", f"Byte {error.start + 1} is not valid UTF-8. Save the file as UTF-8.")
    text = text.removeprefix("\ufeff").strip() if number == 1 else text.strip()
    if not text:
        return None
    try:
        data = json.loads(text)
    except RecursionError:
        return RowError(number, "", "The JSON is nested too deeply. Write one flat object a line.")
    except ValueError as error:
        hint = " Write one object a line, not a list." if text.startswith("[") else ""
        return RowError(number, "", f"This is not JSON ({error}).{hint}")
    if not isinstance(data, dict):
        return RowError(number, "", 'This is no JSON object. Write one object a line: {"text": …}.')
    return _row(number, data, now)


def _row(number: int, data: dict[str, object], now: datetime) -> Row | RowError:
    strings: dict[str, str] = {}
    for field in _OPTIONAL:
        value = data.get(field)
        if field == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is not None and not isinstance(value, str):
            return RowError(number, field, f"It is {_named(value)}; write text in quotes.")
        strings[field] = one_line(value or "")
    text = data.get("text")
    if not isinstance(text, str):
        return RowError(number, "text", f"It is {_named(text)}; give the article's text.")
    if not text.strip():
        return RowError(number, "text", "It is empty; give the article's text.")
    if not strings["id"] and not strings["url"]:
        return RowError(number, "id", "Neither id nor url is given; one is needed to know the article again.")
    if match := _HOST.match(strings["url"]):  # a space in the path is read as browsers do
        strings["url"] = match[0] + strings["url"][match.end() :].replace(" ", "%20")
    if strings["url"] and not is_web_address(strings["url"]):
        return RowError(number, "url", "It is no web address; write it whole, from http:// or https:// on.")
    published, day_only = None, False
    words = data.get("published")
    if words is not None and words != "":
        if not isinstance(words, str):
            return RowError(number, "published", f'It is {_named(words)}; write it like "2025-12-20".')
        try:
            found = parse_published(words, now)
        except DateProblem as error:
            return RowError(number, "published", str(error))
        published, day_only = found.at, found.day_only
    return Row(text=text, published=published, published_day_only=day_only, **strings)


def _named(value: object) -> str:
    names = {type(None): "missing", bool: "true or false", dict: "an object", list: "a list"}
    return names.get(type(value), "a number")
