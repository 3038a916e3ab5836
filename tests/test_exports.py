"""Exports: what the page lists is what every file holds, streamed, escaped, and never a 0 for what is not known."""

import csv
import io
import json
import re
from datetime import date, datetime
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_article, make_event, make_place, make_report, make_source
from timeline.config import engines
from timeline.curating import curation
from timeline.extraction.codebook import TYPES, PlacePrecision
from timeline.index import held, post
from timeline.index.postings import rebuild
from timeline.listing.filters import EventFilter
from timeline.models import Event, Place
from timeline.takeaway.exports import BLOCK, CHUNK, FORMATS, blocks, cell, refusals
from timeline.takeaway.records import COLUMNS, record
from timeline.takeaway.schemes import (
    ACLED_COLUMNS,
    ACLED_EVENT_TYPES,
    OVERTAKES,
    REGAINS,
    TIMELINEJS_COLUMNS,
    UCDP_COLUMNS,
    acled,
    middle,
    priogrid_gid,
    timelinejs,
    ucdp,
)

SITE = "https://timeline.example"


# Without a database


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (0, 0),
        (-77.03, -77.03),
        (True, "true"),
        (False, "false"),
        ("", ""),
        ("Arvad", "Arvad"),
        ("a=b", "a=b"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("+380", "'+380"),
        ("-2 people", "'-2 people"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("＝1+1", "'＝1+1"),
        ([], ""),
        (["Norvia", "Karsk"], "Norvia; Karsk"),
        (["=1", "x"], "'=1; x"),
    ],
)
def test_cells(value, expected):
    assert cell(value) == expected
    assert type(cell(value)) is type(expected)


def test_text_goes_out_in_blocks_and_whole():
    pieces = ["é" * 1000] * 200 + ["end"]
    sent = list(blocks(pieces))
    assert b"".join(sent).decode() == "".join(pieces)
    assert len(sent) == 200_003 // BLOCK + 1
    assert list(blocks([])) == []


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 1)),
        (date(2024, 2, 1), date(2024, 2, 29), date(2024, 2, 15)),
        (date(2024, 1, 1), date(2024, 12, 31), date(2024, 7, 1)),
    ],
)
def test_the_middle_of_a_time(start, end, expected):
    assert middle(start, end) == expected


@pytest.mark.parametrize(
    ("latitude", "longitude", "cell_number"),
    [
        (-90, -180, 1),
        (-89.6, -179.4, 2),
        (-89.4, -180, 721),
        (0.25, 0.25, 180 * 720 + 361),
        (90, 180, 360 * 720),
    ],
)
def test_priogrid_cells(latitude, longitude, cell_number):
    assert priogrid_gid(latitude, longitude) == cell_number


def test_acled_event_type_of_every_sub_event_of_the_codebook():
    used = {option for each in TYPES.values() for option in each.acled.split(" / ") if option}
    assert used == set(ACLED_EVENT_TYPES)


def test_documented_columns():
    text = (engines.REPOSITORY / "docs" / "exports.md").read_text()
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in text
    for name in (*ACLED_COLUMNS, *UCDP_COLUMNS, *TIMELINEJS_COLUMNS):
        assert f"`{name}`" in text


# With one


@pytest.fixture
def events(db):
    """A strike with a toll, a disputed capture known to the month and the region, talks without a place."""
    strike = make_event(
        article=make_article("A missile hit Arvad, killing four to six.", make_source("Wire A"), title="=Raid"),
        type="missile", day=date(2024, 3, 1), killed_low=4, killed_high=6,
        parties=[("Karsk", "initiator", "state", "KA"), ("Norvia", "target", "state", "NO")],
    )  # fmt: skip
    region = make_place("Nahr", kind=Place.Kind.REGION)
    capture = make_event(
        article=make_article("Norvia said it had captured a village.", make_source("Wire B")),
        type="capture", day=date(2024, 2, 1), place=region, place_precision=PlacePrecision.ADMIN1,
        precision="month", attributed_to=["Norvia"], speakers=[["Norvia", "state", "NO"]],
        parties=[("Norvia", "initiator", "state", "NO")],
    )  # fmt: skip
    talks = make_event(
        article=make_article("Envoys of Norvia and Karsk met.", make_source("Wire A")),
        type="talks", day=date(2024, 1, 5),
        parties=[("Norvia", "participant", "state", "NO"), ("Karsk", "participant", "state", "KA")],
    )  # fmt: skip
    Event.objects.filter(pk=capture.pk).update(end=date(2024, 2, 29))
    Event.objects.filter(pk=talks.pk).update(place=None, place_precision="")
    post(capture.pk, talks.pk)  # the updates above went around the code that tells the index
    for event in (strike, capture, talks):
        event.refresh_from_db()
    return {"strike": strike, "capture": capture, "talks": talks}


