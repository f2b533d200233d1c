# SPDX-License-Identifier: MIT
"""The pytest plugin for authors of flashing tools, as they would use it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT

from lab import roms
from lab.errors import LabError

needs_client = pytest.mark.skipif(not shutil.which("fastboot"), reason="no fastboot client")


def tool(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, words)], text=True, capture_output=True, timeout=HANG_S, check=False)


@needs_client
def test_an_unlocked_phone_takes_the_wrong_rom_and_bricks(build, flashlab_phone, tmp_path):
    phone = flashlab_phone(region="cn", lock="unlocked", state="fastboot")
    package = roms.package("dipper", "global")
    done = tool(package / "flash_all.sh", "-s", phone.fastboot)
    assert done.returncode == 0, done.stderr
    phone.expect_verdict("brick region-mismatch made-for=cn rom=global")
    with pytest.raises(AssertionError, match="0.01 s after: brick region-mismatch .* for the next"):
        phone.expect_verdict("home", timeout_s=0.01)
    assert phone.screenshot(tmp_path / "brick.png").read_bytes().startswith(b"\x89PNG")
    phone.press("volume-down+power")
    phone.expect_verdict("fastboot")
    assert any(event["event"] == "command" for event in phone.trace)


@needs_client
def test_a_locked_phone_refuses_and_is_what_it_was(build, flashlab_phone):
    phone = flashlab_phone(state="fastboot")
    done = tool("fastboot", "-s", phone.fastboot, "erase", "boot")
    assert done.returncode != 0 and "not allowed in Lock State" in done.stderr
    phone.power_off()
    assert phone.power_on("home") == "home green rom=cn"


def test_what_makes_no_sense_is_said(build, flashlab_phone):
    with pytest.raises(LabError, match="a phone has no 'colour'"):
        flashlab_phone(colour="red")
    phone = flashlab_phone()
    with pytest.raises(LabError, match="no state 'sleep'"):
        phone.power_on("sleep")
    with pytest.raises(LabError, match="is off: power_on"):
        phone.expect_verdict("home")


A_TEST = """\
def test_it(flashlab_phone):
    phone = flashlab_phone(rom="global")
    open("where", "w").write(str(phone.folder))
    phone.power_on("home")
"""


def test_outside_of_this_checkout_and_a_failure_tells_what_the_phone_did(build, tmp_path):
    (tmp_path / "test_it.py").write_text(A_TEST)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    words = ["-m", "pytest", "-p", "no:cacheprovider", "-p", "lab.pytest_plugin", "test_it.py"]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, text=True,
                          capture_output=True, timeout=HANG_S, check=False)  # fmt: skip
    assert done.returncode == 1
    assert "expected home, and it was: brick region-mismatch made-for=cn rom=global" in done.stdout
    assert '"event": "verdict"' in done.stdout and "phone 1" in done.stdout
    assert not Path((tmp_path / "where").read_text()).exists()
