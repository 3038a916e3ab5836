"""The feed of a filter: valid Atom, the latest changes first, stable ids, nothing that breaks a reader."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest

from tests.factories import make_article, make_event, make_report
from timeline.models import Event
from timeline.takeaway.feeds import LONGEST, xml_text

pytestmark = pytest.mark.django_db


def fetch(client, query=""):
    response = client.get(f"/events.atom?{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.fixture
def events():
    return {
        "strike": make_event(type="missile", day=date(2024, 3, 1), killed_best=4),
        "talks": make_event(article=make_article("Envoys met."), type="talks", day=date(2024, 1, 5)),
    }


@pytest.mark.parametrize(
    "query", ["", "category=strike", "from=2024-02-01", "q=nothing-like-it", "order=old"]
)
def test_a_feed_holds_what_the_page_lists(client, events, query):
    page = client.get(f"/?{query}").context
    feed = fetch(client, query)
    assert {e.link for e in feed.entries} == {
        f"http://testserver{event.get_absolute_url()}" for event in page["page"].events
    }
    n = page["total"]
    assert feed.feed.subtitle == ("1 event" if n == 1 else f"{n} events")


def test_an_entry(client, events):
    [entry] = fetch(client, "category=strike").entries
    strike = events["strike"]
    assert entry.title == strike.headline
    assert entry.id == entry.link == f"http://testserver/events/{strike.pk}/"
    assert [tag.term for tag in entry.tags] == ["Strike", "Missile strike", "reported"]
    report = strike.reports.get()
    assert f"<blockquote>{report.quote}</blockquote>" in entry.summary
    assert f'href="http://testserver{report.get_absolute_url()}"' in entry.summary
    assert "4 killed" in entry.summary


def test_the_feed_says_what_it_follows(client, events):
    feed = fetch(client, "category=strike&order=old").feed
    assert feed.title == "Conflict timeline: category Strike"
    links = {link.rel: link.href for link in feed.links}
    assert links == {
        "alternate": "http://testserver/?category=strike",
        "self": "http://testserver/events.atom?category=strike",
    }
    assert "GeoNames" in feed.rights


def test_what_changed_last_comes_first_and_keeps_its_id(client, events):
    before = fetch(client)
    assert [e.title for e in before.entries] == [events["talks"].headline, events["strike"].headline]
    make_report(event=events["strike"], killed_best=7, type="missile")
    after = fetch(client)
    assert [e.id for e in after.entries] == [e.id for e in reversed(before.entries)]
    assert after.entries[0].updated > before.entries[1].updated
    assert after.entries[0].published == before.entries[1].published


def test_a_long_feed_is_cut_and_says_so(client):
    article = make_article("Shells fell on Arvad. " * 2)
    event = make_event(article=article)
    Event.objects.bulk_create(
        Event(category="strike", type="shelling", headline=f"Event {n}", start=event.start, end=event.end,
              precision="day", status="reported", report_count=1)
        for n in range(LONGEST)
    )  # fmt: skip
    now = datetime(2026, 1, 1, tzinfo=UTC)
    Event.objects.filter(pk=event.pk).update(updated_at=now - timedelta(days=1))
    feed = fetch(client)
    assert len(feed.entries) == LONGEST
    assert event.headline not in [e.title for e in feed.entries]
    assert feed.feed.subtitle == f"{LONGEST + 1} events; here are the {LONGEST} that changed last"


def test_a_bad_filter_makes_no_feed(client, events):
    response = client.get("/events.atom?from=soon&nonsense=1")
    assert response.status_code == 400
    assert response.content.decode().splitlines() == [
        "From: Enter a valid date.",
        "nonsense: there is no such filter.",
    ]


def test_what_articles_say_is_text_and_never_breaks_the_xml(client):
    quote = "Shells <script>alert(1)</script> & a bell\x07 and \ufffe fell"
    make_event(article=make_article(f"{quote}. End."), quote=quote)
    response = client.get("/events.atom")
    summary = ElementTree.fromstring(response.content).find(
        "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}summary"
    )
    assert "Shells &lt;script&gt;alert(1)&lt;/script&gt; &amp; a bell and  fell" in summary.text


@pytest.mark.parametrize(
    ("text", "expected"), [("a\x00b\x1fc", "abc"), ("tab\tline\nend\r", "tab\tline\nend\r"), ("é𝄞", "é𝄞")]
)
def test_xml_text(text, expected):
    assert xml_text(text) == expected


def test_a_reader_that_has_this_version_gets_no_body(client, events):
    tag = client.get("/events.atom")["ETag"]
    assert client.get("/events.atom", headers={"if-none-match": tag}).status_code == 304
    events["talks"].save()
    assert client.get("/events.atom", headers={"if-none-match": tag}).status_code == 200


def test_the_number_of_queries_is_that_of_one_entry(client, events, django_assert_num_queries):
    with django_assert_num_queries(5):  # ETag, count, events, reports, actors
        client.get("/events.atom")
