# SPDX-License-Identifier: MIT
"""
A kernel of a few instructions, for tests that ask whether the firmware starts one: an arm64 Image
(Documentation/arch/arm64/booting.rst of Linux).
"""

from __future__ import annotations

import struct

# It counts its starts in RAM, which a restart leaves as it is.
CODE = """
    d2ac0001  movz x1, #0x6000, lsl #16
    b9400022  ldr  w2, [x1]
    11000442  add  w2, w2, #1
    b9000022  str  w2, [x1]
    {compare} cmp  w2, #RESTARTS
    54000088  b.hi 1f
    52800120  movz w0, #9
    72b08000  movk w0, #0x8400, lsl #16   (PSCI SYSTEM_RESET)
    d4000003  smc  #0
    d503207f  1: wfi
    17ffffff  b    1b
"""


def little_kernel(restarts: int = 0) -> bytes:
    """Restarts the phone so often, at most 4094 times, then does nothing."""
    lines = CODE.format(compare=f"{0x7100005F | restarts << 10:08x}").split("\n")[1:-1]
    code = b"".join(struct.pack("<I", int(line.split()[0], 16)) for line in lines)
    head = struct.pack("<IIQQQ24s4sI", 0x14000010, 0, 0, 4096, 0, b"", b"ARM\x64", 0)
    return head + code
