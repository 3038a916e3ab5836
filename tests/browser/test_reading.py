"""Reading: evidence, keys, an article's quotes, the theme; and all of it without JavaScript."""

import re

from playwright.sync_api import expect


def test_evidence_opens_in_place_and_leads_to_its_sentence(page, rows):
    page.goto("/")
    row = page.locator(f"#event-{rows.capture.pk}")
    expect(row).to_contain_text("Arvad says, Karsk denies")
    quote = row.locator("blockquote", has_text="it took the village")
    expect(quote).not_to_be_visible()
    row.locator("summary").click()
    expect(quote).to_be_visible()
    row.get_by_role("link", name="open at this sentence").first.click()
    expect(page).to_have_url(re.compile(rf"/articles/{rows.article.pk}/#report-\d+$"))
    expect(page.locator("mark:has(.anchor:target)")).to_contain_text("it took the village")


def test_quote_and_card_lead_to_each_other(page, rows):
    page.goto(f"/articles/{rows.article.pk}/")
    expect(page.locator("mark")).to_have_count(2)
    page.locator("a.ref").first.click()
    expect(page.locator(".card:target")).to_contain_text("Capture")
    page.locator(".card:target").get_by_role("link", name="show in text").click()
    expect(page.locator("mark:has(.anchor:target)")).to_contain_text("Tel Maron")


def test_the_ledger_and_the_rising_toll_are_on_the_events_page(page, rows):
    page.goto(f"/events/{rows.strike.pk}/")
    expect(page.locator(".ledger tbody tr")).to_have_count(2)
    figures = page.locator(".tolls td b").all_text_contents()
    assert figures == ["at least 4", "at least 7"]
    expect(page.locator(".toll-chart circle")).to_have_count(2)


def test_keys_move_open_search_and_explain(page, rows):
    page.goto("/")
    page.keyboard.press("j")
    expect(page.locator("#rows .headline").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#rows .headline").nth(1)).to_be_focused()
    page.keyboard.press("o")
    expect(page.locator("#rows .event").nth(1).locator("details")).to_have_attribute("open", "")
    page.keyboard.press("k")
    expect(page.locator("#rows .headline").nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()
    page.keyboard.type("jo?")
    expect(page.locator("#filter-q")).to_have_value("jo?")
    expect(page.locator("#help")).not_to_be_visible()
    page.locator("#results-title").focus()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("#rows .headline").nth(0)).not_to_be_focused()


def test_the_theme_is_kept_and_there_before_the_first_paint(page, rows):
    page.goto("/")
    button = page.locator("#theme")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    button.click()
    button.click()
    expect(button).to_have_text("Theme: dark")
    assert page.evaluate(background) != light
    page.add_init_script(
        "document.addEventListener('readystatechange', () => { if (document.readyState === 'interactive')"
        " window.themeAtStart = document.documentElement.dataset.theme; })"
    )
    page.goto("/about/")
    assert page.evaluate("window.themeAtStart") == "dark"
    assert page.evaluate(background) != light


def test_the_page_prints_with_its_evidence(page, rows):
    page.goto("/?category=territory")
    page.emulate_media(media="print")
    expect(page.locator("#rows blockquote").first).to_be_visible()
    expect(page.locator("#filters")).not_to_be_visible()


def test_everything_works_without_javascript(new_page, rows):
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Territory").check()
    page.get_by_label("Killed, at least").fill("")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#results-title")).to_contain_text("1 event")
    row = page.locator(f"#event-{rows.capture.pk}")
    row.locator("summary").click()
    expect(row.locator("blockquote").first).to_be_visible()
    page.locator(".chip").first.click()
    expect(page.locator("#results-title")).to_contain_text("48 events")
    page.get_by_role("link", name="Next events").click()
    expect(page.locator("#rows .event")).to_have_count(8)
    page.get_by_role("link", name="To its start").click()
    expect(page.locator("#rows .event")).to_have_count(40)
    page.locator(".bar[data-start='2024-03-01']").click()
    expect(page.locator("#rows .event")).to_have_count(2)
    page.locator(f"#event-{rows.strike.pk} .headline").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".ledger")).to_be_visible()


def test_on_a_phone_the_filters_fold_away_and_still_work(new_page, rows):
    page = new_page(width=390, height=844, has_touch=True)
    page.goto("/")
    box = page.get_by_label("Territory")
    expect(box).not_to_be_visible()
    page.locator("#filter-panel > summary").click()
    box.check()
    expect(page.locator("#filter-count")).to_have_text("(1)")
    expect(page.locator("#rows .event")).to_have_count(1)
