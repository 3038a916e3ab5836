"""The door to the network. Every hostile publisher here is a real socket on loopback."""

import gzip
import ipaddress
import itertools
import pickle
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from werkzeug import Response

from articles.fetching import (
    BadAddress,
    BadAnswer,
    BadContent,
    BadRedirect,
    BadStatus,
    BlockedAddress,
    FetchError,
    FetchLimits,
    NotReachable,
    TooLarge,
    TooSlow,
    addresses,
    connections,
    fetch,
)
from articles.fetching.client import retry_after
from articles.fetching.errors import shown
from tests.articles.publisher import RawPublisher, Script, answering, page

TLS = Path(__file__).parent / "tls"
QUICK = FetchLimits(total=1.0, connect=1.0, read=0.5)


@contextmanager
def published(script: Script | bytes) -> Iterator[RawPublisher]:
    with RawPublisher(answering(script) if isinstance(script, bytes) else script) as publisher:
        yield publisher


def get(publisher: RawPublisher, path: str = "/", **options):
    return fetch(publisher.url(path), allow_hosts={publisher.host}, **options)


@pytest.fixture
def connected_to(monkeypatch) -> list[tuple]:
    """Where sockets connect. Anything but loopback is refused, so no test can leave the machine."""
    seen: list[tuple] = []
    real = socket.socket.connect

    def connect(self, sockaddr):
        seen.append(sockaddr)
        if not ipaddress.ip_address(sockaddr[0]).is_loopback:
            raise ConnectionRefusedError("no network in tests")
        return real(self, sockaddr)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


@pytest.fixture
def names(monkeypatch) -> dict[str, list[list[str]]]:
    """A resolver: name -> one list of addresses for each look-up (the last one goes on being given)."""
    book: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in book:
            return real(host, port, *args, **(kwargs | {"flags": socket.AI_NUMERICHOST}))
        answers = book[host].pop(0) if len(book[host]) > 1 else book[host][0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (a, port, 0, 0))
            if ":" in a
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in answers
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return book


# --- The ordinary case


def test_a_page_comes_with_what_is_needed_to_ask_again(httpserver):
    httpserver.expect_request("/a").respond_with_data(
        "Привіт",
        content_type="text/html; charset=UTF-8",
        headers={"ETag": 'W/"7"', "Last-Modified": "Sat, 20 Dec 2025 10:00:00 GMT", "Set-Cookie": "id=1"},
    )
    got = fetch(httpserver.url_for("/a"), allow_hosts={"localhost", "127.0.0.1"})
    assert (got.status, got.body.decode(), got.content_type, got.charset) == (
        200,
        "Привіт",
        "text/html",
        "utf-8",
    )
    assert (got.etag, got.last_modified) == ('W/"7"', "Sat, 20 Dec 2025 10:00:00 GMT")
    assert "Set-Cookie" not in got.headers
    assert got.moved_to is None


def test_the_request_is_polite_and_conditional():
    with published(b'HTTP/1.1 304 Not Modified\r\nETag: "8"\r\n\r\n') as publisher:
        got = get(
            publisher,
            etag='"7"',
            last_modified="Sat, 20 Dec 2025 10:00:00 GMT",
            user_agent="chronology/1 (+https://example.org/about)",
        )
    assert got.not_modified
    assert got.body == b""
    assert got.etag == '"8"'
    request = publisher.requests[0].decode()
    for line in (
        f"Host: {publisher.host}",
        "User-Agent: chronology/1 (+https://example.org/about)",
        'If-None-Match: "7"',
        "If-Modified-Since: Sat, 20 Dec 2025 10:00:00 GMT",
        "Accept-Encoding: gzip",
        "Connection: close",
    ):
        assert line in request
    assert request.count("Host:") == 1
    assert "Cookie" not in request


def test_a_stored_validator_cannot_smuggle_a_header():
    with published(page(b"x")) as publisher:
        get(publisher, etag='"7"\r\nX-Evil: 1', last_modified="a\nb")
    assert b"Evil" not in publisher.requests[0]
    assert b"If-" not in publisher.requests[0]


