# SPDX-License-Identifier: MIT
"""
Slots over two boots: a try is counted, and the ROM is well. That none is counted then, and what
becomes of a slot that is chosen or erased, a life of test_phone_model.py holds.
"""

from __future__ import annotations

from conftest import HANG_S
from story import run

from lab import verdict


def boot_once(folder) -> tuple[dict, dict]:
    """What the firmware found in the slots' record, and what the ROM reported."""

    def until_reported(running):
        assert running.wait_for(lambda: verdict.is_reported(running.events) or None, HANG_S)

    ran = run(folder, until_reported)
    assert ran.words == "home green rom=global"
    slots = [event for event in ran.events if event["event"] == "slot"]
    reports = [event for event in ran.events if event["event"] == "boot-success"]
    assert len(slots) == len(reports) == 1
    return slots[0], reports[0]


def test_a_slot_is_marked_once_and_keeps_its_tries(factory):
    folder = factory("jasmine_sprout", "global", "global")
    slot, report = boot_once(folder)
    assert (slot["slot"], slot["successful"]) == ("a", False)
    assert report["slot"] == "marked"
    again, report = boot_once(folder)
    assert (again["slot"], again["successful"], again["record"]) == ("a", True, "OK")
    assert again["tries"] == slot["tries"] - 1
    assert report["slot"] == "unchanged"
