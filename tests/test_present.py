"""A moment in the address is obeyed or refused, by every page there is."""

from datetime import timedelta

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from tests.factories import make_event
from timeline import urls
from timeline.models import SavedSearch
from timeline.takeaway.exports import FORMATS

pytestmark = pytest.mark.django_db

BEFORE = "2020-01-01T00:00Z"
# Pages that show no events, or change something: what they need of an address is not made here.
OTHER = {
    "alerts",
    "mail-alert",
    "webhook-new",
    "webhook-change",
    "mail-stop",
    "search-forget",
    "article-version",
}
OBEY = {"chronology", "event", "export", "feed", "printable", "csv-metadata"}


@pytest.fixture
def event(django_user_model):
    owner = django_user_model.objects.create_user("owner")
    SavedSearch.objects.create(slug="saved", name="Saved", query="", owner=owner)
    return make_event(parties=[("Karsk", "initiator", "state", "KA")])


def addresses(event):
    """(name, address) of every route of the site, each export by itself."""
    report = event.reports.get()
    keys = {
        "event": event.pk, "citation": event.pk, "article": report.article_id, "place": event.place_id,
        "actor": event.parts.get().actor_id, "source": report.article.source_id,
    }  # fmt: skip
    for route in urls.urlpatterns:
        assert isinstance(route, URLPattern)
        if route.name in OTHER:
            continue
        if route.name == "export":
            yield from (("export", reverse("export", args=[name])) for name in FORMATS)
            continue
        values = {
            "pk": keys.get(route.name), "day": event.start.isoformat(), "month": f"{event.start:%Y-%m}",
            "slug": "saved", "name": "place", "style": "plain",
        }  # fmt: skip
        wanted = route.pattern.converters
        yield route.name, reverse(route.name, kwargs={name: values[name] for name in wanted})


def body(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def test_no_page_draws_the_present_for_a_moment_before_it(client, event):
    drawn_now = set()
    for name, address in addresses(event):
        if event.headline in body(client.get(address)):
            drawn_now.add(name)
        then = client.get(address, {"as_of": BEFORE})
        assert event.headline not in body(then), address
        assert event.reports.get().quote not in body(then), address
        if name in OBEY:
            assert then.status_code == (404 if name == "event" else 200), address
        elif then.status_code != 302:  # the one to a form that is for who is signed in
            assert (then.status_code, "tells the present only" in body(then)) == (400, True), address
    assert {"chronology", "event", "export", "feed", "printable", "day", "embed", "place"} <= drawn_now


def test_what_obeys_shows_it_once_it_was_known(client, event):
    event.reports.update(recorded_at=timezone.now() - timedelta(hours=1))
    after = (timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, address in addresses(event):
        if name in OBEY - {"csv-metadata"} and "ucdp" not in address:
            shown = body(client.get(address, {"as_of": after}))
            assert event.headline in shown or event.reports.get().quote in shown, address


def test_a_refusal_leads_to_the_chronology_then_and_to_the_page_now(client, event):
    page = body(client.get("/map/?category=strike&as_of=2020-01-01&view=world"))
    assert 'href="/?category=strike&amp;as_of=2020-01-01&amp;view=world"' in page
    assert 'href="/map/?category=strike&amp;view=world"' in page


def test_an_empty_moment_asks_nothing(client, event):
    assert client.get("/map/?as_of=").status_code == 200


def test_a_saved_search_with_a_moment_is_not_made_and_has_no_feed_of_changes(client, event):
    SavedSearch.objects.update(query="as_of=2020-01-01")
    assert client.get("/searches/saved.atom").status_code == 400


def test_the_admin_is_left_alone(admin_client):
    assert admin_client.get("/admin/timeline/event/?as_of=2020-01-01").status_code in (200, 302)
    assert get_resolver().resolve("/admin/").func.__module__.startswith("django")
