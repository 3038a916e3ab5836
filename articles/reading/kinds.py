"""What some bytes are, from their beginning, their Content-Type and their name."""

import json
import re
from typing import Literal

from articles.reading.decoding import decode
from articles.reading.errors import Unreadable

Kind = Literal["feed", "html", "text", "jsonl", "opml", "sitemap", "binary"]
_HEAD = 4096
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF", b"\x7fELF")
_ROOT = re.compile(
    # Atomic and possessive: what has been passed over is not tried again in other ways.
    r"\A(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<([A-Za-z][\w:.-]*)",
    re.DOTALL | re.IGNORECASE,
)
_ROOTS: dict[str, Kind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf:rdf": "feed",
    "channel": "feed",
    "opml": "opml",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
}
_TAGS = re.compile(r"<(?:!doctype html|html|head|body|title|meta|p|div|article|h1|br|a)\b", re.IGNORECASE)
_JSONL_TYPES = ("jsonl", "ndjson", "jsonlines")
_HTML_NAMES = (".html", ".htm", ".xhtml")


def kind_of(body: bytes, content_type: str = "", name: str = "") -> Kind:
    """Which reader `body` is for. Its first 4096 bytes are enough; `name` is a file's name or an address.

    The bytes have the last word over header and name: publishers serve feeds as text/html and pages as
    text/plain.
    """
    head = body[:_HEAD]
    if head.startswith(_MAGIC):
        return "binary"
    try:
        text = _decoded_head(head).removeprefix("\ufeff")
    except Unreadable:
        return "binary"
    if root := _ROOT.match(text):
        kind = _ROOTS.get(root[1].lower())
        if kind:
            return kind
    if _is_json_line(text, cut=len(body) >= _HEAD) or any(t in content_type for t in _JSONL_TYPES):
        return "jsonl"
    if name.lower().split("?")[0].endswith((".jsonl", ".ndjson")):
        return "jsonl"
    if _TAGS.search(text) and (text.lstrip().startswith("<") or "html" in content_type):
        return "html"
    if "html" in content_type or name.lower().split("?")[0].endswith(_HTML_NAMES):
        return "html"
    return "text"


def _decoded_head(head: bytes) -> str:
    """`head` as text. The cut may have gone through a character: up to three bytes of it are dropped."""
    for cut in range(4 if 0 not in head else 0):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return decode(head[: len(head) - len(head) % 4]).text


def _is_json_line(text: str, *, cut: bool) -> bool:
    line, newline, _ = text.lstrip().partition("\n")
    if not line.startswith("{"):
        return False
    if not newline and cut:
        return re.match(r'\{\s*"[^"\n]+"\s*:', line) is not None
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
