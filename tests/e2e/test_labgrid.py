# SPDX-License-Identifier: MIT
"""
The lab's resource, driver and strategy for labgrid, as an author of a flashing tool uses them. `make
fleet-test`, and `make soak`.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT, without_display

LABGRID = ROOT / "scripts" / "fleet" / "labgrid"

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        not importlib.util.find_spec("labgrid"), reason="needs labgrid (Debian: python3-labgrid)"
    ),
]

ENV = f"""\
targets:
  main:
    resources:
      FlashlabPhone: {{region: cn, rom: ROM}}
    drivers:
      FlashlabDriver: {{}}
      FlashlabStrategy: {{}}
imports: [{LABGRID / "flashlab.py"}]
"""

TESTS = """\
import pytest
from labgrid.strategy import StrategyError


def test_a_refused_rom(target, strategy):
    strategy.transition("brick")
    phone = target.get_driver("FlashlabDriver")
    assert phone.verdict == "brick region-mismatch made-for=cn rom=global"
    begun = phone.trace[0]
    strategy.transition("brick")
    assert phone.trace[0] == begun, "it was there already"
    with pytest.raises(StrategyError) as wrong:
        strategy.transition("home")
    assert "did not come to home: expected home, and it was: brick region" in wrong.value.msg
    strategy.transition("off")
    assert phone.verdict == ""


def test_no_such_state(strategy):
    with pytest.raises(StrategyError) as wrong:
        strategy.transition("sleep")
    assert "no state 'sleep': off, home, brick, fastboot, recovery, any" in wrong.value.msg
"""


def run(env: Path, tests: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--lg-env", str(env), str(tests)],
        cwd=tests if tests.is_dir() else tests.parent,
        env=without_display(),
        text=True,
        capture_output=True,
        timeout=10 * HANG_S,
        check=False,
    )


def write(folder: Path, rom: str) -> tuple[Path, Path]:
    env, tests = folder / "env.yaml", folder / "test_it.py"
    env.write_text(ENV.replace("ROM", rom))
    tests.write_text(TESTS)
    return env, tests


def test_the_example_is_true(build):
    done = run(LABGRID / "env.yaml", LABGRID)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout


def test_states_are_what_the_phone_says(build, tmp_path):
    done = run(*write(tmp_path, "global"))
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout


def test_a_phone_that_is_not_is_refused_in_words(build, tmp_path):
    done = run(*write(tmp_path, "globall"))
    assert done.returncode == 1 and "globall" in done.stdout, done.stdout
    assert "did you mean" in done.stdout
