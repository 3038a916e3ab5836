"""The long parts of a page, by Jinja2: half of the time that Django's templates take for rows, a fifth for bars.

    {% load rows %}{% day day %}  {% histogram histogram %}  {% facet_list facets filter %}

Their templates are in templates/jinja2/ and use the words of timeline.templatetags.timeline.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import jinja2
from django import template
from django.template import engines
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext

from timeline.telling.phrases import date_words
from timeline.templatetags import timeline as words

register = template.Library()

FILTERS = (
    "any_selected",
    "category_label",
    "moment_text",
    "outlets",
    "side_name",
    "speaker",
    "status_words",
    "toll",
    "type_label",
    "when",
    "where",
)


def environment(**options: Any) -> jinja2.Environment:
    """For settings.TEMPLATES."""
    options |= {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    made = jinja2.Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 (in the options)
    made.install_gettext_callables(_translated, _counted, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"url": lambda name, *args: reverse(name, args=args), "icon": cache(words.icon)}
    made.filters |= {name: getattr(words, name) for name in FILTERS} | {"date": _date}
    return made


# A page asks for some dozens of phrases, each of them often; Django looks each up anew in layers of catalogues.


def _translated(phrase: str) -> str:
    return _phrase(get_language(), phrase)


def _counted(singular: str, plural: str, number: int) -> str:
    return _phrase_of(get_language(), singular, plural, number)


@lru_cache(maxsize=2_000)
def _phrase(language: str | None, phrase: str) -> str:
    return gettext(phrase)


@lru_cache(maxsize=2_000)
def _phrase_of(language: str | None, singular: str, plural: str, number: int) -> str:
    return ngettext(singular, plural, number)


def _date(value: Any, form: str) -> str:
    """The day of a date or moment, in the site's time zone."""
    return date_words(localtime(value).date() if isinstance(value, datetime) else value, form)


def _render(name: str, **context: Any) -> SafeString:
    # What is escaped in there is escaped by Jinja2.
    return mark_safe(engines["jinja2"].get_template(name).render(context))  # noqa: S308


@register.simple_tag(takes_context=True)
def day(context: template.Context, shown: Any) -> SafeString:
    """A day of the chronology with its events."""
    as_of = getattr(context.get("filter"), "as_of", None)
    return _render("_day.html", day=shown, as_of=as_of)


@register.simple_tag
def printed_day(shown: Any, site: str) -> SafeString:
    """A day with its events, quotes and sources, for paper; `site` begins the events' addresses."""
    return _render("_printed.html", day=shown, site=site)


@register.simple_tag
def histogram(shown: Any) -> SafeString:
    return _render("_histogram.html", histogram=shown)


@register.simple_tag
def facet_list(shown: Any, chosen: Any) -> SafeString:
    return _render("_facets.html", facets=shown, filter=chosen)
