"""Which addresses may be fetched: the spelling of a web address, and where its name leads.

`parse` reads an address strictly; `resolve` looks its name up once and refuses it when *any* record is not
public. The connection is then made to exactly those records, so no second look-up can differ.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from articles.fetching.errors import BadAddress, BlockedAddress, NotReachable, TooSlow

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_LENGTH = 4096
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
SocketAddress = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]

# `ipaddress.is_global` on Python 3.11 lets these through (or they hide an IPv4 address): IANA's special-purpose
# registries (RFC 6890 and successors), and metadata services of clouds that sit on public-looking addresses.
_CLOSED_V4 = tuple(
    ipaddress.ip_network(n)
    for n in (
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata service is 100.100.100.200
        "192.0.0.0/24",  # IETF protocol assignments; Oracle's metadata service is 192.0.0.192
        "192.88.99.0/24",  # 6to4 relay anycast
        "168.63.129.16/32",  # Azure's host agent
    )
)
_UNICAST_V6 = ipaddress.ip_network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.ip_network(n)
    for n in (
        "2001::/23",  # IETF protocol assignments, Teredo among them (an IPv4 address inside)
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside, and no publisher lives there any more
        "3fff::/20",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.ASCII)
_NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A web address taken apart. `host` is ASCII, lower case, no brackets; `target` is path and query."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them: the port only when it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def is_named_in(self, allow_hosts: Collection[str]) -> bool:
        """Whether `allow_hosts` names this host ("localhost") or this host and port ("127.0.0.1:8000")."""
        return self.host in allow_hosts or f"{self.host}:{self.port}" in allow_hosts


def parse(url: str, allow_hosts: Collection[str] = frozenset()) -> WebAddress:
    """Take `url` apart or raise BadAddress. Hosts in `allow_hosts` may use any port and any spelling."""
    if len(url) > MAX_URL_LENGTH:
        raise BadAddress(url, f"The address is longer than {MAX_URL_LENGTH} characters.", "Shorten it.")
    if _CONTROL_OR_SPACE.search(url):
        raise BadAddress(
            url, "The address has a space, a control character or a backslash in it.", "Copy it again."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress(url, f"This is no web address ({error}).", "Copy it again.") from error
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise BadAddress(
            url, "Only addresses that begin with http:// or https:// are fetched.", "Give one of those."
        )
    if "@" in parts.netloc:
        raise BadAddress(url, "The address holds a user name or password.", "Leave out what is before the @.")
    if not parts.hostname:
        raise BadAddress(url, "The address names no host.", "Write it out, as in https://example.org/news.")
    host = _ascii_host(url, parts.hostname, bracketed="[" in parts.netloc)
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._[]|^") or "/"
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|^{}`\"<>")
    target = f"{path}?{query}" if query else path
    address = WebAddress(url=url, scheme=scheme, host=host, port=port or DEFAULT_PORTS[scheme], target=target)
    if address.is_named_in(allow_hosts):
        return address
    if address.port not in DEFAULT_PORTS.values():
        raise BadAddress(
            url, f"Port {address.port} is not fetched, only 80 and 443.", "Use the publisher's usual address."
        )
    if not _is_plain_ip(host):
        if _NUMERIC_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2]):
            raise BadAddress(
                url, "The host is a number, an odd spelling of an IP address.", "Use the host's name."
            )
        if "." not in host.rstrip("."):
            raise BadAddress(
                url, f"“{host}” is a local name, not one on the internet.", "Use the host's full name."
            )
    return address


def resolve(
    address: WebAddress, allow_hosts: Collection[str] = frozenset(), timeout: float = 5.0
) -> list[SocketAddress]:
    """Look the host up once; every record must be public, unless `allow_hosts` names the host.

    Gives (family, socket address) pairs to connect to. Raises BlockedAddress, NotReachable or TooSlow.
    """
    records = _look_up(address, timeout)
    found: list[SocketAddress] = []
    for family, _, _, _, sockaddr in records:
        ip = ipaddress.ip_address(sockaddr[0])
        if not is_public(ip) and not address.is_named_in(allow_hosts):
            raise BlockedAddress(
                address.url,
                f"The host {address.host} leads to {ip}, which is not on the public internet.",
                "Use a public address; a test publisher on this machine can be named in FETCH_ALLOW_HOSTS.",
            )
        found.append((family, sockaddr))  # type: ignore[arg-type]
    return found


def is_public(ip: IPAddress) -> bool:
    """Whether `ip` is an ordinary host on the public internet, an IPv4 inside an IPv6 unwrapped first."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(ip.ipv4_mapped)
        if ip in _NAT64:
            return is_public(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        return ip in _UNICAST_V6 and ip.is_global and not any(ip in network for network in _CLOSED_V6)
    return (
        ip.is_global
        and not ip.is_multicast
        and not ip.is_reserved
        and not any(ip in network for network in _CLOSED_V4)
    )


def _ascii_host(url: str, hostname: str, *, bracketed: bool) -> str:
    """`hostname` as it is looked up: IDNA where it has letters beyond ASCII, checked for stray characters."""
    if bracketed:
        try:
            return str(ipaddress.IPv6Address(hostname))
        except ValueError as error:
            raise BadAddress(url, f"This is no IPv6 address ({error}).", "Copy it again.") from error
    try:
        # Also turns look-alikes (full-width or circled digits and dots) into what they are resolved as.
        host = hostname.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadAddress(url, f"The host name cannot be right ({error}).", "Copy it again.") from error
    if len(host) > 253 or not _HOST_NAME.fullmatch(host):
        raise BadAddress(url, "The host name has characters that no host name has.", "Copy it again.")
    return host


def _is_plain_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(address: WebAddress, timeout: float) -> list[tuple]:
    """`socket.getaddrinfo`, but back after `timeout` seconds: the C library's own limit can be a minute."""
    answer: list[tuple] = []
    failure: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            answer.extend(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    asking = threading.Thread(target=ask, name="fetch-look-up", daemon=True)
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise TooSlow(
            address.url, f"Looking up {address.host} took more than {timeout:.0f} s.", "Try again later."
        )
    if failure or not answer:
        reason = f" ({failure[0]})" if failure else ""
        raise NotReachable(
            address.url,
            f"There is no host named {address.host}{reason}.",
            "Check the spelling, and that this machine can resolve names.",
        )
    return answer
