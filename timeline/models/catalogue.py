"""Places and actors: what reports name, once each."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.paths import path_to


class Place(models.Model):
    """A place by a stable key: "geonames:ID", "katottg:CODE", "admin1:UA.Sumy", "country:UA"…"""

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("settlement")
        FACILITY = "facility", _("facility")
        DISTRICT = "district", _("district")
        REGION = "region", _("region")
        COUNTRY = "country", _("country")
        AREA = "area", _("sea or airspace")

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    admin1 = models.CharField("region", max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["country", "admin1"], name="place_region"),
            models.Index(fields=["name"], name="place_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_on_earth",
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return path_to("place", self.pk)

    @property
    def full_name(self) -> str:
        """ "Kupiansk, Kharkiv, UA": the name with its region, unless it is that region."""
        parts = [self.name]
        if self.admin1 and not self.name.startswith(self.admin1):
            parts.append(self.admin1)
        if self.country and self.kind != self.Kind.COUNTRY:
            parts.append(self.country)
        return ", ".join(parts)


class Actor(models.Model):
    """A state, force, agency, group, organisation or official."""

    class Kind(models.TextChoices):
        STATE = "state", _("state")
        FORCE = "force", _("armed force")
        AGENCY = "agency", _("agency or ministry")
        GROUP = "group", _("armed group")
        ORGANISATION = "organisation", _("organisation")
        PERSON = "person", _("person")
        PEOPLE = "people", _("people")
        OTHER = "other", _("other")

    name = models.CharField(max_length=200, unique=True)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    side = models.CharField(
        max_length=60, blank=True, help_text="The party it belongs to: UA, RU, IL, hamas… Empty for none."
    )
    side_by_editor = models.BooleanField(
        default=False, editable=False, help_text="Its side counts in its events, whatever the texts call it."
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parts",
        help_text="The body that it is part of or acts for.",
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("actor", self.pk)
