"""The languages of the pages. What machines read (exports, feeds, citations, the API) is English for every reader.

Pages are in the language that the reader chose (`choose_language`, a cookie for a year), else in the one that the
browser asks for. docs/translating.md says how a language is added.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

# It changes nothing but the reader's own view, and a token would be a cookie: as timeline.visits.look.
choose_language = csrf_exempt(set_language)


P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def in_english(
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """For views of machine formats: English words in them, also while the answer still streams."""

    @wraps(view)
    def english(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        # For the rest of the request: LocaleMiddleware reads it for Content-Language.
        translation.activate("en")
        return view(request, *args, **kwargs)

    return english
