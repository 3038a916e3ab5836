"""Bytes to characters: never silently wrong.

Publishers' own word on their charset is often wrong, so it is one witness among several. In order: a byte-order
mark; valid UTF-8 (random text in another charset almost never is); UTF-16 without a mark; what the header and
the page say; detection by charset-normalizer. A decoding that rests on a guess, or that had to leave bytes out,
comes with a doubt in plain words.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from charset_normalizer import from_bytes

from articles.reading.errors import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# As browsers do (WHATWG Encoding): what is labelled so is in truth the Windows superset.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{2,40})"""
    rb"""|<meta[^>]{0,500}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD = 4096
_SAMPLE = 200_000
_MOST_STRAY_BYTES = 0.002  # of a text said to be UTF-8, before it is taken not to be


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text`, the `charset` it was decoded from, and a `doubt` where that is not certain ("" where it is)."""

    text: str
    charset: str
    doubt: str = ""


def decode(body: bytes, charset: str | None = None) -> Decoded:
    """Decode `body`; `charset` is what the Content-Type said, if anything. Raises Unreadable for binary data."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(name, "replace")
            return Decoded(text, name, _doubt_of_losses(text, name))
    if not body:
        return Decoded("", "utf-8")
    if (wide := _unmarked_utf16(body)) is not None:
        text = body.decode(wide, "replace")
        return Decoded(text, wide, _doubt_of_losses(text, wide))
    if body[:_HEAD].count(0) > 0.01 * len(body[:_HEAD]):
        raise Unreadable("This is binary data, not text. Give the article as HTML or plain text.")
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass  # some other charset, or UTF-8 with stray bytes
    declared = [known for name in (charset, declared_in(body)) if name and (known := _known(name))]
    if "utf-8" in declared:
        text = body.decode("utf-8", "replace")
        if text.count("\ufffd") <= max(1, _MOST_STRAY_BYTES * len(text)):
            return Decoded(text, "utf-8", _doubt_of_losses(text, "utf-8"))
    return _by_declaration(body, [name for name in declared if name != "utf-8"]) or _by_detection(body)


def declared_in(body: bytes) -> str | None:
    """The charset that an XML declaration or a <meta> in the first bytes names."""
    match = _DECLARED.search(body[:_HEAD])
    return (match[1] or match[2]).decode("ascii") if match else None


def _by_declaration(body: bytes, declared: list[str]) -> Decoded | None:
    for name in declared:
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        # Any bytes at all are valid in most one-byte charsets. Cyrillic sent as "iso-8859-1" is common, and
        # shows as words made of accented Latin letters.
        if not (name in {"cp1252", "cp1254"} and _mostly_accented(text)):
            return Decoded(text, name)
    return None


def _by_detection(body: bytes) -> Decoded:
    best = from_bytes(body[:_SAMPLE]).best()
    if best is None:
        raise Unreadable(
            "The text is in no charset that could be recognised. Save it as UTF-8 and give it again."
        )
    text = body.decode(best.encoding, "replace")
    return Decoded(
        text, best.encoding, f"The charset is a guess ({best.encoding}): look for garbled letters."
    )


def _unmarked_utf16(body: bytes) -> str | None:
    """UTF-16 without a mark: spaces, line ends and tags have a zero byte, always on the same side."""
    head = body[: _HEAD - _HEAD % 2]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = 0.05 * len(head) / 2
    if len(body) % 2 or max(even, odd) <= enough:
        return None
    name = "utf-16-be" if even > 10 * odd else "utf-16-le" if odd > 10 * even else None
    if name is None:
        return None
    characters = head.decode(name, "replace")
    strange = sum(unicodedata.category(c) in {"Cc", "Cn", "Co"} and not c.isspace() for c in characters)
    return name if strange < 0.05 * len(characters) else None


def _known(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return _SUPERSETS.get(known, known)


def _mostly_accented(text: str) -> bool:
    letters = [c for c in re.sub(r"<[^>]*>", "", text[:_SAMPLE]) if c.isalpha()]
    return sum(c > "\x7f" for c in letters) > 0.3 * len(letters)


def _doubt_of_losses(text: str, charset: str) -> str:
    lost = text.count("\ufffd")
    return f"{lost} characters are not valid {charset}; they are shown as \ufffd." if lost else ""
