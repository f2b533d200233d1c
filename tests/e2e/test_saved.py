# SPDX-License-Identifier: MIT
"""Trace and log of a phone on a computer whose disk is full: lines are missing, and the phone goes on."""

from __future__ import annotations

import errno
import resource
import subprocess

import pytest
from conftest import HANG_S, PHONE, without_display

from lab.saved import Saved

BYTES = 8192  # fewer than the log has, more than each of the other files of the run


class FullDisk:
    """Takes so many bytes, and then no more until somebody makes room."""

    def __init__(self, room: int) -> None:
        self.room, self.taken = room, b""

    def write(self, data: bytes) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = data[: self.room]
        self.room -= len(part)
        self.taken += part
        return len(part)


@pytest.mark.parametrize("room", range(0, 30))
def test_only_whole_lines_and_one_that_is_torn(tmp_path, capsys, room):
    saved = Saved(tmp_path / "trace.jsonl")
    saved._file.close()
    saved._file = disk = FullDisk(room)
    for _ in range(3):
        saved.write(b'{"first":1}\n')
    disk.room = 100
    saved.write(b'{"last":1}\n')
    lines = disk.taken.splitlines()
    assert lines[-1] == b'{"last":1}'
    torn = [line for line in lines[:-1] if line != b'{"first":1}']
    assert len(torn) <= 1 and all(b'{"first":1}'.startswith(line) for line in torn)
    assert capsys.readouterr().err.count("trace.jsonl is not whole") == 1


def test_a_run_is_told_to_its_end(fake):
    """No room for the whole log: the verdict is known all the same."""
    done = subprocess.run(
        [PHONE, "run", "fake", "--headless"],
        env={**without_display(), **fake.env("chatty")},
        text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_S, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES, BYTES)),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "verdict: brick region-mismatch made-for=cn rom=global\n"), done.stderr
    assert (fake.phone_folder / "log.txt").stat().st_size == BYTES
    assert "log.txt is not whole (No space left on device); the phone goes on" in done.stderr
