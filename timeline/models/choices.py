"""The codebook's codes as choices of model fields, in the reader's language."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, gettext_noop

from timeline.extraction.codebook import CATEGORY_LABELS, TYPES

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# The codes as words, named here for translators: xgettext does not see what is made of an enumeration.
WORDS = (
    gettext_noop("reported"), gettext_noop("claimed"), gettext_noop("corroborated"), gettext_noop("disputed"),
    gettext_noop("denied"), gettext_noop("planned"),
    gettext_noop("occurred"), gettext_noop("ongoing"), gettext_noop("hypothetical"),
    gettext_noop("asserts"), gettext_noop("confirms"), gettext_noop("denies"),
    gettext_noop("initiator"), gettext_noop("target"), gettext_noop("participant"), gettext_noop("mediator"),
    gettext_noop("day"), gettext_noop("range"), gettext_noop("week"), gettext_noop("month"), gettext_noop("year"),
    gettext_noop("explicit"), gettext_noop("speech"), gettext_noop("carried"), gettext_noop("publication"),
    gettext_noop("exact"), gettext_noop("near"), gettext_noop("admin2"), gettext_noop("admin1"),
    gettext_noop("country"), gettext_noop("international"),
    gettext_noop("killed"), gettext_noop("wounded"), gettext_noop("missing"), gettext_noop("captured"),
)  # fmt: skip


def of(codes: type[StrEnum]) -> list[tuple[str, StrPromise]]:
    return [(code.value, gettext_lazy(code.value)) for code in codes]


CATEGORIES = [(code.value, gettext_lazy(label)) for code, label in CATEGORY_LABELS.items()]
EVENT_TYPES = [(t.code, gettext_lazy(t.label)) for t in TYPES.values()]
