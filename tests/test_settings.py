"""Settings from the environment: safe by default, strict in production."""

import gzip
import os
import secrets
import subprocess
import sys

import brotli
import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from werkzeug import Request, Response

from timeline.config import engines

LONG_SECRET = secrets.token_urlsafe(60)
PRODUCTION = {
    "DATABASE_URL": "postgresql://user:password@db.invalid/timeline",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "SECRET_KEY": LONG_SECRET,
    "ALLOWED_HOSTS": "timeline.example.org",
}


def manage(tmp_path, *args, **variables):
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=engines.REPOSITORY,
        env={**kept, "CONFLICT_TIMELINE_DATA": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def setting(tmp_path, name, **variables):
    code = f"from django.conf import settings; print(settings.{name})"
    done = manage(tmp_path, "shell", "-v0", "--no-imports", "-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_production_settings_pass_djangos_deployment_check(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize("missing", ["SECRET_KEY"])
def test_production_without_what_it_needs_does_not_start(tmp_path, missing):
    variables = {k: v for k, v in PRODUCTION.items() if k != missing}
    done = manage(tmp_path, "check", **variables)
    assert done.returncode != 0
    assert missing in done.stderr


def test_debug_is_off_unless_asked(tmp_path):
    assert setting(tmp_path, "DEBUG", **PRODUCTION) == "False"


def test_the_local_secret_key_is_made_once_and_kept_private(tmp_path):
    # `check` starts no engine, so the key is all that this leaves behind
    assert manage(tmp_path, "check").returncode == 0
    path = tmp_path / "secret_key"
    first = path.read_text()
    assert manage(tmp_path, "check").returncode == 0
    assert (path.read_text(), path.stat().st_mode & 0o077) == (first, 0)
    assert len(first) >= 50


def test_what_guards_accounts_in_production(tmp_path):
    names = (
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
        "SESSION_COOKIE_AGE", "PASSWORD_HASHERS[0]", "STAFF_SECOND_FACTOR",
    )  # fmt: skip
    told = setting(tmp_path, ", settings.".join(names), **PRODUCTION)
    hasher = "django.contrib.auth.hashers.ScryptPasswordHasher"
    assert told == f"True True True Lax {12 * 3600} {hasher} True"


@pytest.mark.parametrize("password", ["short", "password1", "ada.curator", "12345678"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(username="ada.curator"))


def test_sentry_is_told_only_where_it_is_configured(tmp_path, httpserver):
    received = []

    def receive(request: Request) -> Response:
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[request.headers["Content-Encoding"]]
        received.append(unpack(request.get_data()))
        return Response("{}")

    httpserver.expect_request("/api/1/envelope/").respond_with_handler(receive)
    fail = (
        "import os, sentry_sdk; from django.test import Client; "
        "Client(raise_request_exception=False).get('/events.csv', headers={'cookie': os.environ['COOKIE']}); "
        "sentry_sdk.flush(5)"
    )
    # There is no database: the export fails, and that is told.
    variables = {**PRODUCTION, "HTTPS": "false", "ALLOWED_HOSTS": "testserver", "COOKIE": "sessionid=secret"}
    assert manage(tmp_path, "shell", "-v0", "--no-imports", "-c", fail, **variables).returncode == 0
    assert received == []
    dsn = f"http://public@localhost:{httpserver.port}/1"
    done = manage(tmp_path, "shell", "-v0", "--no-imports", "-c", fail, SENTRY_DSN=dsn, **variables)
    assert done.returncode == 0, done.stderr
    told = b"".join(received)
    assert b"OperationalError" in told
    assert b"secret" not in told