def loaded(event):
    return Event.objects.for_list().get(pk=event.pk)


def fetch(client, name, query=""):
    response = client.get(f"/events.{name}?{query}")
    assert response.status_code == 200, response.content
    return response, response.getvalue().decode()


def ids(name, text):
    """The numbers of the events in a file, in its order."""
    match name:
        case "json":
            return [each["id"] for each in json.loads(text)["events"]]
        case "jsonl":
            return [json.loads(line)["id"] for line in text.splitlines()]
        case "geojson":
            return [each["id"] for each in json.loads(text)["features"]]
        case "ics":
            return [int(n) for n in re.findall(r"^UID:event-(\d+)@", text, flags=re.MULTILINE)]
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if name == "timelinejs.csv":  # its address is in the text
        return [int(row["Text"].rsplit("/events/")[-1].split("/")[0]) for row in rows]
    return [
        int(row[{"csv": "id", "ucdp.csv": "id"}.get(name, "event_id_cnty")].split("-")[-1]) for row in rows
    ]


QUERIES = [
    "",
    "order=old",
    "category=strike",
    "from=2024-02-10&to=2024-03-31",
    "q=captured",
    "country=NO&killed=1",
    "q=nothing-like-it",
]


@pytest.mark.parametrize(("name", "query"), list(product(FORMATS, QUERIES)))
def test_every_format_holds_what_the_page_lists(client, events, name, query):
    page = client.get(f"/?{query}")
    listed = [event.pk for event in page.context["page"].events]
    assert page.context["total"] == len(listed)
    _, text = fetch(client, name, query)
    assert ids(name, text) == listed


@pytest.mark.parametrize("name", FORMATS)
def test_rejected_and_merged_events_are_in_no_file(client, events, name, django_user_model):
    curator = django_user_model.objects.create_user("curator", is_staff=True)
    curation.review(events["strike"], Event.Review.REJECTED, curator, "Not in the text.")
    twin = make_event(article=make_article("Norvia took a village."), type="capture", day=date(2024, 2, 1))
    curation.merge(twin, events["capture"], curator, "The same.")
    _, text = fetch(client, name)
    assert ids(name, text) == [events["capture"].pk, events["talks"].pk]


def test_the_file_goes_on_where_the_page_does(client, events):
    after = f"after={events['strike'].start}.{events['strike'].pk}"
    assert ids("csv", fetch(client, "csv", after)[1]) == [events["capture"].pk, events["talks"].pk]


def test_the_links_of_the_page_carry_its_filter(client, events):
    html = client.get("/?category=strike&from=soon").content.decode()
    for name in ("csv", "json", "geojson", "ics", "acled.csv", "ucdp.csv", "timelinejs.csv", "atom"):
        assert f'href="/events.{name}?category=strike"' in html
    assert 'href="/events.csv"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("from=yesterday", "From:"),
        ("category=bogus", "Category:"),
        ("from=2024-03-01&to=2024-01-01", "after the last one"),
        ("actor=999999", "Actor:"),
        ("after=nowhere", "beginning"),
        ("catgory=strike", "catgory: there is no such filter"),
        ("killed=1&killed=5", "killed: give it once"),
        ("&".join(f"country={a}{b}" for a in "ABCDEFGH" for b in "ABCDEFG"), "country: at most 50"),
    ],
)
def test_a_bad_filter_makes_no_file(client, events, query, part):
    for name, kind in FORMATS.items():
        response = client.get(f"/events.{name}?{query}")
        assert response.status_code == 400
        if kind.is_json:
            messages = response.json()["errors"]
        else:
            assert response["Content-Type"] == "text/plain; charset=utf-8"
            messages = response.content.decode().splitlines()
        assert [part in message for message in messages] == [True]


