"""What holds on every page whatever the visitor's device or habits: nothing asked of others, narrow, large, forced
colours, a keyboard alone, a tab that comes back the next day, and text that tries to break the layout."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_access import violations
from tests.factories import make_article, make_place, make_report


def paths(rows) -> list[str]:
    return [
        "/",
        "/?category=territory&q=garrison",
        f"/events/{rows.strike.pk}/",
        f"/articles/{rows.article.pk}/",
        f"/places/{rows.maron.pk}/",
        "/sources/",
        "/map/",
        "/compare/?a=Arvad&b=Karsk",
        "/accuracy/",
        "/about/",
    ]


def test_nothing_is_asked_of_anybody_else(new_page, rows, site):
    page = new_page()
    ours, foreign = urlsplit(site.url).netloc, []

    def guard(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != ours:
            foreign.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.context.route("**/*", guard)
    for path in paths(rows):
        page.goto(path, wait_until="networkidle")
        expect(page.locator("h1").first).to_be_visible()
    assert foreign == []


# 1280 px at 200 % are 640 px of CSS, at 400 % 320 px. tests/browser/test_access.py has the usual widths.
@pytest.mark.parametrize(("width", "options"), [(320, {}), (1280, {"forced_colors": "active"})])
def test_axe_finds_nothing_and_nothing_runs_over(new_page, rows, width, options):
    page = new_page(width=width, **options)
    found = {}
    for path in paths(rows):
        page.goto(path)
        found[path] = violations(page)
        for narrow in {width, width // 2, 320}:
            page.set_viewport_size({"width": max(narrow, 320), "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[path] += [f"{wider} px too wide at {narrow} px"] if wider > 0 else []
        page.set_viewport_size({"width": width, "height": 900})
    assert {path: what for path, what in found.items() if what} == {}


def tab_to(page: Page, words: str, most: int = 150) -> None:
    """Press Tab until what has the focus is called `words`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(e => e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText || '')"
            "(document.activeElement)"
        )
        if name.strip().startswith(words):
            return
    pytest.fail(f"{most} times Tab did not lead to “{words}”")


def test_a_reader_filters_opens_and_comes_back_by_keyboard_alone(page, rows):
    page.goto("/")
    tab_to(page, "Territory")
    page.keyboard.press("Space")
    expect(page.locator("#rows .event")).to_have_count(1)
    tab_to(page, "Arvad", 250)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "the focus shows"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()
    page.go_back()  # Alt and the arrow are the browser's own; the headless one has no such key
    expect(page.locator("#rows .event")).to_have_count(1)
    expect(page.get_by_label("Territory")).to_be_checked()


def test_five_steps_can_be_reloaded_reopened_and_sent_to_someone(new_page, page, rows):
    page.goto("/")
    page.get_by_label("Territory").check()
    expect(page.locator("#rows .event")).to_have_count(1)
    page.get_by_label("Diplomacy").check()
    expect(page.locator("#rows .event")).to_have_count(2)
    page.get_by_label("Search", exact=True).fill("garrison")
    page.get_by_label("Search", exact=True).press("Enter")
    expect(page.locator("#rows .event")).to_have_count(1)
    page.locator(".chip", has_text="garrison").click()
    expect(page.locator("#rows .event")).to_have_count(2)
    page.get_by_label("Diplomacy").uncheck()
    expect(page.locator("#rows .event")).to_have_count(1)
    address, title = page.url, page.title()
    assert re.search(r"\?category=territory$", address)
    page.reload()  # the same tab
    another_day = new_page()  # another profile, as of who was sent the address, or of a tab restored
    another_day.goto(address)
    for each in (page, another_day):
        expect(each).to_have_title(title)
        expect(each.locator("#rows .event")).to_have_count(1)
        expect(each.get_by_label("Territory")).to_be_checked()
        expect(each.get_by_label("Diplomacy")).not_to_be_checked()
        expect(each.locator(".chip")).to_have_count(1)


OVERRIDE, WORD = "\u202e", "Wort" * 2_000


@pytest.fixture
def odd(rows, django_db_blocker):
    """An event and an article whose words turn round, and do not break."""
    with django_db_blocker.unblock():
        quote = f"{OVERRIDE}Shells hit {WORD} market, the mayor said."
        article = make_article(f"{quote} شبكة הרשת.", title=f"{OVERRIDE}Title {WORD[:900]}")
        event = make_report(
            article, quote=quote, place=make_place("Odd Town"), attributed_to=["the mayor"]
        ).event
        yield article, event
        event.reports.all().delete()
        event.delete()
        article.delete()


@pytest.mark.parametrize("width", [320, 1280])
def test_odd_text_neither_widens_a_page_nor_turns_what_stands_beside_it(new_page, odd, width):
    article, event = odd
    page = new_page(width=width)
    for path in ("/?q=mayor", f"/events/{event.pk}/", f"/articles/{article.pk}/"):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("each => each.open = true")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    page.goto(f"/events/{event.pk}/")
    for quote in page.locator("blockquote").all():
        assert quote.evaluate("e => getComputedStyle(e).unicodeBidi") in ("isolate", "plaintext")
