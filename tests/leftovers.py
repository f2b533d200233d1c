# SPDX-License-Identifier: MIT
"""
What a run of the tests leaves behind on this computer: processes, phones, folders, files in the checkout.

A run gets a temporary folder of its own, which goes with it whatever browsers and clients drop there, and
a mark in its environment, which every process that it starts inherits, adb's server too.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

MARK = "FLASHLAB_TEST_RUN"
GRACE_S = 60.0  # for what is ending just now; a machine under load is slow


class Watch:
    """Made before the run; `env` is for it; `left()` after it says what is still there."""

    def __init__(self, root: Path, build: Path) -> None:
        self.root, self.phones = root, build / "phones"
        self.folder = Path(tempfile.mkdtemp(prefix="fl-"))
        self.pytest = self.folder / "t"  # what pytest keeps of each test
        self.env = {MARK: str(self.folder), "TMPDIR": str(self.folder)}
        self.before = set(self._phones()), set(self._files())

    def left(self) -> list[str]:
        end = time.monotonic() + GRACE_S
        while self.processes() and time.monotonic() < end:
            time.sleep(0.1)
        found = [f"process {pid}: {line}" for pid, line in self.processes()]
        found += [f"phone {name}" for name in sorted(set(self._phones()) - self.before[0])]
        return found + [
            f"in the checkout: {name}" for name in sorted(set(self._files()) - self.before[1])
        ]

    def remove(self) -> None:
        """Ends what the run started and takes its folder away."""
        for pid, _ in self.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def processes(self) -> list[tuple[int, str]]:
        mark, found = f"{MARK}={self.folder}".encode(), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                marked = mark in (entry / "environ").read_bytes().split(b"\0")
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # gone, or somebody else's
            if marked and line and int(entry.name) != os.getpid():
                found.append((int(entry.name), line.strip()))
        return found

    def _phones(self) -> list[str]:
        folders = self.phones.iterdir() if self.phones.is_dir() else ()
        return [path.name for path in folders if path.is_dir()]  # a lock file is none

    def _files(self) -> list[str]:
        """What git does not know and is not told to ignore."""
        done = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=all"], cwd=self.root, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        return done.stdout.splitlines()