@pytest.mark.django_db
def test_what_the_page_itself_sends_is_no_bad_filter():
    page = "q=&category=strike&category=territory&from=&to=2024-03-01&killed=&order=new"
    assert refusals(EventFilter(QueryDict(page))) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(list(FORMATS)),
    data=st.dictionaries(
        st.sampled_from("q from to category type country region place actor source status review killed "
                        "order after nonsense".split()),
        st.text(max_size=30),
        max_size=4,
    ),
)  # fmt: skip
def test_garbage_is_answered_by_a_sound_file_or_by_reasons(client, events, name, data):
    response = client.get(f"/events.{name}", data)
    body = response.getvalue().decode()
    if response.status_code == 200:
        assert set(ids(name, body)) <= {event.pk for event in events.values()}
    else:
        assert response.status_code == 400
        assert body.strip()


def test_an_unknown_format_is_not_found(client, db):
    assert client.get("/events.xlsx").status_code == 404
    assert client.post("/events.csv").status_code == 405


def test_columns_of_each_scheme(events):
    event = loaded(events["capture"])
    assert list(record(event, SITE)) == list(COLUMNS)
    assert tuple(acled(event, SITE)) == ACLED_COLUMNS
    assert tuple(ucdp(event, SITE)) == UCDP_COLUMNS
    assert tuple(timelinejs(event, SITE)) == TIMELINEJS_COLUMNS


def test_the_record_of_an_event(events):
    row = record(loaded(events["strike"]), SITE)
    pk = events["strike"].pk
    expected = {
        "id": pk, "address": f"{SITE}/events/{pk}/", "category": "strike", "type": "missile",
        "start": "2024-03-01", "end": "2024-03-01", "date_prec": 1, "night": False, "place": "Arvad",
        "region": "Nahr", "country": "NO", "latitude": 10.0, "where_prec": 1, "initiators": ["Karsk"],
        "targets": ["Norvia"], "killed_low": 4, "killed_best": None, "killed_high": 6, "wounded_best": None,
        "status": "reported", "reports": 1, "sources": ["Wire A"], "review": "unreviewed",
        "quote": "A missile hit Arvad, killing four to six.", "first_reported": "2024-03-02T12:00:00Z",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_nothing_that_is_not_reported_reads_as_zero(client, events):
    _, text = fetch(client, "csv", "category=diplomacy")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    for name in ("killed_low", "killed_best", "captured_high", "latitude", "where_prec", "place", "weapon"):
        assert row[name] == ""
    for name, column in (("acled.csv", "fatalities"), ("ucdp.csv", "best"), ("ucdp.csv", "priogrid_gid")):
        [row] = csv.DictReader(io.StringIO(fetch(client, name, "category=diplomacy")[1], newline=""))
        assert row[column] == ""
    [event] = json.loads(fetch(client, "json", "category=diplomacy")[1])["events"]
    assert event["killed_best"] is None
    assert event["ledger"][0]["killed_best"] is None


def test_a_reported_zero_stays_zero(client, db):
    make_event(type="missile", killed_low=0, killed_best=0, killed_high=0)
    [row] = csv.DictReader(io.StringIO(fetch(client, "ucdp.csv")[1], newline=""))
    assert (row["low"], row["best"], row["high"]) == ("0", "0", "0")


def test_formulas_from_articles_are_defused_in_every_csv(client, db):
    quote = '=HYPERLINK("https://bad.invalid","x")'
    make_report(
        make_article(f"{quote} was hit.", make_source("@wire"), title="+1"), quote=quote, target="-cmd"
    )
    for name in ("csv", "acled.csv", "ucdp.csv", "timelinejs.csv"):
        cells = [c for row in csv.reader(io.StringIO(fetch(client, name)[1], newline="")) for c in row]
        assert not [c for c in cells if c[:1] in "=+@\t\r" and c]
    [row] = csv.DictReader(io.StringIO(fetch(client, "csv")[1], newline=""))
    assert (row["quote"], row["sources"], row["target"]) == (f"'{quote}", "'@wire", "'-cmd")


def test_json_says_what_it_is_and_holds_the_ledger(client, events):
    response, text = fetch(client, "json", "category=strike")
    document = json.loads(text)
    assert document["version"] == 1
    assert document["count"] == 1
    assert document["filter"] == "category Strike"
    assert document["page"] == "http://testserver/?category=strike"
    assert "GeoNames" in document["note"]
    [report] = document["events"][0]["ledger"]
    stored = events["strike"].reports.get()
    assert report["quote"] == stored.quote
    assert report["text_sha256"] == stored.content_hash
    assert report["address"] == f"http://testserver{stored.get_absolute_url()}"
    assert response["Content-Type"] == "application/json"


def test_geojson_never_pins_a_region(client, events):
    document = json.loads(fetch(client, "geojson")[1])
    assert document["type"] == "FeatureCollection"
    geometry = {each["id"]: each["geometry"] for each in document["features"]}
    assert geometry == {
        events["strike"].pk: {"type": "Point", "coordinates": [20.0, 10.0]},
        events["capture"].pk: None,
        events["talks"].pk: None,
    }


def test_acled_columns(events):
    strike, capture, talks = (acled(loaded(events[name]), SITE) for name in ("strike", "capture", "talks"))
    assert (strike["event_type"], strike["sub_event_type"]) == (
        "Explosions/Remote violence",
        "Shelling/artillery/missile attack",
    )
    assert (strike["actor1"], strike["actor2"], strike["fatalities"]) == ("Karsk", "Norvia", 4)
    assert (strike["country"], strike["iso"], strike["geo_precision"]) == ("Norway", 578, 1)  # NO is Norway's
    assert (capture["event_date"], capture["time_precision"], capture["geo_precision"]) == (
        "2024-02-15",
        3,
        3,
    )
    assert (capture["sub_event_type"], capture["disorder_type"]) == (REGAINS, "Political violence")
    assert (talks["event_type"], talks["sub_event_type"], talks["disorder_type"]) == (None, None, None)
    assert {talks["actor1"], talks["actor2"]} == {"Norvia", "Karsk"}
    assert (capture["status"], capture["address"]) == ("claimed", f"{SITE}/events/{events['capture'].pk}/")


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ([("Norvia", "initiator", "state", "NO")], REGAINS),
        ([("Karsk", "initiator", "state", "KA")], OVERTAKES),
        ([], None),
    ],
)
def test_acled_change_of_control_goes_by_whose_land_it_is(db, parties, expected):
    row = acled(loaded(make_event(type="capture", parties=parties)), SITE)
    assert (row["event_type"], row["sub_event_type"]) == ("Battles", expected)


