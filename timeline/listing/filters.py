"""The filter: one object that every door uses to turn a query string into a queryset.

    chosen = EventFilter(request.GET)
    chosen.events()            # the published events that match
    chosen.events(without=["status"])   # the same without one filter: what its own counts are made of
    chosen.errors              # what was wrong with the query string; such parts are left out

The whole state is in the URL; fields that may repeat are lists (`category=strike&category=territory`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from articles.models import Source
from timeline.extraction.codebook import Status
from timeline.listing.claiming import SideField, claimed_by, unconfirmed_by
from timeline.listing.narrowing import Box, Exclusion, ExclusionsField
from timeline.listing.search import words_query
from timeline.models import Actor, Event, EventActor, Place
from timeline.models.choices import CATEGORIES, EVENT_TYPES
from timeline.models.events import EventQuerySet
from timeline.telling.phrases import date_words, side

MAX_QUERY = 200
MAX_VALUES = 50

STATUS_LABELS = {
    Status.REPORTED: _("Reported by outlets"),
    Status.CLAIMED: _("One side says"),
    Status.CORROBORATED: _("Corroborated"),
    Status.DISPUTED: _("Disputed"),
    Status.DENIED: _("Denied"),
    Status.PLANNED: _("Planned"),
}


class CountryField(forms.MultipleChoiceField):
    def valid_value(self, value: str) -> bool:
        return len(value) == 2 and value.isalpha() and value.isupper()


class RegionField(forms.MultipleChoiceField):
    def valid_value(self, value: str) -> bool:
        country, dot, name = value.partition(".")
        return bool(dot and name) and len(country) == 2 and len(value) <= 200 and "\0" not in value


class MomentField(forms.Field):
    """A past moment, ISO 8601: "2025-12-13T12:00Z"; without a zone it is UTC, a day alone means its end."""

    def to_python(self, value: Any) -> datetime | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if len(text) == len("2025-12-13") else None
            moment = datetime.combine(day + timedelta(days=1), time()) if day else parse_datetime(text)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise forms.ValidationError(
                _("Write a day or a moment, such as 2025-12-13 or 2025-12-13T12:00Z (in UTC).")
            )
        if timezone.is_naive(moment):
            moment = moment.replace(tzinfo=UTC)
        if moment > timezone.now():
            raise forms.ValidationError(_("That is in the future. Leave it out for what is known now."))
        return moment.astimezone(UTC)


class FilterForm(forms.Form):
    """Validates one field at a time: a bad value is named and left out, the others hold."""

    q = forms.CharField(label=_("Search"), required=False, max_length=MAX_QUERY)
    start = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    category = forms.MultipleChoiceField(label=_("Category"), required=False, choices=CATEGORIES)
    type = forms.MultipleChoiceField(label=_("Type"), required=False, choices=EVENT_TYPES)
    country = CountryField(label=_("Country"), required=False)
    region = RegionField(label=_("Region"), required=False)
    place = forms.ModelMultipleChoiceField(Place.objects.all(), label=_("Place"), required=False)
    actor = forms.ModelMultipleChoiceField(Actor.objects.all(), label=_("Actor"), required=False)
    source = forms.ModelMultipleChoiceField(Source.objects.all(), label=_("Source"), required=False)
    status = forms.MultipleChoiceField(
        label=_("Who says so"),
        required=False,
        choices=[(s.value, label) for s, label in STATUS_LABELS.items()],
    )
    review = forms.MultipleChoiceField(
        label=_("Review"),
        required=False,
        choices=[("unreviewed", _("Unreviewed")), ("confirmed", _("Confirmed"))],
    )
    claimed_by = SideField(label=_("Claimed by"), required=False, max_length=80)
    unconfirmed_by = SideField(label=_("Not confirmed by"), required=False, max_length=80)
    exclude = ExclusionsField(label=_("Not"), required=False)
    changed = MomentField(label=_("Changed since"), required=False, widget=forms.HiddenInput)
    killed = forms.IntegerField(
        label=_("Killed, at least"), required=False, min_value=0, max_value=10_000_000
    )
    box = forms.CharField(label=_("Map area"), required=False, max_length=80, widget=forms.HiddenInput)
    as_of = MomentField(label=_("As known at"), required=False)
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("new", _("Newest first")), ("old", _("Oldest first"))]
    )
    after = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    # Names in the URL that Python or Django would not allow as attributes.
    URL_NAMES = {"start": "from", "end": "to", "exclude": "not"}
    EXCLUDABLE = ("category", "type", "country", "region", "place", "actor", "source", "status", "review")
    MULTIPLE = (*EXCLUDABLE, "exclude")

    def add_prefix(self, field_name: str) -> str:
        return self.URL_NAMES.get(field_name, field_name)

    def clean_q(self) -> str:
        value = self.cleaned_data["q"].replace("\0", "").strip()
        return str(value)

    def clean_box(self) -> Box | None:
        value = self.cleaned_data["box"]
        if not value:
            return None
        try:
            box = Box(*map(float, value.split(",")))
        except (TypeError, ValueError):
            box = Box(0, 0, 0, 0)
        if not (-180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90):
            raise forms.ValidationError(
                _(
                    "Give west, south, east and north in degrees, each below its opposite, such as 30,46,31.5,47."
                )
            )
        return box

    def clean_exclude(self) -> list[Exclusion]:
        by_field: dict[str, list[str]] = {}
        for text in self.cleaned_data["exclude"]:
            name, _dot, raw = text.partition(".")
            if name not in self.EXCLUDABLE:
                raise forms.ValidationError(
                    _("%(text)s: write a filter and a value, such as status.claimed. Filters: %(filters)s.")
                    % {"text": text[:60], "filters": ", ".join(self.EXCLUDABLE)}
                )
            by_field.setdefault(name, []).append(raw)
        return [
            Exclusion(name, str(getattr(value, "pk", value)), value)
            for name, raws in by_field.items()
            for value in self.fields[name].clean(raws)
        ]

    def clean_after(self) -> tuple[date, int] | None:
        value = self.cleaned_data["after"]
        if not value:
            return None
        day, _dot, number = value.partition(".")
        try:
            return date.fromisoformat(day), int(number)
        except ValueError:
            raise forms.ValidationError(
                _("This is no place in the list; it starts from the beginning.")
            ) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and start > end:
            self.add_error(
                "start",
                _("The first date (%(start)s) is after the last one (%(end)s). Both are left out.")
                % {"start": start, "end": end},
            )
            data.pop("end", None)
        return data


def place_query(place: Place, path: str = "place") -> Q:
    """Events at a place or inside it: a region holds its settlements, a country its regions."""
    if place.kind == Place.Kind.COUNTRY:
        return Q(**{f"{path}__country": place.country})
    if place.kind == Place.Kind.REGION and place.admin1:
        return Q(**{f"{path}__country": place.country, f"{path}__admin1": place.admin1})
    return Q(**{path: place})


def region_query(value: str) -> Q:
    country, _, admin1 = value.partition(".")
    return Q(place__country=country, place__admin1=admin1)


def _any(values: Any, query: Callable[[Any], Q]) -> Q:
    combined = Q()
    for value in values:
        combined |= query(value)
    return combined


def _none(exclusions: Iterable[Exclusion]) -> Q:
    combined = Q()
    for each in exclusions:
        combined &= ~CONDITIONS[each.field]([each.value])
    return combined


# How each field narrows the events. Dates: an event is in a period that it touches.
CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": lambda text: Q(search=words_query(text)),
    "start": lambda day: Q(end__gte=day),
    "end": lambda day: Q(start__lte=day),
    "category": lambda values: Q(category__in=values),
    "type": lambda values: Q(type__in=values),
    "country": lambda values: Q(place__country__in=values),
    "region": lambda values: _any(values, region_query),
    "place": lambda places: _any(places, place_query),
    "actor": lambda actors: Q(pk__in=EventActor.objects.filter(actor__in=actors).values("event")),
    "source": lambda sources: Q(
        pk__in=Event.objects.filter(
            reports__article__source__in=sources, reports__superseded_at=None, reports__struck_out=False
        ).values("pk")
    ),
    "status": lambda values: Q(status__in=values),
    "review": lambda values: Q(review__in=values),
    "claimed_by": claimed_by,
    "unconfirmed_by": unconfirmed_by,
    "box": lambda box: box.query,
    "exclude": lambda exclusions: _none(exclusions),
    "changed": lambda moment: Q(updated_at__gte=moment),
    "killed": lambda least: Q(killed_best__gte=least) | Q(killed_best=None, killed_low__gte=least),
}


def _encode(name: str, values: Iterable[str]) -> str:
    key = FilterForm.URL_NAMES.get(name, name)
    return urlencode([(key, value) for value in values])


@dataclass(frozen=True)
class Chip:
    """One chosen value and the query string that is left when it is taken away."""

    field: str
    label: str
    value_label: str
    query: str


class EventFilter:
    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self._parts: dict[str, str] | None = None
        data = QueryDict(mutable=True)
        for name in FilterForm.base_fields:
            key = FilterForm.URL_NAMES.get(name, name)
            values = [v for v in query.getlist(key)[:MAX_VALUES] if v != ""]
            if values:
                data.setlist(key, values)
        self.form = FilterForm(data)
        self.form.is_valid()
        self.values: dict[str, Any] = {
            k: v
            for k, v in self.form.cleaned_data.items()
            if v not in (None, "") and k in CONDITIONS and (not hasattr(v, "__len__") or len(v))
        }
        self.order: str = self.form.cleaned_data.get("order") or "new"
        self.after: tuple[date, int] | None = self.form.cleaned_data.get("after")
        # What was known then is not a question to the table of events: timeline.recording.as_of answers it.
        self.as_of: datetime | None = self.form.cleaned_data.get("as_of")

    @property
    def errors(self) -> list[str]:
        return [
            f"{self.form.fields[field].label or field}: {message}"
            for field, messages in self.form.errors.items()
            if field in self.form.fields
            for message in messages
        ]

    def events(self, without: Container[str] = ()) -> EventQuerySet:
        """The published events that match; `without` names filters that are left aside."""
        return self.narrow(Event.objects.published(), without)

    def narrow(self, events: EventQuerySet, without: Container[str] = ()) -> EventQuerySet:
        """Those of `events` that match."""
        for name, value in self.values.items():
            if name not in without:
                events = events.filter(CONDITIONS[name](value))
        return events

    def ordered(self) -> EventQuerySet:
        events = self.events()
        if self.order == "old":
            if self.after:
                day, pk = self.after
                events = events.filter(Q(start__gt=day) | Q(pk__gt=pk), start__gte=day)
            return events.order_by("start", "pk")
        if self.after:
            day, pk = self.after
            events = events.filter(Q(start__lt=day) | Q(pk__lt=pk), start__lte=day)
        return events.order_by("-start", "-pk")

    # Query strings: chosen values in the form's order, nothing empty, nothing that is a default.

    def query_string(
        self,
        without: str = "",
        without_value: str | None = None,
        plus: tuple[str, str] = ("", ""),
        **changes: str,
    ) -> str:
        """The filter as a query string, changed: a field (or one of its values) left out, a value added, or set."""
        parts = dict(self._encoded())
        if without:
            left = [] if without_value is None else [v for v in self._raw(without) if v != without_value]
            parts[without] = _encode(without, left)
        if (name := plus[0]) in FilterForm.base_fields:
            parts[name] = "&".join(filter(None, (parts.get(name, ""), _encode(name, [plus[1]]))))
        for name, value in changes.items():
            parts[name] = _encode(name, [value] if value else [])
        return "&".join(parts[name] for name in FilterForm.base_fields if parts.get(name))

    def _encoded(self) -> dict[str, str]:
        """{field: its part}, of those chosen. A page asks for two hundred strings that differ in one field."""
        if self._parts is None:
            names = (name for name in FilterForm.base_fields if name not in ("as_of", "after"))
            self._parts = {name: part for name in names if (part := _encode(name, self._raw(name)))}
        # Pages that only tell what is known now take the moment out.
        return self._parts | {"as_of": _encode("as_of", self._raw("as_of"))} if self.as_of else self._parts

    def _raw(self, name: str) -> list[str]:
        if name == "as_of":
            return [moment_text(self.as_of)] if self.as_of else []
        if name == "order":
            return [self.order] if self.order != "new" else []
        value = self.values.get(name)
        if value is None:
            return []
        if name in FilterForm.MULTIPLE:
            return [str(getattr(v, "pk", v)) for v in value]
        if isinstance(value, datetime):
            return [moment_text(value)]
        return [value.isoformat() if isinstance(value, date) else str(value)]

    def selected(self, name: str) -> list[str]:
        return self._raw(name)

    @property
    def present_query(self) -> str:
        """The same filter on what is known now."""
        return self.query_string("as_of")

    @property
    def clear_query(self) -> str:
        return "order=old" if self.order == "old" else ""

    @property
    def chips(self) -> list[Chip]:
        chips = []
        for name, value in self.values.items():
            field = self.form.fields[name]
            label = str(field.label)
            if name == "exclude":
                for one in value:
                    text = f"{self.form.fields[one.field].label}: {self._words(one.field, one.value)}"
                    chips.append(Chip(name, label, text, self.query_string(name, str(one))))
            elif name in FilterForm.MULTIPLE:
                for one in value:
                    raw = str(getattr(one, "pk", one))
                    chips.append(Chip(name, label, self._words(name, one), self.query_string(name, raw)))
            else:
                chips.append(Chip(name, label, self._words(name, value), self.query_string(name)))
        if self.as_of:
            label = str(self.form.fields["as_of"].label)
            chips.append(Chip("as_of", label, moment_words(self.as_of), self.query_string("as_of")))
        return chips

    def _words(self, name: str, value: Any) -> str:
        """A chosen value for readers."""
        match value:
            case Box():
                return value.words
            case datetime():
                return moment_words(value)
        if name in ("country", "claimed_by", "unconfirmed_by"):
            return side(value)
        if name == "region":
            return str(value.partition(".")[2])
        field = self.form.fields[name]
        labels = {} if hasattr(field, "queryset") else dict(getattr(field, "choices", []))
        return str(labels.get(value) or value)

    def including(self, name: str, value: str) -> str:
        """The query string with one more value."""
        return self.query_string(plus=(name, value))

    def excluding(self, name: str, value: str) -> str:
        """The query string without events that have this value; the value itself is no longer asked for."""
        return self.query_string(name, value, plus=("exclude", f"{name}.{value}"))

    def period(self, start: date, end: date) -> str:
        """The query string with other dates (a bar of the histogram)."""
        return self.query_string(start=start.isoformat(), end=end.isoformat())

    def describe(self) -> str:
        """One phrase for titles and feeds: "Strike; from 2025-12-01"."""
        return "; ".join(f"{c.label.lower()} {c.value_label}" for c in self.chips)


def moment_text(moment: datetime) -> str:
    """As it stands in an address: "2025-12-13T12:00:00Z"."""
    return moment.isoformat().replace("+00:00", "Z")


def moment_words(moment: datetime) -> str:
    """ "13 Dec 2025 12:00 UTC"; seconds where they matter."""
    return date_words(moment, "j M Y H:i:s" if moment.second or moment.microsecond else "j M Y H:i") + " UTC"


def cursor(event: Event) -> str:
    return f"{event.start.isoformat()}.{event.pk}"
