"""Messages go out by the same door as pages are fetched by."""

from __future__ import annotations

import socket

import pytest
from werkzeug import Request, Response

from articles.fetching import (
    BadAddress,
    BadAnswer,
    BadStatus,
    BlockedAddress,
    FetchLimits,
    NotReachable,
    TooSlow,
    send,
)
from tests.articles.publisher import RawPublisher, answering


def test_a_message_arrives_as_it_was_signed(httpserver):
    got: list[Request] = []

    def take(request: Request) -> Response:
        got.append(request)
        request.get_data()
        return Response(status=204)

    httpserver.expect_request("/hook").respond_with_handler(take)
    body = '{"said":"“Яр”"}'.encode()
    status = send(
        httpserver.url_for("/hook"),
        body,
        {"Content-Type": "application/json", "webhook-id": "msg_1"},
        allow_hosts={"localhost"},
        user_agent="tests",
    )
    assert status == 204
    (request,) = got
    assert (request.method, request.get_data()) == ("POST", body)
    assert (request.headers["webhook-id"], request.headers["User-Agent"]) == ("msg_1", "tests")


@pytest.mark.parametrize(
    ("status", "temporary", "gone"),
    [(301, False, False), (400, False, False), (404, False, False), (410, False, True), (429, True, False),
     (500, True, False), (503, True, False)],
)  # fmt: skip
def test_anything_but_2xx_is_a_failure_and_redirects_are_not_followed(httpserver, status, temporary, gone):
    httpserver.expect_request("/hook").respond_with_data(
        "no", status=status, headers={"Location": "/elsewhere", "Retry-After": "90"}
    )
    with pytest.raises(BadStatus, match=f"HTTP {status}") as caught:
        send(httpserver.url_for("/hook"), b"{}", {}, allow_hosts={"localhost"})
    assert (caught.value.temporary, caught.value.gone) == (temporary, gone)
    assert caught.value.retry_after == 90
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1/hook", BlockedAddress),
        ("http://169.254.169.254/latest/meta-data/", BlockedAddress),
        ("http://[::1]/hook", BlockedAddress),
        ("http://2130706433/hook", BadAddress),
        ("http://localhost/hook", BadAddress),
        ("ftp://example.org/hook", BadAddress),
    ],
)
def test_nothing_is_sent_into_the_own_network(url, error):
    with pytest.raises(error):
        send(url, b"{}", {})


def test_a_receiver_that_hangs_or_talks_nonsense_is_given_up():
    quick = FetchLimits(total=0.6, connect=0.5, read=0.3)
    for script, error in [
        (lambda connection, request: connection.recv(1) and None, TooSlow),
        (answering(b"what?\r\n\r\n"), BadAnswer),
    ]:
        with RawPublisher(script) as receiver, pytest.raises(error):
            send(receiver.url("/hook"), b"", {}, limits=quick, allow_hosts={receiver.host})
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(NotReachable):
        send(f"http://{host}/hook", b"{}", {}, limits=quick, allow_hosts={host})
