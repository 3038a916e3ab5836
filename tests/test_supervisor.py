"""Programs in one terminal: relayed, restarted, given up on, stopped; and `manage.py run` as a whole."""

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from timeline.config import engines
from timeline.config.engines.place import Place
from timeline.config.supervisor import GaveUp, Program, RestartPolicy, Supervisor, end_orphans, identities

SECONDS = 20


def python(name: str, code: str, **options: object) -> Program:
    return Program(name, [sys.executable, "-c", code], **options)  # type: ignore[arg-type]


SLEEPER = "import time\nprint('up', flush=True)\ntime.sleep(60)"
POLITE = f"""
import signal, sys
def end(*_):
    print("bye", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
{SLEEPER}
"""
STUBBORN = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEPER}"


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(out: io.StringIO) -> Iterator[Supervisor]:
    made = Supervisor(out, policy=lambda: RestartPolicy(first_wait=0.0, quick_deaths_allowed=2))
    yield made
    made.stop(hurry=lambda: True)


def until(condition: Callable[[], object], what: str = "it happens") -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {SECONDS} s until {what}"
        time.sleep(0.02)


# When to start again


@pytest.mark.parametrize(
    ("lives", "waits"),
    [
        ([0, 0, 0, 0], [0.5, 1.0, 2.0, 2.0]),
        ([0] * 6, [0.5, 1.0, 2.0, 2.0, 2.0, None]),
        ([60, 60, 60, 60, 60, 60, 60], [0.0] * 7),
        ([0, 0, 0, 0, 0, 60, 0], [0.5, 1.0, 2.0, 2.0, 2.0, 0.0, 0.5]),
        ([9.9, 10], [0.5, 0.0]),
    ],
    ids=["ever longer", "then never", "old ones at once", "a long life clears the count", "edge"],
)
def test_restarts_back_off_and_end(lives: list[float], waits: list[float | None]) -> None:
    policy = RestartPolicy(first_wait=0.5, longest_wait=2.0, healthy_seconds=10, quick_deaths_allowed=5)
    assert [policy.wait_after(lived) for lived in lives] == waits


# The terminal


def test_each_line_says_who_wrote_it(supervisor: Supervisor, out: io.StringIO) -> None:
    supervisor.start(python("one", "import sys; print('a'); print('b', file=sys.stderr)"))
    supervisor.start(python("two", "print('c', end='')"))
    until(lambda: out.getvalue().count("\n") == 3)
    assert sorted(out.getvalue().splitlines()) == ["one      | a", "one      | b", "two      | c"]


def test_a_terminal_gets_colours_unless_it_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = Screen(), Screen()
    Supervisor(coloured).terminal.line("web", "text", 36)
    monkeypatch.setenv("NO_COLOR", "1")
    Supervisor(plain).terminal.line("web", "text", 36)
    assert "\x1b[36m" in coloured.getvalue()
    assert "\x1b[36m" not in plain.getvalue()


def test_programs_go_on_and_can_be_stopped_when_the_terminal_is_gone() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    supervisor = Supervisor(Gone())
    supervisor.start(
        python("talker", "import time\nwhile True:\n print('line', flush=True); time.sleep(.01)")
    )
    time.sleep(0.2)
    supervisor.watch()
    (pid,) = supervisor.pids().values()
    supervisor.stop()
    assert not psutil.pid_exists(pid)


# Life and death


def test_a_killed_program_is_started_again(supervisor: Supervisor, out: io.StringIO) -> None:
    supervisor.start(python("sleeper", SLEEPER))
    first = supervisor.pids()["sleeper"]
    assert supervisor.watch() == []
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.watch() == ["sleeper"])
    assert supervisor.pids()["sleeper"] != first
    assert "sleeper was ended by SIGKILL: starting it again" in out.getvalue()


def test_a_program_that_keeps_dying_is_given_up_with_its_last_words(supervisor: Supervisor) -> None:
    supervisor.start(python("broken", "print('no such table'); raise SystemExit(3)"))

    def watch_until_given_up() -> None:
        until(lambda: supervisor.watch() and False)

    with pytest.raises(GaveUp, match=r"broken ended with status 3, 3 times in a row[\s\S]*no such table"):
        watch_until_given_up()


def test_the_back_off_is_kept(out: io.StringIO) -> None:
    now = [0.0]
    supervisor = Supervisor(out, policy=lambda: RestartPolicy(first_wait=5.0), clock=lambda: now[0])
    supervisor.start(python("brief", "pass"))
    until(lambda: not supervisor.pids())
    assert supervisor.watch() == []
    now[0] = 4.9
    assert supervisor.watch() == []
    now[0] = 5.0
    assert supervisor.watch() == ["brief"]
    supervisor.stop()


def test_what_a_dead_program_leaves_is_ended_before_it_starts_again(
    supervisor: Supervisor, out: io.StringIO
) -> None:
    supervisor.start(
        python(
            "parent",
            "import subprocess, time\np = subprocess.Popen(['sleep', '60'])\nprint(p.pid, flush=True)\np.wait()",
        )
    )
    until(lambda: "| " in out.getvalue())
    child = psutil.Process(int(out.getvalue().split("|")[1]))
    os.kill(supervisor.pids()["parent"], signal.SIGKILL)
    until(lambda: supervisor.watch() == ["parent"])
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_ctrl_c_in_the_terminal_does_not_reach_the_programs(supervisor: Supervisor) -> None:
    supervisor.start(python("sleeper", SLEEPER))
    pid = supervisor.pids()["sleeper"]
    assert os.getsid(pid) == pid != os.getsid(0)


