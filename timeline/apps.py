from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class TimelineConfig(AppConfig):
    name = "timeline"
    verbose_name = "Timeline"

    def ready(self) -> None:
        from articles.doorbell import article_waiting
        from timeline.roles import make_roles

        article_waiting.connect(ring_for_article, dispatch_uid="timeline.read_article")
        post_migrate.connect(make_roles, sender=self, dispatch_uid="timeline.roles")
        post_save.connect(post_its_events, sender="timeline.Place", dispatch_uid="timeline.post_its_events")


def ring_for_article(sender: Any, article_id: int, **kwargs: Any) -> None:
    from articles.doorbell import ring
    from timeline.tasks import read_article

    ring(read_article, article_id)


def post_its_events(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:
    """A curator may give a place another country or region: its events then stand under others."""
    from timeline.index.postings import post_place

    if not created:
        post_place(instance.pk)
