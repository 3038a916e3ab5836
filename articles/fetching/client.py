"""`fetch`: one page, its redirects followed by hand, its size, time and kind bounded."""

import contextlib
import http.client
import re
import ssl
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import urllib3.exceptions

from articles.fetching import addresses
from articles.fetching.addresses import WebAddress
from articles.fetching.connections import (
    Deadline,
    PinnedHTTPConnection,
    PinnedHTTPSConnection,
    open_connection,
)
from articles.fetching.errors import (
    BadAnswer,
    BadContent,
    BadRedirect,
    BadStatus,
    FetchError,
    NotReachable,
    TooLarge,
    TooSlow,
)

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
READABLE_TYPES = FEED_TYPES | {
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "text/x-opml",
    "application/jsonl",
    "application/x-ndjson",
    "application/x-jsonlines",
}
DEFAULT_USER_AGENT = "conflict-timeline (news chronology)"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
CHUNK = 64 * 1024
LONGEST_RETRY_AFTER = 7 * 86_400.0
_KEPT_HEADERS = ("cache-control", "content-language", "date", "expires", "link", "x-robots-tag")
LIBRARY_ERRORS = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError, zlib.error)
_SAFE_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,1000}")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much one fetch may cost. Times in seconds, sizes in bytes."""

    total: float = 15.0
    connect: float = 5.0
    read: float = 8.0
    body: int = 5_000_000
    """Of the body once decompressed; the same number bounds what comes over the wire."""
    redirects: int = 5
    content_types: frozenset[str] = READABLE_TYPES


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. `body` is decompressed but not decoded; it is empty when `not_modified`.

    `url` is where the last redirect led. `moved_to` is set when the way there was all permanent redirects
    (301, 308), each of them checked: the address to ask next time. `charset` is what the Content-Type said,
    if anything: often wrong, so only a hint to `articles.reading`. `etag` and `last_modified` are to be given
    back to `fetch` next time, as they are.
    """

    url: str
    status: int
    body: bytes = b""
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    moved_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    limits: FetchLimits = FetchLimits(),
    allow_hosts: Collection[str] = frozenset(),
    user_agent: str = DEFAULT_USER_AGENT,
) -> Fetched:
    """Fetch `url` or raise a FetchError.

    With the `etag` / `last_modified` of an earlier answer the request is conditional, and an unchanged page
    gives `not_modified`. `allow_hosts` names hosts ("localhost" or "127.0.0.1:8000") that may be private and
    on any port: for test publishers only.
    """
    headers = {
        "User-Agent": user_agent,
        "Accept": "application/atom+xml, application/rss+xml, text/html, application/xml;q=0.9, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    if etag and _SAFE_HEADER_VALUE.fullmatch(etag):
        headers["If-None-Match"] = etag
    if last_modified and _SAFE_HEADER_VALUE.fullmatch(last_modified):
        headers["If-Modified-Since"] = last_modified

    address = addresses.parse(url, allow_hosts)
    all_permanent = True
    with Deadline(limits.total) as deadline:
        for hop in range(limits.redirects + 1):
            answer = _exchange(address, headers, limits, allow_hosts, deadline)
            if isinstance(answer, Fetched):
                moved = hop > 0 and all_permanent
                return replace(answer, moved_to=address.url) if moved else answer
            all_permanent = all_permanent and answer.permanent
            address = _next_address(address, answer.location, allow_hosts)
    raise BadRedirect(
        url,
        f"The address redirects more than {limits.redirects} times.",
        "Open it in a browser and use the address it ends at.",
    )


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str
    permanent: bool


@contextlib.contextmanager
def connected(
    address: WebAddress, limits: FetchLimits, allow_hosts: Collection[str], deadline: Deadline
) -> Iterator[PinnedHTTPConnection | PinnedHTTPSConnection]:
    """A connection to the checked address. Whatever the library raises within leaves as a FetchError."""
    records = addresses.resolve(address, allow_hosts, timeout=deadline.remaining(limits.connect))
    connection = open_connection(
        address, records, deadline, connect_timeout=limits.connect, read_timeout=limits.read
    )
    try:
        yield connection
        if deadline.passed:
            # http.client takes the end of the connection for the end of headers or trailers.
            raise too_slow(address, deadline.seconds)
    except FetchError as error:
        if deadline.passed and not isinstance(error, TooSlow):
            raise too_slow(address, deadline.seconds) from error
        raise
    except LIBRARY_ERRORS as error:
        raise in_our_words(address, error, limits, deadline) from error
    finally:
        connection.close()


def _exchange(
    address: WebAddress,
    headers: Mapping[str, str],
    limits: FetchLimits,
    allow_hosts: Collection[str],
    deadline: Deadline,
) -> Fetched | _Redirect:
    """One request and its answer."""
    with connected(address, limits, allow_hosts, deadline) as connection:
        connection.request(
            "GET",
            address.target,
            headers={"Host": address.authority, **headers},
            preload_content=False,
            decode_content=False,
        )
        return _read_answer(address, connection.getresponse(), limits)


def _read_answer(
    address: WebAddress, response: urllib3.response.BaseHTTPResponse, limits: FetchLimits
) -> Fetched | _Redirect:
    headers = response.headers
    status = response.status
    if status in REDIRECTS:
        location = headers.get("Location")
        if not location:
            raise BadRedirect(
                address.url, "The answer is a redirect that says not where to.", "Tell the publisher."
            )
        return _Redirect(location, status in PERMANENT)
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    etag = _kept_validator(headers.get("ETag"))
    last_modified = _kept_validator(headers.get("Last-Modified"))
    if status == 304:
        return Fetched(
            address.url, status, not_modified=True, etag=etag, last_modified=last_modified, headers=kept
        )
    if status not in {200, 203}:
        raise _bad_status(address, status, headers.get("Retry-After"))
    content_type, charset = _content_type(headers.get("Content-Type", ""))
    if content_type and content_type not in limits.content_types:
        raise BadContent(
            address.url,
            f"The address gives {content_type}, which is not read here.",
            "Give the address of a web page, a text or a feed.",
        )
    return Fetched(
        address.url,
        status,
        body=_read_body(address, response, limits),
        content_type=content_type,
        charset=charset,
        etag=etag,
        last_modified=last_modified,
        headers=kept,
    )


def _read_body(
    address: WebAddress, response: urllib3.response.BaseHTTPResponse, limits: FetchLimits
) -> bytes:
    """The body, decompressed as it comes and given up at the limit.

    Our own inflating rather than urllib3's: it counts both ends and notices a stream cut short. Reading with
    `read` rather than `stream` keeps to http.client's chunk parser, whose lines are bounded.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise BadContent(
            address.url,
            f"The answer is packed as “{encoding[:60]}”, but only gzip was asked for.",
            "Tell the publisher that their server ignores Accept-Encoding.",
        )
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.body:
        raise _too_large(address, limits)
    inflate = _Gunzip() if "gzip" in encoding else None
    body = bytearray()
    wire = 0
    while chunk := response.read(CHUNK, decode_content=False):
        wire += len(chunk)
        # One byte beyond the limit is asked for, so that "exactly the limit" and "more" can be told apart.
        if inflate:
            inflate.feed(chunk, body, limits.body + 1)
        else:
            body += chunk
        if max(wire, len(body)) > limits.body:
            raise _too_large(address, limits)
    if inflate and wire and not inflate.complete:
        raise BadAnswer(address.url, "The compressed answer is cut short.", "Try again later.")
    if not body:
        raise BadAnswer(address.url, "The answer is empty.", "Open the address in a browser.")
    return bytes(body)