def test_a_stop_lets_every_program_say_goodbye(supervisor: Supervisor, out: io.StringIO) -> None:
    supervisor.start(python("worker", POLITE))
    supervisor.start(python("web", POLITE))
    until(lambda: out.getvalue().count("up") == 2)
    supervisor.stop()
    assert supervisor.pids() == {}
    assert out.getvalue().count("bye") == 2
    assert supervisor.watch() == [], "what was stopped is not started again"


@pytest.mark.parametrize(("patience", "hurry"), [(0.3, False), (60, True)], ids=["outstays", "second Ctrl-C"])
def test_a_program_that_will_not_end_is_killed(
    supervisor: Supervisor, out: io.StringIO, patience: float, hurry: bool
) -> None:
    supervisor.start(python("stubborn", STUBBORN, stop_seconds=patience))
    until(lambda: "up" in out.getvalue())
    began = time.monotonic()
    supervisor.stop(hurry=lambda: hurry)
    assert time.monotonic() - began < 10
    assert "stubborn does not end: killing it" in out.getvalue()


def test_orphans_are_ended_and_strangers_spared() -> None:
    orphan = subprocess.Popen(
        [sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL, start_new_session=True
    )
    stranger = subprocess.Popen(
        [sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        known = identities([orphan.pid, 2**30])
        assert [pid for pid, _ in known] == [orphan.pid]
        same_number_earlier_process = (stranger.pid, psutil.Process(stranger.pid).create_time() - 100)
        assert end_orphans([*known, same_number_earlier_process, (2**30, 0.0)]) == 1
        assert orphan.wait(SECONDS) is not None
        assert stranger.poll() is None
    finally:
        orphan.kill()
        stranger.kill()
        orphan.wait()
        stranger.wait()


# manage.py run


def _environment(data: Path) -> dict[str, str]:
    """That of an ordinary run on a data directory, not that of the test suite."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return kept | {
        "CONFLICT_TIMELINE_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "timeline.config.settings",
        "METRICS_TOKEN": "token",
    }


class Run:
    """`manage.py run` in a process of its own."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.log = data.parent / "run.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(engines.REPOSITORY / "manage.py"), "run", *arguments],
                stdout=log,
                stderr=log,
                env=_environment(data),
                cwd=data.parent,
                start_new_session=True,
            )

    def said(self, text: str) -> bool:
        assert self.process.poll() is None or text in self.log.read_text(), self.log.read_text()
        return text in self.log.read_text()

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 120
        while not self.said(text):
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    @property
    def record(self) -> dict:
        return json.loads((self.data / "run.lock").read_text())

    def get(self) -> int:
        with urllib.request.urlopen(f"{self.record['address']}healthz", timeout=30) as response:
            return response.status

    def counted(self) -> float:
        """The requests that /metrics counts, of all web processes."""
        asked = urllib.request.Request(
            f"{self.record['address']}metrics", headers={"Authorization": "Bearer token"}
        )
        with urllib.request.urlopen(asked, timeout=30) as response:
            lines = response.read().decode().splitlines()
        name = 'django_http_requests_total_by_method_total{method="GET"} '
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this data directory."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            words = [
                *(process.info["cmdline"] or ()),
                (process.info["environ"] or {}).get("CONFLICT_TIMELINE_DATA", ""),
            ]
            if any(str(self.data) in word for word in words) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix="run-"))
    parent.chmod(0o755)
    yield parent / "var"
    where = Place.of(parent / "var")
    for made in {where.home, where.sockets} - {parent / "var"}:
        shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(parent)


@pytest.fixture
def run(data: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*arguments: str) -> Run:
        runs.append(Run(data, *arguments))
        return runs[-1]

    yield start
    for started in runs:
        started.process.terminate()
        started.process.wait(60)
        for process in started.processes():
            process.kill()


@pytest.mark.engines
def test_a_run_survives_kills_refuses_a_second_and_stops_clean(run: Callable[..., Run], data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        first = run("--port", str(port))
        first.wait_for("ready: http")
        assert first.said(f"port {port}: Address already in use")
        assert first.get() == 200

        second = subprocess.run(
            [sys.executable, "manage.py", "run"],
            capture_output=True,
            text=True,
            check=False,
            cwd=engines.REPOSITORY,
            env={
                **os.environ,
                "CONFLICT_TIMELINE_DATA": str(data),
                "DJANGO_SETTINGS_MODULE": "timeline.config.settings",
            },
        )
        assert second.returncode == 1
        assert f"it runs already: {first.record['address']}" in second.stderr

    for pid, _ in first.record["children"]:
        os.kill(pid, signal.SIGKILL)
    for name in ("worker", "web", "beat"):
        first.wait_for(f"{name} was ended by SIGKILL: starting it again")
    assert first.get() == 200, "a request waits for web, it does not fail"

    for name in ("postgres", "valkey"):
        server = next(p for p in first.processes() if str(data / name) in p.cmdline())
        server.kill()
        first.wait_for(f"{name} had died: running again")
    assert first.get() == 200

    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    assert "stopped" in first.log.read_text()
    assert first.processes() == []


@pytest.mark.engines
def test_a_run_after_kill_9_ends_the_orphans_and_goes_on(run: Callable[..., Run]) -> None:
    killed = run("--port", "0")
    killed.wait_for("ready: http")
    orphans = killed.record["children"]
    killed.process.kill()
    killed.process.wait()

    again = run("--port", "0")
    again.wait_for("ready: http")
    assert again.said("ended 3 processes that an earlier run had left")
    assert identities(int(pid) for pid, _ in orphans) == []
    before = again.counted()
    assert [again.get() for _ in range(20)] == [200] * 20
    assert again.counted() == before + 21, "the requests of both web processes, whichever is asked"
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0
    assert again.processes() == []
