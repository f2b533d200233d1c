# SPDX-License-Identifier: MIT
"""Kernels as the phones of 2018 were sold with them: Image.gz, Image.gz-dtb; and Image.lz4."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from conftest import HANG_S
from rom_on_disk import flash_offline

from lab import disk, paths
from lab.qemu import RunningPhone
from lab.verdict import decision, words

DEVICE_TREE = bytes.fromhex("d00dfeed 00000048") + bytes(64)
PLAIN = paths.ARM64 / "vmlinuz"


def verdict_of(folder: Path, says=words) -> RunningPhone:
    with RunningPhone(folder) as running:
        running.wait_for(lambda: says(running.events) or None, HANG_S)
        return running


@pytest.fixture(scope="module")
def packed(build) -> bytes:
    return gzip.compress(PLAIN.read_bytes(), 1)


@pytest.fixture
def repack(tmp_path, packed):
    """Writes a boot image by Debian's mkbootimg, with another kernel, to the phone's disk."""

    def flash(folder: Path, kernel: bytes, *more: str) -> None:
        begin, length = disk.partitions(folder / "disk.img")["boot"]
        (tmp_path / "boot.img").write_bytes(disk.partition(folder / "disk.img", "boot"))
        command = ["unpack_bootimg", "--boot_img", tmp_path / "boot.img", "--out", tmp_path]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        cmdline = re.search("^command line args: (.*)$", said, re.MULTILINE)[1]
        (tmp_path / "kernel").write_bytes(kernel)
        command = ["mkbootimg", "--kernel", tmp_path / "kernel", "--ramdisk", tmp_path / "ramdisk"]
        command += ["--cmdline", cmdline, "-o", tmp_path / "new.img", *more]
        subprocess.run(command, check=True, capture_output=True)
        image = (tmp_path / "new.img").read_bytes()
        assert len(image) <= length
        with open(folder / "disk.img", "r+b") as file:
            file.seek(begin)
            file.write(image)

    return flash


def test_gz_dtb_on_an_open_phone(factory, repack, packed):
    folder = factory("whyred", "cn", "cn", "unlocked")
    repack(folder, packed + DEVICE_TREE, "--pagesize", "4096")
    assert words(verdict_of(folder).events) == "home orange rom=cn"


def test_gz_under_header_version_2(factory, repack, packed, tmp_path):
    (tmp_path / "tree").write_bytes(DEVICE_TREE)
    folder = factory("whyred", "cn", "cn", "unlocked")
    repack(folder, packed, "--header_version", "2", "--dtb", str(tmp_path / "tree"))
    assert words(verdict_of(folder).events) == "home orange rom=cn"


def test_gz_signed_on_a_locked_phone(factory, packed, tmp_path):
    kernel = tmp_path / "Image.gz"
    kernel.write_bytes(packed)
    folder = factory("dipper", "cn", "cn")
    flash_offline(folder, tmp_path, model="dipper", kernel=kernel)
    events = verdict_of(folder, decision).events  # unpacked, it is the kernel that runs above
    assert decision(events) == "home green rom=cn"


@pytest.mark.parametrize("case, why", [("cut", "E_KERNEL_STREAM"), ("bomb", "E_KERNEL_LARGE"),
                                       ("frame", "E_KERNEL_PACKING")])
def test_what_cannot_be_unpacked_is_named(factory, repack, packed, case, why):
    kernel = {
        "cut": packed[:1 << 20],
        "bomb": gzip.compress(bytes(200 << 20), 1),
        "frame": bytes.fromhex("04224d18") + bytes(10000),
    }[case]
    folder = factory("whyred", "cn", "cn", "unlocked")
    repack(folder, kernel)
    running = verdict_of(folder)
    assert words(running.events).startswith("brick no-rom")
    assert [e["check"] for e in running.events if e["stage"] == "boot"] == [why]
