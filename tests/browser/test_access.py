"""axe-core finds nothing on any page, light or dark, desk or phone; and no page is wider than its screen."""

from importlib.resources import files

import pytest
from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def pages(rows) -> tuple[str, ...]:
    """Every page that anyone may read, and what bad addresses get."""
    return (
        "/",
        "/?category=territory&from=2024-03-01&q=garrison",
        "/?from=soon",
        "/?q=nothingofthatkind",
        f"/events/{rows.strike.pk}/",
        f"/events/{rows.capture.pk}/",
        f"/articles/{rows.article.pk}/",
        f"/places/{rows.maron.pk}/",
        f"/actors/{rows.capture.actors.first().pk}/",
        "/sources/",
        f"/sources/{rows.article.source_id}/",
        "/map/",
        "/map/?view=mars",
        "/facets/place/?not=status.claimed",
        "/days/2024-03-01/",
        "/months/2024-03/",
        "/compare/?a=Arvad&b=Karsk",
        "/periods/?from=2024-03-01&to=2024-03-10",
        "/print/?category=strike",
        "/embed/",
        "/searches/",
        "/teaching/",
        "/embed/code/?category=strike",
        "/?not=status.claimed&changed=2024-01-01",
        "/about/",
        "/accuracy/",
        "/?as_of=2024-03-02",
        f"/events/{rows.strike.pk}/?as_of=2024-03-02",
        "/nowhere/",
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_runs_over(new_page, rows, scheme, width):
    page = new_page(width=width, color_scheme=scheme)
    found = {}
    for path in pages(rows):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("each => each.open = true")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = violations(page) + ([f"{wider} px too wide"] if wider > 0 else [])
    assert {path: what for path, what in found.items() if what} == {}


def test_the_help_is_accessible_too(page, rows):
    page.goto("/")
    page.keyboard.press("?")
    assert violations(page) == []
