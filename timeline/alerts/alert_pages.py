"""/searches/<slug>/alerts/: who is told of a search's changes; /alerts/stop/<token>/ ends a digest.

Whoever is signed in may have a digest of any search; a search's owner adds webhooks to it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import fetching
from articles.doorbell import ring
from articles.fetching import addresses
from timeline.alerts import mailings
from timeline.listing.filters import EventFilter
from timeline.models import Delivery, MailAlert, SavedSearch, Webhook
from timeline.tasks import tell_webhook

MOST_WEBHOOKS = 10  # of a search
SHOWN = 10  # deliveries and mailings


class MailForm(forms.Form):
    every = forms.ChoiceField(choices=[("", ""), *MailAlert.Every.choices], required=False)


class WebhookForm(forms.ModelForm):
    class Meta:
        model = Webhook
        fields = ["url"]

    def __init__(self, *args: Any, search: SavedSearch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.search = search

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            address = addresses.parse(url, settings.FETCH_ALLOW_HOSTS)
        except fetching.FetchError as error:
            raise forms.ValidationError(f"{error.what} {error.mend}") from error
        if address.scheme != "https" and not address.is_named_in(settings.FETCH_ALLOW_HOSTS):
            raise forms.ValidationError(
                _("Give an https address: others could read the messages on the way.")
            )
        if self.search.webhooks.filter(url=url).exists():
            raise forms.ValidationError(_("This search has a webhook to that address already."))
        if self.search.webhooks.count() >= MOST_WEBHOOKS:
            raise forms.ValidationError(
                _("A search has at most %(n)d webhooks. Remove one first.") % {"n": MOST_WEBHOOKS}
            )
        return url


def _page(
    request: HttpRequest, search: SavedSearch, form: WebhookForm | None = None, status: int = 200
) -> HttpResponse:
    mine = search.owner == request.user
    hooks = search.webhooks.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__delivered_at=None))
    ).prefetch_related(Prefetch("deliveries", Delivery.objects.order_by("-pk")[:SHOWN], to_attr="last"))
    alert = search.mail_alerts.filter(reader=request.user.pk).first()
    context = {
        "search": search,
        "described": EventFilter(QueryDict(search.query)).describe(),
        "mine": mine,
        "alert": alert,
        "mailings": alert.mailings.all()[:SHOWN] if alert else [],
        "every": MailAlert.Every.choices,
        "webhooks": hooks if mine else [],
        "form": form or WebhookForm(search=search),
    }
    return render(request, "alerts.html", context, status=status)


@login_required
@require_safe
def alerts(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, get_object_or_404(SavedSearch.objects.select_related("owner"), slug=slug))


@login_required
@require_POST
def mail(request: HttpRequest, slug: str) -> HttpResponse:
    search = get_object_or_404(SavedSearch, slug=slug)
    form = MailForm(request.POST)
    assert request.user.is_authenticated  # the decorator
    if not form.is_valid():
        messages.error(request, _("Choose every day, every week or no digest."))
    elif not form.cleaned_data["every"]:
        search.mail_alerts.filter(reader=request.user).delete()
        messages.success(request, _("You get no digest of this search."))
    elif not request.user.email:
        messages.error(
            request, _("Your account has no e-mail address. Ask an administrator to add it, then try again.")
        )
    else:
        alert = mailings.subscribe(search, request.user, form.cleaned_data["every"])
        messages.success(
            request,
            _("The next digest goes to %(address)s on %(day)s, if something has changed.")
            % {"address": request.user.email, "day": f"{alert.next_try_at:%Y-%m-%d %H:%M} UTC"},
        )
    return redirect("alerts", slug=slug)


@login_required
@require_POST
def add_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    search = get_object_or_404(SavedSearch, slug=slug, owner=request.user)
    form = WebhookForm(request.POST, search=search)
    if not form.is_valid():
        return _page(request, search, form, status=400)
    webhook = form.save(commit=False)
    webhook.search = search
    webhook.save()
    messages.success(request, _("Changes from now on are posted to %(url)s.") % {"url": webhook.url})
    return redirect("alerts", slug=slug)


@login_required
@require_POST
def change_webhook(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """ "remove", or "again" for one that was stopped."""
    webhook = get_object_or_404(Webhook.objects.select_related("search"), pk=pk, search__owner=request.user)
    match act:
        case "remove":
            webhook.delete()
            messages.success(request, _("Nothing more is posted to %(url)s.") % {"url": webhook.url})
        case "again":
            webhook.start_again()
            ring(tell_webhook, webhook.pk)
            messages.success(
                request,
                _("What waits for %(url)s is sent, and what changed meanwhile.") % {"url": webhook.url},
            )
        case _:
            raise Http404
    return redirect("alerts", slug=webhook.search.slug)


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signature says for whom
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, since programs look at links in mails; POST ends the digest."""
    try:
        alert = mailings.alert_of(token)
    except BadSignature:
        raise Http404 from None
    ended = alert is None or request.method == "POST"
    if alert and ended:
        alert.delete()
    return render(request, "mail_stop.html", {"alert": alert, "ended": ended})
