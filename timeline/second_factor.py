"""The second factor of staff: a code from an authenticator app, asked once a session.

With STAFF_SECOND_FACTOR on, staff who signed in with a password alone get no page but this one. Who has no app yet
pairs one here. Codes on paper, for a lost phone: `manage.py addstatictoken USER`.
"""

from __future__ import annotations

from base64 import b32encode, b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import qrcode
import qrcode.image.svg
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_otp import devices_for_user, login, match_token
from django_otp.plugins.otp_totp.models import TOTPDevice

OPEN = {"second-factor", "login", "logout", "healthz", "readyz"}  # names of addresses that ask for no code


class SecondFactorMiddleware:
    """Staff without a code go to the page that asks for one, wherever they were going."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not settings.STAFF_SECOND_FACTOR or not getattr(user, "is_staff", False):
            return None
        if user.is_verified() or (match and match.url_name in OPEN):  # type: ignore[union-attr]
            return None
        return redirect(reverse("second-factor", query={"next": request.get_full_path()}))


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=20,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


@never_cache
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    paired = any(devices_for_user(user))
    pairing = None if paired else TOTPDevice.objects.get_or_create(user=user, confirmed=False, name="app")[0]
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device = _device_of(user, form.cleaned_data["code"], pairing)
        if device:
            login(request, device)
            return redirect(_next(request))
        form.add_error("code", _("This code does not fit. Take the one that the app shows now; after several wrong "
                                 "ones, wait a little before the next try."))  # fmt: skip
    context = {
        "form": form,
        "key": b32encode(pairing.bin_key).decode() if pairing else "",
        "picture": _picture(pairing.config_url) if pairing else "",
    }
    return render(request, "second_factor.html", context)


def _device_of(user: User, code: str, pairing: TOTPDevice | None) -> Any:
    """The device whose code it is; a new one is paired by its first code."""
    if pairing is None:
        return match_token(user, code)
    allowed, _ = pairing.verify_is_allowed()
    if not allowed or not pairing.verify_token(code):
        return None
    pairing.confirmed = True
    pairing.save(update_fields=["confirmed"])
    return pairing


def _next(request: HttpRequest) -> str:
    address = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return reverse("admin:index")


def _picture(address: str) -> str:
    image = BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=12).save(image)
    return "data:image/svg+xml;base64," + b64encode(image.getvalue()).decode()
