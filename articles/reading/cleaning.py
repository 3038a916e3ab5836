"""Text as it is stored: `normalise` for articles, `one_line` for titles and names.

All offsets in this project (quotes, evidence) count characters of normalised text, so `normalise` is applied
once, before an article is stored, and applying it again changes nothing. What it does:

- NFC, so that a letter and its accent are one character however the publisher wrote them;
- no NUL and no other control characters; lone surrogates become U+FFFD (neither can be stored or sent);
- line ends are "\\n", runs of spaces (also no-break, thin, ideographic) are one space, lines are stripped;
- at most one blank line in a row: a blank line ends a paragraph;
- invisible characters go: soft hyphens, zero-width spaces and byte-order marks (they split words that readers
  and rules see as whole) and bidirectional controls (they make a quote read other than it is written). Joiners
  stay where scripts and emoji need them: everywhere but between Latin, Greek and Cyrillic letters.

Letters, punctuation and digits are never changed: a quote stays verbatim.
"""

import re
import unicodedata

_SURROGATES = re.compile(r"[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_EUROPEAN = "A-Za-zÀ-ÖØ-öø-ʯͰ-ϿЀ-ԯḀ-ỿἀ-῿"
_STRAY_JOINERS = re.compile(f"(?<=[{_EUROPEAN}])[\u200c\u200d]+(?=[{_EUROPEAN}])")
_SPACES = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_EDGES = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """`text` as it is stored: see the module's docstring. Idempotent."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROLS.sub("", text)
    text = _INVISIBLE.sub("", text)
    text = _STRAY_JOINERS.sub("", text)
    text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    text = _LINE_EDGES.sub("\n", text)
    return _BLANK_LINES.sub("\n\n", text).strip(" \n")


def one_line(text: str) -> str:
    """`text` normalised and on one line: titles, bylines, names."""
    return normalise(text).replace("\n\n", " ").replace("\n", " ")


_ENDS_SENTENCE = re.compile(r"[.!?…:;»”\"')\]]$")
_LONGEST_WRAPPED_LINE = 100
_SHORTEST_WRAPPED_LINE = 40


def paragraphs(text: str) -> str:
    """`text` of a file, normalised, with a blank line between paragraphs and no line breaks within them.

    Files either break long lines at a fixed width or put each paragraph on a line of its own; a block of lines
    is taken for the former when its lines are neither long nor short and mostly break off in mid-sentence.
    """
    blocks = []
    for block in normalise(text).split("\n\n"):
        lines = block.split("\n")
        blocks.append(" ".join(lines) if _is_wrapped(lines) else "\n\n".join(lines))
    return "\n\n".join(blocks)


def _is_wrapped(lines: list[str]) -> bool:
    body = lines[:-1]
    if not body or max(map(len, lines)) > _LONGEST_WRAPPED_LINE:
        return False
    full = sum(len(line) >= _SHORTEST_WRAPPED_LINE for line in body)
    broken_off = sum(not _ENDS_SENTENCE.search(line) for line in body)
    return full > 0.8 * len(body) and broken_off >= 0.5 * len(body)
