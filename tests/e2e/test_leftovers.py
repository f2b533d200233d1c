# SPDX-License-Identifier: MIT
"""tests/leftovers.py sees each kind of thing that a run may leave behind, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT

sys.path.insert(0, str(ROOT / "tests"))

import leftovers  # noqa: E402


@pytest.fixture
def watch(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "GRACE_S", 0.0)
    root = tmp_path / "checkout"
    (root / "build" / "phones" / "anna").mkdir(parents=True)
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=root, check=True)
    (root / "old").write_text("")
    (root / ".gitignore").write_text("build\n")
    made = leftovers.Watch(root, root / "build")
    yield made
    made.remove()
    assert not made.folder.exists()


def test_a_clean_run_leaves_nothing(watch):
    subprocess.run(["true"], env={**os.environ, **watch.env}, check=True)
    assert watch.left() == []


def test_a_process_is_seen_and_ended(watch):
    """One that left its parent, as adb's server does."""
    env = {**os.environ, **watch.env}
    subprocess.run(["sh", "-c", "setsid sleep 600 >&- 2>&- &"], env=env, check=True)
    other = subprocess.Popen(["sleep", "600"])
    found = watch.left()
    assert len(found) == 1 and found[0].endswith("sleep 600"), found
    watch.remove()
    assert other.poll() is None
    other.kill()
    other.wait()
    for _ in range(1000):
        if not watch.processes():
            return
    raise AssertionError("it is still there")


@pytest.mark.parametrize("name, what", [("build/phones/bao", "phone bao"), ("new/folder", "in the checkout: ?? new/")])
def test_what_lies_about_is_seen(watch, name, what):
    path = watch.root / name
    path.mkdir(parents=True)
    (path / "file").write_text("")
    assert len(watch.left()) == 1 and watch.left()[0].startswith(what)


def test_a_temporary_folder_goes_with_the_run(watch):
    """Browsers leave theirs; the run's own folder holds them all."""
    env = {**os.environ, **watch.env}
    made = subprocess.check_output(["mktemp", "-d", "--tmpdir", "ours.XXXXX"], env=env, text=True)
    assert Path(made.strip()).is_dir() and watch.left() == []
    watch.remove()
    assert not Path(made.strip()).exists()


# The run itself, with something else in the place of its tests.
STOPPED = """
import importlib.machinery, importlib.util, sys
loader = importlib.machinery.SourceFileLoader("run", sys.argv[1])
run = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
loader.exec_module(run)
tests = "trap 'rm begun; exit' INT; mktemp --tmpdir; touch begun; while :; do sleep 0.05; done"
run.run_meson = lambda words, took: run.follow(["sh", "-c", tests], lambda line: None, "tests")
sys.exit(run.main([]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_stopped_lets_its_tests_end_and_leaves_nothing(tmp_path, number):
    """Also one that a script started in the background, where SIGINT is ignored."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    words = [sys.executable, "-c", STOPPED, ROOT / "tests" / "run"]
    env = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT / "tests")}
    running = subprocess.Popen(
        ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *words], cwd=tmp_path, env=env,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (tmp_path / "begun").exists():
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(number)
    said, _ = running.communicate(timeout=HANG_S)
    assert running.returncode == 128 + number and said == f"stopped by {number.name}\n"
    assert not (tmp_path / "begun").exists() and not list(temporary.iterdir())
