"""The facet index: its algebra by tables, its rows in the writing transaction, its counts against SQL."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Q
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyroaring import BitMap

from articles import ingest
from tests.factories import make_article, make_event, make_place, make_report, make_source
from timeline.curating import curation
from timeline.index import held, post, postings
from timeline.index.postings import compare, rebuild
from timeline.index.selection import is_answerable
from timeline.index.table import BLOCK, FacetTable, Top, top_of
from timeline.listing import answers
from timeline.listing.answers import answer, ids_in_order
from timeline.listing.filters import EventFilter, FilterForm
from timeline.models import Event, Place, Posted, Posting, Report
from timeline.recording import ledger


def chosen(query: str) -> EventFilter:
    return EventFilter(QueryDict(query))


def without_index(query: str) -> answers.Answer:
    return answers.answer_from_sql(chosen(query))


# The algebra


def table_of(**facets: dict[str, list[int]]) -> FacetTable:
    table = FacetTable()
    for facet, values in facets.items():
        for value, ids in values.items():
            for block in {pk // BLOCK for pk in ids}:
                table.put(facet, value, block, BitMap(pk for pk in ids if pk // BLOCK == block))
    return table


FAR = 3 * BLOCK + 7
TABLE = {
    "category": {"strike": [1, 2, FAR], "territory": [3]},
    "status": {"claimed": [1, 3], "reported": [2, FAR]},
    "start": {"2024-01-01": [2], "2024-01-03": [1, FAR], "2024-02-01": [3]},
    "place": {"7": [1, 2], "8": [FAR], "9": [3]},
}


@pytest.mark.parametrize(
    ("facet", "low", "high", "expected"),
    [
        ("start", None, None, {1, 2, 3, FAR}),
        ("start", "2024-01-02", None, {1, 3, FAR}),
        ("start", None, "2024-01-03", {1, 2, FAR}),
        ("start", "2024-01-03", "2024-01-03", {1, FAR}),
        ("start", "2025-01-01", None, set()),
        ("killed", None, None, set()),
    ],
)
def test_between(facet, low, high, expected):
    assert set(table_of(**TABLE).between(facet, low, high)) == expected


@pytest.mark.parametrize(
    ("within", "counts"),
    [
        (None, {"claimed": 2, "reported": 2}),
        ([1, 2], {"claimed": 1, "reported": 1}),
        ([FAR], {"reported": 1}),
        ([], {}),
    ],
)
def test_counts(within, counts):
    bitmap = None if within is None else BitMap(within)
    assert table_of(**TABLE).counts("status", bitmap) == counts


@pytest.mark.parametrize(
    ("newest_first", "after", "expected"),
    [
        (True, None, [3, FAR, 1]),
        (False, None, [2, 1, FAR]),
        (True, (date(2024, 1, 3), FAR), [1, 2]),
        (True, (date(2024, 1, 3), 1), [2]),
        (False, (date(2024, 1, 3), 1), [FAR, 3]),
        (False, (date(2024, 1, 2), 99), [1, FAR, 3]),
        (True, (date(2023, 1, 1), 1), []),
    ],
)
def test_page(newest_first, after, expected):
    assert table_of(**TABLE).page(None, newest_first, after, 3) == expected


def test_a_block_that_is_put_again_replaces_only_itself():
    table = table_of(**TABLE)
    table.put("category", "strike", 0, BitMap([2]))
    assert set(table.any_of("category", ["strike"])) == {2, FAR}
    table.put("place", "8", 0, BitMap([1]))
    assert table.counts("place", BitMap([1])) == {"7": 1, "8": 1}, "until 7 is put too"
    assert table.top("place", BitMap([1]), 12) == top_of(table.counts("place", BitMap([1])), 12, ())


@given(
    st.dictionaries(st.sampled_from([str(n) for n in range(30)]), st.sets(st.integers(0, 200)), max_size=30),
    st.sets(st.integers(0, 200)),
    st.integers(1, 5),
    st.sets(st.sampled_from([str(n) for n in range(30)]), max_size=3),
)
def test_the_top_is_that_of_all_counts(values, within, most, always):
    table = table_of(actor={v: list(ids) for v, ids in values.items()})
    bitmap = BitMap(within)
    assert table.top("actor", bitmap, most, always) == top_of(table.counts("actor", bitmap), most, always)


def test_top_says_whether_there_is_more():
    counts = {"a": 3, "b": 2, "c": 2, "d": 0}
    assert top_of(counts, 2, ()) == Top([("a", 3), ("b", 2)], more=True)
    assert top_of(counts, 1, ["c"]) == Top([("a", 3), ("c", 2)], more=True)
    assert top_of(counts, 3, ()) == Top([("a", 3), ("b", 2), ("c", 2)], more=False)


# Against SQL

TYPES = ["missile", "drone", "shelling", "capture", "talks"]
QUERIES = st.dictionaries(
    st.sampled_from(
        ["category", "type", "country", "region", "place", "actor", "source", "status", "review", "killed",
         "from", "to", "q", "not", "order"]
    ),
    st.integers(0, 50),
    max_size=4,
)  # fmt: skip


def some_events(random: random.Random, number: int) -> None:
    places = [
        make_place("Nahr", kind=Place.Kind.REGION),
        make_place("Norvia", kind=Place.Kind.COUNTRY, admin1=""),
        make_place("Arvad"),
        make_place("Port Kassim", admin1="Delta", country="KA"),
        make_place("The Gulf", admin1="", country="", kind=Place.Kind.AREA),
    ]
    sources = [make_source(name) for name in ("Wire A", "Wire B", "Wire C")]
    for _ in range(number):
        day = date(2024, 1, 1) + timedelta(days=random.randrange(40))
        word = random.choice(["bridge", "harbour", "village"])
        parties = [
            (name, role, "state", name[:2].upper())
            for name, role in (("Norvia", "initiator"), ("Karsk", "target"), ("Norvia", "participant"))
            if random.random() < 0.4
        ]
        event = None
        for _ in range(random.choice([1, 1, 2])):
            report = make_report(
                make_article(f"Something happened at the {word}, officials said.", random.choice(sources)),
                event=event,
                type=random.choice(TYPES) if event is None else event.type,
                day=day,
                end=day + timedelta(days=random.choice([0, 0, 3])),
                place=random.choice(places),
                killed_best=random.choice([None, None, 0, 3, 12]),
                attributed_to=random.choice([[], ["Norvia"]]),
                parties=parties,
            )
            event = report.event


def query_of(picks: dict[str, int]) -> str:
    """A query string whose values mostly occur."""
    catalogue = {
        "category": ["strike", "territory", "diplomacy"],
        "type": TYPES,
        "country": ["NO", "KA", "XX"],
        "region": ["NO.Nahr", "KA.Delta", "XX.None"],
        "place": list(Place.objects.order_by("pk").values_list("pk", flat=True)),
        "actor": list(Event.actors.rel.model.objects.order_by("pk").values_list("pk", flat=True)) or [0],
        "source": list(Report.objects.order_by().values_list("article__source", flat=True).distinct()),
        "status": ["reported", "claimed", "corroborated", "disputed"],
        "review": ["unreviewed", "confirmed"],
        "killed": [0, 1, 3, 10, 13],
        "from": ["2024-01-05", "2024-02-01", "2025-01-01"],
        "to": ["2024-01-05", "2024-02-01", "2023-01-01"],
        "q": ["bridge", "harbour -officials", '"happened at"', "village or bridge"],
        "not": ["category.strike", "country.KA", "review.confirmed"],
        "order": ["old", "new"],
    }
    pairs = []
    for name, pick in picks.items():
        values = catalogue[name]
        pairs.append(f"{name}={values[pick % len(values)]}")
        if name in FilterForm.MULTIPLE and pick % 3 == 0:
            pairs.append(f"{name}={values[(pick + 1) % len(values)]}")
    return "&".join(pairs)


def assert_same(query: str) -> None:
    fast, slow = answer(chosen(query), rows=4), without_index(query)
    assert fast.page is not None, "the index was used"
    assert fast.page == list(chosen(query).ordered().values_list("pk", flat=True)[:4])
    assert (fast.total, fast.unreviewed) == (slow.total, slow.unreviewed)
    assert fast.counts == slow.counts
    assert fast.by_day == slow.by_day


def edit_one(random: random.Random, curator) -> None:
    """A curator's act on a random event or report, of those that are possible."""
    events = list(Event.objects.published().order_by("pk"))
    event, other = random.choice(events), random.choice(events)
    match random.choice(["confirm", "reject", "correct", "merge", "split", "strike_out"]):
        case "confirm":
            curation.review(event, "confirmed", curator)
        case "reject":
            curation.review(event, "rejected", curator, "wrong")
        case "correct":
            curation.correct(event, {"killed_low": 5, "killed_best": 7, "killed_high": 9}, curator, "a test")
            curation.correct(event, {"place": other.place}, curator, "a test")
        case "merge" if event != other and event.category == other.category:
            curation.undo(curation.merge(event, other, curator, "a test"), curator)
            curation.merge(event, other, curator, "a test")
        case "split" if event.report_count > 1:
            curation.split([event.reports.live().first()], curator, "a test")
        case "strike_out":
            curation.strike_out(event.reports.live().first(), curator, "not said")


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a database is too slow to shrink on
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 1 << 30), st.lists(QUERIES, min_size=4, max_size=8))
def test_every_count_is_that_of_sql_before_and_after_edits(admin_user, seed, picks):
    with transaction.atomic():
        held.forget()
        chance = random.Random(seed)
        some_events(chance, 8)
        for query in ["", *map(query_of, picks)]:
            assert_same(query)
        for _ in range(3):
            edit_one(chance, admin_user)
            assert_same("")
        for query in map(query_of, picks):
            assert_same(query)
        assert compare()[1] == {}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_place_that_moves_takes_its_events_along():
    make_event()
    place = Event.objects.get().place
    assert_same("country=NO")
    place.country, place.admin1 = "KA", "Delta"
    place.save()
    assert answer(chosen("region=KA.Delta"), rows=2).total == 1
    assert_same("country=KA")


