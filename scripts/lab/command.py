# SPDX-License-Identifier: MIT
"""One command of the host, to its end, and what it says while it says it."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from typing import Callable

from . import paths
from .errors import LabError

LIMIT_S = 240.0
CHUNK = 65536


def run(
    words: list[str],
    on_line: Callable[[str], None] = lambda line: None,
    limit_s: float = LIMIT_S,
) -> subprocess.CompletedProcess:
    """Both its outputs, and each line as it comes. What hangs is ended, with all that it started."""
    process = subprocess.Popen(
        words,
        cwd=paths.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said = _listen(process, on_line, time.monotonic() + limit_s)
        process.wait(timeout=limit_s)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
        process.stdout.close()
    if said is None:
        raise LabError(f"{words[0]} came to no end in {limit_s:g} s")
    return subprocess.CompletedProcess(words, process.returncode, said, b"")


def _listen(
    process: subprocess.Popen, on_line: Callable[[str], None], end: float
) -> bytes | None:
    """What it said, when it has closed its output; None: the time is over."""
    said = rest = b""
    while select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
        data = os.read(process.stdout.fileno(), CHUNK)
        said += data
        *lines, rest = re.split(rb"[\r\n]", rest + data)
        for line in lines if data else [*lines, rest]:
            on_line(line.decode(errors="replace"))
        if not data:
            return said
    os.killpg(process.pid, signal.SIGKILL)
    return None
