"""Heartbeats: who was last seen alive, by the way that real work takes."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

BEAT = "beat"
WORKER = "worker:"
STALE_AFTER = timedelta(minutes=3)
FORGOTTEN_AFTER = timedelta(days=1)


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self, name: str) -> None:
        """Note that `name` is alive now."""
        self.update_or_create(name=name[:200], defaults={"beaten_at": timezone.now()})

    def forget_the_gone(self) -> int:
        """Drop workers of earlier deployments; how many."""
        return self.filter(name__startswith=WORKER, beaten_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()[
            0
        ]


class Heartbeat(models.Model):
    """When a task sent by beat, or by a worker to itself, was last worked on.

    A process that lives and a socket that is open prove nothing: after a half-open connection both look well.
    """

    name = models.CharField(max_length=200, primary_key=True)
    beaten_at = models.DateTimeField()

    objects = HeartbeatManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def age(self) -> timedelta:
        # Not below zero: the clocks of two machines differ.
        return max(timezone.now() - self.beaten_at, timedelta(0))

    @property
    def stale(self) -> bool:
        return self.age > STALE_AFTER