# The door


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "q=officials", "type=shelling&order=old", "from=2024-01-01&killed=2"])
def test_the_page_is_the_same_with_the_index_switched_off(client, settings, query):
    for number in range(3):
        make_event(day=date(2024, 1, 1 + number), killed_best=number + 1)
    shown = ("total", "unreviewed", "facets", "histogram", "page")
    fast = client.get(f"/?{query}").context
    settings.FACET_INDEX = False
    slow = client.get(f"/?{query}").context
    assert [slow[name] for name in shown] == [fast[name] for name in shown]


@pytest.mark.django_db
def test_of_a_filter_that_the_index_does_not_know_postgres_finds_the_events(monkeypatch):
    first, second = make_event(weapon="rocket"), make_event(day=date(2024, 3, 2))
    monkeypatch.setitem(FilterForm.base_fields, "weapon", FilterForm.base_fields["q"])
    monkeypatch.setitem(EventFilter.events.__globals__["CONDITIONS"], "weapon", lambda text: Q(weapon=text))
    assert answer(chosen("weapon=rocket"), rows=5).page == [first.pk]
    assert_same("weapon=rocket&type=shelling")
    assert answer(chosen(""), rows=5).page == [second.pk, first.pk]


@pytest.mark.django_db
def test_a_field_that_does_not_narrow_the_events_is_left_to_sql(monkeypatch):
    make_event()
    monkeypatch.setitem(FilterForm.base_fields, "moment", FilterForm.base_fields["q"])
    assert not is_answerable(chosen("moment=then"))
    assert answer(chosen("moment=then"), rows=5).page is None


