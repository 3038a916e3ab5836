"""The admin's forms of decisions: what a curator changed, why, and whether it was still so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.curating import curation
from timeline.models import Event, Report
from timeline.telling.phrases import date_words

WIDE = {"class": "vTextField wide"}


class DecisionForm(forms.ModelForm):
    """`refused`: what curation said when the decision was tried. It becomes errors of the form."""

    refused: ValidationError | None = None
    reason = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs=WIDE),
        help_text=gettext_lazy("Stands in the event’s history."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.refused is not None:
            by_field = self.refused.update_error_dict({})
            for field, errors in by_field.items():
                self.add_error(field if field in self.fields and field != NON_FIELD_ERRORS else None, errors)
        return data

    def show_again(self, field: str, value: object) -> None:
        """Put `value` into a hidden field of a form that is shown again."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(field)] = str(value)
        self.data = data


class CorrectionForm(DecisionForm):
    """The correctable fields; whatever changes becomes one decision with its reason."""

    seen = forms.CharField(widget=forms.HiddenInput)  # updated_at of what the curator looks at

    class Meta:
        model = Event
        fields = curation.CORRECTABLE
        widgets = {"headline": forms.TextInput(attrs=WIDE)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.updated_at.isoformat()

    @property
    def corrected(self) -> list[str]:
        return [name for name in self.changed_data if name in curation.CORRECTABLE]

    def clean_seen(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            raise ValidationError(_("Open the page again: its state was lost.")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, wrong in curation.wrong_order(data).items():
            self.add_error(name, wrong)
        if not self.corrected:
            self.add_error(None, _("No field was changed: there is nothing to decide."))
        elif not data.get("reason"):
            self.add_error("reason", _("Say why you correct the event."))
        if self.refused is not None and getattr(self.refused, "code", "") == "stale":
            self._compare_with_stored()
        return data

    def _compare_with_stored(self) -> None:
        self.add_error(
            None,
            _("What you typed is kept. Compare it with what is stored now, then save again to apply it."),
        )
        for name in self.corrected:
            self[name].help_text = _("Stored now: %(value)s") % {
                "value": self._in_words(name, self.initial.get(name))
            }
        self.show_again("seen", self.initial["seen"])

    def show_machine_values(self, values: dict[str, Any]) -> None:
        """Say beside each corrected field what the reports alone give (curation.machine_values)."""
        for name in values.keys() & self.fields.keys():
            told = _("Corrected. Machine: %(value)s") % {"value": self._in_words(name, values[name])}
            self[name].help_text = " · ".join(filter(None, [str(self[name].help_text), told]))

    def _in_words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if value in (None, ""):
            return _("not reported")
        if isinstance(value, date):
            return date_words(value, "j M Y")
        if isinstance(field, forms.ModelChoiceField):
            return str(field.to_python(value))
        return str(dict(getattr(field, "choices", [])).get(value, value))


class MoveForm(DecisionForm):
    """A report is not edited; it is put under another event, given its own, or struck out."""

    own_event = forms.BooleanField(required=False, label=gettext_lazy("Split off into an event of its own"))
    seen = forms.IntegerField(widget=forms.HiddenInput)  # the event that it was under

    class Meta:
        model = Report
        fields = ["event", "struck_out"]
        labels = {"event": gettext_lazy("Put it under"), "struck_out": gettext_lazy("Strike it out")}
        help_texts = {
            "struck_out": gettext_lazy("The text does not say this. The report stays in the history.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.event_id
        if self.instance.struck_out and "struck_out" in self.fields:
            self.fields["struck_out"].disabled = True
            self.fields["struck_out"].help_text = _("Struck out: undo that decision to put it back.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("seen") not in (None, self.instance.event_id):
            self.add_error(
                None,
                _("Meanwhile it was put under “%(event)s”. Save again to go on.")
                % {"event": self.instance.event},
            )
            self.show_again("seen", self.instance.event_id)
        chosen = {"own_event", "event", "struck_out"} & set(self.changed_data)
        if len(chosen) != 1:
            self.add_error(None, _("Choose one: another event, an event of its own, or striking it out."))
        elif not data.get("reason"):
            self.add_error("reason", _("Say why: it stands in the event’s history."))
        return data
