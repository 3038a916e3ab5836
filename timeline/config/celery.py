"""The Celery application: `celery -A timeline.config worker`."""

import os
from typing import Any

from celery import Celery, Task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.config.settings")


class BoundedTask(Task):
    """A task that survives running out of memory.

    An uncaught MemoryError ends or blocks Celery's pool (docs/reliability.md); raised again as an
    ordinary error it is one failed attempt.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except MemoryError as error:
            raise RuntimeError("the task ran out of memory") from error


app = Celery("conflict-timeline", task_cls=BoundedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].update(
    {"operations.canary:Canary", "django_structlog.celery.steps:DjangoStructLogInitStep"}
)
