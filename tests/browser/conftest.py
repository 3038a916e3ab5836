"""A real Chromium on a live server. Every test here also fails on a script error or a CSP violation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.chromium import CHROMIUM
from tests.factories import make_article, make_place, make_report, make_source

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent
PATIENCE = 10_000  # milliseconds

# Playwright's synchronous calls run an event loop in this thread; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None and os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError("REQUIRE_BROWSER is set and there is no Chromium. Install it, or unset it.")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db)  # so that there is a test database
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[LiveServer]:
    """The site on a live server. Tests here only read, so a module shares its rows."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # no thread keeps the database in use
        assert connection.settings_dict["NAME"].startswith("test_")  # it is emptied in the end
        server = LiveServer("localhost")
        yield server
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
        connection.close()  # Playwright's loop has connections of its own, which nobody else closes


@pytest.fixture
def new_page(chromium: Browser, site: LiveServer) -> Iterator[Callable[..., Page]]:
    """new_page(width=1280, height=900, **options of a browser context) -> a page whose addresses may be paths.

    `new_page.faults` gathers script errors and violations: a test that provokes one clears it.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "404 (Not Found)" not in message.text:
            faults.append(message.text)

    def make(width: int = 1280, height: int = 900, **options: object) -> Page:
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            **{"locale": "en-GB", **options},
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    make.faults = faults
    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page) -> Page:
    return new_page()


TEXT = (
    "Arvad's garrison said on Friday that it took the village of Tel Maron. "
    "Karsk denied that Tel Maron had fallen.\n\n"
    "Shells hit the market of Arvad, killing at least four people, the mayor said."
)


@pytest.fixture(scope="module")
def rows(site: LiveServer) -> SimpleNamespace:
    """45 events on 15 days, three a day; a disputed capture, planned talks and a strike whose toll rises."""
    wire, courier = make_source("Test Wire"), make_source("Test Courier")
    article = make_article(text=TEXT, source=wire)
    other = make_article(text=TEXT.replace("four", "seven"), source=courier)
    arvad, maron = make_place("Arvad"), make_place("Tel Maron")
    first = date(2024, 2, 1)
    for number in range(45):
        make_report(day=first + timedelta(days=number // 3), place=arvad)
    capture = make_report(
        article=article,
        quote="Arvad's garrison said on Friday that it took the village of Tel Maron.",
        type="capture", day=date(2024, 3, 1), place=maron, attributed_to=["Arvad"],
        speakers=[["Arvad", "state", "Arvad"]],
        parties=[("Arvad", "initiator", "state", "Arvad"), ("Karsk", "target", "state", "Karsk")],
    ).event  # fmt: skip
    make_report(
        article=other, event=capture, quote="Karsk denied that Tel Maron had fallen.",
        type="capture", day=date(2024, 3, 1), place=maron, attributed_to=["Karsk"],
        speakers=[["Karsk", "state", "Karsk"]], stance="denies", modality="denied",
    )  # fmt: skip
    strike = make_report(
        article=article, quote="Shells hit the market of Arvad, killing at least four people, the mayor said.",
        day=date(2024, 3, 1), place=arvad, killed_low=4, killed_best=4, attributed_to=["the mayor"],
    ).event  # fmt: skip
    make_report(
        article=other, event=strike,
        quote="Shells hit the market of Arvad, killing at least seven people, the mayor said.",
        day=date(2024, 3, 1), place=arvad, killed_low=7, killed_best=7, attributed_to=["the mayor"],
    )  # fmt: skip
    talks = make_report(
        type="talks", day=date(2024, 3, 10), place=make_place("Port Kassim"), modality="planned"
    ).event
    return SimpleNamespace(
        total=48, article=article, arvad=arvad, maron=maron, capture=capture, strike=strike, talks=talks
    )
