# SPDX-License-Identifier: MIT
"""
A host without room, or with a disk that fails: the phone hears of it, says so, and goes on. QEMU's own
fault injection (blkdebug) plays the host.
"""

from __future__ import annotations

import errno
import os

import pytest
from conftest import CLOCK, HANG_S
from test_fastboot import MODE, Client, wait_for

from lab import disk, qemu, store, verdict
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
    assert disk.partition(folder / "disk.img", "cache", 65536) == image.read_bytes()


def test_a_read_that_fails_is_told(factory):
    folder = factory(lock="unlocked")
    with RunningPhone(
        folder, rtc=CLOCK, lab=MODE, options=failing(folder, "read_aio", errno.EIO, "fsg")
    ) as phone:
        wait_for(phone, "fastboot keys")
        client = Client("fastboot", phone)
        assert "E_BLOCK_IO" in client.refuses("oem", "sha256:fsg")
        client.says("oem", "sha256:fsg")


def test_the_state_has_its_room_from_the_start(factory):
    with open(factory() / "nor.img", "rb") as nor:
        assert os.lseek(nor.fileno(), 0, os.SEEK_HOLE) >= store.NOR_USED_BYTES


# At every k-th request. `make test` takes some, `make soak` all of them.

SOAK = bool(os.environ.get("FLASHLAB_SOAK"))
READS = range(1, 120) if SOAK else (1, 2, 5, 17, 33)
WRITES = range(1, 13) if SOAK else (1, 2, 7, 12)  # of the twelve that it takes


def failing_at(folder, event: str, count: int) -> list[str]:
    """The phone's storage, where the request of that kind with this number fails, and no other."""
    rules = [f'[set-state]\nevent = "{event}"\nstate = "{n}"\nnew_state = "{n + 1}"\n'
             for n in range(1, count)]  # fmt: skip
    error = f'event = "{event}"\nerrno = "{errno.EIO}"\nstate = "{count}"\nonce = "on"\n'
    (folder / "faults").write_text("\n".join([*rules, "[inject-error]", error]))
    nor, drive = qemu.storage()[:2], qemu.storage()[2:]
    return [*nor, *(word.replace("file=disk", "file=blkdebug:faults:disk") for word in drive)]


def test_a_start_whose_reads_fail(factory):
    """One of them: the ROM starts, or there is a screen that says why; and fastboot mode answers."""
    folder = factory()
    for count in READS:
        options = failing_at(folder, "read_aio", count)
        with RunningPhone(folder, rtc=CLOCK, options=options) as phone:

            def decided() -> dict | None:
                return next(filter(verdict.is_verdict, phone.events), None)

            said = phone.wait_for(decided, HANG_S)
            assert said and said["fate"] in ("boot", "brick"), count
            assert said["fate"] == "boot" or said["reason"] in ("bad-gpt", "bad-signature"), count
        with RunningPhone(folder, rtc=CLOCK, lab=MODE, options=options) as phone:
            wait_for(phone, "fastboot")
            assert "product: dipper" in Client("fastboot", phone).says("getvar", "product")


def test_a_flash_whose_writes_fail(factory, tmp_path):
    """It fails with words; and then it can be done again."""
    folder = factory(lock="unlocked")
    image = tmp_path / "cache.img"
    image.write_bytes(os.urandom(1 << 20) * 48)
    for count in WRITES:
        options = failing_at(folder, "write_aio", count)
        with RunningPhone(folder, rtc=CLOCK, lab=MODE, options=options) as phone:
            wait_for(phone, "fastboot keys")
            client = Client("fastboot", phone)
            assert "the disk failed (E_BLOCK_IO)" in client.refuses("flash", "cache", image), count
            assert "product: dipper" in client.says("getvar", "product")
            client.says("flash", "cache", image)
        assert disk.partition(folder / "disk.img", "cache", 48 << 20) == image.read_bytes()


def test_a_flush_that_fails_is_told(factory, tmp_path):
    folder = factory(lock="unlocked")
    image = tmp_path / "cache.img"
    image.write_bytes(b"\x5a" * 65536)
    with RunningPhone(
        folder, rtc=CLOCK, lab=MODE, options=failing_at(folder, "flush_to_disk", 1)
    ) as phone:
        wait_for(phone, "fastboot keys")
        client = Client("fastboot", phone)
        assert "the disk failed (E_BLOCK_IO)" in client.refuses("flash", "cache", image)
        client.says("flash", "cache", image)


def with_disk(options: str) -> list[str]:
    return [word + options if word.startswith("if=none") else word for word in qemu.storage()]


def test_a_read_only_disk(factory, tmp_path):
    """It is told at the first write; and a locked phone starts all the same."""
    folder = factory(lock="unlocked")
    image = tmp_path / "cache.img"
    image.write_bytes(b"\x5a" * 65536)
    options = with_disk(",read-only=on")
    before = (folder / "disk.img").stat().st_mtime_ns
    with RunningPhone(folder, rtc=CLOCK, lab=MODE, options=options) as phone:
        wait_for(phone, "fastboot keys")
        client = Client("fastboot", phone)
        assert "the disk cannot be written" in client.refuses("flash", "cache", image)
        assert "the disk cannot be written" in client.refuses("erase", "cache")
        assert "E_BLOCK_READ_ONLY" in client.refuses("oem", "lock")  # changed, and not wiped
    assert (folder / "disk.img").stat().st_mtime_ns == before
    with RunningPhone(folder, rtc=CLOCK, options=options) as phone:
        wait_for(phone, "brick bad-state")  # until it is
    with RunningPhone(folder, rtc=CLOCK) as phone:
        wait_for(phone, "home green rom=cn", decided=True)


def test_a_slow_disk(factory):
    """A hundred requests a second, and ten million bytes."""
    options = with_disk(",throttling.iops-total=100,throttling.bps-total=10000000")
    with RunningPhone(factory(), rtc=CLOCK, options=options) as phone:
        wait_for(phone, "home green rom=cn", decided=True)


def test_a_phone_for_one_run_hears_of_it_too(build):
    """What it writes goes to an overlay of QEMU's."""
    facts = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "locked", "policy": "announced"}
    with store.NewPhone(**facts, for_one_run=True) as new:
        drive = next(word for word in new.storage if "id=disk" in word)
        assert "snapshot=on" in drive and qemu.FAULTS in drive.split(",file=")[0]
        assert not (new.folder / "disk.img").exists()
