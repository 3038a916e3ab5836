"""Coding an article's text by hand: its sentences to choose from, and the form with what the words say.

A curator ticks a sentence, or selects words where the browser runs scripts; both become a span of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article
from timeline.curating import by_hand, curation
from timeline.desk.forms import PlaceField, offer_places, toll_rows
from timeline.desk.places import LONGEST_SEARCH
from timeline.extraction.grammar.segment import sentences
from timeline.models import Event, Report

SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True)
class Choice:
    """A sentence. `told`: reports that quote of it."""

    start: int
    end: int
    text: str
    told: list[Report]

    @property
    def value(self) -> str:
        return f"{self.start}-{self.end}"


def paragraphs(text: str, told: Iterable[Report] = ()) -> list[list[Choice]]:
    reports = list(told)
    choices = (
        (
            sentence.paragraph,
            Choice(
                sentence.start,
                sentence.end,
                text[sentence.start : sentence.end],
                [r for r in reports if r.quote_start < sentence.end and sentence.start < r.quote_end],
            ),
        )
        for sentence in sentences(text)
    )
    return [[choice for _n, choice in group] for _key, group in groupby(choices, key=lambda pair: pair[0])]


class CodedForm(forms.ModelForm):
    """What a span of an article says. `coded` is the value that timeline.curating.by_hand stores."""

    span = forms.CharField(required=False, widget=forms.HiddenInput)
    sentence = forms.CharField(required=False)
    content = forms.CharField(widget=forms.HiddenInput)
    place = PlaceField(required=False, label=gettext_lazy("Place"))
    place_find = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    doer = forms.CharField(required=False, max_length=200, label=gettext_lazy("Who did it"))
    speaker = forms.CharField(required=False, max_length=200, label=gettext_lazy("Who says so"))

    class Meta:
        model: Any = Report
        fields = tuple(name for name in by_hand.CODED if name != "place")

    def __init__(self, article: Article, data: Any = None, looking: bool = False) -> None:
        """`looking`: the search for places of a browser without scripts; the rest is not complete yet."""
        first = {"content": article.content_hash, "start": article.published_local.date(), "precision": "day",
                 "modality": "occurred"}  # fmt: skip
        if looking:
            first = data.dict() | {"content": article.content_hash}
        super().__init__(None if looking else data, initial=first)
        self.article = article
        self.fields["end"].required = False
        self.fields["end"].help_text = _("Empty: the same day.")
        now = data or {}
        offer_places(self, None, now.get("place_find") or "", now.get("place") or "")

    @property
    def chosen(self) -> str:
        """The sentence that is ticked."""
        return str(self["sentence"].value() or "")

    @property
    def quote(self) -> str:
        """The words that were selected, or of the sentence that was ticked."""
        found = SPAN.fullmatch(str(self["span"].value() or "") or self.chosen)
        return self.article.text[int(found[1]) : int(found[2])] if found else ""

    @property
    def tolls(self) -> list[tuple[str, list[forms.BoundField]]]:
        return toll_rows(self)

    def clean_content(self) -> str:
        if self.cleaned_data["content"] != self.article.content_hash:
            raise ValidationError(_("The article’s text has changed since: choose the words again."))
        return str(self.cleaned_data["content"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["end"] = data.get("end") or data.get("start")
        for name, wrong in curation.wrong_order(data).items():
            self.add_error(name, wrong)
        found = SPAN.fullmatch(data.get("span") or data.get("sentence") or "")
        try:
            data["quoted"] = by_hand.trimmed(
                self.article.text, (int(found[1]), int(found[2])) if found else (0, 0)
            )
        except ValidationError as nothing:
            self.add_error("sentence", nothing)
        return data

    @property
    def coded(self) -> by_hand.Coded:
        data = self.cleaned_data
        values = {name: data[name] for name in by_hand.CODED}
        return by_hand.Coded(data["quoted"], values, data["speaker"].strip(), data["doer"].strip())


class MissedForm(CodedForm):
    """A missed event, or what an article says of one that is known."""

    into = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1,
        label=gettext_lazy("Number of the event, if it is known"),
        help_text=gettext_lazy("Empty: it becomes an event of its own."),
    )  # fmt: skip
    reason = forms.CharField(
        max_length=2000, label=gettext_lazy("Why it is added"),
        initial=gettext_lazy("The machine passed over it"),
        error_messages={"required": gettext_lazy("Say why: the reason stands in the event’s history.")},
    )  # fmt: skip

    def clean_into(self) -> Event | None:
        number = self.cleaned_data["into"]
        if number is None:
            return None
        event = Event.objects.filter(pk=number, merged_into=None).first()
        if event is None:
            raise ValidationError(_("There is no event of that number, or it was merged into another."))
        return event
