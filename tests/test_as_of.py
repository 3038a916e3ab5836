"""What was known at a moment: pages, exports and feeds from the reports and decisions of that time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_article, make_event, make_place, make_report, make_source
from timeline.curating import curation
from timeline.listing.answers import answer
from timeline.listing.facets import facets
from timeline.listing.filters import CONDITIONS, EventFilter
from timeline.models import Event, Place, Report
from timeline.recording import as_of
from timeline.recording.as_of import MATCHES, Past, event_at

pytestmark = pytest.mark.django_db

DAYS = [datetime(2024, 3, day, 12, tzinfo=UTC) for day in range(1, 9)]


def chosen(query: str) -> EventFilter:
    return EventFilter(QueryDict(query))


def past(query: str, moment: datetime) -> Past:
    return Past(chosen(f"{query}&as_of={moment:%Y-%m-%dT%H:%M:%SZ}"))


@pytest.fixture
def curator() -> User:
    return User.objects.create_user("curator")


@pytest.fixture
def story(time_machine) -> Event:
    """Day 1: Wire A says 4 dead. Day 3: Wire B says 7. Day 5: Karsk denies it."""
    time_machine.move_to(DAYS[0], tick=False)
    event = make_event(
        article=make_article("A missile hit Arvad, killing four.", make_source("Wire A"), published=DAYS[0]),
        type="missile", killed_low=4, killed_best=4, killed_high=4,
    )  # fmt: skip
    time_machine.move_to(DAYS[2], tick=False)
    make_report(
        make_article("The missile on Arvad killed seven.", make_source("Wire B"), published=DAYS[2]), event,
        type="missile", killed_low=7, killed_best=7, killed_high=7,
    )  # fmt: skip
    time_machine.move_to(DAYS[4], tick=False)
    make_report(
        make_article("Karsk denied that a missile hit Arvad.", make_source("Wire C"), published=DAYS[4]), event,
        type="missile", modality="denied", stance="denies", attributed_to=["Karsk"],
        speakers=[["Karsk", "state", "KA"]], parties=[("Karsk", "initiator", "state", "KA")],
    )  # fmt: skip
    time_machine.move_to(DAYS[7], tick=False)
    return Event.objects.get(pk=event.pk)


@pytest.mark.parametrize(
    ("day", "status", "killed", "reports"),
    [(0, "reported", 4, 1), (1, "reported", 4, 1), (2, "reported", 7, 2), (5, "disputed", 7, 3)],
)
def test_status_toll_and_counts_are_those_of_the_time(story, day, status, killed, reports):
    then = event_at(story.pk, DAYS[day])
    assert then
    assert (then.status, then.killed_best, then.report_count) == (status, killed, reports)
    assert len(then.live_reports) == reports
    assert len(then.parts.all()) == (1 if reports == 3 else 0)


def test_nothing_is_known_before_the_first_report(story):
    assert event_at(story.pk, DAYS[0] - timedelta(minutes=1)) is None
    assert past("", DAYS[0] - timedelta(minutes=1)).events() == []


def test_a_later_reading_does_not_change_what_was_known(story):
    Report.objects.filter(killed_best=7).update(superseded_at=DAYS[3])
    killed = [then.killed_best for day in (2, 3) if (then := event_at(story.pk, DAYS[day]))]
    assert killed == [7, 4]


def test_decisions_taken_since_are_taken_back_and_their_undoing_too(story, curator, time_machine):
    other = make_event(type="missile", killed_low=1, killed_best=1, killed_high=1, place=make_place("Port"))
    report = story.reports.get(killed_best=7)
    steps, moments = [], []

    def picture(moment: datetime) -> list[tuple]:
        return sorted(
            (e.pk, e.review, e.killed_best, e.report_count, e.headline) for e in past("", moment).events()
        )

    def step(act) -> None:
        """What is known before and after each decision is kept, to be asked for again at the end."""
        time_machine.shift(3600)
        result = act()
        time_machine.shift(60)
        now = datetime.now(UTC).replace(microsecond=0)
        present = Event.objects.published()
        assert picture(now) == sorted(
            present.values_list("pk", "review", "killed_best", "report_count", "headline")
        )
        moments.append(now)
        steps.append(picture(now))
        return result

    moved = step(lambda: curation.move(report, other, curator, "that one"))
    corrected = step(lambda: curation.correct(other, {"killed_best": 9, "killed_high": 9}, curator, "a list"))
    step(lambda: curation.undo(moved, curator))
    struck = step(lambda: curation.strike_out(Report.objects.get(pk=report.pk), curator, "a slip"))
    merged = step(lambda: curation.merge(other, story, curator, "one act"))
    step(lambda: curation.undo(merged, curator))
    step(lambda: curation.undo(struck, curator))
    step(lambda: curation.undo(corrected, curator))
    rejected = step(lambda: curation.review(story, "rejected", curator, "a drill"))
    step(lambda: curation.undo(rejected, curator))
    step(lambda: curation.split([Report.objects.get(pk=report.pk)], curator, "another"))
    assert len({json.dumps(s) for s in steps}) > 6
    assert [picture(moment) for moment in moments] == steps


# The filter of the past is that of the present


@pytest.fixture
def collection() -> list[Event]:
    """Events that differ in everything that a filter looks at."""
    region = make_place("Nahr", kind=Place.Kind.REGION)
    country = make_place("Karsk", kind=Place.Kind.COUNTRY, admin1="", country="KA")
    port = make_place("Port Kassim", admin1="Delta", country="KA", latitude=50.0, longitude=30.0)
    specifications = [
        {"text": "A missile hit Arvad, killing four, the army said.", "source": "Wire A", "type": "missile",
         "day": date(2024, 3, 1), "killed_best": 4, "parties": [("Karsk", "initiator", "state", "KA")]},
        {"text": "Envoys met for truce talks in Port Kassim.", "source": "Wire B", "type": "talks",
         "day": date(2024, 2, 10), "place": port},
        {"text": "Norvia said it had captured a village.", "source": "Wire A", "type": "capture",
         "day": date(2024, 1, 5), "place": region, "killed_low": 10,
         "parties": [("Norvia", "initiator", "state", "NO")], "attributed_to": ["Norvia"],
         "speakers": [["Norvia", "state", "NO"]]},
        {"text": "Karsk denied that shells fell.", "source": "Wire B", "type": "shelling", "place": country,
         "day": date(2024, 3, 1), "stance": "denies", "modality": "denied", "killed_best": 0},
    ]  # fmt: skip
    made = []
    for fields in specifications:
        article = make_article(fields.pop("text"), make_source(fields.pop("source")))
        made.append(make_event(article=article, **fields))
    curation.review(made[1], "confirmed", User.objects.create_user("reviewer"), "seen")
    return made


def queries(events: list[Event]) -> list[str]:
    actor, source = events[0].parts.get().actor_id, events[1].reports.get().article.source_id
    places = [e.place_id for e in events]
    return [
        "", "order=old", "q=missile", 'q="truce+talks"', "q=missile+or+village+-army", "q=Karsk",
        "from=2024-02-10", "to=2024-02-10", "from=2024-02-01&to=2024-02-29", "category=strike",
        "category=strike&category=diplomacy", "type=capture", "country=KA", "region=NO.Nahr", "killed=0",
        "killed=4", "killed=5", "review=confirmed", "review=unreviewed", "status=denied", "status=claimed",
        "claimed_by=NO", "unconfirmed_by=NO", "claimed_by=RU",
        "claimed_by=NO", "claimed_by=UA", "unconfirmed_by=NO", "claimed_by=NO&unconfirmed_by=UA",
        "exclude=status.claimed", "exclude=type.talks&exclude=country.KA", f"exclude=place.{places[0]}",
        "changed=2020-01-01T00:00Z", "changed=2024-01-01&category=strike", "box=29,49,31,51", "box=10,5,25,20",
        f"actor={actor}", f"source={source}",
        *(f"place={pk}" for pk in places), f"place={places[0]}&place={places[1]}", "category=strike&country=KA",
        f"after=2024-02-10.{events[1].pk}", f"after=2024-02-10.{events[1].pk}&order=old",
    ]  # fmt: skip


def test_every_filter_finds_in_the_past_what_it_finds_in_the_present(collection):
    now = datetime.now(UTC) + timedelta(seconds=1)
    found = set()
    for query in queries(collection):
        present = EventFilter(QueryDict(query))
        then = EventFilter(QueryDict(query))
        assert not present.errors, query
        then.as_of = now
        expected = list(present.ordered().values_list("pk", flat=True))
        assert [e.pk for e in Past(then).events()] == expected, query
        found.add(tuple(expected))
    assert len(found) > 10  # the queries tell the events apart
    assert MATCHES.keys() | {"q"} == CONDITIONS.keys()


@pytest.mark.parametrize("query", ["", "category=strike", "country=KA&status=denied"])
def test_the_facets_of_the_past_count_as_those_of_the_present(collection, query):
    then = chosen(query)
    then.as_of = datetime.now(UTC) + timedelta(seconds=1)

    def counts(found) -> dict[str, dict[str, int]]:
        return {f.name: {o.value: o.count for o in f.options if o.count} for f in found}

    mine, present = counts(Past(then).facets()), counts(facets(chosen(query), answer(chosen(query))))
    assert mine == {name: present[name] for name in mine}


# Doors


def test_the_page_says_of_when_it_speaks_and_keeps_it_in_its_links(client, story):
    response = client.get(reverse("chronology"), {"as_of": "2024-03-03T11:59Z"})
    page = response.content.decode()
    assert "As known at 3 Mar 2024 11:59 UTC" in page
    assert 'href="/?"' not in page
    assert "events.csv?as_of=2024-03-03T11%3A59%3A00Z" in page
    assert "killed 4" in page.lower() or "4 killed" in page.lower()
    assert f'href="/events/{story.pk}/?as_of=2024-03-03T11%3A59%3A00Z"' in page


def test_the_event_of_the_past_shows_only_what_was_known(client, story, curator):
    curation.review(story, "confirmed", curator, "seen")
    page = client.get(story.get_absolute_url(), {"as_of": "2024-03-04"}).content.decode()
    assert "As known at 5 Mar 2024 00:00 UTC" in page  # a day means its end
    assert "Wire A" in page
    assert "Wire B" in page
    assert "Wire C" not in page
    assert "Reviewed by a curator" not in page


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("2024-02-01", 404, "was not known then"),
        ("yesterday", 400, "such as 2025-12-13 or 2025-12-13T12:00Z"),
        ("2024-13-01", 400, "such as"),
        ("9999-12-31", 400, "such as"),
        ("2999-01-01", 400, "in the future"),
    ],
)
def test_a_moment_that_tells_nothing_is_answered_in_words(client, story, value, code, words):
    response = client.get(story.get_absolute_url(), {"as_of": value})
    assert response.status_code == code
    assert words in response.content.decode()


def test_a_wrong_moment_is_named_and_left_out_of_the_page_and_refused_by_files(client, story):
    page = client.get("/", {"as_of": "soon"})
    assert (page.status_code, "As known at: Write a day" in page.content.decode()) == (200, True)
    assert client.get("/events.csv", {"as_of": "soon"}).status_code == 400


def test_merged_since_stands_alone_then_and_redirects_after(client, story, curator, time_machine):
    other = make_event(type="missile")
    before = datetime.now(UTC)
    time_machine.shift(60)
    curation.merge(other, story, curator, "one act")
    time_machine.shift(60)
    then = f"{before:%Y-%m-%dT%H:%M:%SZ}"
    assert client.get(other.get_absolute_url(), {"as_of": then}).status_code == 200
    later = client.get(other.get_absolute_url(), {"as_of": "2024-03-08T12:01:30Z"})
    assert later.status_code == 302
    assert later["Location"] == f"{story.get_absolute_url()}?as_of=2024-03-08T12%3A01%3A30Z"


def test_exports_and_feed_obey_it(client, story):
    query = {"as_of": "2024-03-03T11:59Z"}
    document = json.loads(b"".join(client.get("/events.json", query).streaming_content))
    assert document["as_of"] == "2024-03-03T11:59:00Z"
    (event,) = document["events"]
    assert (event["killed_best"], event["reports"], event["revision"]) == (4, 1, "2024-03-01T12:00:00Z")
    feed = client.get("/events.atom", query).content.decode()
    assert "as known at 3 Mar 2024 11:59 UTC" in feed
    assert "1 event" in feed
    assert "Wire C" not in feed
    for name in ("csv", "jsonl", "geojson", "acled.csv", "ucdp.csv", "timelinejs.csv"):
        text = b"".join(client.get(f"/events.{name}", query).streaming_content).decode()
        assert "Wire C" not in text, name


def test_too_long_an_answer_is_refused_and_names_the_mend(client, story, monkeypatch):
    monkeypatch.setattr(as_of, "MOST", 1)
    query = {"as_of": "2024-03-06"}
    page = client.get("/", query).content.decode()
    assert "Narrow the dates" in page
    assert f'id="event-{story.pk}"' not in page
    assert client.get("/events.csv", query).status_code == 400
    assert client.get("/events.atom", query).status_code == 400


def test_as_many_queries_for_fifty_events_as_for_one(client):
    counts = []
    for number in (1, 2, 47):
        for _ in range(number):
            make_event(parties=[("Karsk", "initiator", "state", "KA")])
        moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        counts.append([])
        for path in ("/", "/events.csv", "/events.atom"):
            with CaptureQueriesContext(connection) as captured:
                response = client.get(path, {"as_of": moment, "q": "shelling"})
                assert response.status_code == 200
                b"".join(response)
            counts[-1].append(len(captured))
    assert counts[0] == counts[1] == counts[2]
    assert max(counts[0]) < 15
