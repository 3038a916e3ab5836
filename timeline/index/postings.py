"""The rows of the facet index: written with the event, rebuilt and compared as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from pyroaring import BitMap

from timeline.index import words
from timeline.index.keys import blocks_of, keys_of, pairs_of, table_of_all_events
from timeline.index.table import BLOCK, FacetTable
from timeline.models import Event, Posted, Posting

WRITERS = 72_003  # the key of the advisory lock: two who change one bitmap come one after the other
CHUNK = 2_000  # events posted at once

Place = tuple[str, int]  # key and block

_UPSERT = """
    INSERT INTO timeline_posting (key, block, bitmap, version)
    SELECT key, block, bitmap, pg_current_xact_id()::text::bigint
    FROM unnest(%s::text[], %s::int[], %s::bytea[]) AS changed (key, block, bitmap)
    ON CONFLICT (key, block) DO UPDATE SET bitmap = excluded.bitmap, version = excluded.version
"""
_CHANGING = """
    SELECT posting.key, posting.block, posting.bitmap FROM timeline_posting posting
    JOIN unnest(%s::text[], %s::int[]) AS changing (key, block)
    ON posting.key = changing.key AND posting.block = changing.block
"""


def post(*ids: int) -> None:
    """Put events under the keys that they now have. Call it in the transaction that changed them."""
    with transaction.atomic():
        _wait_for_others()
        now = keys_of(ids)
        for pk, key in words.pairs(ids):
            now[pk].add(key)
        before = {pk: set(keys) for pk, keys in Posted.objects.filter(pk__in=ids).values_list("pk", "keys")}
        come: dict[Place, list[int]] = defaultdict(list)
        gone: dict[Place, list[int]] = defaultdict(list)
        for pk in ids:
            old, new = before.get(pk, set()), now.get(pk, set())
            for key in new - old:
                come[key, pk // BLOCK].append(pk)
            for key in old - new:
                gone[key, pk // BLOCK].append(pk)
        if not come and not gone:
            return
        parts = _parts(come.keys() | gone.keys())
        for place, pks in gone.items():
            parts[place] -= BitMap(pks)
        for place, pks in come.items():
            parts[place] |= BitMap(pks)
        _write(parts)
        _note_keys({pk: now.get(pk, set()) for pk in ids if now.get(pk, set()) != before.get(pk)})


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])


def _parts(places: Iterable[Place]) -> dict[Place, BitMap]:
    wanted = sorted(places)
    parts = {place: BitMap() for place in wanted}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGING, [[key for key, _ in wanted], [block for _, block in wanted]])
        for key, block, bitmap in cursor:
            parts[key, block] = BitMap.deserialize(bytes(bitmap))
    return parts


def _write(parts: Mapping[Place, BitMap]) -> None:
    for bitmap in parts.values():
        bitmap.run_optimize()
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            [
                [key for key, _ in parts],
                [block for _, block in parts],
                [bitmap.serialize() for bitmap in parts.values()],
            ],
        )


def _note_keys(keys: Mapping[int, set[str]]) -> None:
    Posted.objects.bulk_create(
        [Posted(event_id=pk, keys=sorted(each)) for pk, each in keys.items()],
        update_conflicts=True,
        unique_fields=["event"],
        update_fields=["keys"],
    )


def post_place(place_id: int) -> None:
    """Post the events of a place again, whose country or region may be another now."""
    ids = list(Event.objects.filter(place=place_id).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        post(*ids[start : start + CHUNK])


# The whole


def stored_table() -> FacetTable:
    """The index as the posting rows have it, without the words."""
    table = FacetTable()
    held = Posting.objects.exclude(key__startswith=f"{words.FACET}:").order_by()
    rows = held.values_list("key", "block", "bitmap")
    for key, block, bitmap in rows.iterator(chunk_size=5_000):
        table.put(*split(key), block, BitMap.deserialize(bytes(bitmap)))
    return table


def split(key: str) -> tuple[str, str]:
    facet, _, value = key.partition(":")
    return facet, value


def differences(stored: FacetTable, true: FacetTable) -> dict[Place, BitMap]:
    """Where the stored index is wrong: the part that should be there. Pure."""
    have = {(f, v): bitmap for f, v, bitmap in stored}
    want = {(f, v): bitmap for f, v, bitmap in true}
    wrong: dict[Place, BitMap] = {}
    for facet, value in have.keys() | want.keys():
        is_, should = have.get((facet, value), BitMap()), want.get((facet, value), BitMap())
        if is_ != should:
            right = dict(blocks_of(should))
            for block, _part in blocks_of(is_ ^ should):
                wrong[f"{facet}:{value}", block] = right.get(block, BitMap())
    return wrong


def _wrong_words() -> dict[Place, BitMap]:
    """Where the postings of the frequent words are wrong: the part that should be there."""
    of_words = Posting.objects.filter(key__startswith=f"{words.FACET}:").order_by()
    rows = of_words.values_list("key", "block", "bitmap").iterator(chunk_size=5_000)
    stored = {(key, block): BitMap.deserialize(bytes(bitmap)) for key, block, bitmap in rows}
    wrong: dict[Place, BitMap] = {}
    for key, block, part in words.true_postings(words.frequent()):
        if stored.pop((key, block), None) != part:
            wrong[key, block] = part
    return wrong | {place: BitMap() for place, left in stored.items() if left}


def is_missing() -> bool:
    """Whether there are events and no index: after an upgrade from a version without one."""
    return not Posting.objects.exists() and Event.objects.published().exists()


def _take_your_time() -> None:
    """Lift the limit on a statement, for the rest of the transaction or of this connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET {'LOCAL ' if connection.in_atomic_block else ''}statement_timeout = 0")


def compare() -> tuple[FacetTable, dict[Place, BitMap]]:
    """The index made anew, and where the stored one differs from it. The words are in the second only."""
    _take_your_time()
    true = table_of_all_events()
    return true, differences(stored_table(), true) | _wrong_words()


@transaction.atomic
def rebuild() -> tuple[FacetTable, int]:
    """Mend every posting row that is wrong or missing. The table, and the number of rows written."""
    _take_your_time()
    _wait_for_others()
    true, wrong = compare()
    places = sorted(wrong)
    for start in range(0, len(places), CHUNK):
        _write({place: wrong[place] for place in places[start : start + CHUNK]})
    _note_all_keys()
    return true, len(wrong)


def _note_all_keys() -> None:
    """Note for each event the keys that it now stands under. Rows that are right are left as they are."""
    Posted.objects.exclude(event__in=Event.objects.published()).delete()
    with connection.cursor() as cursor:
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for first in range(0, last + 1, BLOCK):
            here = Event.objects.published().filter(pk__gte=first, pk__lt=first + BLOCK)
            pairs, parameters = pairs_of(here).query.sql_with_params()
            cursor.execute(
                "INSERT INTO timeline_posted (event_id, keys) "  # noqa: S608 (Django's own SQL and constants)
                'SELECT event, array_agg(DISTINCT key COLLATE "C") '
                f"FROM ({pairs} UNION ALL {words.PAIRS_OF_BLOCK}) AS pair (event, key) GROUP BY event "
                "ON CONFLICT (event_id) DO UPDATE SET keys = excluded.keys "
                "WHERE timeline_posted.keys <> excluded.keys",
                [*parameters, first, first + BLOCK - 1],
            )
