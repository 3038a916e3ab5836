"""The pages in Ukrainian, the choice of a language, and paper: also without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import pages, violations


def test_every_page_in_ukrainian_is_accessible_and_fits(new_page, rows):
    page = new_page(width=390, color_scheme="dark", locale="uk")
    found = {}
    for path in pages(rows):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "uk", path
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found[path] = violations(page)
        for width in (1920, 390):  # longer words than English
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[path] += [f"{wider} px too wide at {width} px"] if wider > 0 else []
    assert {path: what for path, what in found.items() if what} == {}


def test_a_language_is_chosen_without_scripts_and_the_filter_stays(new_page, rows):
    page = new_page(java_script_enabled=False)
    page.goto("/?category=territory")

    page.get_by_role("button", name="Українська").click()

    expect(page.locator("html")).to_have_attribute("lang", "uk")
    assert page.url.endswith("/?category=territory")
    expect(page.locator("#results-title")).to_contain_text("1 подія")
    page.locator(".headline").first.click()
    expect(page.locator("h1")).to_have_attribute("lang", "en")
    expect(page.locator("#ledger-title")).to_have_text("Хто так каже")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#ledger-title")).to_have_text("Who says so")


def test_the_list_follows_a_tick_in_ukrainian(new_page, rows):
    page = new_page(locale="uk")
    page.goto("/")
    page.get_by_label("Територія").check()
    expect(page.locator("#results-title")).to_contain_text("1 подія")
    expect(page.locator("#count-live")).to_contain_text("1 подія")


def test_from_filter_to_paper_and_citation_without_scripts(new_page, rows):
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Territory").check()
    page.get_by_role("button", name="Apply").click()
    page.locator(".take-away > summary").click()
    page.get_by_role("link", name="Page for print").click()
    expect(page.locator(".total")).to_have_text("1")
    expect(page.locator(".printable blockquote").first).to_be_visible()
    page.locator(".printable .says a").first.click()
    expect(page.locator(".ledger")).to_be_visible()
    page.get_by_role("link", name="Plain text").click()
    expect(page.locator("body")).to_contain_text("SHA-256")


@pytest.mark.parametrize("path", ["/?category=territory", "/events/{event}/", "/days/2024-03-01/", "/print/"])
def test_paper_has_the_address_and_no_menus(page, rows, path):
    page.goto(path.format(event=rows.strike.pk))
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("header.site", "footer.site", ".take-away", ".languages", "#filters", ".no-paper"):
        for each in page.locator(hidden).all():
            expect(each).not_to_be_visible()
    expect(page.locator("p.on-paper")).to_contain_text(page.url.partition("?")[0])
    expect(page.locator("p.on-paper")).to_contain_text("read on")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    expect(page.locator("blockquote").first).to_be_visible()
