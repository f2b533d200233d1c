# SPDX-License-Identifier: MIT
"""
The phone's memory of its lock, changed from outside: whatever is there, it is locked and says why.

The phone was unlocked and has a ROM that only an unlocked phone runs.
"""

from __future__ import annotations

import random

import pytest
from story import run

from lab import fuses

HALVES = (0x180000, 0x1C0000)
RECORD_BYTES = 340


def fill(nor, data):
    with open(nor, "r+b") as file:
        for offset in HALVES:
            file.seek(offset)
            file.write(data)


def change_lock_fuse(nor):
    """What a change of the lock burns: the record that is there is an old copy from now on."""
    with open(nor, "r+b") as file:
        file.seek(fuses.FUSES_OFFSET + fuses.LOCK_CHANGES[0])
        file.write(b"\xfc")


DAMAGE = {
    "ones": lambda nor: fill(nor, b"\xff" * 4096),
    "zeros": lambda nor: fill(nor, bytes(4096)),
    "random": lambda nor: fill(nor, random.Random(3).randbytes(4096)),
    "old": change_lock_fuse,
}


def state_of(ran):
    return next(event for event in ran.events if event["event"] == "state")


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_it_is_locked_and_says_why(factory, damage):
    folder = factory(region="global", rom="reseller", lock="unlocked")
    DAMAGE[damage](folder / "nor.img")
    ran = run(folder)
    assert ran.words == "brick wrong-key"
    state = state_of(ran)
    assert state["lock"] == "locked"
    assert state["record"] == ("E_STATE_REPLAYED" if damage == "old" else "E_STATE_NONE")


def test_undamaged_it_runs(factory):
    folder = factory(region="global", rom="reseller", lock="unlocked")
    ran = run(folder, lab={"no-wait": "1"}, decided=True)
    assert ran.words == "home orange rom=reseller"
    assert (state_of(ran)["lock"], state_of(ran)["record"]) == ("unlocked", "OK")


def test_a_half_is_enough(factory):
    """A torn commit: one half is rubbish, the other counts."""
    folder = factory(region="global", rom="reseller", lock="unlocked")
    with open(folder / "nor.img", "r+b") as file:
        file.seek(HALVES[1])
        file.write(b"\xa5" * RECORD_BYTES)
    ran = run(folder, lab={"no-wait": "1"}, decided=True)
    assert state_of(ran)["lock"] == "unlocked"
