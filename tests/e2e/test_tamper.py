# SPDX-License-Identifier: MIT
"""Phones whose chips were changed from outside: a flipped bit, a damaged table, an older ROM."""

from __future__ import annotations

import random
import struct

import pytest
from conftest import ROOT
from PIL import Image, ImageDraw
from story import DIFFERENT_MAX, SCREENS, check_screen, different_blocks, run

from lab import store
from lab.disk import flip, partition, partitions

OVERLAY_OFFSET = 0x100000
FUSES_OFFSET = 0x140000
STATE_OFFSETS = (0x180000, 0x1C0000)
PRIMARY_TABLE_BYTES = 34 * 512


def damage(file, offset, data):
    with open(file, "r+b") as target:
        target.seek(offset)
        target.write(data)


def is_black(picture):
    return Image.open(picture).convert("L").getextrema() == (0, 0)


def image_bytes(disk):
    """How long the boot image (v1) and vbmeta are, without the rest of their partitions."""
    boot = partition(disk, "boot")
    sizes = struct.unpack_from(
        "<7I", boot, 8
    )  # kernel, address, ramdisk, address, second, address, tags
    page = struct.unpack_from("<I", boot, 36)[0]
    pages = sum((size + page - 1) // page for size in (sizes[0], sizes[2], sizes[4]))
    vbmeta = partition(disk, "vbmeta")
    blocks = struct.unpack_from(">2Q", vbmeta, 12)
    return {"boot": (1 + pages) * page, "vbmeta": 256 + sum(blocks)}


@pytest.mark.parametrize("part, reason", [("boot", "bad-hash"), ("vbmeta", "bad-signature")])
@pytest.mark.parametrize("where", [0.0, 0.0001, 0.03, 0.2, 0.5, 0.77, 0.9999])
def test_a_flipped_bit_is_refused(factory, part, reason, where):
    folder = factory()
    disk = folder / "disk.img"
    at = min(int(where * image_bytes(disk)[part]), image_bytes(disk)[part] - 1)
    flip(disk, partitions(disk)[part][0] + at, 1 << random.Random(where).randrange(8))
    ran = run(folder)
    assert ran.words == f"brick {reason}", f"byte {at} of {part}"
    if where == 0.2:  # of vbmeta that is the signature: what it says of itself can still be read
        check_screen(ran.picture, reason)


def test_an_unlocked_phone_runs_what_was_changed_and_says_so(factory):
    folder = factory(lock="unlocked")
    disk = folder / "disk.img"
    flip(
        disk, partitions(disk)["boot"][0] + 48 + 15
    )  # the boot image's name field: harmless to run
    assert run(folder, decided=True).words == "home orange rom=cn"


def test_a_damaged_primary_table_still_boots(factory):
    folder = factory()
    damage(folder / "disk.img", 512, b"\xa5" * (PRIMARY_TABLE_BYTES - 512))
    ran = run(folder)
    assert ran.words == "home green rom=cn"
    assert any(event.get("table") == "backup" for event in ran.events)


def test_both_tables_damaged(factory):
    folder = factory()
    size = (folder / "disk.img").stat().st_size
    damage(folder / "disk.img", 512, bytes(PRIMARY_TABLE_BYTES - 512))
    damage(folder / "disk.img", size - 33 * 512, bytes(33 * 512))
    ran = run(folder)
    assert ran.words == "brick bad-gpt"
    check_screen(ran.picture, "bad-gpt")


def test_no_rom(factory):
    folder = factory()
    disk = folder / "disk.img"
    damage(disk, partitions(disk)["boot"][0], bytes(1 << 20))
    ran = run(folder)
    assert ran.words == "brick no-rom"
    check_screen(ran.picture, "no-rom")


@pytest.mark.parametrize("offset, size", [(OVERLAY_OFFSET, 4), (FUSES_OFFSET, 140)])
def test_damaged_records_of_the_phone(factory, offset, size):
    folder = factory()
    damage(folder / "nor.img", offset, b"\xff" * size)
    ran = run(folder)
    assert ran.words == "brick bad-board"
    assert not is_black(ran.picture)


def test_an_unreadable_state_means_locked(factory):
    folder = factory(region="global", rom="reseller", lock="unlocked")
    for offset in STATE_OFFSETS:
        damage(folder / "nor.img", offset, b"\xa5" * 64)
    ran = run(folder)
    assert ran.words == "brick wrong-key"
    assert any(event.get("record") == "E_STATE_NONE" for event in ran.events)


@pytest.mark.parametrize("burned, words", [(4, "home green rom=cn"), (5, "dead rollback")])
def test_the_rollback_fuses(build, burned, words):
    """whyred left the factory with index 4, and its ROM has 4."""
    with store.NewPhone(
        model="whyred",
        region="cn",
        rom="cn",
        lock="locked",
        policy="announced",
        serial="e2e00001",
        rollback=burned,
        tag="test",
    ) as phone:
        ran = run(phone.folder, decided=True)
        assert ran.words == words
        assert is_black(ran.picture) == (burned == 5)


def test_unlocking_does_not_switch_the_rollback_fuses_off(build):
    with store.NewPhone(
        model="whyred",
        region="cn",
        rom="cn",
        lock="unlocked",
        policy="none",
        serial="e2e00001",
        rollback=5,
        tag="test",
    ) as phone:
        ran = run(phone.folder)
    assert ran.words == "dead rollback"


def test_the_offsets_are_the_phone_s():
    header = (ROOT / "bootloader" / "format" / "nor_map.h").read_text()
    for name, offset in (
        ("OVERLAY", OVERLAY_OFFSET),
        ("FUSES", FUSES_OFFSET),
        ("STATE_A", STATE_OFFSETS[0]),
        ("STATE_B", STATE_OFFSETS[1]),
    ):
        line = next(line for line in header.splitlines() if f"NOR_{name}_OFFSET" in line)
        assert int(line.split()[2], 16) == offset


def test_a_changed_word_on_a_screen_is_seen():
    wanted = Image.open(SCREENS / "no-rom.png").convert("RGB")
    assert different_blocks(wanted, wanted) == 0
    changed = wanted.copy()
    ImageDraw.Draw(changed).rectangle((300, 300, 360, 320), fill=(200, 200, 200))
    assert different_blocks(changed, wanted) > DIFFERENT_MAX
