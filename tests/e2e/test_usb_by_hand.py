# SPDX-License-Identifier: MIT
"""
What a person does at a virtual machine that was started with the words that `phone usb` printed: a whole
package by its own script, and a whole package by qdl. Debian 12's qdl writes 512 bytes at a time, so `make
soak`; the parts are in test_usb_guest.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_usb_host import on_cable, part, traced

from lab import roms
from lab.usb_guest import XHCI, Guest, make_initramfs, words

LONG_S = 1800  # a detector of hangs

pytestmark = pytest.mark.soak


def unpacked(package: Path) -> dict[str, bytes]:
    """The package as it lies in the machine's /root/rom."""
    files = [file for file in package.rglob("*") if file.is_file()]
    return {f"root/rom/{file.relative_to(package)}": file.read_bytes() for file in files}


def test_a_package_by_its_own_script_and_the_brick_is_watched(tmp_path):
    """The Global ROM on a phone that was made for China, as an importer did it."""
    package = roms.package("whyred", "global")
    initramfs = make_initramfs(tmp_path / "initramfs", XHCI, unpacked(package))
    with on_cable(tmp_path, "whyred", hold="power,volume-down", way=()) as cable:
        with Guest(initramfs, words(cable.line)) as guest:
            guest.plugged("18d1:d00d")
            assert guest.run("fastboot devices") == (0, "8a7b6c5d\tfastboot\n")
            code, said = guest.run("sh rom/flash_all.sh")
            assert code == 0 and said.endswith("done\n"), said
            traced(cable, event="verdict", fate="brick", reason="region-mismatch")
            guest.plugged("")
            assert "brick region-mismatch" in cable.phone("explain", "mine")
            # The brick's way out is still there.
            cable.phone("press", "mine", "volume-down+power")
            guest.plugged("18d1:d00d")
            assert guest.run("fastboot devices") == (0, "8a7b6c5d\tfastboot\n")


def test_a_dead_phone_is_rescued_by_qdl(tmp_path):
    package = roms.package("whyred", "cn")
    files = {**unpacked(package), "root/programmer": os.urandom(5000)}
    initramfs = make_initramfs(tmp_path / "initramfs", XHCI, files)
    parts = ("boot", "recovery", "system", "vbmeta")
    account = ("--account", "authorised")
    with on_cable(tmp_path, "whyred", *account, hold="power,volume-down", way=()) as cable:
        before = {name: part(cable.folder, name, 1 << 20) for name in parts}
        with Guest(initramfs, words(cable.line)) as guest:
            guest.plugged("18d1:d00d")
            for name in parts:
                assert guest.run(f"fastboot erase {name}")[0] == 0
            guest.run("fastboot oem edl")
            guest.plugged("05c6:9008")
            code, said = guest.run(
                "cd rom/images && qdl --storage emmc /root/programmer rawprogram0.xml", LONG_S
            )
            for name in parts:
                assert f'flashed "{name}" successfully' in said, said[-2000:]
            guest.plugged("18d1:d001")
        assert {name: part(cable.folder, name, 1 << 20) for name in parts} == before
        traced(cable, event="home")
