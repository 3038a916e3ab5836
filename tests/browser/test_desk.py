"""A curator at work: a hundred decisions by keyboard, and no page of the desk fails or keeps anybody out."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.admin.desk import with_permissions
from tests.browser.test_access import violations
from tests.factories import make_event, make_place, make_report
from timeline.models import Decision, Event

DECISIONS = 100


@pytest.fixture(scope="module")
def work(site) -> SimpleNamespace:
    """More events than decisions, each alone in its month but for one pair."""
    for number in range(DECISIONS + 5):
        make_event(day=date(2014, 1, 1) + timedelta(days=40 * number), confidence=0.5)
    two = make_report(day=date(2026, 1, 1), place=make_place("Tel Maron"), confidence=0.9).event
    make_report(event=two, day=date(2026, 1, 1), place=make_place("Tel Maron"), quote="officials said")
    make_report(day=date(2026, 1, 1), place=make_place("Tel Maron"), confidence=0.95)
    plain = make_event(day=date(2026, 9, 1), confidence=0.9)
    client = Client()
    client.force_login(with_permissions("ada", "change_event", "view_event"))
    return SimpleNamespace(two=two, plain=plain, session=client.cookies["sessionid"].value)


@pytest.fixture
def signed_in(work, site, new_page):
    def open_page(**options: object) -> Page:
        page = new_page(**options)
        page.context.add_cookies([{"name": "sessionid", "value": work.session, "url": site.url}])
        return page

    return open_page


def settled(page: Page, before: str) -> None:
    """The next event is on the screen, and its keys work."""
    page.wait_for_function(
        "before => location.pathname !== before && !document.querySelector('.htmx-request, .htmx-swapping')",
        arg=before,
    )


def number_of(page: Page) -> str:
    return page.evaluate("location.pathname")


def test_a_hundred_decisions_by_keyboard(signed_in, work):
    page = signed_in()
    loads: list[str] = []
    failures: list[str] = []
    page.goto("/desk/")
    page.on("load", lambda: loads.append(page.url))
    page.on("response", lambda r: failures.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    for number in range(DECISIONS):
        here = number_of(page)
        if number % 10 == 9:
            page.keyboard.press("x")
            page.keyboard.type("an exercise")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("c")
        settled(page, here)
    assert failures == []
    assert loads == []  # every decision was swapped in
    kinds = list(Decision.objects.values_list("kind", flat=True))
    assert (kinds.count("confirm"), kinds.count("reject")) == (90, 10)
    assert page.evaluate("document.activeElement.id") == "desk-title"
    assert f"{DECISIONS} decisions today" in page.inner_text(".progress")


def test_every_other_key(signed_in, work):
    page = signed_in()
    page.goto(f"/desk/{work.two.pk}/")
    page.keyboard.press("?")
    assert "Keys of the review desk" in page.inner_text("#help")
    page.keyboard.press("Escape")

    page.keyboard.press("e")  # correct
    assert page.evaluate("document.activeElement.name") == "type"
    page.fill("#id_killed_best", "7")
    page.fill("#id_reason", "a list of names")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Corrected. Machine: not reported")

    page.keyboard.press("p")  # the place
    page.keyboard.type("Pokrovs")
    page.locator("#place-found input").first.wait_for()
    assert "Donetsk" in page.inner_text("#place-found")
    page.keyboard.press("Escape")

    page.keyboard.press("z")  # undo
    page.wait_for_selector("#desk-said >> text=Undone")

    page.keyboard.press("s")  # split: the first quote
    page.keyboard.press("Space")
    page.fill("#split-reason", "another day")
    page.keyboard.press("Enter")
    page.wait_for_selector("#desk-said >> text=Split off")
    page.keyboard.press("z")
    page.wait_for_selector("#desk-said >> text=Undone")

    here = number_of(page)
    page.keyboard.press("m")  # merge into the first candidate
    page.keyboard.press("Space")
    page.click("text=Merge into it")
    settled(page, here)
    assert Event.objects.get(pk=work.two.pk).merged_into is not None
    page.keyboard.press("z")
    page.wait_for_selector(f"text=Event {work.two.pk}")

    page.keyboard.press("j")  # skip
    settled(page, here)
    there = number_of(page)
    page.keyboard.press("n")
    settled(page, there)


def test_a_key_in_a_field_is_a_letter(signed_in, work):
    page = signed_in()
    page.goto(f"/desk/{work.two.pk}/")
    before = Decision.objects.count()
    page.keyboard.press("x")
    page.keyboard.type("c z ?")
    assert page.input_value("#reject-reason") == "c z ?"
    assert Decision.objects.count() == before


def test_a_refused_decision_is_shown_and_said(signed_in, work, new_page):
    page = signed_in()
    page.goto(f"/desk/{work.two.pk}/")
    page.evaluate("document.querySelectorAll('#desk form').forEach(form => form.noValidate = true)")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.wait_for_selector("#desk-said >> text=Say why the event is rejected")
    assert page.evaluate("document.activeElement.id") == "reject-reason"
    assert number_of(page) == f"/desk/{work.two.pk}/"
    assert all("422" in fault for fault in new_page.faults)  # the browser's own line about the answer
    new_page.faults.clear()


def test_the_desk_works_without_scripts(signed_in, work):
    page = signed_in(java_script_enabled=False)
    page.goto(f"/desk/{work.plain.pk}/")
    page.fill("#id_place_find", "Pokrovsk")
    page.click("button[name=find_place]")
    page.wait_for_selector("text=Donetsk")
    page.click(".acts >> text=Confirm")
    assert Event.objects.get(pk=work.plain.pk).review == "confirmed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_at_the_desk(signed_in, work, scheme, width):
    page = signed_in(width=width, color_scheme=scheme)
    found = {}
    for path in (f"/desk/{work.two.pk}/", "/desk/?type=talks", "/desk/?place=Nowhere"):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("each => each.open = true")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = violations(page) + ([f"{wider} px too wide"] if wider > 0 else [])
    assert {path: what for path, what in found.items() if what} == {}
