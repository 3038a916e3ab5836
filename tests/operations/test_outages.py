import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def fail_with(error: Exception):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("gone")])
@pytest.mark.parametrize(
    ("where", "address"),
    [
        ("timeline.pages.views.read_page", "/"),
        ("django.contrib.sessions.backends.db.SessionStore.load", "/admin/"),  # before any view
        ("django.contrib.auth.forms.authenticate", "/admin/login/"),
    ],
)
def test_a_page_without_its_database_says_when_to_come_back(visitor, monkeypatch, error, where, address):
    monkeypatch.setattr(where, fail_with(error))
    visitor.cookies["sessionid"] = "x" * 32
    answer = (
        visitor.post(address, {"username": "ada", "password": "x"})
        if "login" in address
        else visitor.get(address)
    )
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert "Nothing was lost" in answer.content.decode()


@pytest.mark.django_db
def test_other_errors_are_not_called_an_outage(visitor, monkeypatch):
    monkeypatch.setattr("timeline.pages.views.read_page", fail_with(ValueError("a fault of ours")))
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "a fault of ours" not in answer.content.decode()
