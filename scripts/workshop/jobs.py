# SPDX-License-Identifier: MIT
"""One program at a time for a phone: what it says as it says it, how far it is, and its end."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import signal
from pathlib import Path
from typing import Callable

from lab import language, paths, schema

from .said import Refusal

LIMIT_S = 240.0
LINE_MAX = 800
LINES_MAX = 3000  # of one program; of an endless one no more is passed on
CHUNK = 4096
PERCENT = re.compile(r"\(~(\d+)%\)")  # as adb sideload writes its progress

PADDING = re.compile(r" {3,}")  # of fastboot, for terminals of 80 letters

OnLine = Callable[[str], None]


class Job:
    """A running program."""

    def __init__(self, words: list[str], on_line: OnLine) -> None:
        self.words, self.on_line = words, on_line
        self.said: list[str] = []
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> int:
        """Its exit code. It dies with us, and what it started with it, when the time is over."""
        self._process = await asyncio.create_subprocess_exec(
            "setpriv",
            "--pdeathsig",
            "KILL",
            "--",
            *self.words,
            cwd=paths.ROOT,
            env=language.for_both(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return await asyncio.wait_for(self._listen(), LIMIT_S)
        except asyncio.TimeoutError:
            program = Path(self.words[0]).name
            raise Refusal("no-end", program=program, seconds=f"{LIMIT_S:g}") from None
        finally:
            self.kill()

    async def _listen(self) -> int:
        assert self._process and self._process.stdout
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        rest = ""
        while data := await self._process.stdout.read(CHUNK):
            *lines, rest = re.split(r"[\r\n]", rest + decode(data))
            rest = rest[-LINE_MAX:]
            for line in lines:
                self._take(line)
        self._take(rest)
        return await self._process.wait()

    def _take(self, line: str) -> None:
        line = PADDING.sub("  ", line.rstrip()[:LINE_MAX])
        line = schema.printable(line) if line.strip() else ""
        percent = PERCENT.search(line)
        if not line or len(self.said) >= LINES_MAX or (percent and not percent[1].endswith("0")):
            return
        self.said.append(line)
        self.on_line(line)

    def kill(self) -> None:
        """With all that it started."""
        if self._process and self._process.returncode is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
