# SPDX-License-Identifier: MIT
"""
Stock tools in a virtual machine that a phone is plugged into, with the words that `phone usb` prints:
Debian's fastboot, adb and qdl, by usbredir and by USB/IP.
"""

from __future__ import annotations

import json
import os

import pytest
from small_zip import small_zip
from test_sideload import MENU_TO_ASSISTANT
from test_usb_host import MIB, REFUSAL, on_cable, part, traced

from lab import paths, roms
from lab.qemu import FASTBOOT, PORTS
from lab.usb_guest import QDL, VHCI, XHCI, Guest, make_initramfs, words

IMAGE_MIB = 4
NETWORK = ["-netdev", "user,id=net", "-device", "e1000,netdev=net,romfile="]


@pytest.fixture(scope="module")
def image() -> bytes:
    return os.urandom(IMAGE_MIB * MIB)


def test_stock_tools_by_usbredir(tmp_path, image):
    package = roms.package("whyred", "cn")
    names = ("rawprogram0.xml", "vbmeta.img", "misc.img")
    files = {f"rom/{name}": (package / "images" / name).read_bytes() for name in names}
    files |= {"root/image": image, "root/programmer": os.urandom(5000)}
    zip_file = roms.recovery_zip("whyred", "cn")
    files["root/rom.zip"] = small_zip(zip_file, "recovery.img", "system.img", most_bytes=MIB)
    initramfs = make_initramfs(tmp_path / "initramfs", XHCI, files)
    with on_cable(
        tmp_path, "whyred", "--account", "authorised", hold="power,volume-down", way=()
    ) as cable:
        with Guest(initramfs, words(cable.line)) as guest:
            flash_and_restart(guest, cable, image)
            dead_and_cured(guest)
            speak_adb(guest)
            sideload(guest, cable)


def seen_by_fastboot(guest: Guest) -> bool:
    """Debian 12's client and Debian 13's space their lines in ways of their own."""
    code, said = guest.run("fastboot devices")
    return (code, said.split()) == (0, ["8a7b6c5d", "fastboot"])


def flash_and_restart(guest: Guest, cable, image: bytes) -> None:
    guest.plugged("18d1:d00d")
    said = guest.run("lsusb -v -d 18d1:d00d")[1]
    assert "8a7b6c5d" in said and "bInterfaceProtocol      3" in said
    assert seen_by_fastboot(guest)
    code, said = guest.run("fastboot getvar all")
    assert code == 0 and "product: whyred" in said.replace("product:whyred", "product: whyred")
    code, said = guest.run("fastboot flash cache image")
    assert code == 0, said
    assert part(cable.folder, "cache", len(image)) == image
    code, said = guest.run("fastboot oem nonsense")
    assert code == 1 and "FAILED (remote" in said
    # A tool that is killed amid its data, and the next one.
    guest.run("for i in 1 2 3 4; do cat image; done >large")
    guest.run("fastboot flash cache large >/dev/null 2>&1 & usleep 400000; kill -9 $!")
    code, said = guest.run("fastboot getvar product")
    assert code == 0 and "whyred" in said
    for _ in range(2):
        guest.run("fastboot reboot bootloader")  # a slow guest may hear of the unplug only
        code, said = guest.run("fastboot getvar product")  # it waits for the phone
        assert code == 0 and "whyred" in said


def dead_and_cured(guest: Guest) -> None:
    """
    Nothing that may start, and no way in but rescue mode: stock qdl with the package's rawprogram0.xml.
    Of it the lines that are needed: Debian 12's qdl writes 512 bytes at a time.
    """
    code, said = guest.run("fastboot erase vbmeta")
    assert code == 0, said
    guest.run("fastboot oem edl")
    guest.plugged("05c6:9008")
    guest.run("cd /rom; grep -vE 'label=.(boot|recovery|system)' rawprogram0.xml >cure.xml")
    code, said = guest.run("qdl --storage emmc /root/programmer cure.xml")
    assert 'flashed "vbmeta" successfully' in said, said
    guest.run("cd /root")
    guest.plugged("18d1:d001")


def speak_adb(guest: Guest) -> None:
    guest.run("adb start-server")
    guest.until("adb devices", r"8a7b6c5d\tdevice")
    assert guest.run("adb shell getprop ro.product.device")[1].strip() == "whyred"
    guest.run("adb reboot bootloader")
    guest.plugged("18d1:d00d")
    assert seen_by_fastboot(guest)


