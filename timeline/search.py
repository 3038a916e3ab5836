"""Words that people type, as a query on a search vector."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery

LONGEST = 200  # characters

# A minus excludes the word or phrase that follows it. Thirty others in a row overflow Postgres' parser.
_IDLE_MINUS = re.compile(r'-(?![\w"])')


def words_query(text: str) -> SearchQuery:
    """`text` as web searches are written: words, "phrases", -without, or. Any text is a valid query."""
    words = _IDLE_MINUS.sub(" ", text.replace("\0", "")[:LONGEST])
    return SearchQuery(words, search_type="websearch", config="english")
