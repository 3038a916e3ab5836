"""The child process that parses hostile bytes: `python -m articles.reading.child`, started by `workbench`.

It reads requests from its standard input and writes answers to its standard output, each a length (4 bytes,
big-endian) and as many bytes of JSON; a request's body follows it with a length of its own. It ends when its
input does (so never outlives its parent), when idle, and by the kernel's hand when one document takes more
processor time or memory than it may.
"""

import json
import logging
import math
import resource
import select
import signal
import struct
import sys
import traceback
from datetime import datetime
from typing import Any, BinaryIO

from articles.reading.errors import TooHeavy, Unreadable
from articles.reading.feeds import read_feed_items
from articles.reading.listing import read_opml_feeds, read_sitemap_pages
from articles.reading.pages import read_feed_links, read_page

LENGTH = struct.Struct(">I")
IDLE_SECONDS = 120


def perform(request: dict[str, Any], body: bytes) -> dict[str, Any] | list[str]:
    """What a request asks for. `request` holds "task" and the keyword arguments of the function that does it."""
    url, charset = request["url"], request["charset"]
    match request["task"]:
        case "page":
            return read_page(body, url=url, charset=charset, now=datetime.fromisoformat(request["now"]))
        case "feed":
            return read_feed_items(body, url=url, charset=charset, now=datetime.fromisoformat(request["now"]))
        case "sitemap":
            now = datetime.fromisoformat(request["now"])
            return read_sitemap_pages(body, url=url, charset=charset, now=now)
        case "opml":
            return read_opml_feeds(body, charset=charset)
        case "feed links":
            return read_feed_links(body, url=url, charset=charset)
    raise ValueError(f"unknown task {request['task']!r}")


def answer(request: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The result, or the error in a form that the parent raises again."""
    try:
        return {"result": perform(request, body)}
    except TooHeavy as error:
        return {"too heavy": str(error)}
    except Unreadable as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"too heavy": "Reading it takes more memory than one document may. Paste the text instead."}
    except RecursionError:
        return {"too heavy": "It is nested too deeply. Paste the text instead."}
    except Exception:
        # The boundary of the process: the parent raises this, traceback and all.
        return {"fault": traceback.format_exc()}


def main() -> None:
    memory, processor_seconds = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing a library prints may get between the answers
    while select.select([requests], [], [], IDLE_SECONDS)[0] and (head := _read(requests)) is not None:
        body = _read(requests)
        if body is None:
            return
        _allow_processor(processor_seconds)
        reply = json.dumps(answer(json.loads(head), body)).encode()
        answers.write(LENGTH.pack(len(reply)) + reply)
        answers.flush()


def _allow_processor(seconds: int) -> None:
    """Let this document take `seconds` more of processor time; the kernel counts from the process's start."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None


if __name__ == "__main__":
    main()
