"""Why an address could not be fetched, in words for the person who has to mend it."""

SHOWN_LENGTH = 200


class FetchError(Exception):
    """Something kept us from a page. `str(error)` is one line: the address, what happened, what to do.

    `url` is the address that failed (after a redirect: the one redirected to), `what` and `mend` are whole
    sentences. `temporary` tells a queue whether the same request may succeed later.
    """

    temporary = False

    def __init__(self, url: str, what: str, mend: str) -> None:
        # All of it goes to `args`, so that the error survives pickling between Celery's processes.
        super().__init__(url, what, mend)
        self.url = url
        self.what = what
        self.mend = mend

    def __str__(self) -> str:
        return f"{shown(self.url)}: {self.what} {self.mend}"


class BadAddress(FetchError):
    """The address itself is not one we fetch: scheme, port, characters, user name, spelling of an IP."""


class BlockedAddress(FetchError):
    """The name resolves to an address that is not on the public internet."""


class NotReachable(FetchError):
    """No connection: the name is unknown, nobody listens, or the certificate does not hold."""

    temporary = True


class TooSlow(FetchError):
    """The whole-request deadline or the per-read timeout passed."""

    temporary = True


class TooLarge(FetchError):
    """More bytes (after decompression) than the limit."""


class BadRedirect(FetchError):
    """Too many redirects, a redirect from https to http, or one that names no usable address."""


class BadStatus(FetchError):
    """An HTTP status that brings no page. `retry_after` is in seconds, where the publisher gave one."""

    def __init__(self, url: str, what: str, mend: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(url, what, mend)
        self.args = (url, what, mend, status, retry_after)
        self.status = status
        self.retry_after = retry_after

    @property
    def temporary(self) -> bool:  # type: ignore[override]
        return self.status in {408, 425, 429} or self.status >= 500

    @property
    def gone(self) -> bool:
        """The publisher says that the address will not come back (HTTP 410)."""
        return self.status == 410


class BadAnswer(FetchError):
    """What came back is not sound HTTP: garbage, cut short, oversized headers, broken compression."""

    temporary = True


class BadContent(FetchError):
    """A sound answer of a kind that we do not read: an image, a PDF, a compression we did not ask for."""


def shown(url: str) -> str:
    """`url` fit for a log line or a page: control and bidirectional characters escaped, cut when long."""
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in url[: SHOWN_LENGTH + 1])
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
