# SPDX-License-Identifier: MIT
"""
The firmware's own mistakes: a fault at EL3 ends in a screen, a trace event and the registers. And
what keeps a mistake from becoming more than that: which memory executes, which is written.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from conftest import CLOCK, HANG_S
from PIL import Image
from story import SCHEMA

from lab import paths
from lab.qemu import RunningPhone

SECURE_RAM = 0x0E000000  # where the NOR's first byte is when the firmware runs
RAM = 0x40000000
UNKNOWN, INSTRUCTION_ABORT, DATA_ABORT = 0x00, 0x21, 0x25  # at EL3, from EL3
TRANSLATION, PERMISSION = 1, 3  # kinds of faults, whatever the level: ARM ARM, ISS
UNDEFINED = bytes(4)  # udf #0
# movz x0, #0; movk x0, #0; movk x0, #512, lsl #48; ldr x0, [x0]
READ_UNMAPPED = bytes.fromhex("000080d2 000080f2 0040e0f2 000040f9")


def address_of(symbol: str) -> int:
    elf = paths.FIRMWARE.with_suffix(".elf")
    listing = subprocess.check_output(["aarch64-linux-gnu-nm", elf], text=True)
    symbols = (line.split() for line in listing.splitlines())
    return next(int(value, 16) for value, _, name in symbols if name == symbol)


def with_address(where: int, last: str) -> bytes:
    """movz x0, the low half; movk x0, the high half; and one instruction that uses it."""
    low = 0xD2800000 | (where & 0xFFFF) << 5
    high = 0xF2A00000 | (where >> 16) << 5
    return struct.pack("<II", low, high) + bytes.fromhex(last)


def branch(where: int) -> bytes:
    return with_address(where, "00001fd6")  # br x0


def store(where: int) -> bytes:
    return with_address(where, "000000b9")  # str w0, [x0]


def panic_of(folder: Path, code: bytes) -> tuple[str, bytes, list[dict]]:
    """What is told when the firmware comes to that code, in the place of policy_decide."""
    with open(folder / "nor.img", "r+b") as nor:
        nor.seek(address_of("policy_decide") - SECURE_RAM)
        nor.write(code)
    with RunningPhone(folder, rtc=CLOCK) as phone:
        found = phone.wait_for(
            lambda: [event for event in phone.events if event["event"] == "panic"] or None, HANG_S
        )
        assert found, phone.events
        phone.wait_for(lambda: b"sp" in phone.log or None, HANG_S)
        phone.settle(0.3)
        phone.shoot(folder / "screen.png")
        return found[0]["text"], bytes(phone.log), list(phone.events)


def syndrome(text: str) -> int:
    return int(text.split("esr ")[1].split()[0], 16)


@pytest.mark.parametrize("code, exception_class", [
    (UNDEFINED, UNKNOWN),
    (READ_UNMAPPED, DATA_ABORT),
], ids=["undefined", "unmapped"])
def test_a_fault_says_what_and_where(factory, code, exception_class):
    folder = factory()
    text, log, events = panic_of(folder, code)
    fault_at = address_of("policy_decide") + len(code) - 4
    assert text.startswith("synchronous exception in the firmware\n")
    assert f"elr {fault_at:016x}" in text
    assert syndrome(text) >> 26 == exception_class
    assert "x00 " in text and "sp  000000000e" in text
    assert text.encode() in log.replace(b"\r", b"")
    assert not any(event["event"] == "verdict" for event in events)
    assert [problem for event in events for problem in SCHEMA.problems(event)] == []
    assert Image.open(folder / "screen.png").convert("L").getextrema()[1] > 200, "nothing to read"


@pytest.mark.parametrize("where", [
    RAM, 0x0, "page_tables", "rodata_end-16"
], ids=["ram", "nor", "data", "constants"])
def test_only_the_firmware_s_text_executes_at_el3(factory, where):
    address = resolve(where)
    text, _, _ = panic_of(factory(), branch(address))
    assert f"elr {address:016x} far {address:016x}" in text
    assert syndrome(text) >> 26 == INSTRUCTION_ABORT
    assert syndrome(text) >> 2 & 0xF == PERMISSION


@pytest.mark.parametrize("where, fault", [
    ("policy_decide", PERMISSION), ("rodata_end-16", PERMISSION), ("stack_guard", TRANSLATION)
], ids=["text", "constants", "stack-guard"])
def test_the_firmware_does_not_write_over_itself(factory, where, fault):
    address = resolve(where)
    code = store(address)
    text, _, _ = panic_of(factory(), code)
    fault_at = address_of("policy_decide") + len(code) - 4
    assert f"elr {fault_at:016x} far {address:016x}" in text
    assert syndrome(text) >> 26 == DATA_ABORT and syndrome(text) >> 6 & 1, "a write"
    assert syndrome(text) >> 2 & 0xF == fault


def resolve(where: int | str) -> int:
    """An address, or a symbol of the firmware, less so many bytes."""
    if isinstance(where, int):
        return where
    name, _, less = where.partition("-")
    return address_of(name) - int(less or 0)
