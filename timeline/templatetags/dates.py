"""The filter `date` of every template: Django's, with short months as the language writes them (phrases)."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import date as date_of_django

from timeline.telling.phrases import in_this_language

register = template.Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, form: str | None = None) -> str:
    return str(date_of_django(value, in_this_language(form) if form else form))
