"""Coding an article by hand: a missed event by selecting its words, and without scripts by ticking a sentence."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.admin.desk import with_permissions
from tests.browser.test_access import violations
from tests.factories import make_article, make_report
from timeline.curating import double_coding
from timeline.curating.by_hand import Coded
from timeline.models import CodingTask, Report

DAY = date(2024, 3, 1)
TEXT = (
    "Shells hit the market of Arvad on Friday. The mayor 🙂 of the town said that nobody was hurt.\n\n"
    "Talks go on in Port Kassim, officials said."
)


@pytest.fixture(scope="module")
def work(site) -> SimpleNamespace:
    article = make_article(TEXT)
    make_report(article, quote="Talks go on in Port Kassim, officials said.", type="talks")
    client = Client()
    ada = with_permissions("ada", "change_event", "view_event", "add_codingtask")
    grace = with_permissions("grace", "change_event", "view_event")
    double_coding.give([article, make_article(TEXT + " More.")], [ada, grace], ada)
    task, other = CodingTask.objects.filter(article=article).order_by("coder__username")
    for each, killed in ((task, 3), (other, 4)):
        values = {"type": "shelling", "modality": "occurred", "start": DAY, "end": DAY, "precision": "day",
                  "killed_best": killed}  # fmt: skip
        double_coding.code(each, Coded((0, 41), values))
        double_coding.finish(each)
    client.force_login(ada)
    still_open = CodingTask.objects.get(coder=ada, finished_at=None)
    pages = [
        "/desk/coding/",
        "/desk/coding/agreement/",
        task.get_absolute_url(),
        still_open.get_absolute_url(),
    ]
    return SimpleNamespace(article=article, pages=pages, session=client.cookies["sessionid"].value)


@pytest.fixture
def signed_in(work, site, new_page):
    def open_page(**options: object) -> Page:
        page = new_page(**options)
        page.context.add_cookies([{"name": "sessionid", "value": work.session, "url": site.url}])
        return page

    return open_page


def code(page: Page) -> None:
    page.select_option("#id_type", "shelling")
    page.fill("#id_start", "2024-03-01")
    page.fill("#id_killed_best", "0")
    page.click("button:has-text('Add it'):not(.visually-hidden)")
    page.wait_for_url("**/desk/*/")


def select(page: Page, sentence: int, first: str, last: str) -> None:
    """Select from the words `first` to the words `last` in a sentence, as a pointer does."""
    page.evaluate(
        """([n, first, last]) => {
            const node = document.querySelectorAll(".sentence [data-start]")[n].firstChild;
            const range = document.createRange();
            range.setStart(node, node.data.indexOf(first));
            range.setEnd(node, node.data.indexOf(last) + last.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [sentence, first, last],
    )


def test_selected_words_become_the_quote_at_their_place(signed_in, work):
    page = signed_in()
    page.goto(work.article.get_absolute_url())
    page.click("text=Add what was missed")
    page.check(".sentence >> nth=0 >> input")
    assert page.inner_text("#chosen-words") == "Shells hit the market of Arvad on Friday."
    select(page, 1, "town said", "hurt")  # after a letter that takes two places in a browser's text
    page.wait_for_function("document.querySelector('[name=span]').value !== ''")
    assert page.inner_text("#chosen-words") == "town said that nobody was hurt"
    assert page.locator(".sentence input:checked").count() == 0
    code(page)
    report = Report.objects.latest("pk")
    assert report.quote == "town said that nobody was hurt"
    assert "Added by hand" in page.inner_text("#desk-said")
    page.click("text=Undo this")
    page.wait_for_selector("#desk-said >> text=Undone")
    report.refresh_from_db()
    assert report.struck_out


def test_a_sentence_is_ticked_without_scripts(signed_in, work):
    page = signed_in(java_script_enabled=False)
    page.goto(f"/desk/articles/{work.article.pk}/missed/")
    page.check(".sentence >> nth=0 >> input")
    page.fill("#id_place_find", "Pokrovsk")
    page.click("button[name=find_place]")
    page.wait_for_selector(".place-map")
    page.click("#place-now >> text=Donetsk >> nth=0")
    code(page)
    report = Report.objects.latest("pk")
    assert (report.quote, report.place.name) == ("Shells hit the market of Arvad on Friday.", "Pokrovsk")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(signed_in, work, new_page, scheme, width):
    page = signed_in(width=width, color_scheme=scheme)
    found = {}
    page.goto(f"/desk/articles/{work.article.pk}/missed/")
    page.fill("#id_place_find", "Pokrovsk")
    page.wait_for_selector("#place-found .place-map")
    for path in ("as opened", "refused"):
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = violations(page) + ([f"{wider} px too wide"] if wider > 0 else [])
        page.click("button:has-text('Add it'):not(.visually-hidden)")
        page.wait_for_selector("text=Choose the words of the article")
    assert {path: what for path, what in found.items() if what} == {}
    assert all("422" in fault for fault in new_page.faults)  # the browser's own line about the answer
    new_page.faults.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_where_texts_are_coded_twice(signed_in, work, scheme, width):
    page = signed_in(width=width, color_scheme=scheme)
    found = {}
    for path in work.pages:
        page.goto(path)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = violations(page) + ([f"{wider} px too wide"] if wider > 0 else [])
    assert {path: what for path, what in found.items() if what} == {}
