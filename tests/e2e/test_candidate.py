# SPDX-License-Identifier: MIT
"""
What judges is what starts: what the phone says of something that could be started, and what comes
of it when it is. Each kind of thing that once was called good and then bricked.
"""

from __future__ import annotations

import random
import socket
import struct
from pathlib import Path

import pytest
from romc_inputs import TINY_KERNEL, romc
from story import run
from test_fastboot import Client, connect, fastboot_mode, packet, read, wait_for

from lab import disk, store

PAGE_SIZE_AT = 36
KERNEL_SIZE_AT = 8
NO_WAIT = {"no-wait": "1"}
GZIP = b"\x1f\x8b\x08"
# romc takes it for a kernel, as it is one: but one that wants to lie elsewhere.
MOVED_KERNEL = TINY_KERNEL[:8] + struct.pack("<Q", 0x80000) + TINY_KERNEL[16:]


def overwrite(folder: Path, name: str, data: bytes, at: int = 0) -> None:
    offset, length = disk.partitions(folder / "disk.img")[name]
    assert at + len(data) <= length
    with open(folder / "disk.img", "r+b") as file:
        file.seek(offset + at)
        file.write(data)


def page_bytes(image: bytes) -> int:
    return struct.unpack_from("<I", image, PAGE_SIZE_AT)[0]


def images(work: Path, model: str, rom: str, kernel: bytes) -> Path:
    """That ROM with another kernel, signed by the maker."""
    (work / "kernel").write_bytes(kernel)
    inputs = [str(word) for word in store.rom_inputs(model, rom)]
    inputs[inputs.index("--kernel") + 1] = str(work / "kernel")
    done = romc("images", *inputs, "-o", work / "images")
    assert done.returncode == 0, done.stderr
    return work / "images"


def boot(client: Client, image: bytes) -> str:
    """As it is: the stock client would make a boot image of what is none. The last reply."""
    with connect(client.phone) as sock:
        sock.sendall(b"FB01")
        assert read(sock, 4) == b"FB01"
        sock.sendall(packet(b"download:%08x" % len(image)))
        assert reply(sock).startswith("DATA")
        sock.sendall(packet(image))
        assert reply(sock) == "OKAY"
        sock.sendall(packet(b"boot"))
        return reply(sock)


def reply(sock: socket.socket) -> str:
    (length,) = struct.unpack(">Q", read(sock, 8))
    return read(sock, length).decode()


def test_boot_of_what_cannot_start(factory, tmp_path):
    folder = factory(lock="unlocked")
    good = disk.partition(folder / "disk.img", "boot", 8192)
    candidates = {
        "one byte": b"A",
        "garbage": random.Random(2).randbytes(9000),
        "page size 0": good[:PAGE_SIZE_AT] + bytes(4) + good[PAGE_SIZE_AT + 4 :],
        "kernel size": good[:KERNEL_SIZE_AT] + b"\xff" * 4 + good[KERNEL_SIZE_AT + 4 :],
    }
    with fastboot_mode(folder) as client:
        for name, data in candidates.items():
            assert boot(client, data).startswith("FAILno-rom: "), name
            assert "product: dipper" in client.says("getvar", "product"), name


def test_flashing_what_cannot_start(factory, tmp_path):
    folder = factory(lock="unlocked")
    image = bytearray(disk.partition(folder / "disk.img", "boot"))
    kernel = page_bytes(image)
    image[kernel : kernel + 64] = GZIP + bytes(61)
    (tmp_path / "boot.img").write_bytes(image)
    with fastboot_mode(folder) as client:
        said = client.says("flash", "boot", tmp_path / "boot.img")
        assert "next start: brick" in said and "no-rom: " in said
        said = client.says("oem", "why")
        assert "started now: brick" in said and "E_KERNEL_STREAM" in said
        assert "bad-hash: " in client.refuses("oem", "lock-check")
        client.says("reboot")
        wait_for(client.phone, "brick no-rom")


@pytest.mark.parametrize("harm", ["garbage", "kernel size", "first kernel page"])
def test_the_other_slot_while_unlocked(factory, harm):
    folder = factory("jasmine_sprout", "global", "global", "unlocked")
    page = page_bytes(disk.partition(folder / "disk.img", "boot_a", 4096))
    garbage, at, check = {
        "garbage": (random.Random(3).randbytes(1 << 20), 0, "E_BOOT_IMAGE_MAGIC"),
        "kernel size": (b"\xff" * 4, KERNEL_SIZE_AT, "E_BOOT_IMAGE_RANGE"),
        "first kernel page": (bytes(page), page, "E_KERNEL_MAGIC"),
    }[harm]
    overwrite(folder, "boot_a", garbage, at)
    takes_the_other_slot(folder, "orange", check, decided=harm != "garbage")


def test_the_other_slot_while_locked(factory, tmp_path):
    """Signed by the maker, and yet no kernel for this processor."""
    folder = factory("jasmine_sprout", "global", "global")
    made = images(tmp_path, "jasmine_sprout", "global", MOVED_KERNEL)
    for name in ("boot", "vbmeta"):
        overwrite(folder, f"{name}_a", (made / f"{name}.img").read_bytes())
    takes_the_other_slot(folder, "green", "E_KERNEL_RANGE", decided=True)


def takes_the_other_slot(folder: Path, colour: str, check: str, decided: bool) -> None:
    ran = run(folder, lab=NO_WAIT, decided=decided)
    assert ran.words == f"home {colour} rom=global"
    assert [e["slot"] for e in ran.events if e["event"] == "slot"] == ["a", "b"]
    assert [e["check"] for e in ran.events if e["event"] == "kernel"] == [check]
    with fastboot_mode(folder) as client:
        assert "slot-unbootable-reason:a: no-rom" in client.says(
            "getvar", "slot-unbootable-reason:a"
        )
        assert "current-slot: b" in client.says("getvar", "current-slot")


@pytest.mark.parametrize(
    "policy, comes_to",
    [("announced", "brick region-unknown"), ("none", "home orange rom=")],
)
def test_without_vbmeta(factory, policy, comes_to):
    """An anti-rollback phone: what cannot be read names no index, so it is not dead."""
    folder = factory("whyred", lock="unlocked", policy=policy)
    fate = "brick" if policy == "announced" else "boot"
    with fastboot_mode(folder) as client:
        said = client.says("erase", "vbmeta")
        assert ("next start: brick" in said) == (fate == "brick")
        assert f"started now: {fate}" in client.says("oem", "why")
        client.says("reboot")
        wait_for(client.phone, comes_to)


def test_an_odd_vbmeta(factory, tmp_path):
    folder = factory("whyred", lock="unlocked")
    odd = bytearray(disk.partition(folder / "disk.img", "vbmeta"))
    odd[4:8] = struct.pack(">I", 9)  # a version that nobody knows
    (tmp_path / "odd.img").write_bytes(odd)
    with fastboot_mode(folder) as client:
        said = client.says("flash", "vbmeta", tmp_path / "odd.img")
        assert "next start: brick" in said and "region-unknown: " in said
        client.says("reboot")
        wait_for(client.phone, "brick region-unknown")
