"""The timeline that other sites frame, and the tag for it."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_event

pytestmark = pytest.mark.django_db


def test_it_alone_may_be_framed(client):
    framed = client.get("/embed/")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    for page in ("/", "/map/", "/embed/code/"):
        response = client.get(page)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"


def test_it_lists_the_filter_has_no_form_and_sets_no_cookie(client):
    strike, talks = make_event(), make_event(type="talks")
    response = client.get("/embed/?category=strike")
    page = response.content.decode()
    assert strike.get_absolute_url() in page
    assert talks.get_absolute_url() not in page
    assert "<form" not in page
    assert "<script" not in page
    assert '<base target="_blank">' in page
    assert not response.cookies
    assert "Enter a valid date" in client.get("/embed/?from=soon").content.decode()


def test_it_is_short_and_leads_on(client):
    for _ in range(25):
        make_event()
    page = client.get("/embed/").content.decode()
    assert page.count("<article") == 20
    assert "More in the conflict timeline" in page


def test_it_takes_a_fixed_number_of_queries(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/embed/").status_code == 200
        return len(captured)

    make_event()
    few = queries()
    for _ in range(15):
        make_event()
    assert queries() == few <= 5


def test_the_tag_holds_the_filter_and_nothing_that_breaks_out(client):
    page = client.get("/embed/code/", {"q": '"><script>alert(1)</script>'}).content.decode()
    tag = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
    assert re.fullmatch(
        r'<iframe src="http://testserver/embed/\?q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E"'
        r' title="Conflict timeline: search &quot;&gt;&lt;script&gt;alert\(1\)&lt;/script&gt;"'
        r' width="100%" height="600" loading="lazy"></iframe>',
        tag,
    )
    assert client.get("/embed/code/?from=soon").status_code == 400
