"""The facet index as rows: which events stand under which value of a facet. Written by timeline.index only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from timeline.models.events import Event


class Posting(models.Model):
    """The ids of one block that stand under one key, such as "status:claimed", as a roaring bitmap.

    A block is 65,536 ids in a row. A row is never deleted, only emptied, so that who holds a copy hears of it.
    """

    key = models.CharField(max_length=260)
    block = models.PositiveIntegerField()
    bitmap = models.BinaryField()
    version = models.BigIntegerField(db_index=True, help_text="The transaction that wrote it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "block"], name="one_posting_a_key_and_block")]

    def __str__(self) -> str:
        return f"{self.key} [{self.block}]"


class Posted(models.Model):
    """The keys that an event stands under: what has to be taken back when it changes."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.CASCADE, related_name="posted")
    keys = ArrayField(models.CharField(max_length=260))

    class Meta:
        verbose_name_plural = "posted"

    def __str__(self) -> str:
        return f"{self.event_id}: {', '.join(self.keys)}"
