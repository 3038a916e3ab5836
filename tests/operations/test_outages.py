import pytest
from django.db import InterfaceError, OperationalError


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("gone")])
def test_a_page_without_its_database_says_when_to_come_back(client, monkeypatch, error):
    def away(*_, **__):
        raise error

    monkeypatch.setattr("timeline.views.read_page", away)
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert "Nothing was lost" in answer.content.decode()


@pytest.mark.django_db
def test_other_errors_are_not_called_an_outage(client, monkeypatch):
    def wrong(*_, **__):
        raise ValueError("a fault of ours")

    monkeypatch.setattr("timeline.views.read_page", wrong)
    with pytest.raises(ValueError, match="a fault of ours"):
        client.get("/")
