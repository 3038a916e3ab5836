"""Settings from the environment: safe by default, strict in production."""

import os
import secrets
import subprocess
import sys

import pytest

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
