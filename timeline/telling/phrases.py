"""Names and lists of them as pages show them, in the reader's language.

timeline.telling.wording and timeline.telling.sides are for what is stored and exported: always English.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache

from babel import Locale
from django.utils.dateformat import format as formatted
from django.utils.translation import get_language, gettext, gettext_noop, ngettext, pgettext

from timeline.telling.sides import side_name, state_codes
from timeline.telling.wording import with_article

# Bodies and groups have names in other languages too; states have theirs from CLDR.
BODIES = (
    gettext_noop("UN"), gettext_noop("EU"), gettext_noop("NATO"), gettext_noop("OSCE"), gettext_noop("IAEA"),
    gettext_noop("WHO"), gettext_noop("ICC"), gettext_noop("ICJ"), gettext_noop("OPCW"), gettext_noop("Red Cross"),
    gettext_noop("Hamas"), gettext_noop("Hezbollah"), gettext_noop("Houthis"),
)  # fmt: skip


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def _language() -> str:
    return get_language() or "en"


@lru_cache(maxsize=5_000)
def _side(code: str, language: str) -> str:
    name = side_name(code)
    if language == "en":
        return name
    if name in BODIES:
        return gettext(name)
    return str(_locale(language).territories.get(code, name)) if code in state_codes().values() else name


def side(code: str) -> str:
    """ "RU" -> "Russia", or "Росія" for a reader of Ukrainian."""
    return _side(code, _language())


def named(name: str) -> str:
    """A name of a text: a state's or a body's in the reader's language, others as they are."""
    if _language() == "en":
        return with_article(name)
    return side(state_codes().get(name, name))


def in_this_language(form: str) -> str:
    """A format for dates. "M" is a capital in all languages; but English writes "8 Apr", Ukrainian "8 кві"."""
    return form if _language() == "en" else form.replace("M", "b")


def date_words(value: date, form: str) -> str:
    """Of a date or moment: "8 Apr 2022" for "j M Y"."""
    if isinstance(value, datetime):
        return formatted(value, in_this_language(form))
    return _day_words(value, form, _language())


@lru_cache(maxsize=5_000)  # a page says some hundred days
def _day_words(day: date, form: str, language: str) -> str:
    return formatted(day, in_this_language(form))


def listed(names: Sequence[str], most: int = 3) -> str:
    """ "A", "A and B", "A, B and C", and beyond `most` "A, B and 2 others"; "" for none."""
    names = list(dict.fromkeys(names))
    if len(names) > most:
        rest = len(names) - most + 1
        names = [*names[: most - 1], ngettext("%(n)d other", "%(n)d others", rest) % {"n": rest}]
    if len(names) < 2:
        return "".join(names)
    both = {"names": ", ".join(names[:-1]), "last": names[-1]}
    return pgettext("names", "%(names)s and %(last)s") % both
