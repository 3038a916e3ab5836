"""urllib3 connections that go to an address already checked, and a deadline that ends a stalled exchange."""

import contextlib
import functools
import ipaddress
import socket
import ssl
import threading
import time
from typing import Any, Self

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection

from articles.fetching.addresses import SocketAddress, WebAddress
from articles.fetching.errors import BlockedAddress, NotReachable, TooSlow


class Deadline:
    """The time a whole fetch may take. When it passes, the guarded socket is shut down under the reader.

    Timeouts of sockets are per read: a publisher that drips one header byte every few seconds never meets
    them (measured: 100 s for one answer). Only a clock outside the read ends that.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._guarded: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self.passed = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._release()

    def remaining(self, at_most: float) -> float:
        """Seconds left, at most `at_most` and never 0 (which would mean "do not block" to a socket)."""
        return max(0.001, min(at_most, self._ends - time.monotonic()))

    def guard(self, sock: socket.socket) -> None:
        """Watch over `sock`, instead of the one before it."""
        with self._lock:
            self._release()
            # A duplicate of the descriptor: wrapping in TLS detaches the original object from it.
            self._guarded = sock.dup()
            if self.passed:
                self._shut_down()

    def _expire(self) -> None:
        with self._lock:
            self.passed = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._guarded is not None:
            with contextlib.suppress(OSError):  # the other side may have hung up first
                self._guarded.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._guarded is not None:
            self._guarded.close()
            self._guarded = None


class _Pinned:
    """What the two connection classes share: connect to `records`, nowhere else.

    `host` keeps the name, so the Host header, SNI and the check of the certificate are about the name asked for.
    """

    address: WebAddress
    records: list[SocketAddress]
    deadline: Deadline
    connect_timeout: float
    read_timeout: float

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        for family, sockaddr in self.records:
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(self.deadline.remaining(self.connect_timeout))
                sock.connect(sockaddr)
                self._check_peer(sock, sockaddr)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # The TLS handshake that may follow is one operation to the socket's timeout.
                sock.settimeout(self.deadline.remaining(self.read_timeout))
                self.deadline.guard(sock)
                return sock
            except OSError as error:
                failure = error
                sock.close()
            except BaseException:
                sock.close()
                raise
        if isinstance(failure, TimeoutError):
            raise TooSlow(
                self.address.url, "The host did not take the connection in time.", "Try again later."
            ) from failure
        raise NotReachable(
            self.address.url,
            f"No connection to {self.address.host}, port {self.address.port} ({failure}).",
            "Check the address in a browser; try again later.",
        ) from failure

    def _check_peer(self, sock: socket.socket, sockaddr: tuple[Any, ...]) -> None:
        peer = ipaddress.ip_address(sock.getpeername()[0])
        if peer != ipaddress.ip_address(sockaddr[0]):
            raise BlockedAddress(
                self.address.url,
                f"The connection ended at {peer} instead of {sockaddr[0]}.",
                "Look for a proxy that redirects connections on this machine.",
            )


class PinnedHTTPConnection(_Pinned, HTTPConnection):
    pass


class PinnedHTTPSConnection(_Pinned, HTTPSConnection):
    pass


def open_connection(
    address: WebAddress,
    records: list[SocketAddress],
    deadline: Deadline,
    *,
    connect_timeout: float,
    read_timeout: float,
) -> PinnedHTTPConnection | PinnedHTTPSConnection:
    """A connection to one of `records` (it is made at the first request). No proxy, no retries, no pool."""
    connection: PinnedHTTPConnection | PinnedHTTPSConnection
    if address.scheme == "https":
        connection = PinnedHTTPSConnection(
            address.host,
            address.port,
            timeout=read_timeout,
            ssl_context=tls_context(),
            cert_reqs=ssl.CERT_REQUIRED,
        )
    else:
        connection = PinnedHTTPConnection(address.host, address.port, timeout=read_timeout)
    connection.address = address
    connection.records = records
    connection.deadline = deadline
    connection.connect_timeout = connect_timeout
    connection.read_timeout = read_timeout
    return connection


@functools.cache
def tls_context() -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and host name checked against the system's authorities and certifi's."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(certifi.where())
    return context
