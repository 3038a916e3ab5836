"""Fixtures that every test may use. Pure tests start nothing; the first database test starts the engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chromium import CHROMIUM
from timeline.config import engines


@pytest.fixture(scope="session")
def running_engines() -> Iterator[None]:
    with engines.running(durable=False, say=lambda line: None):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(running_engines, django_db_modify_db_settings):
    return django_db_modify_db_settings


@pytest.fixture(autouse=True)
def _no_index_of_another_test() -> None:
    """A test's transaction is rolled back; what the process held of its facet index must go with it."""
    from timeline.index import held

    held.forget()


def pytest_terminal_summary(terminalreporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line(
            "BROWSER TESTS WERE LEFT OUT: no chromium, chromium-browser or google-chrome was found.", red=True
        )