class _Gunzip:
    """gzip in, at most so many bytes out. Several members in a row are one stream (RFC 1952)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes, body: bytearray, limit: int) -> None:
        """Append what `data` unpacks to, until `body` is `limit` long."""
        while data and len(body) < limit:
            if self._member.eof:
                if not data.startswith(b"\x1f\x8b"):
                    break  # padding after the last member, which every client ignores
                self._member = zlib.decompressobj(wbits=31)
            body += self._member.decompress(data, min(CHUNK, limit - len(body)))
            data = self._member.unused_data or self._member.unconsumed_tail

    @property
    def complete(self) -> bool:
        return self._member.eof


def _next_address(address: WebAddress, location: str, allow_hosts: Collection[str]) -> WebAddress:
    # Servers write Location in raw UTF-8, which http.client hands over as Latin-1.
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    target = urljoin(address.url, location.strip(" \t").replace(" ", "%20"))
    try:
        following = addresses.parse(target, allow_hosts)
    except FetchError as error:
        raise BadRedirect(
            address.url, f"It redirects to an address that is not fetched. {error.what}", error.mend
        ) from error
    if address.scheme == "https" and following.scheme == "http":
        raise BadRedirect(
            address.url,
            f"It redirects from https to http ({following.host}), where anyone on the way can change it.",
            "Use the publisher's https address.",
        )
    return following


def _bad_status(address: WebAddress, status: int, asked: str | None) -> BadStatus:
    seconds = retry_after(asked, datetime.now(UTC))
    when = f"Try again in {seconds:.0f} s." if seconds else "Try again later."
    what, mend = {
        401: ("The publisher asks for a sign-in.", "Give an address that is open to all."),
        403: ("The publisher does not let us read this.", "Ask them, or give another address."),
        404: ("There is no such page.", "Check the address."),
        410: ("The page is gone for good.", "Take the address out."),
        429: ("The publisher says that we ask too often.", when),
        451: ("The page is withheld for legal reasons.", "Give another address."),
    }.get(
        status,
        ("The publisher's server has a fault.", when)
        if status >= 500
        else ("The answer brings no page.", "Open the address in a browser."),
    )
    return BadStatus(address.url, f"HTTP {status}. {what}", mend, status, seconds)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from `now`, from either form of Retry-After; None when absent, garbled or past."""
    if not value:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    return min(seconds, LONGEST_RETRY_AFTER) if seconds > 0 else None


