"""`send`: one message posted to an address that somebody gave us, behind the same checks as `fetch`."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from articles.fetching import addresses
from articles.fetching.client import (
    DEFAULT_USER_AGENT,
    LIBRARY_ERRORS,
    FetchLimits,
    in_our_words,
    retry_after,
    too_slow,
)
from articles.fetching.connections import Deadline, open_connection
from articles.fetching.errors import BadStatus, FetchError, TooSlow

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
        records = addresses.resolve(address, allow_hosts, timeout=deadline.remaining(limits.connect))
        connection = open_connection(
            address, records, deadline, connect_timeout=limits.connect, read_timeout=limits.read
        )
        try:
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
            if deadline.passed:
                # http.client takes the end of the connection for the end of the headers.
                raise too_slow(address, deadline.seconds)
            status = response.status
            if not 200 <= status < 300:
                raise _refused(address.url, status, response.headers.get("Retry-After"))
            return status
        except FetchError as error:
            if deadline.passed and not isinstance(error, TooSlow):
                raise too_slow(address, deadline.seconds) from error
            raise
        except LIBRARY_ERRORS as error:
            raise in_our_words(address, error, limits, deadline) from error
        finally:
            connection.close()


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
