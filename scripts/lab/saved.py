# SPDX-License-Identifier: MIT
"""
What a phone says, saved to a file as long as there is room for it. This computer's disk may fill up
while a phone runs: then lines are missing from the file, and the phone goes on.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from . import outside


class Saved:
    def __init__(self, file: Path) -> None:
        self._name = file.name
        self._file = outside.written(file)
        self._is_torn = False  # it ends in the middle of what was to be written
        self._is_told = False

    def write(self, data: bytes) -> None:
        whole = b"\n" + data if self._is_torn else data
        try:
            count = self._file.write(whole)
        except OSError as error:
            self._tell(error.strerror)
            return
        self._is_torn = count < len(whole)
        if self._is_torn:
            self._tell(os.strerror(errno.ENOSPC))

    def _tell(self, why: str) -> None:
        if self._is_told:
            return
        self._is_told = True
        with contextlib.suppress(OSError):  # that may go to the same disk
            outside.tell(
                f"phone: {self._name} is not whole ({why}); the phone goes on",
                f"phone: {self._name} 不完整（{why}）；手机继续运行",
            )

    def close(self) -> None:
        self._file.close()
