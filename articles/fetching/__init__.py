"""The only door to the network: `fetch(url)` gives a page's bytes, or a `FetchError` that says why not;
`send(url, body, headers)` posts a message to who asked for it.

What it promises, whatever the publisher sends and wherever the address points:

- only http and https, only public addresses, resolved once and connected to as resolved (no rebinding),
  checked again at each redirect (`addresses`, `connections`);
- bounded: bytes, time as a whole and per read, redirects, headers, one layer of gzip (`client`);
- every failure is a `FetchError` whose text names the address, what happened and what would mend it.

Nothing here knows Django. Callers pass settings in: `allow_hosts` from FETCH_ALLOW_HOSTS, `user_agent` from
FETCH_USER_AGENT.
"""

from articles.fetching.client import (
    FEED_TYPES,
    READABLE_TYPES,
    Fetched,
    FetchLimits,
    fetch,
)
from articles.fetching.errors import (
    BadAddress,
    BadAnswer,
    BadContent,
    BadRedirect,
    BadStatus,
    BlockedAddress,
    FetchError,
    NotReachable,
    TooLarge,
    TooSlow,
    shown,
)
from articles.fetching.sending import send

__all__ = [
    "FEED_TYPES",
    "READABLE_TYPES",
    "BadAddress",
    "BadAnswer",
    "BadContent",
    "BadRedirect",
    "BadStatus",
    "BlockedAddress",
    "FetchError",
    "FetchLimits",
    "Fetched",
    "NotReachable",
    "TooLarge",
    "TooSlow",
    "fetch",
    "send",
    "shown",
]
