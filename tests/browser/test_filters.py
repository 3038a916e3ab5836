"""The filter form through htmx: the address, the list, the chips, the counts and the focus keep in step."""

import re

from playwright.sync_api import Page, expect


def events(page: Page):
    return page.locator("#rows .event")


def heading(page: Page):
    return page.locator("#results-title")


def test_a_tick_updates_list_address_title_counts_and_keeps_the_focus(page, rows):
    page.goto("/")
    expect(heading(page)).to_contain_text("48 events")
    page.get_by_label("Territory").check()
    expect(page).to_have_url(re.compile(r"/\?category=territory$"))
    expect(heading(page)).to_contain_text("1 event")
    expect(page).to_have_title(re.compile("^1 event: "))
    expect(page.locator("#count-live")).to_have_text("1 event")
    expect(events(page)).to_have_count(1)
    expect(page.get_by_label("Territory")).to_be_focused()
    page.get_by_label("Diplomacy").check()
    expect(page).to_have_url(re.compile(r"category=diplomacy&category=territory$"))
    expect(events(page)).to_have_count(2)
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.get_by_label("Diplomacy")).to_be_focused()


def test_back_and_forward_restore_address_boxes_and_list(page, rows):
    page.goto("/")
    page.get_by_label("Territory").check()
    expect(events(page)).to_have_count(1)
    page.get_by_label("Diplomacy").check()
    expect(events(page)).to_have_count(2)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?category=territory$"))
    expect(events(page)).to_have_count(1)
    expect(page.get_by_label("Diplomacy")).not_to_be_checked()
    page.go_back()
    expect(heading(page)).to_contain_text("48 events")
    expect(page.get_by_label("Territory")).not_to_be_checked()
    page.go_forward()
    expect(events(page)).to_have_count(1)
    expect(page.get_by_label("Territory")).to_be_checked()


def test_enter_in_the_search_field_searches_and_moves_to_the_results(page, rows):
    page.goto("/")
    page.get_by_label("Search", exact=True).fill("garrison")
    expect(heading(page)).to_contain_text("48 events")  # typing alone changes nothing
    page.get_by_label("Search", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"/\?q=garrison$"))  # nothing empty, no default
    expect(heading(page)).to_be_focused()
    expect(heading(page)).to_contain_text("1 event")


def test_a_chip_takes_its_filter_away_and_clears_the_field(page, rows):
    page.goto("/?q=garrison&category=territory&from=2024-03-01")
    expect(page.locator(".chip")).to_have_count(3)
    page.locator(".chip", has_text="garrison").click()
    expect(page).to_have_url(re.compile(r"^((?!garrison).)*$"))
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.get_by_label("Search", exact=True)).to_have_value("")
    page.locator(".chip", has_text="2024").click()
    expect(page.get_by_label("From", exact=True)).to_have_value("")
    expect(page.get_by_label("Territory")).to_be_checked()
    page.get_by_label("Territory").uncheck()
    expect(heading(page)).to_contain_text("48 events")
    expect(page).to_have_url(re.compile(r"/$"))


def test_the_next_page_is_appended_and_a_day_stays_one(page, rows):
    page.goto("/")
    expect(events(page)).to_have_count(40)
    last = events(page).last.get_attribute("id")
    page.get_by_role("link", name="Next events").click()
    expect(events(page)).to_have_count(48)
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.locator("#more")).to_have_count(0)
    expect(
        page.locator(f"#{last} ~ .event .headline, .day:has(#{last}) + .day .headline").first
    ).to_be_focused()
    days = page.locator("#rows .day").evaluate_all("days => days.map(day => day.dataset.day)")
    assert len(days) == len(set(days))
    ids = events(page).evaluate_all("rows => rows.map(row => row.id)")
    assert len(ids) == len(set(ids))
    for day in page.locator("#rows .day").all():
        expect(day.locator(".day-count")).to_contain_text(str(day.locator(".event").count()))


def test_an_invalid_filter_is_named_and_the_rest_holds(page, rows):
    page.goto("/?from=soon&category=territory&status=nonsense")
    problem = page.locator("#filter-errors")
    expect(problem).to_contain_text("From")
    expect(events(page)).to_have_count(1)
    page.goto("/?from=2024-03-05&to=2024-02-01")
    expect(problem).to_contain_text("2024-03-05")
    expect(heading(page)).to_contain_text("48 events")


def test_a_bar_narrows_the_list_to_its_time(page, rows):
    page.goto("/")
    bar = page.locator(".bar[data-start='2024-03-01']")
    bar.focus()
    bar.press("Enter")
    expect(page).to_have_url(re.compile(r"from=2024-03-01&to=2024-03-01$"))
    expect(events(page)).to_have_count(2)
    expect(page.get_by_label("From", exact=True)).to_have_value("2024-03-01")
    expect(page.locator(".bar.selected")).to_have_count(1)
    expect(page.locator(".bar[data-start='2024-03-01']")).to_be_focused()


def test_a_drag_over_bars_takes_them_all(page, rows):
    page.goto("/")
    first = page.locator(".bar[data-start='2024-02-01'] .hit").bounding_box()
    last = page.locator(".bar[data-start='2024-02-03'] .hit").bounding_box()
    page.mouse.move(first["x"] + 2, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(last["x"] + 2, last["y"] + 30, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"from=2024-02-01&to=2024-02-03$"))
    expect(events(page)).to_have_count(9)


def test_a_facet_that_was_opened_stays_open(page, rows):
    page.goto("/")
    page.locator("#facet-source summary").click()
    page.get_by_label("Territory").check()
    expect(events(page)).to_have_count(1)
    expect(page.locator("#facet-source")).to_have_attribute("open", "")


def test_a_failing_server_is_told_and_the_list_stays(new_page, rows):
    page = new_page()
    page.goto("/")
    page.route("**/?category=*", lambda route: route.abort())
    page.get_by_label("Territory").check()
    expect(page.locator("#toast")).to_contain_text("could not be updated")
    expect(events(page)).to_have_count(40)
    new_page.faults.clear()
    page.unroute("**/?category=*")
    page.get_by_label("Diplomacy").check()
    expect(events(page)).to_have_count(2)
    expect(page.locator("#toast")).to_be_empty()


def test_shift_and_arrows_take_several_bars_by_keyboard(page, rows):
    page.goto("/")
    page.locator(".bar[data-start='2024-02-01']").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#brushed-words")).to_have_text("2024-02-01 – 2024-02-03: 9")
    expect(page.locator(".bar.brushed")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.locator(".bar.brushed")).to_have_count(0)
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"from=2024-02-02&to=2024-02-03$"))
    expect(events(page)).to_have_count(6)


def test_a_finger_drawn_over_bars_takes_them_all(new_page, rows):
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    page.goto("/")
    first = page.locator(".bar[data-start='2024-02-01'] .hit").bounding_box()
    last = page.locator(".bar[data-start='2024-02-05'] .hit").bounding_box()
    touch = page.context.new_cdp_session(page)
    y = first["y"] + 20
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": first["x"] + 1, "y": y}]}
    )
    for share in (0.3, 0.6, 1.0):
        x = first["x"] + 1 + (last["x"] - first["x"]) * share
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page).to_have_url(re.compile(r"from=2024-02-01&to=2024-02-05$"))
