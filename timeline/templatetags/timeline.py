"""Words and pictures for what pages show: dates, figures, places, speakers, quotes in an article.

Filters are pure functions of model rows, or of anything with the same attributes. Use: {% load timeline %}.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from timeline.extraction.codebook import CATEGORY_LABELS, TYPES, Category
from timeline.extraction.findings import Figure
from timeline.listing.claiming import side_suggestions
from timeline.listing.filters import moment_text, moment_words
from timeline.listing.toll_chart import TollChart, draw
from timeline.telling.phrases import date_words, listed, named, side
from timeline.telling.sides import side_name
from timeline.telling.wording import verb

register = template.Library()
register.filter("side_name", side)
register.filter(moment_text)
register.filter(moment_words)
register.simple_tag(side_suggestions)


# Addresses


@register.simple_tag
def excluding(chosen: Any, name: str, value: str) -> str:
    """The filter's query string without the events that have this value."""
    return str(chosen.excluding(name, value))


# Dates and places


def _days(start: date, end: date) -> str:
    if start == end:
        return date_words(end, "j M Y")
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{date_words(end, 'j M Y')}"
    first = "j M" if start.year == end.year else "j M Y"
    return f"{date_words(start, first)} – {date_words(end, 'j M Y')}"


def _months(start: date, end: date) -> str:
    if (start.year, start.month) == (end.year, end.month):
        return date_words(end, "F Y")
    if start.year == end.year:
        return f"{date_words(start, 'F')}–{date_words(end, 'F Y')}"
    return f"{date_words(start, 'F Y')} – {date_words(end, 'F Y')}"


@register.filter
def when(dated: Any) -> str:
    """The date of an event or report, no more exact than it is known: "night of 19–20 Dec 2025"."""
    start, end = dated.start, dated.end
    match dated.precision:
        case "year":
            return str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
        case "month":
            return _months(start, end)
        case "week":
            return _("week of %(days)s") % {"days": _days(start, end)}
    days = _days(start, end)
    return _("night of %(days)s") % {"days": days} if dated.night else days


@register.filter
def where(placed: Any) -> str:
    """The place of an event or report: "near Kupiansk, Kharkiv, UA", "Odesa region, UA"; "" where none is known."""
    place = placed.place
    if place is None:
        return ""
    name: str = place.full_name
    if place.kind == "region" and place.name.istitle() and " " not in place.name:
        # A region that is named like its capital must not read as the town.
        name = name.replace(place.name, _("%(region)s region") % {"region": place.name}, 1)
    if placed.place_precision == "near":
        return _("near %(place)s") % {"place": name}
    return name


PLACE_PRECISION_WORDS = {
    "exact": lambda: _("the place itself"),
    "near": lambda: _("within about 25 km"),
    "admin2": lambda: _("known to the district"),
    "admin1": lambda: _("known to the region"),
    "country": lambda: _("known to the country"),
    "international": lambda: _("at sea or in the air"),
}


@register.filter
def place_precision_words(code: str) -> str:
    """How exactly a place is known; "" where none is coded."""
    return PLACE_PRECISION_WORDS[code]() if code else ""


DATE_PRECISION_WORDS = {
    "day": lambda: _("known to the day, or to one night"),
    "range": lambda: _("known to two to six days"),
    "week": lambda: _("known to the week"),
    "month": lambda: _("known to the month"),
    "year": lambda: _("known to the year"),
}


@register.filter
def date_precision_words(code: str) -> str:
    """How exactly a date is known."""
    return DATE_PRECISION_WORDS[code]()


# Figures


@register.filter
def figure(value: Figure | None) -> str:
    """A number of people with its uncertainty: "8", "at least 8", "30–36", "24 or more", "up to 5"."""
    if value is None:
        return _("not reported")
    low, best, high = value.low, value.best, value.high
    if high is None:
        if low is None:
            return _("about %(n)d") % {"n": best}
        if best is None:
            return _("%(n)d or more") % {"n": low}
        return _("at least %(n)d") % {"n": low} if low == best else f"{low}–{best}"
    if low is None:
        return _("up to %(n)d") % {"n": high}
    return str(low) if low == high else f"{low}–{high}"