def _content_type(value: str) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = value.encode("ascii", "replace").decode("ascii")[:500]
    if "/" not in value:
        return "", None
    charset = message.get_content_charset()
    return message.get_content_type(), charset


def _kept_validator(value: str | None) -> str | None:
    return value if value and _SAFE_HEADER_VALUE.fullmatch(value) else None


def in_our_words(
    address: WebAddress, error: Exception, limits: FetchLimits, deadline: Deadline
) -> FetchError:
    if deadline.passed:
        return too_slow(address, deadline.seconds)
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return TooSlow(address.url, f"The host sent nothing for {limits.read:.0f} s.", "Try again later.")
    if _certificate_fault(error):
        return NotReachable(
            address.url,
            f"The connection is not safe: {_certificate_fault(error)}",
            "Check the address in a browser; the publisher has to mend the certificate.",
        )
    return BadAnswer(
        address.url,
        f"The answer is not sound ({type(error).__name__}: {str(error)[:200]}).",
        "Open the address in a browser; try again later.",
    )


def _certificate_fault(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"{error.verify_message}."
        error = error.__cause__ or error.__context__
    return ""


def too_slow(address: WebAddress, seconds: float) -> TooSlow:
    return TooSlow(address.url, f"The answer was not complete after {seconds:.0f} s.", "Try again later.")


def _too_large(address: WebAddress, limits: FetchLimits) -> TooLarge:
    return TooLarge(
        address.url,
        f"The answer is larger than {limits.body / 1e6:g} MB.",
        "Give the address of a single article, or of a shorter feed.",
    )
