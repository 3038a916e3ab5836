"""Settings of the test suite: servers and data of its own, never the user's."""

import os

from timeline.config import engines

os.environ.setdefault("CONFLICT_TIMELINE_DATA", str(engines.REPOSITORY / "var" / "test"))
os.environ.setdefault("PRODUCTION", "false")

from timeline.config.settings import *  # noqa: F403
from timeline.config.settings import DATABASES

# Several runs may share the servers: each has a database and a broker database of its own.
DATABASES["default"]["TEST"] = {"NAME": f"test_timeline_{os.getpid()}"}
if "REDIS_URL" not in os.environ:
    CELERY_BROKER_URL = engines.redis_url(db=os.getpid() % engines.Valkey.databases)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
