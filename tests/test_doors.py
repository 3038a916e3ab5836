"""Every address of the site, from the resolver itself: no door is forgotten when one is added."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.admin.desk import fill, picture, with_permissions
from tests.factories import make_event
from timeline.models import Decision, Event

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough word"

#: What stands in an address for a parameter, by its name.
FOR = {
    "day": "2024-03-01",
    "month": "2024-03",
    "slug": "abc",
    "act": "confirm",
    "kind": "articles",
    "style": "apa",
}

#: The first two change nothing but how the visitor's own pages look, and a token would be a cookie for each reader;
#: the third carries a secret in its address, for the one click by which mail programs unsubscribe.
WITHOUT_TOKEN = {"/look/", "/language/", "/alerts/stop/1/"}


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """An address of every view; patterns that are regular expressions (the admin's last) are left out."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = getattr(pattern.pattern, "_route", None)
        if route is None:
            continue
        for name in pattern.pattern.converters:
            start = route.index("<", 0)
            route = route[:start] + FOR.get(name, "1") + route[route.index(">", start) + 1 :]
        if isinstance(pattern, URLPattern):
            yield before + route
        else:
            yield from addresses(pattern, before + route)


def test_no_view_takes_a_post_without_its_token():
    fill(1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("chief"))
    before = picture()
    found = list(addresses())
    assert {"/desk/1/confirm/", "/searches/new/", "/admin/login/", "/admin/queue/retry/articles"} <= set(
        found
    )
    let_in = {address for address in found if client.post(address, {"reason": "x"}).status_code != 403}
    assert let_in <= WITHOUT_TOKEN
    assert picture() == before


@pytest.mark.parametrize("who", ["nobody", "a reader", "staff who may do nothing"])
def test_what_begins_with_admin_or_desk_is_for_nobody_else(client, who):
    fill(1)
    if who != "nobody":
        client.force_login(User.objects.create_user("visitor", is_staff=who != "a reader"))
    before = picture()
    open_to_all = {"/admin/login/", "/admin/logout/", "/admin/jsi18n/", "/admin/password_change/"}
    if who == "staff who may do nothing":
        open_to_all |= {"/admin/", "/admin/password_change/done/"}
    seen = {
        (address, method)
        for address in addresses()
        if address.startswith(("/admin/", "/desk/")) and address not in open_to_all
        for method in ("get", "post")
        if getattr(client, method)(address).status_code == 200
    }
    assert seen == set()
    assert picture() == before


def test_a_changed_password_ends_the_other_sessions():
    with_permissions("ada", "change_event", "view_event")
    at_work, at_home = Client(), Client()
    for client in (at_work, at_home):
        client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
        assert client.get("/desk/", follow=True).status_code == 200
    words = {
        "old_password": PASSWORD,
        "new_password1": "another long word",
        "new_password2": "another long word",
    }
    assert at_work.post("/admin/password_change/", words).status_code == 302
    assert at_work.get("/desk/", follow=True).status_code == 200
    assert at_home.get("/desk/")["Location"].startswith("/admin/login/")


def test_a_decision_of_someone_who_lost_the_permission_is_refused():
    event = make_event()
    curator = with_permissions("ada", "change_event", "view_event")
    client = Client()
    client.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    client.get(f"/desk/{event.pk}/")
    curator.user_permissions.clear()
    curator.groups.clear()
    assert client.post(f"/desk/{event.pk}/confirm/").status_code == 403
    assert Event.objects.get().review == "unreviewed"
    assert not Decision.objects.exists()