@pytest.mark.django_db
def test_too_large_an_index_is_not_held(settings, caplog):
    make_event()
    settings.FACET_INDEX_MEMORY_MB = 0
    assert answer(chosen(""), rows=5).page is None
    assert "FACET_INDEX_MEMORY_MB" in caplog.text


@pytest.mark.django_db
def test_an_index_that_was_never_built_is_not_used(caplog):
    make_event()
    Posting.objects.all().delete()
    assert answer(chosen(""), rows=5).total == 1
    assert "manage.py reindex" in caplog.text


# Late and lost


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_heard_of_though_later_numbers_were_seen_before():
    first, second = make_event(), make_event(day=date(2024, 3, 2))
    assert answer(chosen(""), rows=5).total == 2
    slow = connection.copy()
    try:
        with slow.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "UPDATE timeline_posting SET bitmap = %s, version = pg_current_xact_id()::text::bigint "
                "WHERE key = 'type:shelling'",
                [BitMap([second.pk]).serialize()],
            )
            Event.objects.filter(pk=first.pk).update(status="disputed")
            rebuild()  # with a higher number than that of the transaction that is still open
            assert dict(answer(chosen(""), rows=5).counts["status"].values) == {"disputed": 1, "reported": 1}
            assert dict(answer(chosen(""), rows=5).counts["type"].values) == {"shelling": 2}
            cursor.execute("COMMIT")
    finally:
        slow.close()
    assert dict(answer(chosen(""), rows=5).counts["type"].values) == {"shelling": 1}


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_writes_after_it_looked_is_heard_of():
    event = make_event()
    held.forget()
    with transaction.atomic():
        Event.objects.filter(pk=event.pk).update(weapon="mortar")
        assert answer(chosen("type=shelling"), rows=5).total == 1
        Event.objects.filter(pk=event.pk).update(type="drone")
        post(event.pk)
    assert answer(chosen("type=drone"), rows=5).total == 1


