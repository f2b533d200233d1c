# SPDX-License-Identifier: MIT
"""The recovery's menu, driven by the phone's keys."""

from __future__ import annotations

import struct

import avb_check
from conftest import HANG_S
from romc_inputs import Inputs
from story import check_shown, run

from lab import disk, keys, paths, verdict

INTO_RECOVERY = {"hold": "power,volume-up"}
SECRET = b"somebody's photographs" * 200


def wait_for_page(running, page: str) -> dict:
    def there():
        pages = [e for e in running.events if (e["stage"], e["event"]) == ("recovery", "page")]
        return pages[-1] if pages and pages[-1]["page"] == page else None

    found = running.wait_for(there, HANG_S)
    assert found, running.events[-3:]
    return found


def mark(folder, name: str) -> list[int]:
    """Leaves user data at the beginning, in the middle and at the end of a partition."""
    offset, length = disk.partitions(folder / "disk.img")[name]
    places = [offset + 4096, offset + length // 2 + 512, offset + length - 8192]
    with open(folder / "disk.img", "r+b") as file:
        for place in places:
            file.seek(place)
            file.write(SECRET)
    return places


def test_wipe_data_and_back_to_the_rom(factory):
    folder = factory("dipper", "cn", "cn")
    places = mark(folder, "userdata") + mark(folder, "cache")
    before = {name: disk.partition(folder / "disk.img", name) for name in ("boot", "vbmeta", "misc")}

    def then(running):
        check_shown(running, folder / "menu.ppm", "recovery-menu")
        keys.press(folder, ["volume-down", "power"])
        wait_for_page(running, "wipe")
        keys.press(folder, ["volume-down", "power"])  # past "Cancel"
        wait_for_page(running, "wiped")
        check_shown(running, folder / "wiped.ppm", "recovery-wiped")
        with open(folder / "disk.img", "rb") as file:
            for place in places:
                file.seek(place)
                assert file.read(len(SECRET)) == bytes(len(SECRET))
        seen = len(running.events)
        keys.press(folder, ["power"])
        wait_for_page(running, "main")
        keys.press(folder, ["power"])  # Reboot

        def decided():
            return verdict.decision(running.events[seen:])

        assert running.wait_for(decided, HANG_S) == "home green rom=cn"

    assert run(folder, then, lab=INTO_RECOVERY, verdicts=2).words == "recovery keys"
    after = {name: disk.partition(folder / "disk.img", name) for name in before}
    assert after == before


def press_at_once(running, *words: str) -> None:
    """Quicker than a page is drawn: all of it is there before the phone takes the first."""
    running.qmp.command("input-send-event", events=[
        {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": keys.KEYS[word]}}}
        for word in words
        for down in (True, False)
    ])  # fmt: skip


def test_only_keys_pressed_on_a_page_count_for_it(factory):
    """Down, Power, Down, Power - too quick to have read that it asks: nothing is wiped."""
    folder = factory("dipper", "cn", "cn")
    places = mark(folder, "userdata")

    def then(running):
        press_at_once(running, "volume-down", "power", "volume-down", "power")
        assert wait_for_page(running, "wipe")["selected"] == 0
        running.settle(1)
        assert [e for e in running.events if e["stage"] == "recovery"][-1]["page"] == "wipe"
        keys.press(folder, ["power"])  # Cancel
        wait_for_page(running, "main")
        with open(folder / "disk.img", "rb") as file:
            for place in places:
                file.seek(place)
                assert file.read(len(SECRET)) == SECRET

    run(folder, then, lab=INTO_RECOVERY)


def test_a_changed_recovery_does_not_run(factory):
    folder = factory("dipper", "cn", "cn")
    offset, _ = disk.partitions(folder / "disk.img")["recovery"]
    disk.flip(folder / "disk.img", offset + 1_000_000)
    assert run(folder, lab=INTO_RECOVERY).words == "brick bad-hash"


def test_what_is_in_it(tmp_path, build):
    """One program, the maker's key, no shell; but for its vbmeta the same for every ROM of a model."""
    inputs = Inputs(tmp_path)
    inputs.images("cn")
    inputs.rom = paths.ROM_FILES / "global.yaml"
    inputs.images("global")
    image = (tmp_path / "cn" / "recovery.img").read_bytes()
    content, own = avb_check.check_footer(image)
    other = (tmp_path / "global" / "recovery.img").read_bytes()
    assert image[:content] == other[:content]
    assert own.properties != avb_check.check_footer(other)[1].properties
    kernel_size, ramdisk_size = (struct.unpack_from("<I", image, at)[0] for at in (8, 16))
    begin = 4096 + (kernel_size + 4095) // 4096 * 4096
    entries = avb_check.read_newc(image[begin : begin + ramdisk_size])
    assert entries["init"].content == (inputs.userland / "recovery").read_bytes()
    assert entries["etc/package-key"].content == (paths.KEYS / "oem.avbpubkey").read_bytes()
    assert not [name for name in entries if name.startswith("bin/")]
