"""Parsing at arm's length: hostile bytes are read in a child process with limits of memory and time.

A page can make a parser take minutes or gigabytes (200,000 attributes on a tag, 300,000 links), and a C library
can crash outright. So the parsers run in a child that the kernel stops, and the worker that asked only gets an
`Unreadable`. The child is kept between documents (starting one takes half a second), replaced after
MOST_DOCUMENTS, and ends by itself when idle. `subprocess` rather than `multiprocessing`, because Celery's pool
processes are daemonic and may have no multiprocessing children.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from articles.reading.errors import TooHeavy, Unreadable

MEMORY = 1 << 30
PROCESSOR_SECONDS = 20
WALL_SECONDS = 40.0  # the child may have to wait for a processor
MOST_DOCUMENTS = 500
_ROOT = Path(__file__).resolve().parents[2]
_LENGTH_BYTES = 4


class ParserFault(RuntimeError):
    """The parser raised something that is not the document's fault, or its process died: a defect of ours."""


class _Child:
    """One child process. Not safe for threads; `Workbench` sees to that."""

    def __init__(self, memory: int, processor_seconds: int) -> None:
        self.processor_seconds = processor_seconds
        self.owner = os.getpid()
        self.documents = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no words from outside
            [sys.executable, "-m", "articles.reading.child", str(memory), str(processor_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"},
            cwd="/",
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout

    @property
    def usable(self) -> bool:
        return (
            self.owner == os.getpid()  # a fork's copy shares the pipes with the original's
            and self._process.poll() is None
            and self.documents < MOST_DOCUMENTS
        )

    def ask(self, request: bytes, body: bytes) -> dict[str, Any]:
        """Send one request and wait for its answer. Raises TooHeavy, ParserFault, or _Gone before any work."""
        self.documents += 1
        deadline = time.monotonic() + WALL_SECONDS
        message = len(request).to_bytes(_LENGTH_BYTES, "big") + request
        message += len(body).to_bytes(_LENGTH_BYTES, "big") + body
        try:
            self._write(message, deadline)
            length = int.from_bytes(self._read(_LENGTH_BYTES, deadline), "big")
            return json.loads(self._read(length, deadline))
        except (BrokenPipeError, EOFError) as error:
            raise self._death() from error

    def end(self) -> None:
        """Close the pipes, end the process and reap it."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with contextlib.suppress(BrokenPipeError):  # what was in the buffer went nowhere
                pipe.close()

    def _write(self, message: bytes, deadline: float) -> None:
        descriptor = self._questions.fileno()
        os.set_blocking(descriptor, False)
        view = memoryview(message)
        while view:
            self._wait(descriptor, select.POLLOUT, deadline)
            view = view[os.write(descriptor, view[:65536]) :]

    def _read(self, count: int, deadline: float) -> bytes:
        descriptor = self._answers.fileno()
        data = bytearray()
        while len(data) < count:
            self._wait(descriptor, select.POLLIN, deadline)
            part = os.read(descriptor, count - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(1000 * max(0.0, deadline - time.monotonic())):
            raise TooHeavy(f"Reading it took more than {WALL_SECONDS:.0f} s. Paste the text instead.")

    def _death(self) -> Exception:
        status = self._process.wait()
        if status == 0:
            return _Gone()
        if status == -signal.SIGXCPU:
            return TooHeavy(
                f"Reading it took more than {self.processor_seconds} s of processor time. Paste the text instead."
            )
        if status in {-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS}:
            return TooHeavy(
                f"The parser was stopped while reading it ({signal.Signals(-status).name}: out of memory, or a "
                "defect of the parser). Paste the text instead."
            )
        return ParserFault(f"The parsing process ended with status {status}; its error output says why.")


class _Gone(Exception):
    """The child had ended itself (idle) before it took the request."""


class Workbench:
    """One child for each process that asks, used by one thread at a time."""

    def __init__(self, memory: int = MEMORY, processor_seconds: int = PROCESSOR_SECONDS) -> None:
        self._limits = memory, processor_seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def after_fork(self) -> None:
        self._lock = threading.Lock()  # the parent's may have been held at the time

    def perform(self, task: str, body: bytes, **arguments: str | None) -> Any:
        """What `child.perform` gives for `task`. Raises Unreadable, or ParserFault for a defect of ours."""
        request = json.dumps({"task": task, **arguments}).encode()
        with self._lock:
            reply = self._ask(request, body)
        if "result" in reply:
            return reply["result"]
        if "too heavy" in reply:
            raise TooHeavy(reply["too heavy"])
        if "unreadable" in reply:
            raise Unreadable(reply["unreadable"])
        raise ParserFault(reply["fault"])

    def _ask(self, request: bytes, body: bytes) -> dict[str, Any]:
        for _ in range(3):
            child = self._child
            if child is None or not child.usable:
                self._replace(child := _Child(*self._limits))
            try:
                return child.ask(request, body)
            except _Gone:
                self._replace(None)
            except BaseException:
                # Also Celery's soft time limit, in the middle: what the child answers later must not be taken
                # for the answer to the next question.
                self._replace(None)
                raise
        raise ParserFault("The parsing process ends as soon as it is started.")

    def _replace(self, child: _Child | None) -> None:
        if self._child is not None:
            self._child.end()
        self._child = child


_workbench = Workbench()
os.register_at_fork(after_in_child=_workbench.after_fork)
perform = _workbench.perform
