# SPDX-License-Identifier: MIT
"""
The policy matrix (tests/matrix/policy.yaml): every model, market and ROM on a locked phone as
announced, and a sample of the rest. Each model and each ROM gets home here; where another cell differs
in what the firmware decides, its decision is waited for. `make soak` boots all of it, to home.
"""

from __future__ import annotations

import fcntl
import time
from typing import TextIO

import pytest
from conftest import HANG_S, ROOT, last_line, phone
from matrix_cell import PICTURE, kind, needs_no_kernel, run, sample
from story import check_screen

from lab import catalog
from lab.matrix import spec

POLICY = spec.read(ROOT / "tests" / "matrix" / "policy.yaml")
WAYS = spec.read(ROOT / "tests" / "matrix" / "ways.yaml")
LOCKED = [cell for cell in POLICY.cells if (cell.lock, cell.policy) == ("locked", "announced")]
CELLS = [cell for cell in LOCKED if cell.rom in catalog.roms()]
LOOPS = "dies"  # five times: test_boot_loop.py has one that dies sooner
REST = sample(POLICY, [c for c in POLICY.cells if c not in CELLS and c.rom != LOOPS], 41)
WAYS_SAMPLE = sample(WAYS, WAYS.cells, 9)

SCREENS = {
    ("dipper", "cn", "cn"): "home-cn",
    ("dipper", "global", "global"): "home-global",
    ("hermes", "cn", "reseller"): "home-reseller",
    ("dipper", "cn", "global"): "region-cn-global",
    ("whyred", "global", "cn"): "region-global-cn",
    ("dipper", "cn", "reseller"): "wrong-key",
}


def has_no_screen(cell: spec.Cell) -> bool:
    return (cell.model, cell.region, cell.rom) not in SCREENS or cell not in CELLS


# Those of which there is a picture get home in any case.
DECIDED = needs_no_kernel(POLICY, sorted([*CELLS, *REST], key=has_no_screen))


def name(cell: spec.Cell) -> str:
    return cell.name


def test_the_samples_are_of_everything():
    markets = {(model, region) for model in catalog.models() for region in catalog.markets(model)}
    assert {(cell.model, cell.region) for cell in CELLS} == markets
    assert len(CELLS) == len(markets) * len(catalog.roms())
    assert {cell.lock for cell in REST} == set(catalog.LOCKS)
    assert {cell.policy for cell in REST} == set(catalog.POLICIES)
    assert {cell.path for cell in WAYS_SAMPLE} == {"fastboot", "sideload"}


def test_each_model_rom_and_boot_state_gets_home():
    homes = [c for c in [*CELLS, *REST] if POLICY.expected[c].verdict.startswith("home")]
    booted = [cell for cell in homes if cell not in DECIDED]
    for what in (
        lambda cell: cell.model,
        lambda cell: POLICY.variant(cell).like,
        lambda cell: kind(POLICY, cell),
    ):
        assert set(map(what, booted)) == set(map(what, homes))
    assert {cell for cell in homes if cell.policy == "shipped"} <= {*booted}


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_locked_as_announced(build, tmp_path, cell):
    screen = SCREENS.get((cell.model, cell.region, cell.rom))
    events = run(
        POLICY, cell, tmp_path, pictures=bool(screen), decided=cell in DECIDED and not screen
    )
    board = next(event for event in events if event["stage"] == "board")
    assert (board["codename"], board["made_for"]) == (cell.model, cell.region)
    if screen:
        check_screen(tmp_path / PICTURE, screen)


@pytest.mark.parametrize("cell", REST, ids=name)
def test_other_locks_policies_and_roms(build, tmp_path, cell):
    run(POLICY, cell, tmp_path, decided=cell in DECIDED)


@pytest.mark.parametrize("cell", WAYS_SAMPLE, ids=name)
def test_ways_onto_a_phone(build, tmp_path, cell):
    run(WAYS, cell, tmp_path)


@pytest.mark.parametrize(
    "model, market",
    [
        (model, market)
        for model in catalog.models()
        for market in catalog.REGIONS
        if market not in catalog.markets(model)
    ],
)
def test_a_model_of_one_market_refuses_the_other(build, model, market):
    done = phone(
        "run", "--fresh", "--headless", "--model", model, "--region", market, "--rom", market
    )
    assert done.returncode == 2 and done.stdout == ""
    assert f"{model}.yaml" in done.stderr and catalog.markets(model)[0] in done.stderr


def test_the_command_line_ends_with_the_same_verdict(build):
    """One that gets home: test_shipped.py."""
    words = "brick region-mismatch made-for=cn rom=global"
    done = phone(
        "run", "--fresh", "--headless", "--region", "cn", "--rom", "global", "--expect", words
    )
    assert (done.returncode, done.stdout) == (0, f"verdict: {words}\n"), done.stderr
    told = phone("explain")
    assert last_line(told).startswith("What could be done: ")
    assert "Decision 3" in told.stdout


@pytest.mark.soak
@pytest.mark.parametrize("file", ["policy", "trust", "ways"])
def test_whole(build, tmp_path, file):
    from subprocess import run as run_command

    command = [ROOT / "scripts" / "phone", "matrix", ROOT / "tests" / "matrix" / f"{file}.yaml"]
    done = run_command(
        [*command, "--out", tmp_path / "out.jsonl", "--timeout", "300"],
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def take(lock: TextIO) -> None:
    """Other tests make disks, too: for a moment one of them may have it."""
    end = time.monotonic() + HANG_S
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            assert time.monotonic() < end, "the matrix has it"
            time.sleep(0.05)


def test_a_matrix_under_way_keeps_nobody_from_the_disks(build):
    """Others may take the same disk, and even make it anew; its own cells keep the one they had."""
    from lab import paths
    from lab.matrix import factory

    cell = next(cell for cell in CELLS if cell.name == "dipper/cn/cn/locked/announced")
    with factory.Factory(POLICY) as source:
        source.prepare([cell], 1, lambda done, of, what: None)
        with open(paths.DISKS / ".made" / "dipper-cn.lock", "a", encoding="ascii") as lock:
            take(lock)
        kept = source.start(cell).disk
        assert kept.samefile(paths.DISKS / "dipper-cn.img") and kept.parent.parent == factory.RUNS
    assert not kept.exists()
