"""docker-compose.yml as production would have it. CI has Compose itself read it as well (.ci/run)."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
import yaml

from timeline.config.engines import REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert "privileged" not in service
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_goes_on_is_watched_and_started_again(name):
    service = SERVICES[name]
    if name == "migrate":
        assert service["restart"] == "no"
        assert "healthcheck" not in service
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "fetcher", "beat"])
def test_the_tables_are_those_of_the_release_before_anything_starts(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_only_the_web_listens_and_only_the_databases_keep():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert {name for name, service in SERVICES.items() if "volumes" in service} == {"db", "redis"}
    assert set(COMPOSE["volumes"]) == {"postgres", "redis"}


def test_no_secret_is_written_here_and_none_has_a_default():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name == "SECRET_KEY" or "PASSWORD" in name or (name.endswith("_URL") and "@" in str(value)):
                assert ":?set it in .env}" in value, name


def test_every_variable_that_must_be_set_is_in_the_example():
    text = (REPOSITORY / "docker-compose.yml").read_text()
    required = {part.split(":?")[0] for part in text.split("${")[1:] if ":?" in part.split("}")[0]}
    example = (REPOSITORY / ".env.example").read_text()
    assert required
    assert [name for name in required if f"\n{name}=" not in example] == []


def test_the_image_runs_as_a_user_of_its_own():
    lines = (REPOSITORY / "Dockerfile").read_text().splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER app"]
    assert "--uid 10001" in next(line for line in lines if "useradd" in line)


@pytest.mark.parametrize("hosts", ["timeline.example.org", ".example.org,127.0.0.1", "*"])
def test_the_webs_health_is_asked_under_a_name_that_it_answers_to(hosts):
    asked = []

    class Healthz(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    _, _, _, code = SERVICES["web"]["healthcheck"]["test"]
    with http.server.HTTPServer(("127.0.0.1", 0), Healthz) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        code = code.replace("127.0.0.1:8000", f"127.0.0.1:{server.server_port}")
        subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "ALLOWED_HOSTS": hosts})
    assert asked == [("/healthz", hosts.split(",")[0].lstrip(".*") or "localhost")]
