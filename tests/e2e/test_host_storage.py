# SPDX-License-Identifier: MIT
"""
A host without room, or with a disk that fails: the phone hears of it, says so, and goes on. QEMU's own
fault injection (blkdebug) plays the host.
"""

from __future__ import annotations

import errno
import os

import pytest
from conftest import CLOCK
from test_fastboot import MODE, Client, wait_for

from lab import disk, qemu, store
from lab.qemu import RunningPhone


def failing(folder, event: str, number: int, partition: str) -> list[str]:
    """The phone's storage, where the first request of that kind to the partition fails."""
    offset, _ = disk.partitions(folder / "disk.img")[partition]
    rules = f'[inject-error]\nevent = "{event}"\nerrno = "{number}"\nsector = "{offset // 512}"\nonce = "on"\n'
    (folder / "faults").write_text(rules)
    nor, drive = qemu.storage()[:2], qemu.storage()[2:]
    return [*nor, *(word.replace("file=disk.img", "file=blkdebug:faults:disk.img") for word in drive)]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_a_write_that_fails_is_told_and_the_next_client_is_served(factory, tmp_path, number):
    folder = factory(lock="unlocked")
    image = tmp_path / "cache.img"
    image.write_bytes(b"\x5a" * 65536)
    storage = failing(folder, "pwritev", number, "cache")
    with RunningPhone(folder, rtc=CLOCK, lab=MODE, options=storage) as phone:
        wait_for(phone, "fastboot keys")
        client = Client("fastboot", phone)
        assert "the disk failed (E_BLOCK_IO)" in client.refuses("flash", "cache", image)
        assert "product: dipper" in client.says("getvar", "product")
        client.says("flash", "cache", image)  # there is room again
    assert disk.partition(folder / "disk.img", "cache")[:65536] == image.read_bytes()


def test_a_read_that_fails_is_told(factory):
    folder = factory(lock="unlocked")
    with RunningPhone(
        folder, rtc=CLOCK, lab=MODE, options=failing(folder, "read_aio", errno.EIO, "cache")
    ) as phone:
        wait_for(phone, "fastboot keys")
        client = Client("fastboot", phone)
        assert "E_BLOCK_IO" in client.refuses("oem", "sha256:cache")
        client.says("oem", "sha256:cache")


def test_the_state_has_its_room_from_the_start(factory):
    with open(factory() / "nor.img", "rb") as nor:
        assert os.lseek(nor.fileno(), 0, os.SEEK_HOLE) >= store.NOR_USED_BYTES
