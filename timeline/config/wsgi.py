"""WSGI entry point: `gunicorn timeline.config.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.config.settings")
application = get_wsgi_application()

# A page makes ten thousand objects and drops them by itself: look for cycles less often, and not in what stays.
# (An export leaves cycles of events and their reports behind: not too seldom.)
gc.collect()
gc.freeze()
gc.set_threshold(2_000, 10, 10)
