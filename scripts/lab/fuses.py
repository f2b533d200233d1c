# SPDX-License-Identifier: MIT
"""
Watches over the fuses from outside: a burned fuse must never come back, and the record never
changes.

QEMU's NOR would let a program do both; the firmware does not, and this is the proof after each run.
Layout: bootloader/format/nor_map.h and fuses.h.
"""

from pathlib import Path

FUSES_OFFSET = 0x140000
FUSES_BYTES = 0x40000
ROLLBACK_OFFSET = (
    132  # the unary count behind the record; the only bytes that may be burned further
)
ROLLBACK_BYTES = 8


def read(nor: Path) -> bytes:
    with open(nor, "rb") as file:
        file.seek(FUSES_OFFSET)
        return file.read(FUSES_BYTES)


def tampering(before: bytes, after: bytes) -> str | None:
    """What is wrong with the change from `before` to `after`, if anything."""
    if before == after:
        return None
    if len(before) != len(after):
        return "the fuse sector changed its size"
    for offset, (old, new) in enumerate(zip(before, after)):
        if new & ~old:
            return f"a burned fuse came back, at byte {offset:#x} of the fuse sector"
        in_rollback = ROLLBACK_OFFSET <= offset < ROLLBACK_OFFSET + ROLLBACK_BYTES
        if new != old and not in_rollback:
            return f"the factory's record changed, at byte {offset:#x} of the fuse sector"
    return None
