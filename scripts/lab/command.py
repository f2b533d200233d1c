# SPDX-License-Identifier: MIT
"""One command of the host, to its end, and what it says while it says it."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from typing import Generator

from . import paths
from .errors import LabError

LIMIT_S = 240.0
TICK_S = 1.0
CHUNK = 65536

# Yields what happens, returns the exit code.
Running = Generator["str | None", None, int]


def lines(words: list[str], limit_s: float = LIMIT_S, env: dict[str, str] | None = None) -> Running:
    """
    Each line of both its outputs as it comes, and None for each second without one. What hangs is
    ended, and so is what is not listened to any more, with all that it started.
    """
    process = subprocess.Popen(
        words,
        cwd=paths.ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield from _listen(process.stdout.fileno(), words[0], time.monotonic() + limit_s)
        return process.wait(timeout=limit_s)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()


def _listen(output: int, name: str, end: float) -> Generator[str | None, None, None]:
    rest = b""
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise LabError(f"{name} came to no end")
        if not select.select([output], [], [], min(TICK_S, left))[0]:
            yield None
            continue
        data = os.read(output, CHUNK)
        *whole, rest = re.split(rb"[\r\n]", rest + data)
        yield from (line.decode(errors="replace") for line in whole)
        if not data:
            yield rest.decode(errors="replace")
            return
