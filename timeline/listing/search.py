"""Words that people type, as a query on a search vector."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.contrib.postgres.search import SearchQuery
from django.db import connection

LONGEST = 200  # characters

# A minus excludes the word or phrase that follows it. Thirty others in a row overflow Postgres' parser.
_IDLE_MINUS = re.compile(r'-(?![\w"])')


def words_query(text: str) -> SearchQuery:
    """`text` as web searches are written: words, "phrases", -without, or. Any text is a valid query."""
    return SearchQuery(typed(text), search_type="websearch", config="english")


def typed(text: str) -> str:
    """What Postgres is given of it."""
    return _IDLE_MINUS.sub(" ", text.replace("\0", "")[:LONGEST])


def matching(texts: Mapping[int, str], text: str) -> set[int]:
    """The keys of the texts that `words_query(text)` finds, where they are no column: Postgres decides."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM unnest(%s::bigint[], %s::text[]) AS given(key, words) "
            "WHERE to_tsvector('english', words) @@ websearch_to_tsquery('english', %s)",
            [list(texts), [words[:200_000] for words in texts.values()], typed(text)],
        )
        return {key for (key,) in cursor.fetchall()}