def test_gzip_is_unpacked_also_in_several_members():
    packed = gzip.compress(b"one, ") + gzip.compress(b"two") + b"\0" * 8
    with published(page(packed, "text/plain", "Content-Encoding: gzip")) as publisher:
        assert get(publisher).body == b"one, two"


def test_a_chunked_body_is_put_together():
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4;x=y\r\nfour\r\n3\r\n and\r\n0\r\nX-Trailer: 1\r\n\r\n"
    )
    with published(answer.replace(b"3\r\n and", b"4\r\n and")) as publisher:
        assert get(publisher).body == b"four and"


def test_no_proxy_is_taken_from_the_environment(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with published(page(b"x")) as publisher:
        assert get(publisher).body == b"x"


def test_a_path_beyond_ascii_is_escaped_once():
    with published(page(b"x")) as publisher:
        get(publisher, "/новини/%D0%B0?q=ї&r=%20")
    line = publisher.requests[0].split(b"\r\n")[0]
    assert line == b"GET /%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/%D0%B0?q=%D1%97&r=%20 HTTP/1.1"


# --- Spelling of addresses


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "http"),
        ("ftp://example.org/", "http"),
        ("javascript:alert(1)", "http"),
        ("gopher://example.org/", "http"),
        ("example.org/news", "http"),
        ("", "http"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://user:secret@example.org/", "user name"),
        ("http://example.org@127.0.0.1/", "user name"),
        ("http://example.org\\@127.0.0.1/", "backslash"),
        ("http://example.org/a b", "space"),
        ("http://example.org/\r\nX: y", "control"),
        ("http://exa\tmple.org/", "control"),
        ("http://example.org/\0", "control"),
        ("http://example.org:22/", "Port 22"),
        ("http://example.org:6379/", "Port 6379"),
        ("http://example.org:99999/", "no web address"),
        ("http://example.org:x/", "no web address"),
        ("http://[::1", "no web address"),
        ("http://[v1.x]/", "no IPv6"),
        ("http://exa mple.org/", "space"),
        ("http://exa%6dple.org/", "characters"),
        ("http://exa<mple.org/", "characters"),
        ("http://-example.org/", "characters"),
        (f"http://{'a' * 64}.org/", "cannot be right"),
        ("http://redis/", "local name"),
        ("http://localhost/", "local name"),
        ("http://" + "a" * 5000, "longer"),
        # The same loopback address, oddly spelt
        ("http://0x7f000001/", "odd spelling"),
        ("http://2130706433/", "odd spelling"),
        ("http://127.1/", "odd spelling"),
        ("http://0177.0.0.1/", "odd spelling"),
        ("http://127.0.0.0x1/", "odd spelling"),
        ("http://1.1.1.1./", "odd spelling"),
    ],
)
def test_an_address_we_do_not_fetch_is_refused_before_any_connection(url, why, connected_to, names):
    with pytest.raises(BadAddress, match=why):
        fetch(url)
    assert connected_to == []


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("HTTPS://Example.ORG", "example.org", "/"),
        ("https://example.org?x=1#top", "example.org", "/?x=1"),
        ("https://новини.укр/п", "xn--b1amarcd.xn--j1amh", "/%D0%BF"),
        ("http://bücher.example/", "xn--bcher-kva.example", "/"),
        ("http://[2606:2800:220:1::1]/", "2606:2800:220:1::1", "/"),
        ("http://①②⑦.⓪.⓪.①/", "127.0.0.1", "/"),
        ("http://127。0。0。1/", "127.0.0.1", "/"),
    ],
)
def test_addresses_are_taken_apart_as_they_will_be_used(url, host, target):
    address = addresses.parse(url)
    assert (address.host, address.target) == (host, target)


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.5",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_addresses_off_the_public_internet(ip):
    assert not addresses.is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "ip",
    ["1.1.1.1", "93.184.216.34", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::1", "2a00:1450:4001::1"],
)
def test_addresses_on_the_public_internet(ip):
    assert addresses.is_public(ipaddress.ip_address(ip))