def sideload(guest: Guest, cable) -> None:
    """By the server that knew the phone's ROM before: it finds the recovery, too."""
    assert guest.run("fastboot reboot recovery")[0] == 0
    traced(cable, event="menu")
    cable.phone("press", "mine", *MENU_TO_ASSISTANT)
    traced(cable, page="waiting")
    guest.plugged("18d1:d001")
    guest.until("adb devices", r"8a7b6c5d\tsideload")
    code, said = guest.run("adb sideload rom.zip")
    assert code == 0 and "Total xfer" in said, said[-500:]
    traced(cable, event="package", result="installed")


def test_rescue_mode_refuses_stock_qdl_without_an_account(tmp_path):
    files = {"root/programmer": os.urandom(5000), "root/boot.img": bytes(4096)}
    files["root/rawprogram0.xml"] = (
        b'<?xml version="1.0" ?><data><program SECTOR_SIZE_IN_BYTES="512" file_sector_offset="0" '
        b'filename="boot.img" label="boot" num_partition_sectors="8" '
        b'physical_partition_number="0" sparse="false" start_sector="2048"/></data>'
    )
    initramfs = make_initramfs(tmp_path / "initramfs", XHCI, files)
    with on_cable(tmp_path, "whyred", hold="power,volume-down", way=()) as cable:
        before = part(cable.folder, "misc", MIB)
        with Guest(initramfs, words(cable.line)) as guest:
            guest.plugged("18d1:d00d")
            guest.run("fastboot oem edl")
            guest.plugged("05c6:9008")
            code, said = guest.run("qdl --debug --storage emmc programmer rawprogram0.xml")
            assert code != 0 and REFUSAL in said, said
        assert part(cable.folder, "misc", MIB) == before


def test_linux_s_virtual_host_controller(tmp_path, image):
    """In one machine: what a bridge of its own plugs into it, and what comes by USB/IP."""
    files = {"usr/bin/usbphone": (paths.BUILD / "tests" / "usbphone-guest").read_bytes()}
    files["root/image"] = image
    initramfs = make_initramfs(tmp_path / "initramfs", VHCI, files, without=QDL)
    with on_cable(tmp_path, "whyred", hold="power,volume-down") as cable:
        with Guest(initramfs, NETWORK) as guest:
            into_the_computers_own_usb(guest, cable)
            stock_tools_by_usbip(guest, cable, image)


def into_the_computers_own_usb(guest: Guest, cable) -> None:
    """As root: in the guest, whose own bridge has the host's phone."""
    port = json.loads((cable.folder / PORTS).read_text())[FASTBOOT]
    guest.run("chmod +x /usr/bin/usbphone; mkfifo modes")
    guest.run("usbphone --vhci --serial 8a7b6c5d <modes 2>said & exec 3>modes")
    for _ in range(2):
        guest.run(f"echo fastboot 10.0.2.2:{port} >&3")
        guest.plugged("18d1:d00d")
        assert seen_by_fastboot(guest)
        code, said = guest.run("fastboot oem device-info")
        assert code == 0 and "Device unlocked: true" in said, said
        guest.run("echo off >&3")
        guest.plugged("")
    guest.run(f"echo fastboot 10.0.2.2:{port} >&3")
    guest.plugged("18d1:d00d")
    guest.run("exec 3>&-")  # who told the modes has gone
    guest.plugged("")
    assert "plugged into port" in guest.run("cat said")[1]


def stock_tools_by_usbip(guest: Guest, cable, image: bytes) -> None:
    line = cable.line.replace("127.0.0.1", "10.0.2.2").strip()
    said = guest.run(f"usbip --tcp-port {cable.port} list -r 10.0.2.2")[1]
    assert "18d1:d00d" in said
    attach(guest, line)
    assert seen_by_fastboot(guest)
    code, said = guest.run("fastboot flash cache image")
    assert code == 0, said
    assert part(cable.folder, "cache", len(image)) == image
    guest.run("fastboot reboot bootloader")
    guest.plugged("")
    attach(guest, line)
    assert "whyred" in guest.run("fastboot getvar product")[1]


def attach(guest: Guest, line: str) -> None:
    guest.until(f"{line} 2>&1 && echo attached", "attached")
    guest.plugged("18d1:d00d")
