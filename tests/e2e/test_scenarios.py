# SPDX-License-Identifier: MIT
"""Every scenario of tests/scenarios, played to its end without anybody watching."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from conftest import without_display

from lab import command, play
from lab.errors import LabError

FILES = play.files()


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_scenario(build, monkeypatch, file):
    data = play.load(file)
    assert play.missing(data) == [], "scripts/install-packages test brings what is missing"
    for key in ("DISPLAY", "WAYLAND_DISPLAY"):
        if key not in without_display():
            monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("FLASHLAB_BUILD", str(build))
    said = []
    with play.Player(data, said.append, lambda: None) as player:
        player.alone = True
        try:
            player.play()
        except LabError as error:
            pytest.fail("\n".join([*said, str(error)]))
    assert sum(line.startswith("\n[") for line in said) == len(data["steps"])


def test_there_are_twenty_in_order():
    assert [int(file.stem.split("-")[0]) for file in FILES] == list(range(1, 21))


class Still(play.Player):
    """A player without a phone: what it makes of one step's command."""

    def __init__(self):
        super().__init__({}, lambda line: None, lambda: None)

    def _events(self):
        return []


@pytest.mark.parametrize(
    "line, says, code, error",
    [
        ("fastboot --version", "fastboot version", 0, None),
        ("fastboot --version", "no such words", 0, "did not say: no such words"),
        ("fastboot --version", [], 1, "ended with 0, not 1"),
        ("fastboot", [], 0, "ended with 1, not 0"),
        ("rm -rf /nowhere", [], 0, "a scenario types"),
        ("fastboot {nothing}", [], 0, "which is nothing"),
    ],
)
def test_a_step_can_fail(line, says, code, error):
    if error is None:
        Still().do_type(line, says, code)
        return
    with pytest.raises(LabError, match=error):
        Still().do_type(line, says, code)


def test_a_command_is_heard_while_it_runs():
    """The line comes before the command can end: it waits for what the listener does then."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        heard = Path(folder) / "heard"

        def listen(line):
            lines.append(line)
            heard.touch()

        script = f"printf 'one\\rtwo\\n'; until [ -e {heard} ]; do sleep 0.05; done; printf last"
        done = command.run(["sh", "-c", script], listen)
    assert (done.returncode, lines) == (0, ["one", "two", "last"])


def test_a_command_without_an_end_is_ended():
    with pytest.raises(LabError, match="came to no end"):
        command.run(["sh", "-c", "sleep 1000 & wait"], limit_s=0.3)


def test_of_a_hundred_percentages_the_tens_are_shown():
    said = []
    player = play.Player({}, said.append, lambda: None)
    for percent in range(101):
        player._pass_on(f"serving: 'x.zip'  (~{percent}%)    ")
    player._pass_on("Total xfer: 2.00x")
    assert len(said) == 12 and said[1].endswith("(~10%)") and "Total" in said[-1]


def test_a_disk_that_was_changed_is_seen(tmp_path, monkeypatch):
    player = Still()
    monkeypatch.setattr(play.Player, "folder", tmp_path)
    image = tmp_path / "disk.img"
    with open(image, "wb") as file:
        file.truncate(1 << 30)
        file.seek(1 << 20)
        file.write(b"system")
    player.do_remember("disk")
    player.do_same("disk")
    with open(image, "r+b") as file:
        file.seek((1 << 20) + 5)
        file.write(b"n")
    with pytest.raises(play.Failed):
        player.do_same("disk")


@pytest.mark.parametrize(
    "text, error",
    [
        ("title: x\nlesson: y\nsteps: [{type: fastboot, kind: z}]\n", "step 1"),
        ("title: x\nlesson: y\nsteps: [{why: z}]\n", "step 1"),
        ("title: x\nlesson: y\nsteps: []\n", "must be there"),
        ("title: x\nneeds: [magic]\nlesson: y\nsteps: [{fuses: 1}]\n", "magic"),
        ("- 1\n", "a scenario has"),
        ("title: [\n", "flow"),
    ],
)
def test_bad_files_are_refused(tmp_path, text, error):
    file = tmp_path / "01-x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=error):
        play.load(file)
