"""For pages that tell only what is known now."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from timeline.filters import EventFilter


def present_filter(query: QueryDict) -> EventFilter:
    """The filter, with an error in place of a past moment: events of now are never passed off as those of then."""
    chosen = EventFilter(query)
    if chosen.as_of:
        chosen.form.add_error(
            "as_of", _("This page only tells what is known now; the chronology tells the past.")
        )
        chosen.as_of = None
    return chosen
