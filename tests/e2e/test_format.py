# SPDX-License-Identifier: MIT
"""
`fastboot format` and `fastboot -w` as far as the client goes: Debian's has no mke2fs beside it, a
platform-tools package has.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from test_flashing import in_fastboot_mode, meanwhile, run, wait_for

from lab import disk
from lab.qemu import FASTBOOT

CLIENT = Path("/usr/lib/android-sdk/platform-tools/fastboot")
# Debian's mke2fs writes no sparse files, as that of the platform-tools does when it is asked to: one that
# has no blocks for the holes of what Debian's made.
MKE2FS = """#!/usr/bin/python3
import os, struct, subprocess, sys
words = sys.argv[1:]
asked = next(at for at, word in enumerate(words) if word.startswith("android_sparse"))
del words[asked - 1 : asked + 1]
made = words[-2]
subprocess.run(["/usr/sbin/mke2fs", *words], check=True, env={**os.environ, "MKE2FS_CONFIG": "/etc/mke2fs.conf"})
chunks, at, end = [], 0, os.path.getsize(made)
with open(made, "rb") as raw:
    while at < end:
        try:
            data = os.lseek(raw.fileno(), at, os.SEEK_DATA)
        except OSError:
            data = end
        if data > at:
            chunks.append((0xCAC3, data - at, b""))
        at = min(end, data) if data == end else os.lseek(raw.fileno(), data, os.SEEK_HOLE)
        if at > data:
            chunks.append((0xCAC1, at - data, os.pread(raw.fileno(), at - data, data)))
with open(made, "wb") as sparse:
    sparse.write(struct.pack("<IHHHHIIII", 0xED26FF3A, 1, 0, 28, 12, 4096, end // 4096, len(chunks), 0))
    for kind, size, data in chunks:
        sparse.write(struct.pack("<HHII", kind, 0, size // 4096, 12 + len(data)) + data)
"""
EXT4_MAGIC = 0xEF53


@pytest.fixture
def client(tmp_path) -> Path:
    """The stock client with an mke2fs beside it, where it looks for one."""
    shutil.copy(CLIENT, tmp_path / "fastboot")
    (tmp_path / "mke2fs").write_text(MKE2FS)
    (tmp_path / "mke2fs").chmod(0o755)
    return tmp_path / "fastboot"


def is_ext4(folder: Path, name: str) -> bool:
    offset, _ = disk.partitions(folder / "disk.img")[name]
    with open(folder / "disk.img", "rb") as file:
        file.seek(offset + 1080)
        return struct.unpack("<H", file.read(2))[0] == EXT4_MAGIC


def test_what_the_client_makes_is_taken_and_the_rom_starts(factory, client):
    folder = factory("whyred", lock="unlocked")
    with in_fastboot_mode(folder) as running:
        address = f"tcp:127.0.0.1:{running.ports[FASTBOOT]}"
        for words in (["format", "cache"], ["-w"]):
            done = meanwhile(running, run, [client, "-s", address, *words])
            assert done.returncode == 0, (words, done.stderr)
            assert is_ext4(folder, "cache")
        assert is_ext4(folder, "userdata")
        assert meanwhile(running, run, [client, "-s", address, "reboot"]).returncode == 0
        wait_for(running, "home orange rom=cn")


def test_the_systems_own_client_says_what_it_lacks(factory):
    """What is on the phone stays as it is."""
    folder = factory("whyred", lock="unlocked")
    with in_fastboot_mode(folder) as running:
        address = f"tcp:127.0.0.1:{running.ports[FASTBOOT]}"
        done = meanwhile(running, run, [CLIENT, "-s", address, "format", "cache"])
        assert done.returncode != 0 and "mke2fs" in done.stdout + done.stderr
        assert meanwhile(running, run, [CLIENT, "-s", address, "getvar", "product"]).returncode == 0
