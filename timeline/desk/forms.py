"""What the desk's screen sends: one small form for each kind of decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from timeline.curating import curation
from timeline.curating.forms import CorrectionForm
from timeline.desk import places
from timeline.extraction.gazetteer.lookup import Gazetteer
from timeline.models import Event, Place, Report
from timeline.recording import ledger


class PlaceField(forms.ChoiceField):
    """A place by its key, of the gazetteer or of the table. It becomes a row once it is chosen."""

    widget = forms.RadioSelect

    offers = places.Offers([])

    def offer(self, offers: places.Offers) -> None:
        self.offers = offers
        self.choices = [*((row.key, row.words) for row in offers.rows), ("", _("not reported"))]

    def valid_value(self, value: str) -> bool:
        known = not value or Place.objects.filter(key=value).exists()
        return known or Gazetteer.open().by_key(value) is not None

    def clean(self, value: Any) -> Place | None:
        key = super().clean(value)
        if not key:
            return None
        if known := Place.objects.filter(key=key).first():
            return known
        entry = Gazetteer.open().by_key(key)
        assert entry is not None  # valid_value has seen it
        return ledger.place_of(entry.where())


def offer_places(form: forms.BaseForm, now: Place | None, words: str, chosen: str = "") -> None:
    """Let the form's `place` be `now`, one that begins with `words`, or the one that was chosen before."""
    found = places.search(words)
    if chosen and (entry := Gazetteer.open().by_key(chosen)):
        found = [entry, *(each for each in found if each.key != chosen)]
    form.fields["place"].offer(places.offers(found, now))  # type: ignore[attr-defined]


def toll_rows(form: forms.BaseForm) -> list[tuple[str, list[forms.BoundField]]]:
    """Kinds of casualties with their three figures, as a table shows them."""
    names = Event.TOLL_FIELDS
    return [(names[i].partition("_")[0], [form[n] for n in names[i : i + 3]]) for i in range(0, 12, 3)]


class FieldsForm(CorrectionForm):
    """The correctable fields in place. The place is picked from the gazetteer, by radio buttons."""

    place = PlaceField(required=False)
    place_find = forms.CharField(required=False, max_length=places.LONGEST_SEARCH, label=_("Find a place"))

    class Meta(CorrectionForm.Meta):
        fields = tuple(name for name in curation.CORRECTABLE if name != "place")
        widgets = {}

    def __init__(self, data: Any = None, *, instance: Event, typed: Mapping[str, str] | None = None) -> None:
        """`typed`: what stands in the form while a browser without scripts looks for a place; not sent yet."""
        super().__init__(data, instance=instance, initial=typed)
        self.initial["place"] = instance.place.key if instance.place else ""
        if typed:
            self.initial.update({name: typed[name] for name in ("place", "seen") if name in typed})
        given = data if data is not None else typed or {}
        offer_places(self, instance.place, given.get("place_find") or "", given.get("place") or "")
        self.fields["headline"].widget = forms.Textarea(attrs={"rows": 2})
        self.fields["reason"].widget = forms.TextInput()

    def _in_words(self, name: str, value: Any) -> str:
        if name == "place" and value:
            return str(
                value if isinstance(value, Place) else Place.objects.filter(key=value).first() or value
            )
        return super()._in_words(name, value)

    @property
    def tolls(self) -> list[tuple[str, list[forms.BoundField]]]:
        return toll_rows(self)


class DecisionForm(forms.Form):
    """What every decision carries: why, and `updated_at` of what the curator looked at."""

    reason = forms.CharField(required=False, max_length=2000)
    seen = forms.CharField(required=False)

    def clean_seen(self) -> datetime | None:
        value = self.cleaned_data["seen"]
        try:
            return datetime.fromisoformat(value) if value else None
        except ValueError:
            raise ValidationError(_("Open the page again: its state was lost.")) from None


class RejectForm(DecisionForm):
    reason = forms.CharField(
        max_length=2000, error_messages={"required": _("Say why the event is rejected: x, then the reason.")}
    )


class MergeForm(DecisionForm):
    """`into`: a candidate's number; `number`: any other event's."""

    into = forms.ModelChoiceField(Event.objects.filter(merged_into=None), required=False)
    number = forms.IntegerField(required=False, min_value=1)
    reason = forms.CharField(
        max_length=2000, error_messages={"required": _("Say why the two are one: the reason stands in both.")}
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if number := data.get("number"):
            data["into"] = Event.objects.filter(pk=number, merged_into=None).first()
            if data["into"] is None:
                refused = _("There is no event %(number)s to merge into, or it was merged itself.")
                self.add_error("number", refused % {"number": number})
        elif not data.get("into") and "into" not in self.errors:
            self.add_error("into", _("Choose the event that stays, or write its number."))
        return data


class ReportsForm(DecisionForm):
    """Quotes that are ticked, to be split off or struck out."""

    reports: forms.ModelMultipleChoiceField[Report] = forms.ModelMultipleChoiceField(
        None, error_messages={"required": _("Tick the quotes that it is about first.")}
    )
    reason = forms.CharField(
        max_length=2000, error_messages={"required": _("Say why: it stands in the history.")}
    )

    def __init__(self, data: Any, event: Event) -> None:
        super().__init__(data)
        self.fields["reports"].queryset = event.reports.live()  # type: ignore[attr-defined]
