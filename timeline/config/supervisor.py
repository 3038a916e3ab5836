"""Several programs in one terminal: their lines side by side, restarted when they die, stopped together.

    supervisor = Supervisor(sys.stdout)
    supervisor.start(Program("web", ["gunicorn", ...]))
    while not asked_to_stop:
        supervisor.watch()          # raises GaveUp when a program keeps dying
        time.sleep(WATCH_SECONDS)
    supervisor.stop()

Knows no Django. Every program runs in a session of its own: Ctrl-C in the terminal reaches the supervisor only,
which then decides the order of the end.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOBase
from pathlib import Path
from typing import TextIO

import psutil

#: How often `watch` should be called: a dead program is noticed within this time.
WATCH_SECONDS = 0.25
TAIL_LINES = 15
_COLOURS = (36, 33, 35, 32, 34, 31)


class GaveUp(RuntimeError):
    """A program died again and again; the message holds the last lines that it wrote."""


@dataclass
class RestartPolicy:
    """When to start a dead program again: soon, then after ever longer waits, then never.

    A death counts as quick when the program had lived less than `healthy_seconds`; one that comes later clears
    the count, and the program is started again at once.
    """

    first_wait: float = 0.5
    longest_wait: float = 10.0
    healthy_seconds: float = 30.0
    quick_deaths_allowed: int = 5
    quick_deaths: int = 0

    def wait_after(self, lived: float) -> float | None:
        """Seconds to wait before the next start of a program that lived that long; None: give up."""
        if lived >= self.healthy_seconds:
            self.quick_deaths = 0
            return 0.0
        self.quick_deaths += 1
        if self.quick_deaths > self.quick_deaths_allowed:
            return None
        return min(self.longest_wait, self.first_wait * 2.0 ** (self.quick_deaths - 1))


@dataclass(frozen=True)
class Program:
    """A program that should run for as long as the supervisor does."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    #: File descriptors that it inherits, such as a listening socket.
    pass_fds: Sequence[int] = ()
    #: Seconds between the polite request to end (SIGTERM) and the end by force.
    stop_seconds: float = 20.0


@dataclass
class _Running:
    program: Program
    policy: RestartPolicy
    colour: int
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    start_again_at: float | None = None
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL_LINES))
    reader: threading.Thread | None = None


class Terminal:
    """Whole lines from several programs, each behind the name of who wrote it."""

    def __init__(self, out: TextIO | TextIOBase) -> None:
        self.out = out
        self.tty = out.isatty()
        self.colours = self.tty and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()

    def line(self, name: str, text: str, colour: int | None = None) -> None:
        label = f"{name:<9}|"
        if self.colours and colour:
            label = f"\x1b[{colour}m{label}\x1b[0m"
        # A progress bar may be on the line: wipe it, it is drawn again.
        wipe = "\r\x1b[2K" if self.tty else ""
        # The terminal may be gone; the programs must be ended properly all the same.
        with self._lock, contextlib.suppress(OSError):
            self.out.write(f"{wipe}{label} {text}\n")
            self.out.flush()


class Supervisor:
    """Starts programs, restarts those that die, and ends them all."""

    def __init__(
        self,
        out: TextIO | TextIOBase,
        *,
        policy: Callable[[], RestartPolicy] = RestartPolicy,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.terminal = Terminal(out)
        self._new_policy = policy
        self._clock = clock
        self._running: list[_Running] = []

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        self.terminal.line("run", text)

    def start(self, program: Program) -> None:
        colour = _COLOURS[len(self._running) % len(_COLOURS)]
        running = _Running(program, self._new_policy(), colour)
        self._running.append(running)
        self._spawn(running)

    def watch(self) -> list[str]:
        """Notice deaths and start what is due; returns the names that were started again.

        Raises GaveUp when a program cannot be kept alive.
        """
        restarted = []
        for running in self._running:
            if running.process is not None and running.process.poll() is not None:
                self._bury(running)
            if running.start_again_at is not None and self._clock() >= running.start_again_at:
                self._spawn(running)
                restarted.append(running.program.name)
        return restarted

    def pids(self) -> dict[str, int]:
        """The process of each program that lives."""
        return {
            r.program.name: r.process.pid for r in self._running if r.process and r.process.poll() is None
        }

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """End every program: all are asked in the reverse order of their start, then waited for.

        A program that outstays its `stop_seconds`, or outstays `hurry()`, is ended by force.
        """
        asked = self._clock()
        for running in reversed(self._running):
            running.start_again_at = None
            if running.process and running.process.poll() is None:
                running.process.terminate()
        for running in reversed(self._running):
            while running.process and running.process.poll() is None:
                if hurry() or self._clock() - asked > running.program.stop_seconds:
                    self.say(f"{running.program.name} does not end: killing it")
                    _kill_group(running.process.pid)
                    running.process.wait()
                time.sleep(0.05)
            if running.process:
                _kill_group(running.process.pid)  # what a program leaves behind, such as pool processes
                running.process = None
            if running.reader:
                running.reader.join(timeout=2)

    def _spawn(self, running: _Running) -> None:
        program = running.program
        running.start_again_at = None
        running.started = self._clock()
        process = subprocess.Popen(  # noqa: S603 (our own command line)
            program.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
            cwd=program.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=program.pass_fds,
        )
        running.process = process
        running.reader = threading.Thread(target=self._relay, args=(running, process), daemon=True)
        running.reader.start()

    def _relay(self, running: _Running, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                running.tail.append(line.rstrip("\n"))
                self.terminal.line(running.program.name, line.rstrip("\n"), running.colour)

    def _bury(self, running: _Running) -> None:
        assert running.process is not None
        name, status = running.program.name, running.process.returncode
        _kill_group(running.process.pid)
        if running.reader:
            running.reader.join(timeout=2)
        running.process = None
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        wait = running.policy.wait_after(self._clock() - running.started)
        if wait is None:
            last = "\n  ".join(running.tail) or "(nothing)"
            raise GaveUp(
                f"{name} {how}, {running.policy.quick_deaths} times in a row. Its last lines:\n  {last}"
            )
        self.say(f"{name} {how}: starting it again" + (f" in {wait:g} s" if wait else ""))
        running.start_again_at = self._clock() + wait


def identities(pids: Iterable[int]) -> list[tuple[int, float]]:
    """Processes with their start times, which tell them from later ones with the same numbers."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append((pid, psutil.Process(pid).create_time()))
    return found


def end_orphans(known: Iterable[Sequence[float]]) -> int:
    """End what a killed supervisor has left, given its `identities`; returns how many were found."""
    orphans = []
    for pid, created in known:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(pid))
            if process.create_time() == created and process.status() != psutil.STATUS_ZOMBIE:
                process.terminate()
                orphans.append(process)
    _, stubborn = psutil.wait_procs(orphans, timeout=15)
    for process in stubborn:
        process.kill()
    for process in orphans:
        _kill_group(process.pid)
    return len(orphans)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
