"""Search inside a long facet: /facets/place/?<filter>&find=kup lists the places of the matching events by name.

Without JavaScript it is a page of links; with it, the facet in the chronology takes its list in place.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from timeline.listing.filters import EventFilter, FilterForm
from timeline.models import EventActor, Report

MOST = 50
LONGEST = 100  # characters of what is looked for

Found = list[tuple[str, str, int]]  # value, label, events


def _listed(rows: QuerySet, of: str, name: str, find: str) -> Iterable[tuple[str, str, int]]:
    """The values `of` with their names, most frequent first."""
    named = rows.filter(**{f"{name}__icontains": find}) if find else rows
    return (
        named.order_by()
        .values_list(of, name)
        .annotate(n=Count("event", distinct=True))
        .order_by("-n", name)[: MOST + 1]
    )


def places(chosen: EventFilter, find: str) -> Found:
    events = chosen.events(without=["place"]).exclude(place=None)
    named = events.filter(place__name__icontains=find) if find else events
    rows = (
        named.order_by()
        .values_list("place", "place__name", "place__admin1")
        .annotate(n=Count("pk"))
        .order_by("-n", "place__name")[: MOST + 1]
    )
    return [
        (str(pk), name if not region or name.startswith(region) else f"{name}, {region}", n)
        for pk, name, region, n in rows
    ]


def regions(chosen: EventFilter, find: str) -> Found:
    events = chosen.events(without=["region"]).exclude(place=None).exclude(place__admin1="")
    named = events.filter(place__admin1__icontains=find) if find else events
    rows = (
        named.order_by()
        .values_list(F("place__country"), F("place__admin1"))
        .annotate(n=Count("pk"))
        .order_by("-n", "place__admin1")[: MOST + 1]
    )
    return [(f"{country}.{region}", f"{region}, {country}", n) for country, region, n in rows]


def actors(chosen: EventFilter, find: str) -> Found:
    events = chosen.events(without=["actor"]).order_by().values("pk")
    rows = EventActor.objects.filter(event__in=events)
    return [(str(pk), name, n) for pk, name, n in _listed(rows, "actor", "actor__name", find)]


def sources(chosen: EventFilter, find: str) -> Found:
    events = chosen.events(without=["source"]).order_by().values("pk")
    rows = Report.objects.live().filter(event__in=events)
    return [
        (str(pk), name, n) for pk, name, n in _listed(rows, "article__source", "article__source__name", find)
    ]


SEARCHED = {"place": places, "region": regions, "actor": actors, "source": sources}


@require_safe
def facet_page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in SEARCHED:
        raise Http404(f"There is no search in {name}. There is in: {', '.join(SEARCHED)}.")
    chosen = EventFilter(request.GET)
    find = request.GET.get("find", "").replace("\0", "").strip()[:LONGEST]
    found = SEARCHED[name](chosen, find)
    selected = chosen.selected(name)
    context = {
        "filter": chosen,
        "name": name,
        "label": FilterForm.base_fields[name].label,
        "find": find,
        "options": [
            (value, label, count, value in selected, chosen.including(name, value))
            for value, label, count in found[:MOST]
        ],
        "more": len(found) > MOST,
        "kept": [
            (key, value)
            for key, values in chosen.query.lists()
            for value in values
            if key not in ("find", "after") and value
        ],
    }
    return render(request, "facet.html", context)
