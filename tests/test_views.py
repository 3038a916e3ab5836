"""The readers' pages as the server gives them: contents, codes, headers, the number of queries."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from time import perf_counter

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Feed
from tests.factories import NOON, make_article, make_event, make_place, make_report, make_source
from timeline.curating import curation
from timeline.models import Actor, Event, Report

pytestmark = pytest.mark.django_db

HOME = reverse("chronology")


@pytest.fixture
def curator() -> User:
    return User.objects.create_user("curator", is_staff=True)


@pytest.fixture
def staff(curator) -> Client:
    client = Client()
    client.force_login(curator)
    return client


def text_of(response) -> str:
    return response.content.decode()


def rows(response) -> list[int]:
    """The events listed in a page, by number."""
    return [int(n) for n in re.findall(r'<article class="event [^"]*" id="event-(\d+)"', text_of(response))]


def total(response) -> int:
    found = re.search(r'<h2 id="results-title"[^>]*>(\d+) event', text_of(response))
    assert found
    return int(found[1])


# As many queries for fifty events as for one


def fill(number: int) -> None:
    """`number` more events at one place, with one actor, from one article and one of their own."""
    place = make_place("Arvad")
    wire = make_source("Test Wire")
    shared = make_article(
        " ".join(f"Shelling number {n} hit Arvad." for n in range(number)) + " The end.", wire
    )
    for n in range(number):
        event = make_report(
            shared, quote=f"Shelling number {n} hit Arvad.", place=place, ordinal=n, killed_best=n,
            day=date(2024, 3, 1) + timedelta(days=n % 7), attributed_to=["Norvia"],
            speakers=[["Norvia", "state", "NO"]], parties=[("Norvia", "initiator", "state", "NO")],
        ).event  # fmt: skip
        make_report(make_article(source=make_source(f"Wire {n}")), event=event, place=place)
    Feed.objects.create(source=wire, url=f"https://news.invalid/feed/{number}")


def pages() -> dict[str, str]:
    """An address of each kind of page, about the rows of which most hangs."""
    event = Event.objects.order_by("pk").last()
    report = event.reports.order_by("pk").first()
    return {
        "chronology": HOME,
        "filtered": f"{HOME}?category=strike&country=NO&q=shelling&actor={event.parts.get().actor_id}",
        "event": event.get_absolute_url(),
        "article": report.article.get_absolute_url(),
        "place": report.place.get_absolute_url(),
        "actor": event.parts.get().actor.get_absolute_url(),
        "sources": reverse("sources"),
        "about": reverse("about"),
    }


def queries(client: Client) -> dict[str, int]:
    counts = {}
    for name, address in pages().items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts[name] = len(captured)
    return counts


def test_every_page_takes_the_same_number_of_queries_however_many_events(client, staff):
    fill(1)
    queries(client)  # the first look reads the whole facet index
    few, few_of_staff = queries(client), queries(staff)
    fill(3)
    assert (queries(client), queries(staff)) == (few, few_of_staff)
    fill(50)
    assert (queries(client), queries(staff)) == (few, few_of_staff)
    assert max(few.values()) <= 20


# Quotes, verbatim and harmless

HOSTILE = [
    "<script>alert(1)</script> Shells hit Arvad & killed four.",
    "</mark></p></article><h1>Shells hit Arvad.</h1>",
    "\u202eShells hit\u202c Arvad\u200b\u200d and\ufeff its port.",
    "قصف على عرواد يوم السبت، קרבות בעיר",
    "\"Shells\" 'hit' {{ Arvad }} {% now %} \\ `x`",
    "<img src=x onerror=alert(1)> <!-- Shells --> ]]> &lt; &amp;amp; hit Arvad",
    "Shells hit\nArvad over\ttwo lines.",
    "𝔖𝔥𝔢𝔩𝔩𝔰 👩‍👩‍👧 e\u0301 hit Arvad.",
]


@pytest.mark.parametrize("quote", HOSTILE)
def test_quotes_stand_verbatim_and_escaped_in_every_page(client, quote):
    event = make_event(article=make_article(f"It begins. {quote} It ends."), quote=quote)
    report = event.reports.get()
    for address in (event.get_absolute_url(), HOME):
        page = text_of(client.get(address))
        page = page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")  # as Jinja2 writes them
        assert f">{html.escape(quote)}</blockquote>" in page, address
    page = text_of(client.get(report.article.get_absolute_url()))
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page, flags=re.DOTALL))
    assert quote in html.unescape(re.sub(r"<[^>]*>", "", marked))
    for bad in ("<script>alert", "<img src=x", "<h1>Shells"):
        assert bad not in page


@pytest.mark.parametrize("name", ["<i>Arvad</i>", "Arvad'\"><script>alert(1)</script>", "\u202eArvad"])
def test_names_from_texts_stay_text(client, name):
    article = make_article(f"Shells hit {name} on Friday.", make_source(name), title=name, byline=name)
    event = make_event(
        article=article, quote=f"Shells hit {name} on Friday.", place=make_place(name, admin1=name),
        parties=[(name, "initiator", "group", name[:60])], attributed_to=[name], speakers=[[name, "group", ""]],
        target=name, weapon=name, date_words=name, place_words=name, notes=[name], link_reasons=[name], rule=name,
    )  # fmt: skip
    for address in pages_of(event):
        page = text_of(client.get(address))
        assert "<script>alert" not in page, address
        assert "<i>Arvad" not in page, address


def pages_of(event: Event) -> list[str]:
    report = event.reports.get()
    return [
        HOME,
        f"{HOME}?q=shells&place={event.place_id}&region={report.place.country}.x&source={report.article.source_id}",
        event.get_absolute_url(),
        report.article.get_absolute_url(),
        event.place.get_absolute_url(),
        event.parts.get().actor.get_absolute_url(),
        reverse("sources"),
    ]


def test_an_article_shows_overlapping_quotes_and_links_each_to_its_event(client):
    text = "Shells hit Arvad and Tel Maron on Friday, killing four."
    article = make_article(text)
    one = make_report(article, quote=text)
    two = make_report(article, quote="Arvad and Tel Maron", ordinal=1)
    page = text_of(client.get(article.get_absolute_url()))
    for report in (one, two):
        assert f'id="{report.anchor}"' in page
        assert report.event.get_absolute_url() in page
    shown = re.search(r'<div class="text"[^>]*>(.*?)</div>', page, flags=re.DOTALL)
    assert text in html.unescape(re.sub(r'<a class="ref".*?</a>|<[^>]*>', "", shown[1], flags=re.DOTALL))


def test_what_was_struck_out_or_replaced_is_no_longer_shown(client, curator):
    kept = make_report(make_article("Shells hit Arvad. Kept."))
    out = make_report(make_article("A team beat Arvad. Sport."), event=kept.event)
    old = make_report(make_article("Bombs hit Arvad. Old."), event=kept.event)
    curation.strike_out(out, curator, "sport")
    Report.objects.filter(pk=old.pk).update(superseded_at=NOON)
    page = text_of(client.get(kept.event.get_absolute_url()))
    assert "Shells hit Arvad" in page
    assert "A team beat" not in page
    assert "Bombs hit" not in page


# Merged, rejected, missing


def test_a_merged_event_leads_to_the_one_it_was_merged_into(client, curator):
    event, into = make_event(), make_event()
    curation.merge(event, into, curator, "a test")
    response = client.get(event.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, into.get_absolute_url())
    assert event.headline in text_of(client.get(into.get_absolute_url()))


def test_a_rejected_event_is_gone_for_readers_and_stays_visible_to_staff(client, staff, curator):
    event = make_event()
    curation.review(event, "rejected", curator, "a drill, not an attack")
    gone = client.get(event.get_absolute_url())
    assert gone.status_code == 410
    assert f"Event {event.pk} was taken out" in text_of(gone)
    assert event.headline not in text_of(gone)
    seen = staff.get(event.get_absolute_url())
    assert seen.status_code == 200
    assert "a drill, not an attack" in text_of(seen)
    for address in (HOME, event.place.get_absolute_url(), event.reports.get().article.get_absolute_url()):
        assert event.get_absolute_url() not in text_of(client.get(address)), address


def test_only_staff_are_shown_the_way_to_the_admin(client, staff):
    event = make_event()
    edit = reverse("admin:timeline_event_change", args=[event.pk])
    assert edit in text_of(staff.get(event.get_absolute_url()))
    assert edit not in text_of(client.get(event.get_absolute_url()))


@pytest.mark.parametrize("number", ["0", "999999", "9" * 19, "9" * 40])
@pytest.mark.parametrize("kind", ["events", "articles", "places", "actors"])
def test_what_is_not_there_is_a_page_that_leads_on(client, kind, number):
    response = client.get(f"/{kind}/{number}/")
    assert response.status_code == 404
    assert "There is no such page" in text_of(response)
    assert f'href="{HOME}"' in text_of(response)


@pytest.mark.parametrize("path", ["/nowhere/", "/events/x/", "/events/-1/", "/%00", "/%ff%fe", "/events/1"])
def test_odd_paths_are_not_found_or_led_to_their_page(client, path):
    assert client.get(path).status_code in (301, 404)


# The list and its filters


def test_counts_are_those_of_the_list_and_its_pages(client):
    fill(50)
    seen: list[int] = []
    address = HOME
    while address:
        response = client.get(address)
        assert total(response) == 50
        seen += rows(response)
        found = re.search(r'id="more"><a class="button" href="([^"]*)"', text_of(response))
        address = html.unescape(found[1]) if found else ""
    assert sorted(seen) == sorted(Event.objects.values_list("pk", flat=True))
    assert len(seen) == len(set(seen)) == 50


def test_each_facets_count_is_the_length_of_the_list_behind_it(client):
    fill(3)
    make_event(type="talks", place=make_place("Port Kassim", admin1="Delta", country="KA"))
    shown = [(facet.name, option) for facet in client.get(HOME).context["facets"] for option in facet.options]
    assert len({name for name, _ in shown}) >= 6
    for name, option in shown:
        response = client.get(HOME, {name: option.value})
        assert option.count == total(response) == len(rows(response)), (name, option)


def test_each_chip_is_a_link_that_takes_its_filter_away(client):
    fill(1)
    response = client.get(f"{HOME}?category=strike&from=2024-01-01&q=shelling")
    chips = [html.unescape(a) for a in re.findall(r'<a class="chip" href="([^"]*)"', text_of(response))]
    assert chips == [
        "/?from=2024-01-01&category=strike",
        "/?q=shelling&category=strike",
        "/?q=shelling&from=2024-01-01",
    ]


def test_the_same_page_for_htmx_and_for_everyone(client):
    fill(2)
    address = f"{HOME}?category=strike"
    plain = client.get(address)
    htmx = client.get(address, headers={"HX-Request": "true", "HX-Target": "results"})
    assert text_of(htmx) == text_of(plain)
    assert text_of(htmx).startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=yesterday", "From: Enter a valid date."),
        ("from=2024-03-01&to=2024-01-01", "is after the last one"),
        ("category=bogus", "Category: Select a valid choice. bogus"),
        ("killed=-1", "Killed, at least: Ensure this value"),
        ("after=nowhere", "This is no place in the list"),
        ("place=<script>alert(1)</script>", "Place: “&lt;script&gt;"),
        ("q=" + "x" * 300, "Search: Ensure this value has at most 200"),
        ("actor=" + "9" * 40, "Actor:"),
    ],
)
def test_what_is_wrong_with_a_filter_is_said_in_the_page(client, query, words):
    fill(1)
    response = client.get(f"{HOME}?{query}")
    assert response.status_code == 200
    assert words in text_of(response)
    assert "Part of the filter is not used" in text_of(response)
    assert rows(response) == [Event.objects.get().pk]
    assert "<script>alert" not in text_of(response)


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"category=x{n}" for n in range(10_000)),
        "&".join(f"p{n}={n}" for n in range(10_000)),
        "q=" + "x" * 100_000,
        "q=" + "x+" * 50_000,
        "region=" + "x" * 100_000,
        "country=" + "&country=".join("AB" for _ in range(400)),
        "region=" + "&region=".join(f"UA.{n}" for n in range(400)),
        "place=" + "&place=".join(str(n) for n in range(400)),
        "q=%22" + "%22" * 90,
        "q=" + "%28%21%26%7C" * 40,
        "q=" + "-" * 190,
        "q=%00&region=%00&place=%00&country=%00",
        "from=0001-01-01&to=9999-12-31&after=9999-12-31.9",
        "after=2024-01-01." + "9" * 25,
        "after=0001-01-01.-1&order=old",
        "killed=" + "9" * 30,
        "%FF%FE=%C3%28&q=%C3%28",
    ],
    ids=lambda query: query[:20],
)
def test_odd_and_endless_queries_are_answered_soon(client, query):
    fill(1)
    client.get(HOME)  # what is loaded once a process
    started = perf_counter()
    response = client.get(f"{HOME}?{query}")
    assert response.status_code in (200, 400)
    assert perf_counter() - started < 1


# Headers

ADDRESSES = [HOME, "/sources/", "/about/", "/nowhere/", "/admin/login/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_headers_that_keep_readers_safe(client, address):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Cookie" in response["Vary"]  # staff see more


def test_no_page_holds_what_the_policy_would_block(client):
    fill(2)
    for name, address in pages().items():
        page = text_of(client.get(address))
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), name
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page), name
        assert "<style" not in page, name
        links = re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', page)
        assert links
        assert all(link.startswith("/") for link in links), name


def test_readers_get_no_cookie(client):
    make_event()
    assert not client.get(HOME).cookies


def test_alive_without_an_engine(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_an_actors_page_says_how_many_there_are_and_unfolds_the_earlier(client):
    for day in range(12):
        make_event(day=date(2024, 3, 1 + day), parties=[("Norvia", "initiator", "state", "NO")])
    norvia = Actor.objects.get(name="Norvia")
    page = client.get(norvia.get_absolute_url()).content.decode()
    assert 'href="#did-title"' in page
    assert "<small>12</small>" in page
    assert "2 earlier" in page
    assert page.count('class="headline"') == 12
    for day in range(12, 52):
        make_event(
            day=date(2024, 3, 1) + timedelta(days=day), parties=[("Norvia", "initiator", "state", "NO")]
        )
    page = client.get(norvia.get_absolute_url()).content.decode()
    assert "<small>52</small>" in page
    assert "The latest 50 of 52." in page
