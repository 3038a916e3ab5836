"""The links to files follow the filter without a reload; what they give is what the list says."""

import csv
from pathlib import Path

from playwright.sync_api import Page, expect


def test_the_links_follow_the_filter(page: Page, rows):
    page.goto("/")
    page.get_by_text("Take away", exact=True).click()
    link = page.get_by_role("link", name="CSV", exact=True)
    expect(link).to_have_attribute("href", "/events.csv")
    page.get_by_role("checkbox", name="Territory").check()
    expect(page.locator("a.chip")).to_be_visible()
    page.get_by_text("Take away", exact=True).click()
    expect(link).to_have_attribute("href", "/events.csv?category=territory")
    expect(page.get_by_role("link", name="Atom feed")).to_have_attribute(
        "href", "/events.atom?category=territory"
    )


def test_a_download_holds_what_the_heading_says(page: Page, rows):
    page.goto("/?category=strike")
    heading = page.locator("#results-title").inner_text()
    page.get_by_text("Take away", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).click()
    download = started.value
    assert download.suggested_filename.startswith("conflict-timeline-")
    with Path(download.path()).open(newline="", encoding="utf-8") as file:
        assert heading.startswith(f"{len(list(csv.DictReader(file)))} event")


def test_an_event_is_cited_by_keyboard(page: Page, rows):
    page.goto(f"/events/{rows.capture.pk}/")
    page.get_by_role("navigation", name="Cite this event").get_by_role("link", name="Plain text").focus()
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text(f"/events/{rows.capture.pk}/ (accessed")