# --- Where names lead


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://①②⑦.⓪.⓪.①/",
        "https://10.0.0.1/",
    ],
)
def test_a_private_address_is_blocked_without_a_connection(url, connected_to, names):
    with pytest.raises(BlockedAddress, match="not on the public internet"):
        fetch(url)
    assert connected_to == []


@pytest.mark.parametrize(
    "records", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["93.184.216.34", "::1"], ["169.254.169.254"]]
)
def test_one_private_record_is_enough_to_block_a_name(records, names, connected_to):
    names["news.example"] = [records]
    with pytest.raises(BlockedAddress):
        fetch("http://news.example/")
    assert connected_to == []


def test_a_name_that_rebinds_is_connected_to_as_first_resolved(names, connected_to):
    names["news.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    with pytest.raises(NotReachable):
        fetch("http://news.example/")
    assert connected_to == [("93.184.216.34", 80)]
    assert names["news.example"] == [["127.0.0.1"]], "looked up once"


def test_the_next_record_is_tried_when_the_first_does_not_answer(names, connected_to, monkeypatch):
    with published(page(b"second")) as publisher:
        names["news.example"] = [["127.0.0.9", "127.0.0.1"]]
        got = fetch(f"http://news.example:{publisher.port}/", allow_hosts={"news.example"})
    assert got.body == b"second"
    assert [host for host, _ in connected_to] == ["127.0.0.9", "127.0.0.1"]


def test_a_connection_that_ends_elsewhere_is_blocked(names, monkeypatch):
    with published(page(b"x")) as publisher:
        real = socket.socket.connect
        names["news.example"] = [["93.184.216.34"]]
        monkeypatch.setattr(
            socket.socket, "connect", lambda self, _: real(self, ("127.0.0.1", publisher.port))
        )
        with pytest.raises(BlockedAddress, match=r"ended at 127\.0\.0\.1"):
            fetch("http://news.example/")
    assert publisher.requests == []


def test_an_unknown_name_is_said_so(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotReachable, match=r"no host named nowhere\.example"):
        fetch("https://nowhere.example/")


def test_a_stuck_look_up_is_given_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: time.sleep(4) or [])
    began = time.monotonic()
    with pytest.raises(TooSlow, match="Looking up"):
        fetch("https://slow.example/", limits=FetchLimits(total=1, connect=0.2))
    assert time.monotonic() - began < 2


def test_nobody_listening_is_not_reachable():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotReachable, match="No connection") as caught:
        fetch(f"http://127.0.0.1:{port}/", allow_hosts={"127.0.0.1"})
    assert caught.value.temporary


# --- TLS


@pytest.fixture
def tls_publisher(monkeypatch, names):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(TLS / "news.example.pem", TLS / "news.example.key")
    asked: list[str | None] = []
    server.sni_callback = lambda sock, name, context: asked.append(name)
    names["news.example"] = names["other.example"] = [["127.0.0.1"]]
    with RawPublisher(answering(page(b"safe")), tls=server) as publisher:
        publisher.asked = asked
        yield publisher


def trust_test_authority(monkeypatch):
    context = ssl.create_default_context(cafile=TLS / "authority.pem")
    monkeypatch.setattr(connections, "tls_context", lambda: context)


def test_tls_is_checked_against_the_name_although_we_connect_by_address(monkeypatch, tls_publisher):
    trust_test_authority(monkeypatch)
    got = fetch(f"https://news.example:{tls_publisher.port}/", allow_hosts={"news.example"})
    assert got.body == b"safe"
    assert tls_publisher.asked == ["news.example"]
    assert f"Host: news.example:{tls_publisher.port}".encode() in tls_publisher.requests[0]


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(monkeypatch, tls_publisher, host):
    trust_test_authority(monkeypatch)
    with pytest.raises(NotReachable, match=r"not safe.*not valid for"):
        fetch(f"https://{host}:{tls_publisher.port}/", allow_hosts={host})
    assert tls_publisher.requests == []


def test_a_certificate_by_an_unknown_authority_is_refused(tls_publisher):
    with pytest.raises(NotReachable, match="not safe"):
        fetch(f"https://news.example:{tls_publisher.port}/", allow_hosts={"news.example"})