TOLL_WORDS = {
    "killed": lambda: pgettext("toll", "killed"),
    "wounded": lambda: pgettext("toll", "wounded"),
    "missing": lambda: pgettext("toll", "missing"),
    "captured": lambda: pgettext("toll", "captured"),
}


@register.filter
def toll_kind(code: str) -> str:
    return TOLL_WORDS[code]()


@register.filter
def toll(counted: Any) -> str:
    """The stated figures of an event or report in a line: "8 killed, 30–36 wounded"; "" where none is stated."""
    return ", ".join(f"{figure(value)} {TOLL_WORDS[kind]()}" for kind, value in counted.tolls)


@register.simple_tag
def toll_chart(points: Sequence[tuple[Any, Figure]]) -> TollChart:
    """The picture of one toll over time: see timeline.listing.toll_chart.draw."""
    return draw([(report.article.published, figure) for report, figure in points])


# Who says so


def _say(names: Sequence[str]) -> str:
    who = {"who": listed([named(name) for name in names])}
    return verb(names, _("%(who)s says"), _("%(who)s say")) % who


def _deny(names: Sequence[str]) -> str:
    who = {"who": listed([named(name) for name in names])}
    return verb(names, _("%(who)s denies"), _("%(who)s deny")) % who


@register.filter
def status_words(event: Any) -> str:
    """Where an event stands, as a reader says it: "Russia says", "Russia says, Ukraine denies"."""
    words = _status_words(event)
    return words[:1].upper() + words[1:]


def _status_words(event: Any) -> str:
    said, denied = [[side_name(code) for code in codes] for codes in (event.said_by, event.denied_by)]
    match event.status:
        case "claimed":
            return _say(said) if said else _("One side says")
        case "denied":
            return _deny(denied) if denied else _("Denied")
        case "disputed":
            sides = {"says": _say(said) if said else _("Reported"), "denies": _deny(denied or [_("others")])}
            return _("%(says)s, %(denies)s") % sides
        case "corroborated":
            return (
                _("%(who)s report this") % {"who": side_names(event.said_by)}
                if len(said) > 1
                else _("Corroborated")
            )
        case "planned":
            return _("Planned")
    return _("Reported")


@register.filter
def side_names(codes: Iterable[str]) -> str:
    """ "Russia and the UN" for ["RU", "UN"]; "" for none."""
    return listed([named(side_name(code)) for code in codes])


@register.filter
def outlets(reports: Iterable[Any]) -> str:
    """Who printed it, earliest first: "Demo Wire and 4 others"."""
    return listed([report.article.source.name for report in reports], most=2)


def _named_speakers(report: Any) -> list[str]:
    """Who is named, without a state beside its own ministry: not "the Defence Ministry and Russia"."""
    spoken_for = {side for _name, kind, side in report.speakers if kind != "state" and side}
    states = {name for name, kind, side in report.speakers if kind == "state" and side in spoken_for}
    return [name for name in report.attributed_to if name not in states]


@register.filter
def speaker(report: Any) -> str:
    """Whose word a report rests on: "according to the SBU", "denied by Russia", or the outlet itself."""
    if not report.attributed_to:
        return {"denies": _("denied in the outlet’s own voice")}.get(
            report.stance, _("in the outlet’s own voice")
        )
    who = {"who": listed([named(name) for name in _named_speakers(report)])}
    match report.stance:
        case "denies":
            return _("denied by %(who)s") % who
        case "confirms":
            return _("confirmed by %(who)s") % who
    return _("according to %(who)s") % who


@register.filter
def stance_words(report: Any) -> str:
    """What the speaker does with the event, as a verb: "says", "confirms", "denies"."""
    return {"confirms": _("confirms"), "denies": _("denies")}.get(report.stance, _("says"))


