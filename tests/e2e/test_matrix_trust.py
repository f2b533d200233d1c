# SPDX-License-Identifier: MIT
"""
Whom the phone trusts (tests/matrix/trust.yaml), in QEMU: a sample of what tests/unit/test_flow_trust.c
plays in full; and chained partitions, which a specification cannot say.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT
from matrix_cell import kind, needs_no_kernel, run, sample
from romc_inputs import Inputs
from story import check_trace

from lab import paths, state_record, store, verdict
from lab.disk import flip, partition, partitions
from lab.matrix import factory, spec
from lab.qemu import RunningPhone

INDEX = 4
NO_WAIT = {"no-wait": "1"}
TRUST = spec.read(ROOT / "tests" / "matrix" / "trust.yaml")
SAMPLE = sample(TRUST, TRUST.cells, 11)
DECIDED = needs_no_kernel(TRUST, SAMPLE)


def test_the_sample_is_of_everything():
    assert len(TRUST.cells) == 324
    for axis in ("rom", "lock", "policy", "tamper"):
        values = {getattr(cell, axis) for cell in TRUST.cells}
        assert {getattr(cell, axis) for cell in SAMPLE} == values, axis
    assert {kind(TRUST, cell) for cell in SAMPLE} == {kind(TRUST, cell) for cell in TRUST.cells}


@pytest.mark.parametrize("cell", SAMPLE, ids=lambda cell: cell.name)
def test_trust(build, tmp_path, cell):
    run(TRUST, cell, tmp_path, decided=cell in DECIDED)


def make_nor(folder: Path, rollback: dict[int, int] | None = None) -> None:
    phone = {"model": "whyred", "region": "cn", "lock": "locked", "policy": "announced"}
    store.tool([*store.nor_command({**phone, "serial": "trust01"}), "-o", folder / "nor.img"])
    state_record.enroll(folder / "nor.img", factory.USER_KEY.read_bytes(), rollback)


def make_disk(folder: Path, inputs: list, *options: object) -> Path:
    disk = folder / "disk.img"
    subprocess.run([paths.ROMC, "disk", *inputs, *map(str, options), "-o", disk], check=True)
    return disk


def tiny_inputs(folder: Path, rom: Path) -> list:
    (folder / "parts").mkdir()
    inputs = Inputs(folder / "parts")
    inputs.program("recovery")
    inputs.rom, inputs.model = rom, paths.MODEL_FILES / "whyred.yaml"
    return inputs.words()


def verdict_of(folder: Path) -> str:
    with RunningPhone(folder, lab=NO_WAIT) as phone:
        words = phone.wait_for(lambda: verdict.words(phone.events), HANG_S)
        assert phone.running, phone.complaint() or phone.events
    check_trace(phone)
    return words


def test_a_chained_boot_starts_and_raises_its_stored_index(build, tmp_path):
    make_nor(tmp_path, {1: INDEX - 1})
    make_disk(tmp_path, store.rom_inputs("whyred", "cn"), "--chain", "boot=reseller")
    assert verdict_of(tmp_path) == "home green rom=cn"
    assert state_record.stored_index(tmp_path / "nor.img", 1) == INDEX


def test_a_chained_boot_below_its_stored_index(build, tmp_path):
    """Android's red, not the hard brick: that is the fuses' alone."""
    make_nor(tmp_path, {1: INDEX + 1})
    make_disk(
        tmp_path, tiny_inputs(tmp_path, paths.ROM_FILES / "cn.yaml"), "--chain", "boot=reseller"
    )
    assert verdict_of(tmp_path) == "brick rollback"


@pytest.mark.parametrize(
    "where, words", [(300, "brick bad-signature"), (-60, "brick bad-signature")]
)
def test_a_damaged_chained_boot(build, tmp_path, where, words):
    """In its own vbmeta, and in the footer that points at it."""
    make_nor(tmp_path)
    disk = make_disk(
        tmp_path, tiny_inputs(tmp_path, paths.ROM_FILES / "cn.yaml"), "--chain", "boot=user"
    )
    boot, length = partitions(disk)["boot"]
    own = struct.unpack_from(">Q", partition(disk, "boot"), length - 64 + 20)[0]
    flip(disk, boot + (own + where if where > 0 else length + where))
    assert verdict_of(tmp_path) == words
