# SPDX-License-Identifier: MIT
"""
Watches over the fuses from outside: a burned fuse must never come back, and the record never
changes.

QEMU's NOR would let a program do both; the firmware does not, and this is the proof after each run.
What was last seen is kept with the phone, so that a chip that was changed between two runs is
noticed too. Layout: bootloader/format/nor_map.h and fuses.h.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator

from . import outside
from .errors import LabError

FUSES_OFFSET = 0x140000
FUSES_BYTES = 0x40000
SEEN = "fuses.seen"  # in the phone's folder: the record and the counts, as the last run left them

# The unary counts behind the record, (offset, length): the only bytes that may be burned further.
ROLLBACK = (132, 8)
LOCK_CHANGES = (140, 32)
COUNTS = (ROLLBACK, LOCK_CHANGES)
RECORD_BYTES = 172


def read(nor: Path) -> bytes:
    with outside.opened(nor) as file:
        file.seek(FUSES_OFFSET)
        return file.read(FUSES_BYTES)


def count(sector: bytes, field: tuple[int, int]) -> int:
    """What a unary count says: one more than its highest burned fuse."""
    offset, length = field
    bits = int.from_bytes(sector[offset : offset + length], "little")
    return (~bits & (1 << 8 * length) - 1).bit_length()


def tampering(before: bytes, after: bytes) -> str | None:
    """What is wrong with the change from `before` to `after`, if anything."""
    if before == after:
        return None
    if len(before) != len(after):
        return "the fuse sector changed its size"
    for offset, (old, new) in enumerate(zip(before, after)):
        if new & ~old:
            return f"a burned fuse came back, at byte {offset:#x} of the fuse sector"
        in_count = any(start <= offset < start + length for start, length in COUNTS)
        if new != old and not in_count:
            return f"the factory's record changed, at byte {offset:#x} of the fuse sector"
    return None


def _last_seen(seen: Path) -> bytes:
    with outside.opened(seen) as file:
        return file.read(RECORD_BYTES + 1)


def _remember(seen: Path, record: bytes) -> None:
    with outside.written(seen) as file:
        file.write(record)


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Around a run of the phone in `folder`: fails when its fuses were tampered with."""
    nor, seen = folder / "nor.img", folder / SEEN
    before = read(nor)
    since = tampering(_last_seen(seen), before[:RECORD_BYTES]) if seen.is_file() else None
    try:
        yield
    finally:
        after = read(nor)
        during = tampering(before, after)
        _remember(seen, after[:RECORD_BYTES])
        if since or during:
            when = "since the last run" if since else "during the run"
            raise LabError(f"the fuses were tampered with {when}: {since or during}")
