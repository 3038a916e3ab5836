"""What tests of the admin share: its addresses, people, rows, and what a browser sends."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.test import Client
from django.urls import reverse

from articles.models import Address, Feed, Host, Snapshot
from tests.factories import NOON, make_article, make_place, make_report, make_source
from timeline.curating import bulk, catalogue, curation
from timeline.models import (
    Actor,
    Decision,
    Delivery,
    Event,
    MailAlert,
    Mailing,
    Place,
    ReadingChange,
    Report,
    SavedSearch,
    Webhook,
)

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in MODELS if model._meta.app_label in ("articles", "timeline")]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def url(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def with_permissions(name: str, *codenames: str, app_labels: tuple[str, ...] = ()) -> User:
    """A staff user, no superuser, in a group of its own."""
    user = User.objects.create_user(name, password="a long enough word", is_staff=True)
    group = Group.objects.create(name=name)
    group.permissions.set(
        Permission.objects.filter(
            models.Q(content_type__app_label__in=app_labels) | models.Q(codename__in=codenames)
        )
    )
    user.groups.add(group)
    return user


def fill(number: int) -> None:
    """`number` rows of everything that the admin lists, each with `number` rows under it."""
    user, _ = User.objects.get_or_create(username="someone", defaults={"is_staff": True})
    for n in range(number):
        source = make_source(f"Wire {n}", home_page=f"https://wire{n}.invalid/", country="NO")
        article = make_article(f"Shelling hit Arvad on Friday. Wire {n} was told so by the mayor.", source)
        for m in range(number):
            article.versions.create(
                number=m + 1, title="Before", text="Before", content_hash="0" * 64,
                published=NOON, fetched_at=NOON,
            )  # fmt: skip
            Snapshot.objects.keep(article, b"<p>Shelling hit Arvad")
        Feed.objects.create(source=source, url=f"{article.url}/feed")
        Host.objects.get_or_create(origin=f"https://wire{n}.invalid")
        Address.objects.create(source=source, url=article.url, article=article)
        event = make_report(
            article, place=make_place(f"Place {n}"), killed_best=4,
            parties=[(f"Norvia {m}", "initiator", "state", "NO") for m in range(number)],
            attributed_to=["the mayor"],
        ).event  # fmt: skip
        for m in range(number):
            again = make_article(f"Shelling hit Arvad. Report {m} says so.", source)
            make_report(again, event=event, place=make_place(f"Place {n}.{m}"))
            make_report(again, event=event, quote=f"Report {m} says so.", place=make_place(f"Place {n}"))
            ReadingChange.objects.create(
                article=again, extractor="rules-2", kind="drop", state="waiting", event=event,
                old=again.reports.first(), differences={"killed": ["4", "5"]},
            )  # fmt: skip
            curation.correct(event, {"killed_best": 50 + m}, user, f"list {m}")
        curation.review(event, "confirmed", user)
        bulk.work(bulk.start([event.pk], "confirmed", user, f"batch {n}").pk)
        norvia = Actor.objects.get(name="Norvia 0")
        Actor.objects.create(name=f"Part {event.pk}", parent=norvia, aliases=["A part"])
        Place.objects.create(key=f"test:part{event.pk}", name="Part", kind="facility", parent=event.place)
        Group.objects.create(name=f"Group {event.pk}")
        search = SavedSearch.objects.create(name=f"Search {n}", slug=f"s-{event.pk}", owner=user)
        mail_alert = MailAlert.objects.create(search=search, reader=user)
        webhook = Webhook.objects.create(search=search, url=f"https://wire{n}.invalid/hook")
        for m in range(number):
            Delivery.objects.create(webhook=webhook, key=f"{m}", body="{}")
            Mailing.objects.create(
                alert=mail_alert, until=NOON + timedelta(m), changes=1, subject=f"{m}", body=""
            )
            catalogue.edit(norvia, {"aliases": [f"{event.pk} {m}"]}, user, f"amendment {m}")


def row_of(model: type[models.Model]) -> models.Model:
    row = model._default_manager.order_by("pk").first()
    assert row is not None, f"{model} has no row to look at"
    return row


def act(client: Client, model: type[models.Model], action: str, *pks: object, **data: object):
    return client.post(
        url(model, "changelist") + data.pop("query", ""),
        {"action": action, "_selected_action": pks, "index": 0, **data},
        follow=True,
    )


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def picture() -> list[object]:
    """All that decisions may change."""
    return [
        list(Event.objects.order_by("pk").values("pk", "headline", "review", "overrides", "merged_into")),
        list(Report.objects.order_by("pk").values("pk", "event", "struck_out", "pinned")),
        Decision.objects.count(),
    ]


def form_of(response) -> dict[str, object]:
    """What the browser would send of a form that was shown again."""
    form = response.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for inline in response.context["inline_admin_formsets"]:
        data |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def form_data(client: Client, page: str) -> dict[str, object]:
    """What the browser would send of a form as it is shown."""
    return form_of(client.get(page))


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    assert "adminform" in response.context, "the form was saved"
    return response.context["adminform"].form.errors
