"""`send`: one message posted to an address that somebody gave us, behind the same checks as `fetch`."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from articles.fetching import addresses
from articles.fetching.client import DEFAULT_USER_AGENT, FetchLimits, connected, retry_after
from articles.fetching.connections import Deadline
from articles.fetching.errors import BadStatus

LIMITS = FetchLimits(total=20.0, connect=5.0, read=15.0)
ANSWERS = {
    401: "It asks for a sign-in.",
    403: "It does not let us in.",
    404: "There is nothing at that address.",
    410: "It does not want messages any more.",
    413: "The message is too long for it.",
    429: "It says that we send too often.",
}


def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    limits: FetchLimits = LIMITS,
    allow_hosts: Collection[str] = frozenset(),
    user_agent: str = DEFAULT_USER_AGENT,
) -> int:
    """Post `body` and give the status, which is 2xx; anything else is a FetchError.

    Redirects are not followed: who moves says so by giving the new address. The answer's body is not read.
    """
    address = addresses.parse(url, allow_hosts)
    with Deadline(limits.total) as deadline:
        with connected(address, limits, allow_hosts, deadline) as connection:
            connection.request(
                "POST",
                address.target,
                body=body,
                headers={
                    "Host": address.authority,
                    "User-Agent": user_agent,
                    "Connection": "close",
                    **headers,
                },
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
        if not 200 <= response.status < 300:
            raise _refused(address.url, response.status, response.headers.get("Retry-After"))
        return response.status


def _refused(url: str, status: int, asked: str | None) -> BadStatus:
    if 300 <= status < 400:
        what = "It redirects, which is not followed."
    elif status >= 500:
        what = "The server has a fault."
    else:
        what = ANSWERS.get(status, "The message was not taken.")
    return BadStatus(
        url,
        f"HTTP {status}. {what}",
        "Look into the receiver's log, or give another address.",
        status,
        retry_after(asked, datetime.now(UTC)),
    )
