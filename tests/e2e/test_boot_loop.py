# SPDX-License-Identifier: MIT
"""
A ROM that dies before it is at home, again and again: five tries, then a screen. By hand it is
tests/scenarios/21-boot-loop.yaml; a signed one on a locked phone is a cell of tests/matrix/policy.yaml.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from conftest import CLOCK, HANG_S
from story import SCHEMA

from lab import disk, paths, verdict
from lab.qemu import RunningPhone

TRIES = 5  # bootloader/policy/policy.h
PANICS = "console=ttyAMA0 quiet panic=-1"  # without a ramdisk there is no init: the kernel panics


def write_to(folder: Path, partition: str, data: bytes) -> None:
    begin, length = disk.partitions(folder / "disk.img")[partition]
    assert len(data) <= length
    with open(folder / "disk.img", "r+b") as file:
        file.seek(begin)
        file.write(data)


def make_it_die(folder: Path, work: Path) -> bytes:
    """A boot image without a ramdisk, by Debian's mkbootimg; gives back the one that was there."""
    image = work / "boot.img"
    command = ["mkbootimg", "--kernel", paths.KERNEL, "--cmdline", PANICS, "-o", image]
    subprocess.run(command, check=True, capture_output=True)
    good = disk.partition(folder / "disk.img", "boot")
    write_to(folder, "boot", image.read_bytes())
    return good


def verdicts(events: list[dict]) -> list[tuple[str, str]]:
    return [(event["fate"], event["reason"]) for event in events if verdict.is_verdict(event)]


def run(folder: Path) -> RunningPhone:
    with RunningPhone(folder, rtc=CLOCK) as running:
        running.wait_for(lambda: verdict.words(running.events), HANG_S)
        assert [p for event in running.events for p in SCHEMA.problems(event)] == []
        return running


def test_the_sixth_try_is_a_screen_and_fastboot_leads_out(factory, tmp_path):
    folder = factory("whyred", "cn", "cn", "unlocked")
    good = make_it_die(folder, tmp_path)
    running = run(folder)
    assert verdict.words(running.events) == "loop boot"
    assert verdicts(running.events) == [("boot", "ok")] * TRIES + [("brick", "boot-loop")]
    counted = [event["early"] for event in running.events if event["event"] == "restarts"]
    assert counted == list(range(1, TRIES + 1))
    # Switched off and on: it is remembered, and no sixth try.
    again = run(folder)
    assert verdicts(again.events) == [("brick", "boot-loop")]
    # What the screen says: the way to fastboot mode, and the good ROM.
    write_to(folder, "boot", good)
    with RunningPhone(folder, rtc=CLOCK, lab={"hold": "power,volume-down"}) as running:
        running.wait_for(lambda: verdict.words(running.events), HANG_S)
        assert verdicts(running.events) == [("fastboot", "keys")]
    assert verdict.words(run(folder).events) == "home orange rom=cn"


def test_home_clears_what_was_counted(factory, tmp_path):
    folder = factory("whyred", "cn", "cn", "unlocked")
    good = make_it_die(folder, tmp_path)
    with RunningPhone(folder, rtc=CLOCK) as running:
        tried = running.wait_for(lambda: verdict.power_ons(running.events) > 2 or None, HANG_S)
        assert tried, running.events
    write_to(folder, "boot", good)
    with RunningPhone(folder, rtc=CLOCK) as running:
        reported = running.wait_for(lambda: verdict.is_reported(running.events) or None, HANG_S)
        assert reported, running.events
        assert [event["early"] for event in running.events if event["event"] == "restarts"]
    again = run(folder)
    assert verdict.words(again.events) == "home orange rom=cn"
    assert not [event for event in again.events if event["event"] == "restarts"]


def test_a_reset_by_a_person_is_no_failure(factory):
    folder = factory("whyred", "cn", "cn", "unlocked")
    with RunningPhone(folder, rtc=CLOCK) as running:
        for starts in range(1, TRIES + 3):
            begun = running.wait_for(
                lambda: len(verdicts(running.events)) >= starts or None, HANG_S
            )
            assert begun, running.events
            running.qmp.command("system_reset")
        assert verdict.words(running.events) is None or "loop" not in verdict.words(running.events)
        assert running.wait_for(lambda: verdict.words(running.events), HANG_S)
        assert verdict.words(running.events) == "home orange rom=cn"
    assert not [event for event in running.events if event["event"] == "restarts"]