def test_a_tls_handshake_that_drips_ends_in_time(monkeypatch, names):
    def drip(connection, request):
        raise AssertionError("no request can be read")

    with RawPublisher(drip) as publisher, pytest.raises(TooSlow):
        fetch(f"https://127.0.0.1:{publisher.port}/", allow_hosts={"127.0.0.1"}, limits=QUICK)


# --- Redirects


def redirecting(httpserver, *hops: str, status: int = 302) -> None:
    for here, there in itertools.pairwise(hops):
        httpserver.expect_request(here).respond_with_data("", status=status, headers={"Location": there})
    httpserver.expect_request(hops[-1]).respond_with_data("end", content_type="text/html")


def local(httpserver, path: str, **options):
    return fetch(httpserver.url_for(path), allow_hosts={f"{httpserver.host}:{httpserver.port}"}, **options)


def test_five_redirects_are_followed_and_six_are_not(httpserver):
    redirecting(httpserver, "/1", "/2", "/3", "/4", "/5", "/6")
    got = local(httpserver, "/1")
    assert got.body == b"end"
    assert got.url == httpserver.url_for("/6")
    assert got.moved_to is None
    redirecting(httpserver, "/0", "/1")
    with pytest.raises(BadRedirect, match="more than 5"):
        local(httpserver, "/0")


def test_a_loop_ends(httpserver):
    redirecting(httpserver, "/a", "/b", "/a")
    with pytest.raises(BadRedirect, match="more than 5"):
        local(httpserver, "/b")


def test_only_an_unbroken_chain_of_permanent_redirects_moves_an_address(httpserver):
    redirecting(httpserver, "/old", "/new", status=301)
    assert local(httpserver, "/old").moved_to == httpserver.url_for("/new")
    redirecting(httpserver, "/older", "/old", status=307)
    assert local(httpserver, "/older").moved_to is None


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://169.254.169.254/latest/meta-data/", BlockedAddress),
        ("http://127.0.0.1:6379/", BadRedirect),
        ("http://[::1]/", BlockedAddress),
        ("//127.0.0.1/", BlockedAddress),
        ("http://0x7f.1/", BadRedirect),
        ("file:///etc/passwd", BadRedirect),
        ("javascript:alert(1)", BadRedirect),
        ("http://user@example.org/", BadRedirect),
        ("http://example.org:25/", BadRedirect),
        ("http://rebinds.example/", BlockedAddress),
    ],
)
def test_a_redirect_to_where_we_do_not_go_is_blocked(location, error, names, connected_to):
    names["rebinds.example"] = [["192.168.0.1"]]
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    with published(answer) as publisher, pytest.raises(error):
        get(publisher)
    assert connected_to == [("127.0.0.1", publisher.port)]


def test_https_does_not_lead_to_http(monkeypatch, names):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(TLS / "news.example.pem", TLS / "news.example.key")
    trust_test_authority(monkeypatch)
    names["news.example"] = [["127.0.0.1"]]
    answer = b"HTTP/1.1 301 Moved\r\nLocation: http://news.example/\r\n\r\n"
    with (
        RawPublisher(answering(answer), tls=server) as publisher,
        pytest.raises(BadRedirect, match="to http"),
    ):
        fetch(f"https://news.example:{publisher.port}/", allow_hosts={"news.example"})


def test_a_redirect_without_a_location_is_said_so():
    with published(b"HTTP/1.1 302 Found\r\n\r\n") as publisher, pytest.raises(BadRedirect, match="not where"):
        get(publisher)


def test_a_raw_utf8_location_is_followed(httpserver):
    httpserver.expect_request("/новини").respond_with_data("end", content_type="text/html")
    answer = "HTTP/1.1 302 Found\r\nLocation: {}/новини\r\n\r\n".format(httpserver.url_for(""))
    with published(answer.encode()) as publisher:
        got = fetch(publisher.url(), allow_hosts={"localhost", "127.0.0.1"})
    assert got.body == b"end"


# --- Statuses