def test_ucdp_columns(events):
    strike, capture, talks = (ucdp(loaded(events[name]), SITE) for name in ("strike", "capture", "talks"))
    assert (strike["low"], strike["best"], strike["high"]) == (4, None, 6)
    assert (strike["side_a"], strike["side_b"]) == (["Karsk"], ["Norvia"])
    assert (strike["geom_wkt"], strike["where_prec"], strike["date_prec"]) == ("POINT (20.0 10.0)", 1, 1)
    assert (capture["where_prec"], capture["date_prec"]) == (4, 4)
    assert (capture["date_start"], capture["date_end"]) == ("2024-02-01", "2024-02-29")
    assert (strike["source_office"], strike["source_headline"]) == (["Wire A"], ["=Raid"])
    assert sorted(talks["side_a"] + talks["side_b"]) == ["Karsk", "Norvia"]


def test_timelinejs_gives_no_day_that_is_not_known(events):
    strike, capture = (timelinejs(loaded(events[name]), SITE) for name in ("strike", "capture"))
    assert (strike["Year"], strike["Month"], strike["Day"], strike["End Year"]) == (2024, 3, 1, None)
    assert (capture["Year"], capture["Month"], capture["Day"]) == (2024, 2, None)
    assert (capture["End Year"], capture["Display Date"]) == (None, "February 2024")
    assert capture["Group"] == "Territory"


def test_timelinejs_escapes_what_articles_say(db):
    quote = "Shells <img src=x onerror=alert(1)> fell"
    row = timelinejs(loaded(make_event(article=make_article(f"{quote}. End."), quote=quote)), SITE)
    assert "<img" not in row["Text"]
    assert "&lt;img" in row["Text"]


