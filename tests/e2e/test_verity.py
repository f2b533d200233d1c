# SPDX-License-Identifier: MIT
"""
The partition `system`, under dm-verity: whole, changed, made whole again; and where nobody
verifies it.
"""

from __future__ import annotations

import mmap
import subprocess

import pytest
from conftest import HANG_S
from story import run

from lab import paths, store, verdict
from lab.disk import flip, partition, partitions

NOTE_OFFSET = 4096  # bootloader/format/misc.h
BLOCK = 4096
NO_WAIT = {"no-wait": "1"}


def offset_of(folder, content):
    """Where a text lies in the partition `system`: nothing in it is packed."""
    begin, length = partitions(folder / "disk.img")["system"]
    with open(folder / "disk.img", "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as disk:
            on_disk = disk.find(content, begin, begin + length)
    assert on_disk > 0
    return on_disk - begin, on_disk


def system_events(phone_events):
    return [
        event for event in phone_events if (event["stage"], event["event"]) == ("rom", "system")
    ]


def until(*results):
    """Waits until the ROM has told one of these about its system."""

    def wait(running):
        def told():
            return (
                any(event["result"] in results for event in system_events(running.events)) or None
            )

        assert running.wait_for(told, HANG_S), running.events

    return wait


def typing(command, answer, first):
    """The same, then a command on the console, until its answer comes."""

    def wait(running):
        until(*first)(running)
        running.type(f"{command}\n")
        assert running.wait_for(lambda: answer in bytes(running.log) or None, HANG_S), bytes(
            running.log
        )

    return wait


def has_note(folder):
    misc = partition(folder / "disk.img", "misc", NOTE_OFFSET + 8)
    return misc[NOTE_OFFSET:] == b"FLVERITY"


def test_a_changed_block_and_its_cure(factory):
    folder = factory()
    at, on_disk = offset_of(folder, b"No lens in the lab.")

    def then(running):
        until("io-error")(running)
        assert running.wait_for(
            lambda: verdict.words(running.events) == "brick bad-hash" or None, HANG_S
        ), running.events

    flip(folder / "disk.img", on_disk)
    ran = run(folder, then, verdicts=2)
    assert ran.words == "home green rom=cn"  # it was home before the block was read
    told = [
        (event["result"], event["verity"], event.get("block"))
        for event in system_events(ran.events)
    ]
    assert told == [("mounted", "enforcing", None), ("io-error", "enforcing", at // BLOCK)]
    images = [
        event for event in ran.events if (event["stage"], event["event"]) == ("verify", "images")
    ]
    assert [event["check"] for event in images] == ["OK", "E_HASHTREE_BLOCK"]
    assert has_note(folder)
    assert run(folder).words == "brick bad-hash"

    flip(folder / "disk.img", on_disk)  # as flashing it anew would do
    command = "cat /system/app/Camera/about.txt; mount | grep system; echo x > /system/y"
    ran = run(folder, typing(command, b"Read-only file system", ("checked",)))
    assert ran.words == "home green rom=cn"
    assert not has_note(folder)


def test_an_unlocked_phone_goes_on_without_the_block(factory):
    folder = factory(lock="unlocked")
    at, on_disk = offset_of(folder, b"ro.build.fingerprint=")
    flip(folder / "disk.img", on_disk)
    ran = run(folder, typing("cat /system/build.prop", b"I/O error", ("io-error",)), NO_WAIT)
    assert ran.words == "home orange rom=cn"
    assert system_events(ran.events)[-1]["block"] == at // BLOCK
    assert {event["verity"] for event in system_events(ran.events)} == {"eio"}


def test_a_phone_from_before_dm_verity(factory):
    """Nobody sees that a block was changed."""
    folder = factory(model="hermes")
    _, on_disk = offset_of(folder, b"Nobody to call.")
    flip(folder / "disk.img", on_disk, 0x20)
    ran = run(
        folder, typing("cat /system/app/Phone/about.txt", b"nobody to call.", ("mounted", "fault"))
    )
    assert ran.words == "home unverified rom=cn"
    assert [(event["result"], event["verity"]) for event in system_events(ran.events)] == [
        ("mounted", "disabled")
    ]


@pytest.mark.parametrize(
    "flags, lock, words, result, verity",
    [
        (3, "locked", "home green rom=cn", "checked", "enforcing"),
        (1, "unlocked", "home orange rom=cn", "mounted", "disabled"),
    ],
)
def test_flags_count_on_an_unlocked_phone_only(factory, flags, lock, words, result, verity):
    folder = factory(lock=lock)
    subprocess.run(
        [
            paths.ROMC,
            "disk",
            *store.rom_inputs("dipper", "cn"),
            "--flags",
            str(flags),
            "-o",
            folder / "disk.img",
        ],
        check=True,
    )
    ran = run(folder, until(result), NO_WAIT)
    assert ran.words == words
    assert (system_events(ran.events)[-1]["result"], system_events(ran.events)[-1]["verity"]) == (
        result,
        verity,
    )