@pytest.mark.parametrize(
    ("status", "temporary", "words"),
    [
        (204, False, "no page"),
        (206, False, "no page"),
        (403, False, "does not let us"),
        (404, False, "no such page"),
        (410, False, "gone for good"),
        (429, True, "too often"),
        (500, True, "fault"),
        (503, True, "fault"),
    ],
)
def test_other_statuses_are_errors_that_say_whether_to_try_again(httpserver, status, temporary, words):
    httpserver.expect_request("/").respond_with_data("", status=status)
    with pytest.raises(BadStatus, match=words) as caught:
        local(httpserver, "/")
    assert (caught.value.status, caught.value.temporary) == (status, temporary)
    assert caught.value.gone == (status == 410)


def test_retry_after_is_handed_on(httpserver):
    httpserver.expect_request("/").respond_with_data("", status=503, headers={"Retry-After": "120"})
    with pytest.raises(BadStatus, match="in 120 s") as caught:
        local(httpserver, "/")
    assert caught.value.retry_after == 120


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", None),
        ("30", 30),
        ("999999999", 7 * 86_400),
        ("-5", None),
        ("soon", None),
        ("1e3", None),
        ("٣٠", None),
        ("Sat, 20 Dec 2025 12:02:00 GMT", 120),
        ("Sat, 20 Dec 2025 11:00:00 GMT", None),
        ("Mon, 30 Feb 2026 11:00:00 GMT", None),
    ],
)
def test_both_forms_of_retry_after(value, seconds):
    from datetime import UTC, datetime

    assert retry_after(value, datetime(2025, 12, 20, 12, tzinfo=UTC)) == seconds


# --- Size


def rss() -> int:
    return psutil.Process().memory_info().rss


def test_a_gzip_bomb_stops_at_the_limit_and_costs_no_memory():
    bomb = gzip.compress(b"\0" * (64 << 20)) * 16  # 1 GiB
    assert len(bomb) < 2_000_000
    with published(page(bomb, "text/html", "Content-Encoding: gzip")) as publisher:
        before = rss()
        with pytest.raises(TooLarge, match="larger than 5 MB"):
            get(publisher)
        assert rss() - before < 20_000_000


@pytest.mark.parametrize(
    "encoding", [", ".join(["gzip"] * 20), "br", "deflate", "gzip, gzip", "zstd", "x" * 999]
)
def test_only_one_layer_of_gzip_is_unpacked(encoding):
    answer = page(b"x", "text/html", f"Content-Encoding: {encoding}")
    with published(answer) as publisher, pytest.raises(BadContent, match="only gzip"):
        get(publisher)


