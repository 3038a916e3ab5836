"""A TCP proxy before a Unix socket that can let connections hang: both ends stay open, nothing goes through."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Self


class FreezingProxy:
    """Listens on a port of loopback. Use as a context manager; `freeze` hangs what is connected until then."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[tuple[socket.socket, threading.Event]] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for side, _frozen in self._open:
            side.close()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def freeze(self) -> None:
        """As when a router forgets a connection. New connections go through."""
        for _side, frozen in self._open:
            frozen.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            frozen = threading.Event()
            self._open += [(near, frozen), (far, frozen)]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink, frozen), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket, frozen: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if frozen.is_set():
                    return  # neither end is told
                sink.sendall(data)
            if not frozen.is_set():
                sink.shutdown(socket.SHUT_WR)
