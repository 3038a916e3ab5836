"""Who asks: the address by which a visitor is counted (rates), made to wait (sign-in) and logged."""

from __future__ import annotations

import ipaddress

import structlog
from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """Behind our proxies (TRUSTED_PROXIES), whom the outermost of them names. None: no address that is one.

    Of IPv6 it is the network's, since a visitor has all of it.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if count := settings.TRUSTED_PROXIES:
        # Each proxy adds at the end by whom it was asked; what stands before that, the visitor may have written.
        named = [
            part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
        ]
        given = named[-count] if len(named) >= count else given
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def log_address(request: HttpRequest, **_: object) -> None:
    """Every line that is logged for this request says who asked."""
    structlog.contextvars.bind_contextvars(ip=address_of(request))
