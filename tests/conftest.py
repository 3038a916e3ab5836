"""Fixtures that every test may use. Pure tests start nothing; the first database test starts the engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from timeline.config import engines


@pytest.fixture(scope="session")
def running_engines() -> Iterator[None]:
    with engines.running(durable=False, say=lambda line: None):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(running_engines, django_db_modify_db_settings):
    return django_db_modify_db_settings