@pytest.mark.django_db
def test_reindex_mends_what_check_finds(capsys):
    first, second = make_event(), make_event(day=date(2024, 3, 2))
    call_command("reindex", "--check")
    Event.objects.filter(pk=first.pk).update(status="disputed")
    Posting.objects.filter(key="type:shelling").update(bitmap=BitMap([second.pk, 77]).serialize())
    with pytest.raises(CommandError, match="status:disputed"):
        call_command("reindex", "--check")
    call_command("reindex")
    call_command("reindex", "--check")
    assert "2 events" in capsys.readouterr().out
    assert_same("status=disputed")
    assert "status:disputed" in Posted.objects.get(event=first).keys
    assert rebuild()[1] == 0


@pytest.mark.django_db
def test_a_change_costs_the_same_queries_with_many_events(django_assert_max_num_queries):
    events = [make_event(day=date(2024, 1, 1 + n)) for n in range(5)]
    Event.objects.filter(pk__in=[e.pk for e in events]).update(status="disputed")
    with django_assert_max_num_queries(9):
        post(*[e.pk for e in events])
    assert_same("status=disputed")


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "order=old", "q=officials", "from=2024-01-02", "after=2024-01-03.999"])
def test_an_export_reads_by_the_index_what_it_reads_without(client, settings, monkeypatch, query):
    monkeypatch.setattr("timeline.takeaway.exports.CHUNK", 2)
    for number in range(5):
        make_event(day=date(2024, 1, 1 + number % 3))

    def rows() -> list[bytes]:
        return b"".join(client.get(f"/events.csv?{query}").streaming_content).splitlines()

    assert ids_in_order(chosen(query)) is not None
    fast = rows()
    settings.FACET_INDEX = False
    assert ids_in_order(chosen(query)) is None
    assert fast == rows()
    assert len(fast) > 2


@pytest.mark.django_db
def test_a_database_without_an_index_gets_one_once(capsys):
    call_command("reindex", if_missing=True)
    assert not Posting.objects.exists(), "there are no events"
    make_event()
    Posting.objects.all().delete()
    call_command("reindex", if_missing=True)
    assert "1 events" in capsys.readouterr().out
    assert compare()[1] == {}
    call_command("reindex", if_missing=True)
    assert capsys.readouterr().out == ""


def test_who_waits_for_the_index_does_not_hold_the_lock_of_ingest():
    """One key for both: a worker that held its article's row waited for ingest, which waited for that row."""
    assert len({ledger.WRITERS, postings.WRITERS, ingest.STORING}) == 3
