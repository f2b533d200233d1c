# SPDX-License-Identifier: MIT
"""Anti-rollback with real boots: the fuse rises when an official ROM says that it is well, for ever."""

from __future__ import annotations

import os

import pytest
from conftest import HANG_S, last_line, phone
from PIL import Image
from rom_on_disk import flash_offline
from story import run

from lab import fuses, paths, store, verdict


def index_of(folder):
    return fuses.count(fuses.read(folder / "nor.img"), fuses.ROLLBACK)


def report(running):
    assert running.wait_for(lambda: verdict.is_reported(running.events) or None, HANG_S)


def reported(ran):
    return next(event["result"] for event in ran.events if event["event"] == "boot-success")


@pytest.fixture
def kept(build):
    """A name for a phone that a person would keep; it is taken away at the end."""
    name = f"e2e-rollback-{os.getpid()}"
    phone("rm", name, "--yes")
    yield name
    phone("rm", name, "--yes")


def test_the_index_rises_for_ever(kept, tmp_path):
    """As a person does it."""
    assert phone("new", kept, "--model", "whyred", "--region", "cn", "--rom", "cn").returncode == 0
    folder = paths.PHONES / kept
    assert index_of(folder) == 4
    flash_offline(folder, tmp_path, model="whyred", rollback_index=5)
    assert last_line(phone("run", kept, "--headless")) == "verdict: home green rom=cn"
    assert index_of(folder) == 5
    flash_offline(folder, tmp_path, model="whyred", rollback_index=4)
    for _ in range(2):
        assert last_line(phone("run", kept, "--headless")) == "verdict: dead rollback"
        assert Image.open(folder / "screen.png").convert("RGB").getextrema() == ((0, 0),) * 3
        assert index_of(folder) == 5


@pytest.mark.parametrize(
    "rom, index, lock, result, after",
    [
        ("cn", 6, "unlocked", "raised", 6),  # as the real phones: the lock does not matter
        ("reseller", 9, "unlocked", "not-authentic", 4),
        ("cn", 4, "locked", "unchanged", 4),
    ],
)
def test_only_the_maker_s_rom_burns(build, tmp_path, rom, index, lock, result, after):
    with store.NewPhone(
        model="whyred",
        region="cn",
        rom=rom,
        lock=lock,
        policy="none",
        serial="e2e00001",
        tag="test",
    ) as new:
        flash_offline(new.folder, tmp_path, model="whyred", rom=rom, rollback_index=index)
        ran = run(new.folder, report, {"no-wait": "1"})
        assert ran.words.startswith("home") and reported(ran) == result
        assert index_of(new.folder) == after