def test_headers(client, events):
    response, _ = fetch(client, "acled.csv")
    assert response["Content-Disposition"].startswith('attachment; filename="conflict-timeline-2')
    assert response["Content-Disposition"].endswith('.acled.csv"')
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Link"] == '<http://testserver/about/>; rel="describedby"'


def test_programs_can_read_what_the_columns_are(client, events):
    response = client.get("/events.csv-metadata.json")
    assert response["Content-Type"] == "application/csvm+json"
    table = response.json()
    described = {column["name"]: column for column in table["tableSchema"]["columns"]}
    file, text = fetch(client, "csv")
    assert "/events.csv-metadata.json>" in file["Link"]
    assert table["url"] == "http://testserver/events.csv"
    assert list(described) == next(csv.reader(io.StringIO(text, newline="")))
    python = {
        "integer": int, "number": float, "boolean": bool, "date": date.fromisoformat,
        "datetime": datetime.fromisoformat, "string": str,
    }  # fmt: skip
    for name, value in record(loaded(events["strike"]), SITE).items():
        kind = python[described[name]["datatype"]]
        assert isinstance(value, list) is ("separator" in described[name])
        if isinstance(value, str) and not isinstance(kind, type):
            kind(value)  # raises where it is none
        elif value is not None and not isinstance(value, list):
            assert type(value) is kind


def test_a_client_that_has_this_version_gets_no_body(client, events):
    tag = fetch(client, "csv", "category=strike")[0]["ETag"]
    again = client.get("/events.csv?category=strike", headers={"if-none-match": tag})
    assert (again.status_code, again["ETag"], again.content) == (304, tag, b"")
    assert fetch(client, "csv", "category=territory")[0]["ETag"] != tag
    events["strike"].save()
    assert fetch(client, "csv", "category=strike")[0]["ETag"] != tag


def test_head_reads_no_events(client, events):
    with CaptureQueriesContext(connection) as queries:
        response = client.head("/events.csv")
    assert (response.status_code, response.getvalue()) == (200, b"")
    assert len(queries) == 1  # what the ETag is made of


@pytest.fixture
def many(db):
    """2,000 events of one report each."""
    article = make_article("Shells fell on Arvad. " * 2)
    make_report(article, parties=[("Karsk", "initiator", "state", "KA")])
    total = multiply(2000)
    rebuild()
    with held.current() as table:
        assert table is not None
    return total


def multiply(total):
    """Copies of the one event with its report and its actor, until there are `total`."""
    [event] = Event.objects.all()
    [report], [part] = event.reports.all(), event.parts.all()
    copies = []
    for _ in range(total - 1):
        event.pk, event._state.adding = None, True
        copies.append(Event(**{f.attname: getattr(event, f.attname) for f in event._meta.concrete_fields}))
    made = Event.objects.bulk_create(copies)
    values = {f.attname: getattr(report, f.attname) for f in report._meta.concrete_fields if f.name != "id"}
    type(report).objects.bulk_create(
        type(report)(**{**values, "event_id": each.pk, "ordinal": number})
        for number, each in enumerate(made, start=1)
    )
    type(part).objects.bulk_create(
        type(part)(event=each, actor_id=part.actor_id, role=part.role) for each in made
    )
    return total


@pytest.mark.parametrize(
    ("index", "per_chunk"),
    [
        (True, 3),  # events, their reports, their actors
        (False, 2),  # the events come from a cursor
    ],
)
def test_queries_grow_by_the_chunk_only(client, many, settings, index, per_chunk):
    settings.FACET_INDEX = index
    with CaptureQueriesContext(connection) as queries:
        _, text = fetch(client, "csv")
    assert text.count("\r\n") == many + 1
    # The ETag's, that of the cursor or of the index's news, and those of each chunk.
    assert len(queries) == 2 + per_chunk * (many // CHUNK)


def test_rows_are_not_gathered_before_they_are_sent(client, many):
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/events.csv")
        first = next(iter(response.streaming_content))
        assert first.startswith(b"id,address,")
        assert len(queries) == 5  # one chunk was read
        response.close()
