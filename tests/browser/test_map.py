"""The map in the chronology and by itself: it follows the filter, and its marks set it."""

import re

from playwright.sync_api import Page, expect


def marks(page: Page):
    return page.locator(".earth .fine .mark")


def test_the_map_opens_in_place_follows_the_filter_and_sets_it(page, rows):
    page.goto("/")
    page.get_by_role("link", name="Show on a map").click()
    expect(page.locator("#map-title")).to_have_text("48 events on the map")
    expect(page).to_have_url(re.compile(r"/$"))
    page.get_by_label("Territory").check()
    expect(page.locator("#map-title")).to_have_text("1 event on the map")
    page.locator(".chip").first.click()
    expect(page.locator("#map-title")).to_have_text("48 events on the map")
    expect(marks(page)).to_have_attribute("aria-label", "Arvad and 2 other places: 48 events")
    marks(page).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?box="))
    expect(page.locator(".chip")).to_contain_text("Map area")
    page.get_by_label("Diplomacy").check()  # the area holds
    expect(page).to_have_url(re.compile(r"category=diplomacy&box="))
    expect(page.locator("#results-title")).to_contain_text("1 event")
    page.go_back()
    expect(page.locator("#results-title")).to_contain_text("48 events")


def drag(page: Page, x: float, y: float, to_x: float, to_y: float) -> None:
    box = page.locator(".earth").bounding_box()
    page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to_x, box["y"] + box["height"] * to_y, steps=4)
    page.mouse.up()


def test_a_drag_takes_an_area(page, rows):
    page.goto("/")
    page.get_by_role("link", name="Show on a map").click()
    drag(page, 0.05, 0.05, 0.2, 0.2)
    expect(page.locator("#results-title")).to_contain_text("0 events")
    page.locator(".chip").first.click()
    expect(page.locator("#filter-box")).to_have_value("")
    expect(page.locator("#map-title")).to_have_text("48 events on the map")
    drag(page, 0.9, 0.9, 0.1, 0.1)
    expect(page.locator(".chip")).to_contain_text("Map area")
    expect(page.locator("#results-title")).to_contain_text("48 events")


def test_a_drag_on_the_maps_own_page_leads_to_the_list(page, rows):
    page.goto("/map/?category=territory")
    drag(page, 0.1, 0.1, 0.9, 0.9)
    expect(page).to_have_url(re.compile(r"/\?category=territory&box="))
    expect(page.locator("#results-title")).to_contain_text("1 event")


def test_the_map_works_without_javascript(new_page, rows):
    page = new_page(java_script_enabled=False)
    page.goto("/?category=territory")
    page.get_by_role("link", name="Show on a map").click()
    expect(page).to_have_url(re.compile(r"/map/\?category=territory$"))
    page.get_by_role("link", name="World").click()
    expect(page).to_have_url(re.compile(r"/map/\?category=territory&view=world$"))
    page.locator(".twin summary").first.click()
    page.get_by_role("link", name="Tel Maron").first.click()
    expect(page.locator("#results-title")).to_contain_text("1 event")
    expect(page.locator(".chip")).to_have_count(2)


def test_on_a_phone_every_mark_is_a_target_of_24_pixels_and_a_touch_takes_it(new_page, rows):
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    page.goto("/map/")
    shown = page.locator(".earth .mark:visible")
    boxes = [mark.locator(".target").bounding_box() for mark in shown.all()]
    assert boxes
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    shown.first.tap()
    expect(page).to_have_url(re.compile(r"/\?(box|place)="))


def test_at_the_desk_every_mark_is_a_target_of_24_pixels(page, rows):
    page.goto("/map/")
    boxes = [mark.locator(".target").bounding_box() for mark in page.locator(".earth .mark:visible").all()]
    assert boxes
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
