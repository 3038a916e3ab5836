"""Who claims what: the filter "claimed by X, not confirmed by Y", and a place's claims of control in order.

CONDITIONS = {"claimed_by": claimed_by, "unconfirmed_by": unconfirmed_by}   # Q objects: plain SQL
control_claims(events)     # rows of a place's page, of events that `for_list()` has made
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.assessment import INDEPENDENT_BODIES, PERFORMATIVE, independent_body
from timeline.assessment.camps import opponents
from timeline.extraction.lexicon import load
from timeline.models import Event, Place
from timeline.telling import phrases

# Types that say who holds a place. Gaining ground near it, or crossing a border, does not yet.
CONTROL = ("capture", "recapture", "withdrawal", "annexation", "control")


@cache
def _codes() -> dict[str, str]:
    """A side's code, or its name in any language of the pages, in small letters -> its code in `Event.said_by`."""
    codes = {body.lower(): body for body in INDEPENDENT_BODIES}
    for section in ("groups", "organisations"):
        for name, side, others in load("actors")[section].values():
            if not side:  # a kind of body, such as a civil defence, that several states have
                continue
            codes |= {form.lower(): independent_body("", side) or side for form in (side, name, *others)}
    for code, (name, others, *_rest) in load("states")["states"].items():
        codes |= {form.lower(): code for form in (code, name, *others)}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            codes = {phrases.side(code).lower(): code for code in codes.values()} | codes
    return codes


def side_code(words: str) -> str | None:
    """ "russia" and "RU" -> "RU", "Hamas" -> "hamas", "un" -> "UN"; None for what is no side that is known."""
    return _codes().get(" ".join(words.lower().split()))


def side_suggestions() -> list[str]:
    """Names to offer: the sides at war (`lexicon/opponents.toml`), and the bodies that take no side."""
    return _suggestions(translation.get_language())


@cache
def _suggestions(language: str | None) -> list[str]:
    wars = load("opponents")["wars"]
    at_war = {phrases.side(code) for code in wars} | {
        phrases.side(other) for others in wars.values() for other in others
    }
    return [*sorted(at_war), *sorted(phrases.side(body) for body in INDEPENDENT_BODIES)]


class SideField(forms.CharField):
    """A side by code or name. Its value is the code that `Event.said_by` has."""

    def to_python(self, value: Any) -> str | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        code = side_code(text)
        if code is None:
            raise forms.ValidationError(
                _(
                    "No side is known as “%(name)s”: write a state, a group or a body, such as RU, Hamas or UN."
                )
                % {"name": text[:60]}
            )
        return code


def claimed_by(side: str) -> Q:
    """Events of which this side says that they happened. Announcing a statement or a sanction claims nothing."""
    return Q(said_by__contains=[side]) & ~Q(type__in=PERFORMATIVE)


def unconfirmed_by(side: str) -> Q:
    """Events that this side does not say happened: it denies them, or is not heard."""
    return ~Q(said_by__contains=[side])


def is_claimed_by(event: Event, side: str) -> bool:
    """`claimed_by` of an event at hand."""
    return side in event.said_by and event.type not in PERFORMATIVE


@dataclass(frozen=True)
class ControlClaim:
    """One claim of control and who says so, by code.

    `says` was the first heard, `confirms` those after it; without them outlets alone report it.
    """

    event: Event
    says: list[str]
    confirms: list[str]
    denies: list[str]


def control_claims(events: Iterable[Event]) -> list[ControlClaim]:
    """In the order of the events."""
    return [ControlClaim(e, says=e.said_by[:1], confirms=e.said_by[1:], denies=e.denied_by) for e in events]


@dataclass(frozen=True)
class ClaimsLink:
    """A list of the claims of one side at a place that another does not confirm, as a query string."""

    side: str
    other: str
    query: str


def unconfirmed_links(place: Place, claims: Iterable[ControlClaim]) -> list[ClaimsLink]:
    """For each side that claims, and each that could confirm it: the state of the place, and whoever was heard."""
    heard: dict[str, None] = {}
    claims = list(claims)
    for claim in claims:
        heard |= dict.fromkeys([*claim.says, *claim.confirms, *claim.denies])
    others = dict.fromkeys([*heard, *([place.country] if place.country else [])])
    claimants = dict.fromkeys(side for claim in claims for side in claim.says)
    links = []
    for side in claimants:
        for other in others:
            if other in opponents([side]):
                query = QueryDict(mutable=True)
                query["place"], query["claimed_by"], query["unconfirmed_by"] = str(place.pk), side, other
                links.append(ClaimsLink(side, other, query.urlencode()))
    return links
