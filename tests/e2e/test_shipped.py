# SPDX-License-Identifier: MIT
"""The region lock as the phones really had it: the ROM looks, and the recovery shows why."""

from __future__ import annotations

import pytest
from conftest import last_line, phone
from rom_on_disk import flash_offline
from story import check_shown, run

from lab import disk

MISMATCH = "recovery region-mismatch"


def message(folder) -> bytes:
    return disk.partition(folder / "disk.img", "misc", 2048)


def test_the_classic(factory):
    """The message is left, the menu comes. No way round: tests/scenarios/08-no-way-round.yaml."""
    folder = factory("dipper", "cn", "global", policy="shipped")
    assert message(folder) == bytes(2048)

    def then(running):
        check_shown(running, folder / "menu.ppm", "recovery-mismatch")
        left = message(folder)
        assert left[:64] == b"boot-recovery".ljust(64, b"\0")
        assert left[64:128].rstrip(b"\0") == b"recovery\n--show_version_mismatch\n"

    ran = run(folder, then, verdicts=2)
    assert ran.words == MISMATCH
    order = [f"{event['stage']}/{event['event']}" for event in ran.events]
    steps = ["rom/region-check", "recovery/menu"]
    assert [step for step in order if step in steps] == steps
    assert "rom/home" not in order


@pytest.mark.parametrize(
    "model, region, lock, words, looks",
    [
        ("dipper", "global", "locked", "home green rom=global", "pass"),
        ("dipper", "cn", "unlocked", "home orange rom=global", "pass"),
        ("mido", "cn", "locked", "home green rom=global", "not-checked"),
    ],
)
def test_who_may_run_it(factory, model, region, lock, words, looks):
    ran = run(factory(model, region, "global", lock, "shipped"))
    assert ran.words == words
    checks = [event["result"] for event in ran.events if event["event"] == "region-check"]
    assert checks == [looks]


def test_an_old_rom_without_the_check_runs(factory, tmp_path):
    folder = factory("dipper", "cn", "global", policy="shipped")
    flash_offline(folder, tmp_path, model="dipper", rom="global", region_check="false")
    assert run(folder).words == "home green rom=global"


def test_late_2017_is_on_the_list(build):
    """vince boots as announced, and fails as shipped."""
    for policy, words in (("announced", "home green rom=global"), ("shipped", MISMATCH)):
        done = phone("run", "--fresh", "--headless", "--model", "vince", "--region", "cn",
                     "--rom", "global", "--policy", policy, "--expect", words)  # fmt: skip
        assert (done.returncode, done.stdout) == (0, f"verdict: {words}\n"), done.stderr
        told = phone("explain")
        assert "Decision 3" in told.stdout
        assert last_line(told).startswith("What could be done: ")
    assert "This MIUI version can't be installed on this device" in told.stdout
    assert "unlock the phone" in last_line(told)