def endless_chunks(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def endless_body(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"x" * 0x10000)


def endless_empty_gzip(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n")
    while True:
        connection.sendall(gzip.compress(b"") * 1000)


@pytest.mark.parametrize("script", [endless_chunks, endless_body, endless_empty_gzip])
def test_an_endless_body_stops_at_the_limit(script):
    with published(script) as publisher:
        before = rss()
        with pytest.raises(TooLarge):
            get(publisher)
        assert rss() - before < 20_000_000


def test_a_length_beyond_the_limit_is_refused_unread():
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n"
    with published(answer) as publisher, pytest.raises(TooLarge):
        get(publisher)


def test_exactly_the_limit_is_let_through():
    limits = FetchLimits(body=1000)
    with published(page(gzip.compress(b"x" * 1000), "text/html", "Content-Encoding: gzip")) as publisher:
        assert len(get(publisher, limits=limits).body) == 1000
    with published(page(b"x" * 1001)) as publisher, pytest.raises(TooLarge):
        get(publisher, limits=limits)


# --- Time


def slow_body(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def header_drip(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for i in range(100):
        connection.sendall(b"X-%d: y\r\n" % i)
        time.sleep(0.1)


def status_drip(connection, request):
    for byte in b"HTTP/1.1 200 OK" * 10:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def chunk_drip(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(0.1)


def trailer_drip(connection, request):
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    )
    for _ in range(100):
        connection.sendall(b"X: y\r\n")
        time.sleep(0.1)


def endless_continue(connection, request):
    for _ in range(100):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.1)


def redirect_slowly(connection, request):
    time.sleep(0.4)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n")


@pytest.mark.parametrize(
    "script",
    [slow_body, header_drip, status_drip, chunk_drip, trailer_drip, endless_continue, redirect_slowly],
)
def test_a_publisher_that_drips_is_cut_off_at_the_deadline(script):
    with published(script) as publisher:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            get(publisher, limits=QUICK)
        assert time.monotonic() - began < 5


def test_silence_is_cut_off_at_the_read_timeout():
    with published(lambda connection, request: time.sleep(8)) as publisher:
        began = time.monotonic()
        with pytest.raises(TooSlow, match="sent nothing"):
            get(publisher, limits=FetchLimits(total=9, read=0.3))
        assert time.monotonic() - began < 4


# --- Soundness


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\x01garbage\r\n\r\n",
        b"HTTP/1.1 ABC\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html",
        page(b""),
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(5000)) + b"\r\n",
        b"HTTP/1.1 200 " + b"O" * 10_000_000,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 100_000,
        page(b"this is no gzip", "text/html", "Content-Encoding: gzip"),
        page(gzip.compress(b"cut short " * 100)[:-20], "text/html", "Content-Encoding: gzip"),
    ],
    ids=[
        "garbage",
        "garbage status",
        "empty",
        "headers cut short",
        "empty body",
        "10 MB header line",
        "5000 headers",
        "10 MB status line",
        "body cut short",
        "chunk cut short",
        "garbage chunk size",
        "endless chunk size",
        "not gzip",
        "gzip cut short",
    ],
)
def test_an_unsound_answer_is_a_typed_error(answer):
    with published(answer) as publisher:
        before = rss()
        with pytest.raises(BadAnswer) as caught:
            get(publisher)
        assert rss() - before < 20_000_000
    assert caught.value.temporary
    assert len(str(caught.value)) < 1000


def test_a_body_longer_than_its_length_is_cut_at_the_length():
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nfour and more"
    with published(answer) as publisher:
        assert get(publisher).body == b"four"


@pytest.mark.parametrize(
    "kind", ["image/png", "application/pdf", "application/octet-stream", "text/javascript"]
)
def test_kinds_that_are_not_read_are_refused(kind):
    with published(page(b"x", kind)) as publisher, pytest.raises(BadContent, match=kind):
        get(publisher)


@pytest.mark.parametrize(
    ("header", "kind", "charset"),
    [
        ("text/html", "text/html", None),
        ('TEXT/HTML; Charset="Windows-1251"', "text/html", "windows-1251"),
        ("application/rss+xml;charset=utf-8;x=y", "application/rss+xml", "utf-8"),
        ("garbage", "", None),
        ("", "", None),
    ],
)
def test_the_kind_is_read_from_the_header(header, kind, charset):
    with published(page(b"x", header)) as publisher:
        got = get(publisher)
    assert (got.content_type, got.charset) == (kind, charset)


# --- Errors


def test_errors_name_the_address_and_survive_pickling():
    error = BadStatus("http://example.org/", "HTTP 503. A fault.", "Try again.", 503, 30.0)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "http://example.org/: HTTP 503. A fault. Try again."
    assert (again.status, again.retry_after, again.temporary) == (503, 30.0, True)
    assert isinstance(pickle.loads(pickle.dumps(TooLarge("u", "w", "m"))), FetchError)


def test_an_address_is_shown_without_control_characters_and_cut():
    assert shown("http://e.org/\r\n\x1b[31m\u202e") == "http://e.org/\\u000d\\u000a\\u001b[31m\\u202e"
    assert len(shown("x" * 5000)) == 201


def test_threads_and_sockets_are_given_back(httpserver):
    httpserver.expect_request("/").respond_with_handler(lambda r: Response("x", content_type="text/html"))
    process = psutil.Process()
    local(httpserver, "/")
    files, threads = process.num_fds(), process.num_threads()
    for _ in range(20):
        local(httpserver, "/")
    assert process.num_fds() <= files + 2
    assert process.num_threads() <= threads + 2
