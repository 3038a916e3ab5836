"""Values of the filter that are more than a word: an area of the map, values that events must not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _

from timeline.extraction.codebook import PlacePrecision
from timeline.models import Place

# What may be a point on a map: the middle of a region or country is never a pin.
PINNED_KINDS = (Place.Kind.SETTLEMENT, Place.Kind.FACILITY)
PINNED_PRECISIONS = (PlacePrecision.EXACT, PlacePrecision.NEAR)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of degrees, without its east and north edges: boxes side by side share no point."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{edge:.6g}" for edge in (self.west, self.south, self.east, self.north))

    def __and__(self, other: Box) -> Box:
        """What both hold."""
        return Box(
            max(self.west, other.west),
            max(self.south, other.south),
            min(self.east, other.east),
            min(self.north, other.north),
        )

    @property
    def words(self) -> str:
        return _("%(west)g° to %(east)g° E, %(south)g° to %(north)g° N") % {
            "west": self.west, "east": self.east, "south": self.south, "north": self.north,
        }  # fmt: skip

    @property
    def query(self) -> Q:
        return Q(
            place__longitude__gte=self.west,
            place__longitude__lt=self.east,
            place__latitude__gte=self.south,
            place__latitude__lt=self.north,
            place__kind__in=PINNED_KINDS,
            place_precision__in=PINNED_PRECISIONS,
        )


LONGEST = 200  # characters


class ExclusionsField(forms.MultipleChoiceField):
    """ "status.claimed", "place.12": values of other fields; the form checks them."""

    def valid_value(self, value: str) -> bool:
        return len(value) <= LONGEST and "\0" not in value


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A value of a field that events must not have."""

    field: str
    raw: str
    value: Any

    def __str__(self) -> str:
        return f"{self.field}.{self.raw}"
