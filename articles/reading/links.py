"""Web addresses as names of articles: one spelling for one page."""

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

# Parameters that say where a reader came from, never what the page is. Deliberately short: the library courlan
# also drops "cid", "eid" or "gallery", which name the article on some sites: two articles would become one.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|itm|at|vero|oly)_\w+|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|__hs\w+"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|yclid|ysclid|msclkid|twclid|ttclid|igshid|igsh|li_fat_id"
    r"|ref_src|ref_url|xtor|ns_(?:campaign|mchannel|source)|at_(?:medium|campaign)|cmpid|ocid|smid|s_cid|__twitter_impression",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


def is_web_address(url: str) -> bool:
    """Whether `url` may be stored and shown as a link: http or https, with a host, no control characters."""
    if not _WEB.match(url) or not url.isprintable() or "\\" in url or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def canonical_url(url: str) -> str:
    """The one spelling under which a page is known.

    Scheme and host in lower case, host in its ASCII form, no default port, no fragment (but "#!" ones, which
    are paths), no tracking parameters, escapes in one form. Path and the order of parameters stay as they are.
    What is no web address is given back trimmed.
    """
    url = url.strip()
    if not is_web_address(url):
        return url
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    query = "&".join(p for p in parts.query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0]))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit(
        (scheme, _authority(parts, scheme), _escaped(parts.path) or "/", _escaped(query), fragment)
    )


def absolute(link: str, base: str) -> str:
    """`link` of a page at `base` as a whole web address; "" when it leads nowhere we go (javascript:, data:)."""
    link = link.strip()
    try:
        url = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return url if is_web_address(url) else ""


def _authority(parts: SplitResult, scheme: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except UnicodeError:
        host = host.lower()
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{parts.port}"


def _escaped(part: str) -> str:
    """Escapes in capitals, none for letters and digits, all characters beyond ASCII escaped (RFC 3986)."""

    def one(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(one, quote(part, safe="/%:@!$&'()*+,;=~-._?[]|"))
