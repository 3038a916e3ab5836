from typing import Any

from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "timeline"
    verbose_name = "Timeline"

    def ready(self) -> None:
        from articles.doorbell import article_waiting

        article_waiting.connect(ring_for_article, dispatch_uid="timeline.read_article")


def ring_for_article(sender: Any, article_id: int, **kwargs: Any) -> None:
    from articles.doorbell import ring
    from timeline.tasks import read_article

    ring(read_article, article_id)
