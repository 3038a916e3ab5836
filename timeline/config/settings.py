"""Settings, all from the environment (README "Settings" lists them), safe by default.

Without DATABASE_URL the project is a local one: it runs its own Postgres and Valkey (timeline.config.engines)
and keeps a generated secret key beside their data. With DATABASE_URL it is a production one: a secret
key and host names are required, and everything that needs HTTPS is on.
"""

import contextlib
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from kombu import Queue

from timeline.config import engines, logs

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = engines.data_dir()
PRODUCTION = env.bool("PRODUCTION", default="DATABASE_URL" in env.ENVIRON)
DEBUG = env.bool("DEBUG", default=False)


def _local_secret_key() -> str:
    """A key made once and kept with the local data, readable by its owner only."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)  # 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="") or _local_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_structlog",
    "articles",
    "timeline",
    "operations",
    "timeline.config",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "timeline.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "operations.rates.RateLimit",
    "timeline.visits.VisitMiddleware",
    "timeline.listing.present.PresentUnlessMarked",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "timeline.config.urls"
WSGI_APPLICATION = "timeline.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["timeline.templatetags.dates"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "timeline.context.site",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {"environment": "timeline.templatetags.rows.environment"},
    },
]

DATABASES = {"default": environ.Env.db_url_config(engines.database_url())}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
}
# A page gives up early; a worker or a command may take longer (the run command and compose set it).
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=60_000)}"
)
# Counts and lists from bitmaps in memory (timeline.index); without, or where they need more, from SQL.
FACET_INDEX = env.bool("FACET_INDEX", default=True)
FACET_INDEX_MEMORY_MB = env.int("FACET_INDEX_MEMORY_MB", default=512)  # of each web process
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Ukrainian")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # set by the reader's own choice only (timeline.telling.languages)
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(DATA_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Staff enter a code from an app as well (timeline.second_factor). The demo's curator need not.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=PRODUCTION)
OTP_TOTP_ISSUER = "Conflict timeline"
# Sign-in: a name that is tried from one address with ten wrong passwords waits. `axes_reset` lets it in again.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "operations.visitors.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Security: what needs HTTPS is on in production; the rest always.
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# How many proxies of ours a request comes through: the visitor is whom the outermost names in X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(BEHIND_PROXY))
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# How often one address may ask (operations.rates), by the name of the view.
RATE_LIMITS_OF_PRODUCTION = {
    "chronology": "120/m",
    "export": "10/m",
    "printable": "10/m",
    "feed": "30/m",
    "citation": "60/m",
}
RATE_LIMITS = RATE_LIMITS_OF_PRODUCTION if env.bool("RATE_LIMITS", default=PRODUCTION) else {}
RATELIMIT_USE_CACHE = "rates"
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "rates": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "rates"},
}
if shared := env.str("REDIS_URL", default=""):
    CACHES["rates"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": shared,
        "KEY_PREFIX": "rates",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }

# Celery carries ids; Postgres holds the work (articles.work). Settings: docs/reliability.md.
CELERY_BROKER_URL = engines.redis_url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 800_000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # How long a page waits, once, for a broker that does not answer; a worker's longest wait is 1 s (BRPOP).
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
# A queue for each pace: the upkeep (sweeps, heartbeats) never waits behind a backlog, a poll never behind reading.
# A worker serves all of them in turn, or those named by its -Q.
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_QUEUES = [Queue(name) for name in ("upkeep", "fetch", "extract")]
CELERY_TASK_ROUTES = {
    "articles.tasks.fetch_address": "fetch",
    "articles.tasks.poll_feed": "fetch",
    "timeline.tasks.read_article": "extract",
    "timeline.tasks.tell_webhook": "fetch",
    "timeline.tasks.send_digest": "fetch",
}
CELERY_WORKER_DIRECT = True  # a queue of each worker's own, for its canary (operations.canary)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# Rings expire, so that a worker that was away for a day does not find a day's worth of sweeps.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in (
        ("beat-is-heard", "operations.tasks.beat_is_heard", 30.0),
        ("sweep", "articles.tasks.sweep", 60.0),
        ("poll-feeds", "articles.tasks.poll_due_feeds", 60.0),
        ("pass-the-day", "timeline.tasks.pass_the_day", 3600.0),
        ("apply-amendments", "timeline.tasks.apply_amendments", 300.0),
        ("work-batches", "timeline.tasks.work_batches", 300.0),
        ("read-waiting-articles", "timeline.tasks.sweep", 60.0),
        ("tell", "timeline.tasks.tell", 60.0),
    )
}

# Fetching (articles.fetching): named hosts that may be private, for test publishers on loopback.
FETCH_ALLOW_HOSTS = frozenset(env.list("FETCH_ALLOW_HOSTS", default=[]))
FETCH_ROBOTS = env.bool("FETCH_ROBOTS", default=True)  # keep to publishers' robots.txt
FETCH_USER_AGENT = env.str("FETCH_USER_AGENT", default="conflict-timeline/0.1 (news chronology)")

# Telling who follows a search (timeline.alerts): the site as its messages name it, and the
# mail server, such as smtp+tls://user:password@mail.example.org:587. Without one, mails go to the worker's output.
SITE_ADDRESS = env.str(
    "SITE_ADDRESS",
    default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION and ALLOWED_HOSTS else "http://127.0.0.1:8000",
).rstrip("/")
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="timeline@localhost")

# What goes on (operations, timeline.config.logs).
LOGGING = logs.configuration(
    as_json=env.bool("LOG_JSON", default=PRODUCTION), level=env.str("LOG_LEVEL", default="INFO")
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # operations.visitors does, and believes our proxies only
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # asking would read the session for pages that do not
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if sentry := env.str("SENTRY_DSN", default=""):
    import sentry_sdk

    # Neither cookies and addresses nor the values of variables, which hold what visitors and publishers sent.
    sentry_sdk.init(
        sentry,
        send_default_pii=False,
        include_local_variables=False,
        release=env.str("RELEASE", default=None),
    )
