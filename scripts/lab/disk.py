# SPDX-License-Identifier: MIT
"""
A phone's disk from outside, for tests and the bench: where a partition lies (GPT, primary table).

Written apart from romc and the firmware, so that it can be their judge.
"""

from __future__ import annotations

import struct
from pathlib import Path

SECTOR = 512


def partitions(disk: Path) -> dict[str, tuple[int, int]]:
    """name -> (offset, length) in bytes."""
    found = {}
    with open(disk, "rb") as file:
        file.seek(SECTOR)
        header = file.read(92)
        assert header[:8] == b"EFI PART", "no partition table"
        entries_lba, count, entry_bytes = struct.unpack_from("<QII", header, 72)
        file.seek(entries_lba * SECTOR)
        for _ in range(count):
            entry = file.read(entry_bytes)
            first, last = struct.unpack_from("<QQ", entry, 32)
            name = entry[56:128].decode("utf-16-le").rstrip("\0")
            if any(entry[:16]):
                found[name] = (first * SECTOR, (last - first + 1) * SECTOR)
    return found


def partition(disk: Path, name: str, most: int | None = None) -> bytes:
    """What it holds, or so many bytes of its beginning: some have gigabytes."""
    offset, length = partitions(disk)[name]
    with open(disk, "rb") as file:
        file.seek(offset)
        return file.read(length if most is None else min(most, length))


def flip(disk: Path, offset: int, mask: int = 1) -> None:
    """Flips bits of one byte."""
    with open(disk, "r+b") as file:
        file.seek(offset)
        (old,) = file.read(1)
        file.seek(offset)
        file.write(bytes([old ^ mask]))
