# SPDX-License-Identifier: MIT
"""The bench says every figure beside its peer. How large they are is for `make bench` alone to say."""

from __future__ import annotations

import subprocess

import pytest
from conftest import ROOT

WHAT = ("brick verdict", "brick: floor", "floor and all three", "power-on to home, verified",
        "recovery's menu", "firmware's size",
        "make run, beyond", "fastboot flash, ", "getvar, there", "idle: brick", "idle: fastboot", "idle: home",
        "idle: recovery", "instructions to the brick", "instructions to home", "download through USB",
        "flash through USB", "getvar through USB", "the bridge's processor",
        "refusals, 1 job", "refusals, 2 jobs")  # fmt: skip


def bench(*words: str) -> subprocess.CompletedProcess:
    command = [ROOT / "scripts" / "bench", *words]
    return subprocess.run(command, text=True, capture_output=True, check=False)


@pytest.mark.soak
def test_every_row_comes(build):
    done = bench("1")
    assert done.returncode == 0, done.stderr
    for what in WHAT:
        assert len([line for line in done.stdout.splitlines() if what in line]) == 1, what


def test_an_unknown_part():
    done = bench("nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert "boots, brick, flashing" in done.stderr
