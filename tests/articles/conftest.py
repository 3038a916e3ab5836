"""Fixtures of what comes in."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from tests.articles.newswire import Publisher


@pytest.fixture
def publisher(httpserver: HTTPServer, settings) -> Publisher:
    settings.FETCH_ALLOW_HOSTS = frozenset({"localhost", "127.0.0.1"})
    return Publisher(httpserver)