MODALITY_WORDS = {
    "occurred": lambda: pgettext("modality", "happened"),
    "ongoing": lambda: pgettext("modality", "going on"),
    "planned": lambda: pgettext("modality", "planned"),
    "hypothetical": lambda: pgettext("modality", "called for or expected"),
    "denied": lambda: pgettext("modality", "said not to have happened"),
}


@register.filter
def modality_words(report: Any) -> str:
    return MODALITY_WORDS[report.modality]()


ROLE_WORDS = {
    "initiator": lambda: _("Carried out by (as reported)"),
    "target": lambda: _("Done to"),
    "participant": lambda: _("Taking part"),
    "mediator": lambda: _("Mediated by"),
}


@register.filter
def role_words(role: str) -> str:
    return ROLE_WORDS[role]()


BASIS_WORDS = {
    "explicit": lambda: _("the sentence gives the date"),
    "speech": lambda: _("the day on which it was said: it happened then or before"),
    "carried": lambda: _("a date given earlier in the article"),
    "publication": lambda: _("no date in the text: the article’s day"),
}


@register.filter
def basis_words(report: Any) -> str:
    """What a report's date rests on."""
    return BASIS_WORDS[report.date_basis]()


@register.filter
def percent(share: float) -> str:
    """0.834 -> "83 %"."""
    return f"{share * 100:.0f} %"


# Categories


@register.simple_tag
def icon(name: str) -> SafeString:
    """A shape of static/icons/sprite.svg; hidden from screen readers, since words stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        name,
        static("icons/sprite.svg"),
        name,
    )


@register.filter
def category_label(code: str) -> str:
    return _(CATEGORY_LABELS[Category(code)])


@register.filter
def type_label(code: str) -> str:
    return _(TYPES[code].label)


@register.filter
def category_of(type_code: str) -> str:
    """The category that an event type belongs to."""
    return TYPES[type_code].category.value


@register.filter
def type_definition(type_code: str) -> str:
    return _(TYPES[type_code].definition)


@register.filter
def any_selected(facet: Any) -> bool:
    return any(option.selected for option in facet.options)


# An article's text with its quotes


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of an article's text between two borders of quotes.

    `begins` are the reports whose first quote starts here (they get their anchor), `ends` those whose last
    quote ends here (they get their number).
    """

    text: str
    reports: Sequence[Any]
    begins: list[Any]
    ends: list[Any]


@register.filter
def stretches(paragraphs: Sequence[Sequence[Any]]) -> list[list[Stretch]]:
    """Paragraphs of segments (timeline.telling.quotes.mark) with one anchor and one number for each report.

    Quotes may overlap, have several parts and run over a paragraph's end.
    """
    flat = [segment for paragraph in paragraphs for segment in paragraph]
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for position, segment in enumerate(flat):
        for report in segment.quotes:
            first.setdefault(report.pk, position)
            last[report.pk] = position
    position = -1
    marked: list[list[Stretch]] = []
    for paragraph in paragraphs:
        marked.append([])
        for segment in paragraph:
            position += 1
            begins = [report for report in segment.quotes if first[report.pk] == position]
            ends = [report for report in segment.quotes if last[report.pk] == position]
            marked[-1].append(Stretch(segment.text, segment.quotes, begins, ends))
    return marked


@dataclass(frozen=True, slots=True)
class Card:
    """An event beside an article's text, with the reports of this article that tell of it."""

    number: int
    event: Any
    reports: list[Any]


@register.filter
def margin_cards(reports: Iterable[Any]) -> list[Card]:
    """One card an event, numbered in the order of its first quote."""
    gathered: dict[int, list[Any]] = {}
    for report in reports:
        gathered.setdefault(report.event_id, []).append(report)
    return [Card(number, group[0].event, group) for number, group in enumerate(gathered.values(), start=1)]


@register.filter
def numbers(cards: Sequence[Card]) -> dict[int, int]:
    """Report's pk -> the number of its card."""
    return {report.pk: card.number for card in cards for report in card.reports}


@register.filter
def lookup(table: dict[Any, Any], key: Any) -> Any:
    return table.get(key, "")
