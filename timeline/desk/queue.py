"""Which unreviewed event is next, and how the work goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from articles.models import Source
from timeline.listing.filters import place_query
from timeline.models import Claim, Decision, Event, Place, Report
from timeline.models.choices import EVENT_TYPES

ORDERS = {"sure": (_("least sure first"), ("confidence", "pk")), "new": (_("newest first"), ("-pk",))}
MOST_COUNTED = 10_000
TRIES = 20  # events at the head of the queue that others may take at the same moment


class QueueForm(forms.Form):
    """What the queue holds and in which order. Empty fields do not narrow it."""

    order = forms.ChoiceField(
        choices=[(name, words) for name, (words, _fields) in ORDERS.items()], required=False
    )
    type = forms.ChoiceField(choices=[("", _("any type")), *EVENT_TYPES], required=False)
    source = forms.ModelChoiceField(Source.objects.all(), required=False, empty_label=_("any source"))
    place = forms.CharField(required=False, max_length=200)
    mine = forms.BooleanField(required=False, label=_("Only those I have worked on"))

    def clean_place(self) -> list[Place]:
        name = self.cleaned_data["place"].strip()
        found = list(Place.objects.filter(name__iexact=name)[:50]) if name else []
        if name and not found:
            raise ValidationError(
                _("No event names a place called “%(name)s”: write it as its page does.") % {"name": name}
            )
        return found


@dataclass(frozen=True)
class Progress:
    """`left` may be MOST_COUNTED + 1: more than that. `pace`: decisions of the last hour."""

    left: int
    today: int
    pace: int

    @property
    def more(self) -> bool:
        return self.left > MOST_COUNTED


class Queue:
    """queue = Queue(request.GET, curator); queue.next(skipped) -> an event, claimed, or None."""

    def __init__(self, query: QueryDict, curator: User) -> None:
        self.curator = curator
        self.form = QueueForm(query)
        self.chosen: dict[str, Any] = self.form.cleaned_data if self.form.is_valid() else {}
        self.kept = {name: value for name in self.form.fields if (value := query.get(name, ""))}
        self.query = urlencode(self.kept)

    def events(self) -> QuerySet[Event]:
        events = Event.objects.published().filter(review=Event.Review.UNREVIEWED)
        if type_ := self.chosen.get("type"):
            events = events.filter(type=type_)
        if source := self.chosen.get("source"):
            told = Report.objects.live().filter(event=OuterRef("pk"), article__source=source)
            events = events.filter(Exists(told))
        if places := self.chosen.get("place"):
            here = Q()
            for place in places:
                here |= place_query(place)
            events = events.filter(here)
        if self.chosen.get("mine"):
            mine = Decision.objects.filter(event=OuterRef("pk"), curator=self.curator)
            events = events.filter(Exists(mine))
        _words, order = ORDERS[self.chosen.get("order") or "sure"]
        return events.order_by(*order)

    def next(self, without: Iterable[int] = ()) -> Event | None:
        """The first event that nobody else has open, claimed for the curator."""
        others = Claim.objects.live().filter(event=OuterRef("pk")).exclude(curator=self.curator)
        free = self.events().exclude(pk__in=list(without)).exclude(Exists(others))
        for event in free[:TRIES]:
            if Claim.objects.take(event.pk, self.curator.pk).curator_id == self.curator.pk:
                return event
        return None

    def progress(self) -> Progress:
        now = timezone.now()
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        since = min(midnight, now - timedelta(hours=1))
        done = (
            Decision.objects.filter(curator=self.curator, taken_at__gte=since)
            .exclude(kind=Decision.Kind.UNDO)
            .aggregate(
                today=Count("pk", filter=Q(taken_at__gte=midnight)),
                pace=Count("pk", filter=Q(taken_at__gte=now - timedelta(hours=1))),
            )
        )
        return Progress(left=self.events().order_by()[: MOST_COUNTED + 1].count(), **done)
