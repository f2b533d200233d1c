# SPDX-License-Identifier: MIT
"""The firmware's own mistakes: a fault at EL3 ends in a screen, a trace event and the registers."""

from __future__ import annotations

import subprocess

import pytest
from conftest import CLOCK, HANG_S
from PIL import Image
from story import SCHEMA

from lab import paths
from lab.qemu import RunningPhone

SECURE_RAM = 0x0E000000  # where the NOR's first byte is when the firmware runs
UNDEFINED = bytes(4)  # udf #0
# movz x0, #0; movk x0, #0; movk x0, #512, lsl #48; ldr x0, [x0]
READ_UNMAPPED = bytes.fromhex("000080d2 000080f2 0040e0f2 000040f9")


def address_of(symbol: str) -> int:
    elf = paths.FIRMWARE.with_suffix(".elf")
    listing = subprocess.check_output(["aarch64-linux-gnu-nm", elf], text=True)
    return next(int(line.split()[0], 16) for line in listing.splitlines() if line.split()[2] == symbol)


@pytest.mark.parametrize("code, exception_class", [
    (UNDEFINED, 0x00),  # unknown reason
    (READ_UNMAPPED, 0x25),  # a data abort without a change of level
], ids=["undefined", "unmapped"])
def test_a_fault_says_what_and_where(factory, code, exception_class):
    folder = factory()
    address = address_of("policy_decide")
    with open(folder / "nor.img", "r+b") as nor:
        nor.seek(address - SECURE_RAM)
        nor.write(code)
    with RunningPhone(folder, rtc=CLOCK) as phone:
        found = phone.wait_for(
            lambda: [event for event in phone.events if event["event"] == "panic"] or None, HANG_S
        )
        assert found, phone.events
        phone.wait_for(lambda: b"sp" in phone.log or None, HANG_S)
        phone.settle(0.3)
        phone.shoot(folder / "screen.png")
    text = found[0]["text"]
    fault_at = address + len(code) - 4
    assert text.startswith("synchronous exception in the firmware\n")
    assert f"elr {fault_at:016x}" in text
    told = int(text.split("esr ")[1].split()[0], 16)
    assert told >> 26 == exception_class
    assert "x00 " in text and "sp  000000000e" in text
    assert text.encode() in bytes(phone.log).replace(b"\r", b"")
    assert not any(event["event"] == "verdict" for event in phone.events)
    assert [problem for event in phone.events for problem in SCHEMA.problems(event)] == []
    assert Image.open(folder / "screen.png").convert("L").getextrema()[1] > 200, "nothing to read"
