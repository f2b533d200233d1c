# SPDX-License-Identifier: MIT
"""
The bootloader in a page is the bootloader in QEMU: the same phones, from the same factory, and the
traces are equal event for event. A sample of the policy's whole matrix, and of what may be wrong with
a phone; test_page_judge.py goes through the matrix itself.
"""

from __future__ import annotations

import random
from typing import Iterator

import pytest
from page_twin import Judge, QemuTwin, Scene, StubRoms, bootloader_events

from lab import catalog

SAMPLE = 36  # scenes, drawn once and for all
GPT_TAIL = -512

# What may be wrong with a phone: name -> done to it before it is switched on.
WRONG = {
    "boot-bit": [{"flip": "boot", "at": 5000}],
    "vbmeta-bit": [{"flip": "vbmeta", "at": 700}],
    "vbmeta-signature": [{"flip": "vbmeta", "at": 300}],
    "no-vbmeta": [{"zero": "vbmeta", "length": 4096}],
    "no-boot": [{"zero": "boot", "length": 65536}],
    "gpt-primary": [{"flip": "disk", "at": 520}],
    "gpt-both": [{"flip": "disk", "at": 520}, {"flip": "disk", "at": GPT_TAIL}],
    "overlay": [{"flip": "nor", "at": 0x100008}],
    "fuses": [{"flip": "nor", "at": 0x140010}],
    "state": [{"flip": "nor", "at": 0x180008}],
    "misc": [{"flip": "misc", "at": 2050}],
    "another-model": [{"write": "boot", "model": "mido", "rom": "cn", "image": "boot"}],
}
SLOTTED = "jasmine_sprout"


def scenes() -> list[Scene]:
    every = [
        Scene(model, region, rom, lock, policy)
        for model in catalog.models()
        for region in regions(model)
        for rom in catalog.roms()
        for lock in catalog.LOCKS
        for policy in catalog.POLICIES
    ]
    return random.Random(13).sample(every, SAMPLE)


def regions(model: str) -> list[str]:
    return list(catalog.facts_of_model(model)["model_numbers"])


def wrong_phones() -> Iterator[tuple[Scene, str, list[dict], list[str]]]:
    for name, changes in WRONG.items():
        for lock in catalog.LOCKS:
            yield Scene("whyred", "cn", "cn", lock), name, changes, []
    for name in ("boot-bit", "vbmeta-bit", "misc"):
        in_slot = [
            {key: word + "_a" if word in ("boot", "vbmeta") else word for key, word in change.items()}
            for change in WRONG[name]
        ]
        yield Scene(SLOTTED, "global", "cn"), f"slot-{name}", in_slot, []
    for hold in (["volume-down"], ["volume-up"], ["volume-down", "power"]):
        yield Scene("dipper", "cn", "global"), "hold", [], hold


CASES = [(scene, "well", [], []) for scene in scenes()] + list(wrong_phones())
NAMES = ["-".join([*scene, name, *hold]) for scene, name, _, hold in CASES]


@pytest.fixture(scope="session")
def roms(build, tmp_path_factory) -> StubRoms:
    return StubRoms(tmp_path_factory.mktemp("stub-roms"))


@pytest.fixture(scope="session")
def judge(build) -> Iterator[Judge]:
    with Judge() as started:
        yield started


def test_the_sample_is_large_enough():
    assert len(CASES) >= 60


@pytest.mark.parametrize("scene, name, changes, hold", CASES, ids=NAMES)
def test_the_same_trace(roms, judge, tmp_path, scene, name, changes, hold):
    twin = QemuTwin(tmp_path, roms, scene)
    for change in changes:
        twin.change(change)
    theirs = twin.run([{"do": "on", "hold": hold}, {"do": "verdict", "begins": ""}]).events
    ours = judge(scene, changes=changes, hold=hold, system=False)["events"]
    assert bootloader_events(ours) == theirs
    assert theirs[-1]["event"] == "verdict"
