"""Saved searches: a filter with a name and an address of its own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class SavedSearch(models.Model):
    """Anyone who has the address may read it; its owner may take it away."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=80, unique=True)
    query = models.TextField(
        blank=True, max_length=4000, help_text="The filter as a query string, in its own order."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="searches")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "saved searches"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("search", args=[self.slug])
