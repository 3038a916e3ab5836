"""Sides that editors gave actors: they count wherever the actor is named, as who did it or as who says so.

sides = given_sides()               # {"Arvad Brigade": "NO"}, by name and alias; one query
sided(report.parties, sides)        # [[name, role, kind, side], …] with the sides that were given

What a text says of a side is else taken as it was read: "officials" are another state's in another article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from timeline.models import Actor

Sides = Mapping[str, str]


def given_sides() -> dict[str, str]:
    """An actor that was merged into another stands on that one's side, where it has one."""
    given = Actor.objects.filter(Q(side_by_editor=True) | Q(merged_into__isnull=False)).order_by("pk")
    sides: dict[str, str] = {}
    for actor in given.select_related("merged_into"):
        real = actor.merged_into or actor
        if real.side or real.side_by_editor:
            sides |= dict.fromkeys((actor.name, *actor.aliases), real.side)
    return sides


def sided(rows: Iterable[list[Any]], sides: Sides) -> list[list[Any]]:
    """`rows` of a report (its parties or speakers): the name comes first, the side last."""
    return [[*row[:-1], sides.get(row[0], row[-1])] for row in rows]
