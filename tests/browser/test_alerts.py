"""The page of alerts: its flow, and that axe finds nothing on it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.test_access import violations
from timeline.alerts import mailings
from timeline.models import Delivery, Mailing, SavedSearch, Webhook


@pytest.fixture(scope="module")
def followed(site) -> SimpleNamespace:
    """Two searches of one reader: of one nobody is told yet, the other has all that the page can show."""
    reader = User.objects.create_user("reader", "reader@example.org", is_staff=True)
    for slug in ("quiet", "busy"):
        SavedSearch.objects.create(slug=slug, name=slug.capitalize(), query="category=strike", owner=reader)
    busy = SavedSearch.objects.get(slug="busy")
    hook = Webhook.objects.create(
        search=busy, url="https://example.org/a/very/long/address/of/a/receiver/that/wraps/on/a/phone",
        failures=2, next_try_at=timezone.now(), last_error="HTTP 500. The server has a fault.",
    )  # fmt: skip
    Delivery.objects.create(webhook=hook, key="1:x", body="{}", attempts=2, last_error="HTTP 500. A fault.")
    alert = mailings.subscribe(busy, reader, "day")
    Mailing.objects.create(alert=alert, until=alert.created_at, changes=3, subject="3 changes", body="…")
    client = Client()
    client.force_login(reader)
    return SimpleNamespace(alert=alert, session=client.cookies["sessionid"].value)


@pytest.fixture
def signed_in(followed, site, new_page):
    def open_page(**options: object) -> Page:
        page = new_page(**options)
        page.context.add_cookies([{"name": "sessionid", "value": followed.session, "url": site.url}])
        return page

    return open_page


def test_a_digest_and_a_webhook_are_set_up_and_taken_away(signed_in, new_page):
    page = signed_in()
    page.goto("/searches/")
    page.get_by_role("link", name=re.compile("Mail and webhooks.*Quiet")).click()
    page.get_by_label("Send it").select_option("week")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("status").filter(has_text="reader@example.org")).to_be_visible()
    expect(page.get_by_label("Send it")).to_have_value("week")
    field = page.get_by_label("Add a webhook")
    field.fill("http://example.org/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#url-errors")).to_contain_text("https")
    new_page.faults.clear()  # the browser notes the 400
    page.get_by_label("Add a webhook").fill("https://example.org/hook")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("Secret", exact=True).click()
    expect(page.get_by_text("whsec_")).to_be_visible()
    page.get_by_role("button", name="Remove https://example.org/hook").click()
    expect(page.get_by_role("heading", name="https://example.org/hook")).to_have_count(0)


def test_the_link_in_a_mail_asks_before_it_ends_a_digest(page, followed):
    page.goto(f"/alerts/stop/{mailings.stop_token(followed.alert)}/")
    expect(page.get_by_role("button", name="End it")).to_be_visible()
    expect(page.get_by_text("No more mails about “Busy”?")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_the_pages_of_alerts(signed_in, followed, scheme, width):
    page = signed_in(width=width, color_scheme=scheme)
    for address in ("/searches/busy/alerts/", f"/alerts/stop/{mailings.stop_token(followed.alert)}/"):
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("each => each.open = true")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
