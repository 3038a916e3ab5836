"""Markup that a feed or page carries: bounded before it is parsed, and turned into the text a reader sees."""

import re

import lxml.etree
import lxml.html

from articles.reading.cleaning import normalise
from articles.reading.errors import TooHeavy

# Of one tag. libxml2 compares each with all before it: 50,000 take 2 s, 200,000 minutes.
MOST_ATTRIBUTES = 2000
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<[A-Za-z/!?]")
_BLOCK = re.compile(
    "address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|ol|p|pre"
    "|section|table|td|th|tr|ul"
)
_SILENT = re.compile("script|style|template|noscript|iframe|object|svg|math|head|title")


def check_attributes(html: str) -> None:
    """Raise TooHeavy where a tag has so many attributes that parsing it would take for ever."""
    position = html.find("<")
    while position != -1:
        end, count = _scan_tag(html, position + 1)
        if count > MOST_ATTRIBUTES:
            raise TooHeavy(
                f"A tag of the page has more than {MOST_ATTRIBUTES} attributes. Paste the text instead."
            )
        position = html.find("<", end)


_ATTRIBUTE = re.compile(r"""[\s/]*[^\s/>=][^\s/>=]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']?[^\s>]*))?""")


def _scan_tag(html: str, start: int) -> tuple[int, int]:
    """Where the tag at `start` ends and how many attributes it has (counting stops beyond the limit)."""
    if start >= len(html) or not html[start].isalpha():
        return start, 0
    count = -1  # the tag's name is matched as if it were an attribute
    while count <= MOST_ATTRIBUTES and (match := _ATTRIBUTE.match(html, start)):
        start = match.end()
        count += 1
    return start, count


def text_of(markup: str) -> str:
    """The text that a reader of `markup` would see, in paragraphs; scripts and styles say nothing."""
    markup = markup.replace("\0", "").strip()
    if not _TAG.search(markup) and "&" not in markup:
        return normalise(markup)
    check_attributes(markup)
    parser = lxml.html.HTMLParser(collect_ids=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.fragment_fromstring(markup, create_parent="div", parser=parser)
    except lxml.etree.ParserError:
        return ""
    parts: list[str] = []
    silence = 0
    # Walked without recursion: the nesting is as deep as the publisher likes.
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        if _BLOCK.fullmatch(element.tag):
            parts.append("\n\n")
        if _SILENT.fullmatch(element.tag):
            silence += 1 if event == "start" else -1
        words = element.text if event == "start" else element.tail
        if words and not silence and not (event == "end" and element is root):
            parts.append(_SPACES.sub(" ", words))
    return normalise("".join(parts))
