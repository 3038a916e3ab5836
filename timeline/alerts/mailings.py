"""Digests by mail: what changed in a saved search since the last one, to a reader who asked for it.

    subscribe(search, reader, every)   # a MailAlert; its first digest comes at the next hour of digests
    send_due(alert_id)                 # make the digest that is due, and hand it over, once
    alert_of(token)                    # the alert that a signed link is about

No mail is sent where nothing changed. A digest whose handing over was cut short is not sent again: it may have
arrived. Its row says so.
"""

from __future__ import annotations

import smtplib
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.alerts.changes import changes
from timeline.alerts.webhooks import SETTLED
from timeline.listing.filters import EventFilter, moment_text
from timeline.models import MailAlert, Mailing, SavedSearch

HOUR = time(6)  # UTC
EVENTS = 200  # that a digest looks at, those that changed last
MOST = 200
SALT = "timeline.alerts.mailings.stop"


def next_digest(every: str, now: datetime) -> datetime:
    """The next morning; of a weekly digest, the next Monday's. Pure."""
    morning = datetime.combine(now.date(), HOUR, tzinfo=now.tzinfo)
    if morning <= now:
        morning += timedelta(days=1)
    if every == MailAlert.Every.WEEK:
        morning += timedelta(days=-morning.weekday() % 7)
    return morning


def subscribe(search: SavedSearch, reader: User, every: str) -> MailAlert:
    """Also for who has one already: then it is set to `every`, and goes on if it had stopped."""
    alert, _made = MailAlert.objects.update_or_create(
        search=search,
        reader=reader,
        defaults={
            "every": every,
            "next_try_at": next_digest(every, timezone.now()),
            "set_aside_at": None,
            "failures": 0,
            "last_error": "",
        },
    )
    return alert


def stop_token(alert: MailAlert) -> str:
    return signing.Signer(salt=SALT).sign(str(alert.pk))


def alert_of(token: str) -> MailAlert | None:
    """The alert that a link in a mail is about; None where it is gone. Raises BadSignature."""
    number = signing.Signer(salt=SALT).unsign(token)
    return MailAlert.objects.select_related("search").filter(pk=number).first()


def send_due(alert_id: int) -> Mailing | None:
    """The mailing that was sent, if any. What failed is in the rows."""
    alert = MailAlert.objects.claim(alert_id)
    if alert is None:
        return None
    if not (alert.reader.is_active and alert.reader.email):
        alert.fail(_("The account has no e-mail address, or is closed."), final=True)
        return None
    try:
        mailing = alert.mailings.filter(handed_over_at=None).order_by("pk").first() or _make(alert)
        if mailing:
            _hand_over(mailing, alert)
    except (OSError, smtplib.SMTPException) as error:
        alert.fail(error)
        return None
    except Exception as error:
        alert.fail(error)
        raise
    alert.succeed(next_digest(alert.every, timezone.now()))
    return mailing


@transaction.atomic
def _make(alert: MailAlert) -> Mailing | None:
    row = alert.held()
    if row is None:
        return None
    since, until = row.told_until, timezone.now() - SETTLED
    if until <= since:
        return None
    chosen = EventFilter(QueryDict(row.search.query))
    told = changes(chosen, since, until, events=EVENTS, most=MOST)
    row.told_until = until
    row.save(update_fields=["told_until"])
    if not told:
        return None
    count = ngettext("%(n)d change", "%(n)d changes", len(told)) % {"n": len(told)}
    context = {
        "search": row.search,
        "described": chosen.describe(),
        "changes": told,
        "more": len(told) == MOST,
        "since": since,
        "until": until,
        "site": settings.SITE_ADDRESS,
        "changed_query": chosen.query_string(changed=moment_text(since)),
        "stop": stop_address(row),
    }
    return Mailing.objects.create(
        alert=row,
        until=until,
        changes=len(told),
        subject=f"{row.search.name}: {count}"[:200],
        body=render_to_string("mail/digest.txt", context),
    )


def stop_address(alert: MailAlert) -> str:
    return settings.SITE_ADDRESS + reverse("mail-stop", args=[stop_token(alert)])


def _hand_over(mailing: Mailing, alert: MailAlert) -> None:
    """Once: `handed_over_at` is written before, and taken back only where the server surely did not take it."""
    message = EmailMessage(
        mailing.subject,
        mailing.body,
        to=[alert.reader.email],
        headers={
            "List-Unsubscribe": f"<{stop_address(alert)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",
        },
    )
    connection = get_connection()
    connection.open()  # what fails here has sent nothing
    rows = Mailing.objects.filter(pk=mailing.pk)
    try:
        if not rows.filter(handed_over_at=None).update(handed_over_at=timezone.now()):
            return
        try:
            message.connection = connection
            message.send()
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            rows.update(handed_over_at=None, last_error=str(error))
            raise
        except (OSError, smtplib.SMTPException) as error:
            rows.update(last_error=str(error))
            return
        rows.update(sent_at=timezone.now(), last_error="")
    finally:
        connection.close()
