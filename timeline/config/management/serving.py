"""The web server of `manage.py run`, alone, for measuring: real processes, real sockets."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from timeline.config.management.commands.run import collect_static, programs

START_SECONDS = 60


@dataclass
class Server:
    port: int
    process: psutil.Process

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def read_through(self, path: str) -> int:
        """The length of an answer, read a piece at a time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            answer, length = connection.getresponse(), 0
            while piece := answer.read(1 << 16):
                length += len(piece)
            return length
        finally:
            connection.close()

    def workers(self) -> list[psutil.Process]:
        return self.process.children()

    def cpu_seconds(self) -> float:
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def memory_mb(self) -> list[float]:
        return sorted(worker.memory_info().rss / (1 << 20) for worker in self.workers())


@contextmanager
def serving() -> Iterator[Server]:
    collect_static()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        web = next(p for p in programs(listener.fileno(), 1, 0) if p.name == "web")
        process = subprocess.Popen(  # noqa: S603 (our own command line)
            web.command,
            env={**os.environ, **web.environment, "STATEMENT_TIMEOUT_MS": "60000"},
            cwd=web.directory,
            pass_fds=web.pass_fds,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Server(listener.getsockname()[1], psutil.Process(process.pid))
            _wait(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.get("/healthz")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
