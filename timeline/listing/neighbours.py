"""What lies near an event: just before and after it, and around its place in the days around it."""

from __future__ import annotations

from datetime import timedelta
from math import cos, radians

from django.db.models import Q

from timeline.listing.narrowing import PINNED_KINDS, PINNED_PRECISIONS
from timeline.models import Event
from timeline.models.events import EventQuerySet

BESIDE = 3  # events before, and after
AROUND = 6
REACH_KM = 50
REACH = timedelta(days=14)
KM_A_DEGREE = 111.2


def before_and_after(event: Event) -> tuple[list[Event], list[Event]]:
    """The events that come just before and just after it in the chronology, nearest last and first."""
    others = Event.objects.published().exclude(pk=event.pk).select_related("place")
    day, pk = event.start, event.pk
    earlier = others.filter(Q(start__lt=day) | Q(start=day, pk__lt=pk)).order_by("-start", "-pk")[:BESIDE]
    later = others.filter(Q(start__gt=day) | Q(start=day, pk__gt=pk)).order_by("start", "pk")[:BESIDE]
    return list(earlier)[::-1], list(later)


def around(event: Event) -> list[Event]:
    """Events within REACH of its days: within REACH_KM of a settlement, or in the same region; the latest first.

    None where its place is a country, a sea, or not known: everything would be near.
    """
    place = event.place
    if place is None:
        return []
    if (
        event.place_precision in PINNED_PRECISIONS
        and place.kind in PINNED_KINDS
        and place.latitude is not None
    ):
        near = _within(place.latitude, place.longitude or 0.0)
    elif place.admin1:
        near = Q(place__country=place.country, place__admin1=place.admin1)
    else:
        return []
    return list(_in_time(event).filter(near).select_related("place")[:AROUND])


def _within(latitude: float, longitude: float) -> Q:
    """A box, not a circle: its corners are 1.4 times as far."""
    north = REACH_KM / KM_A_DEGREE
    east = north / max(0.05, cos(radians(latitude)))
    return Q(
        place__latitude__range=(latitude - north, latitude + north),
        place__longitude__range=(longitude - east, longitude + east),
        place__kind__in=PINNED_KINDS,
        place_precision__in=PINNED_PRECISIONS,
    )


def _in_time(event: Event) -> EventQuerySet:
    within = Event.objects.published().filter(start__lte=event.end + REACH, end__gte=event.start - REACH)
    return within.exclude(pk=event.pk).order_by("-start", "-pk")
