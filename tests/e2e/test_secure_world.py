# SPDX-License-Identifier: MIT
"""
Root in a booted ROM tries to reach what is not its own: the NOR with firmware, fuses and lock, the
secure RAM, secure devices, the firmware's services. All is refused, the phone goes on, and not a
byte of the NOR is another afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
from conftest import HANG_S, ROOT
from rom_on_disk import flash_offline
from story import run

from lab import paths, verdict

HERE = ROOT / "tests" / "e2e" / "secure_world"
NOR = "0x0 0x4000000"
SECURE_RAM = "0x0e000000 0x1000000"
SECURE_GPIO = "0x090b0000 0x1000"  # its lines switch the phone off
CLOCK = "0x09010000 0x1000"
FUSES = 0x140000


@pytest.fixture
def userland(build, tmp_path):
    """The ROM's programs, and those of the tests."""
    folder = tmp_path / "userland"
    folder.mkdir()
    for file in paths.USERLAND.iterdir():
        if file.is_file() and (os.access(file, os.X_OK) or file.suffix == ".ko"):
            shutil.copy(file, folder)
    compiler = ["aarch64-linux-gnu-gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-static"]
    subprocess.run([*compiler, HERE / "probe.c", "-o", folder / "probe"], check=True)
    make = ROOT / "rom-images" / "kernel-module" / "build"
    module = tmp_path / "smc_probe.ko"
    subprocess.run([make, paths.ARM64 / "headers", HERE / "smc_probe.c", module], check=True)
    # Under another name: what ends in .ko would be loaded when the ROM starts.
    shutil.copy(module, folder / "smc_probe")
    (folder / "smc_probe").chmod(0o755)
    return folder


class Shell:
    """The root shell on the phone's serial line."""

    def __init__(self, phone):
        self.phone = phone
        self.count = 0
        self("stty -echo; dmesg -n 1")

    def start(self, command):
        self.phone.type(command + "\n")

    def saw(self, pattern, begin):
        found = self.phone.wait_for(lambda: re.search(pattern, self.phone.log[begin:]), HANG_S)
        assert found, bytes(self.phone.log[-2000:]).decode(errors="replace")
        return found

    def __call__(self, command):
        """What it says, to its end."""
        begin = len(self.phone.log)
        self.count += 1
        # The quotes: a terminal that still echoes does not say the mark itself.
        self.phone.type(f"{command}; echo 'done'-{self.count}\n")
        end = self.saw(rb"done-%d\r?\n" % self.count, begin)
        return bytes(self.phone.log[begin : begin + end.start()]).decode(errors="replace")


def symbol(name):
    """Where the firmware has it in the secure RAM."""
    elf = paths.BUILD / "bootloader" / "flashlab.elf"
    told = subprocess.run(
        ["aarch64-linux-gnu-nm", elf], check=True, capture_output=True, text=True
    ).stdout
    return next(f"0x{line.split()[0]}" for line in told.splitlines() if line.endswith(f" {name}"))


def attack(phone):
    assert phone.wait_for(lambda: verdict.is_reported(phone.events) or None, HANG_S)
    shell = Shell(phone)

    # The clock is within reach of the very same probe: it can succeed.
    assert "pages=1 reads=1 writes=4" in shell(f"probe pages {CLOCK}")
    for where, pages in ((NOR, 16384), (SECURE_RAM, 4096), (SECURE_GPIO, 1)):
        assert f"pages={pages} reads=0 writes=0" in shell(f"probe pages {where}"), where

    told = shell("insmod /bin/smc_probe 2>/dev/null; dmesg | grep smc_probe:")
    calls, answered, spoilt = map(int, re.search(r"=(\d+) answered=(\d+) spoilt=(\d+)", told).groups())
    assert calls > 30000 and spoilt == 0
    assert 0 < answered < 100, "only the services that there are"

    attack_by_dma(phone, shell)
    assert shell("cat /sys/firmware/flashlab/boot_state").endswith("green\r\n")
    shell("echo 1 >/sys/firmware/flashlab/boot_success")
    assert shell("cat /sys/firmware/flashlab/boot_success").endswith("unchanged\r\n")


def attack_by_dma(phone, shell):
    """The keyboard writes its events where the ROM says: over the firmware's code, and the fuses."""
    shell(
        "for d in /sys/bus/virtio/drivers/virtio_input/virtio*; do"
        " echo ${d##*/} >/sys/bus/virtio/drivers/virtio_input/unbind; done"
    )
    assert "used=4" in press_into(phone, shell, "self"), "it can succeed"
    nor = (phone.folder / "nor.img").read_bytes()
    for target in (symbol("smc_handle"), symbol("vectors"), hex(FUSES), "0x0"):
        said = press_into(phone, shell, target)
        assert dma_ended(phone).search(said), f"{target}: {said}"
        # The firmware's code is what answers, and it is as it was.
        assert shell("cat /sys/firmware/flashlab/lock_state").endswith("locked\r\n"), target
        assert (phone.folder / "nor.img").read_bytes() == nor, target


def dma_ended(phone):
    """QEMU 7.2's device gives up. That of 10.0 goes on, and what it writes reaches nothing."""
    gives_up, goes_on = "used=0 status=0x4f", "used=4 status=0xf"
    version = phone.qmp.command("query-version")["qemu"]["major"]
    return re.compile(gives_up if version == 7 else f"{gives_up}|{goes_on}")


def press_into(phone, shell, address):
    """Two events each for pressing and releasing."""
    begin = len(phone.log)
    shell.start(f"probe dma {address}; echo 'over'-dma")
    shell.saw(rb"dma: armed", begin)
    phone.qmp.command("send-key", keys=[{"type": "qcode", "data": "up"}])
    shell.saw(rb"over-dma", begin)
    return bytes(phone.log[begin:]).decode(errors="replace")


def test_root_does_not_reach_the_secure_world(factory, userland, tmp_path):
    folder = factory(model="whyred")
    flash_offline(folder, tmp_path, model="whyred", userland=userland, cmdline="iomem=relaxed")
    before = (folder / "nor.img").read_bytes()
    ran = run(folder, attack)
    assert ran.words == "home green rom=cn"
    assert (folder / "nor.img").read_bytes() == before
