# SPDX-License-Identifier: MIT
"""
A ROM that dies before it is at home, again and again: five tries, then a screen. Here it is a kernel
of a few instructions; one that panics is in tests/scenarios/21-boot-loop.yaml, and with `make soak`
on a locked phone in tests/matrix/policy.yaml.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from conftest import CLOCK, HANG_S
from little_kernel import little_kernel
from rom_on_disk import flash_offline
from story import SCHEMA

from lab import disk, verdict
from lab.qemu import RunningPhone

TRIES = 5  # bootloader/policy/policy.h
BOOT, LOOP = ("boot", "ok"), ("brick", "boot-loop")


def write_to(folder: Path, partition: str, data: bytes) -> None:
    begin, length = disk.partitions(folder / "disk.img")[partition]
    assert len(data) <= length
    with open(folder / "disk.img", "r+b") as file:
        file.seek(begin)
        file.write(data)


def kernel_that_dies(work: Path, times: int = 4000) -> Path:
    (work / "kernel").write_bytes(little_kernel(times))
    return work / "kernel"


def make_it_die(folder: Path, work: Path, times: int = 4000) -> bytes:
    """A boot image of that kernel, by Debian's mkbootimg; gives back the one that was there."""
    kernel, image = kernel_that_dies(work, times), work / "boot.img"
    subprocess.run(["mkbootimg", "--kernel", kernel, "-o", image], check=True, capture_output=True)
    good = disk.partition(folder / "disk.img", "boot")
    write_to(folder, "boot", image.read_bytes())
    return good


def verdicts(events: list[dict]) -> list[tuple[str, str]]:
    return [(event["fate"], event["reason"]) for event in events if verdict.is_verdict(event)]


def run(folder: Path, comes_to: tuple[str, str]) -> RunningPhone:
    """Until the firmware decided so; a ROM that may start is not waited for."""
    with RunningPhone(folder, rtc=CLOCK) as running:
        running.wait_for(lambda: verdicts(running.events)[-1:] == [comes_to] or None, HANG_S)
        assert verdicts(running.events)[-1:] == [comes_to], running.complaint() or running.events
        assert [p for event in running.events for p in SCHEMA.problems(event)] == []
        return running


def tries_all(folder: Path) -> None:
    running = run(folder, LOOP)
    assert verdict.words(running.events) == "loop boot"
    assert verdicts(running.events) == [BOOT] * TRIES + [LOOP]
    counted = [event["early"] for event in running.events if event["event"] == "restarts"]
    assert counted == list(range(1, TRIES + 1))


def test_a_signed_one_on_a_locked_phone(factory, tmp_path):
    folder = factory("whyred", "cn", "cn")
    flash_offline(folder, tmp_path, model="whyred", kernel=kernel_that_dies(tmp_path))
    tries_all(folder)


def test_the_sixth_try_is_a_screen_and_fastboot_leads_out(factory, tmp_path):
    folder = factory("whyred", "cn", "cn", "unlocked")
    good = make_it_die(folder, tmp_path)
    tries_all(folder)
    # Switched off and on: it is remembered, and no sixth try.
    assert verdicts(run(folder, LOOP).events) == [LOOP]
    # What the screen says: the way to fastboot mode, and the good ROM.
    write_to(folder, "boot", good)
    with RunningPhone(folder, rtc=CLOCK, lab={"hold": "power,volume-down"}) as running:
        running.wait_for(lambda: verdict.words(running.events), HANG_S)
        assert verdicts(running.events) == [("fastboot", "keys")]
    assert verdicts(run(folder, BOOT).events) == [BOOT]


def test_home_clears_what_was_counted(factory, tmp_path):
    folder = factory("whyred", "cn", "cn", "unlocked")
    good = make_it_die(folder, tmp_path, times=2)
    with RunningPhone(folder, rtc=CLOCK) as running:
        tried = running.wait_for(lambda: len(verdicts(running.events)) > 2 or None, HANG_S)
        assert tried, running.events
    write_to(folder, "boot", good)
    with RunningPhone(folder, rtc=CLOCK) as running:
        reported = running.wait_for(lambda: verdict.is_reported(running.events) or None, HANG_S)
        assert reported, running.events
        names = [event["event"] for event in running.events]
        assert names.index("restarts") < names.index("verdict")
    again = run(folder, BOOT)
    assert not [event for event in again.events if event["event"] == "restarts"]


def test_a_reset_by_a_person_is_no_failure(factory, tmp_path):
    folder = factory("whyred", "cn", "cn", "unlocked")
    make_it_die(folder, tmp_path, times=0)
    with RunningPhone(folder, rtc=CLOCK) as running:
        for starts in range(1, TRIES + 4):
            begun = running.wait_for(
                lambda: len(verdicts(running.events)) >= starts or None, HANG_S
            )
            assert begun, running.events
            running.qmp.command("system_reset")
        assert set(verdicts(running.events)) == {BOOT}
    assert not [event for event in running.events if event["event"] == "restarts"]
