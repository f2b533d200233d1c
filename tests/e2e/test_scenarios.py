# SPDX-License-Identifier: MIT
"""Every story of tests/scenarios, played to its end without anybody watching."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from conftest import without_display

from lab import command, disk, fuses
from lab.errors import LabError
from lab.story import bench, events, kinds, source, stage
from lab.story.player import Player

FILES = source.files()
STEP = {"file": Path("x.yaml"), "line": 7, "number": 3, "why": {}, "kind": "type"}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_scenario(build, monkeypatch, file):
    story = source.load(file)
    assert source.missing(story.needs) == [], "scripts/install-packages test brings what is missing"
    for key in ("DISPLAY", "WAYLAND_DISPLAY"):
        if key not in without_display():
            monkeypatch.delenv(key, raising=False)
    seen = []
    with Player(story, bench.Bench()) as player:
        try:
            seen += player.begin()
            for step in story.steps:
                for event in player.play(step):
                    seen.append(event)
        except LabError as error:
            pytest.fail("\n".join([*map(str, seen), str(error)]))
        made = player.made
    assert player.done == len(story.steps)
    assert [name for name in made if player.bench.folder(name).exists()] == []


def test_none_is_missing():
    assert [int(file.stem.split("-")[0]) for file in FILES] == list(range(1, 22))


class Still(Player):
    """A player without a phone: what it makes of one step's command."""

    def __init__(self):
        super().__init__(source.load(FILES[0]), bench.Bench())
        self.name = "none"

    def trace(self):
        return []

    def type(self, line, says=(), code=0):
        return list(self.play(source.Step(**STEP, what=line, says=tuple(says), exit=code)))


@pytest.mark.parametrize(
    "line, says, code, error",
    [
        ("fastboot --version", ["no such words"], 0, "expected the words 'no such words'; seen: "),
        ("fastboot --version", [], 1, "expected exit code 1; seen: exit code 0"),
        ("fastboot", [], 0, "expected exit code 0; seen: exit code 1"),
        ("rm -rf /nowhere", [], 0, "a story types"),
        ("fastboot {nothing}", [], 0, "which is nothing"),
    ],
)
def test_a_step_can_fail(line, says, code, error):
    with pytest.raises(LabError, match=error):
        Still().type(line, says, code)


def test_a_failure_names_file_line_step_expected_and_seen():
    with pytest.raises(events.Failed) as failed:
        Still().type("fastboot --version", ["no such words"])
    assert str(failed.value).startswith("x.yaml:7: step 3 (type): expected the words 'no such")


def test_a_step_that_passes_tells_what_was_said():
    seen = Still().type("fastboot --version", ["fastboot version"])
    assert isinstance(seen[0], events.Typed) and seen[0].line == "fastboot --version"
    assert isinstance(seen[-1], events.Ended) and seen[-1].code == 0
    assert [event.text for event in seen if isinstance(event, events.Said)] == seen[-1].shown


class Answering(bench.Bench):
    """A bench whose commands say what is given, one after the other."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers = list(answers)

    def run(self, words):
        yield self.answers.pop(0)
        return 0


@pytest.mark.parametrize(
    "answers, error",
    [
        (["failed to connect to 127.0.0.1:5", "connected to 127.0.0.1:5"], None),
        (["connected to 127.0.0.1:5"], None),
        (["failed to connect to 127.0.0.1:5"] * 2, "expected the words 'connected to'"),
    ],
)
def test_adb_may_find_nobody_once(monkeypatch, answers, error):
    """Who has read "waiting" may be quicker than the phone's port."""
    monkeypatch.setattr(kinds, "AGAIN_S", 0.0)
    player = Still()
    player.bench = Answering(*answers)
    step = source.Step(**STEP, what="adb connect 127.0.0.1:5", says=("connected to",))
    seen = []
    with pytest.raises(events.Failed, match=error) if error else contextlib.nullcontext():
        seen += player.play(step)
        assert len([event for event in seen if isinstance(event, events.Typed)]) == len(answers)
    assert player.bench.answers == []


def test_a_command_is_heard_while_it_runs():
    """The line comes before the command can end: it waits for what the listener does then."""
    with tempfile.TemporaryDirectory() as folder:
        heard = Path(folder) / "heard"
        script = f"printf 'one\\rtwo\\n'; until [ -e {heard} ]; do sleep 0.05; done; printf last"
        said = []
        for line in command.lines(["sh", "-c", script]):
            heard.touch()
            said.append(line)
    assert [line for line in said if line] == ["one", "two", "last"]


def test_a_command_without_an_end_is_ended():
    with pytest.raises(LabError, match="came to no end"):
        list(command.lines(["sh", "-c", "sleep 1000 & wait"], limit_s=0.3))


def test_a_command_that_nobody_listens_to_is_ended(tmp_path):
    pid = tmp_path / "pid"
    running = command.lines(["sh", "-c", f"echo $$ > {pid}; echo begun; sleep 1000 & wait"])
    assert next(running) == "begun"
    running.close()
    assert not Path(f"/proc/{int(pid.read_text())}").exists()


def test_of_a_hundred_percentages_the_tens_are_shown():
    said = [f"serving: 'x.zip'  (~{percent}%)    " for percent in range(101)]
    assert sum(map(kinds._is_worth_passing_on, said)) == 11


def test_a_long_output_folds_to_what_is_waited_for_and_its_last_line():
    said = [f"line {number}" for number in range(20)]
    assert events.fold(said, ()) == ["line 19"]
    assert events.fold(said, ("line 7",)) == ["line 7", "line 19"]
    assert events.fold(said[:3], ()) == said[:3]


def test_a_disk_that_was_changed_is_seen(tmp_path, monkeypatch):
    player = Still()
    monkeypatch.setattr(Player, "folder", tmp_path)
    image = tmp_path / "disk.img"
    with open(image, "wb") as file:
        file.truncate(1 << 30)
        file.seek(1 << 20)
        file.write(b"system")
    step = source.Step(**{**STEP, "kind": "same"}, what="disk")
    list(kinds.remember(player, step))
    list(kinds.same(player, step))
    with open(image, "r+b") as file:
        file.seek((1 << 20) + 5)
        file.write(b"n")
    with pytest.raises(events.Failed):
        list(kinds.same(player, step))


class OnPaper(Still):
    """A player whose phone is two files and a trace."""

    def __init__(self, folder, monkeypatch):
        super().__init__()
        self.events = []
        monkeypatch.setattr(Player, "folder", folder)
        monkeypatch.setattr(stage, "WAIT_S", 0.3)
        monkeypatch.setattr(disk, "partitions", lambda image: {"userdata": (0, 4 << 20)})
        (folder / "disk.img").write_bytes(bytes(4 << 20))
        facts = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "locked", "serial": "x"}
        (folder / "phone.json").write_text(json.dumps({**facts, "policy": "announced"}))

    def trace(self):
        return self.events

    def burn(self, count):
        fuses_sector = bytearray(b"\xff" * fuses.FUSES_BYTES)
        at, length = fuses.ROLLBACK
        left = (1 << 8 * length) - (1 << count)
        fuses_sector[at : at + length] = left.to_bytes(length, "little")
        (self.folder / "nor.img").write_bytes(bytes(fuses.FUSES_OFFSET) + fuses_sector)

    def step(self, kind, what):
        return list(self.play(source.Step(**{**STEP, "kind": kind}, what=what)))

    def fails(self, kind, what, seen):
        with pytest.raises(events.Failed, match=seen):
            self.step(kind, what)


def verdict_of(fate, **more):
    return {"stage": "flow", "event": "verdict", "fate": fate, "reason": "keys", **more}


def test_steps_that_look_at_the_phone_can_fail(tmp_path, monkeypatch):
    paper = OnPaper(tmp_path, monkeypatch)
    for counted in range(3, 6):
        paper.burn(counted)
        if counted == 4:
            paper.step("fuses", 4)
        else:
            paper.fails("fuses", 4, f"seen: {counted}")

    paper.fails("user_data", "there", "it is gone")
    paper.step("user_data", "gone")
    paper.step("user_data", "leave")
    paper.step("user_data", "there")
    paper.fails("user_data", "gone", "it is still there")

    started = {"stage": "flow", "event": "power-on", "t_us": 1}
    paper.events = [started, verdict_of("fastboot")]
    off = {"name": "flow/verdict", "fate": "off"}
    paper.fails("event", off, "expected name=flow/verdict fate=off")
    paper.fails("verdict", "home", "seen: fastboot keys")
    paper.step("verdict", "fastboot")
    paper.fails("restarts", "fastboot", "seen: fastboot keys")  # since then there was no start
    paper.events += paper.events
    paper.step("restarts", "fastboot")
    paper.step("event", {"name": "flow/verdict", "fate": "fastboot"})


STORY = "title: {en: a, zh: b}\nlesson: {en: a, zh: b}\nsteps:\n"
WHY = "- why: {en: a, zh: b}\n  "


@pytest.mark.parametrize(
    "text, error",
    [
        (STORY + WHY + "fuses: 1\n  kind: z\n", ":4: step 1 has no key 'kind'"),
        (STORY + WHY + "exit: 1\n", ":4: step 1 must have one of"),
        (STORY + WHY + "fuses: 1\n  same: disk\n", ":4: step 1 must have one of"),
        (STORY + "- why: {en: a}\n  fuses: 1\n", ":4: why lacks zh"),
        (STORY + "- why: {en: a, zh: ' '}\n  fuses: 1\n", "nothing to say in zh"),
        (STORY + WHY + "phone: {model: nokia}\n", ":5: there is no model 'nokia'"),
        (STORY + WHY + "phone: {colour: red}\n", ":5: a phone has no key 'colour'"),
        ("title: {en: a, zh: b}\nsteps: []\nlesson: {en: a, zh: b}\n", "steps must be there"),
        (STORY + "- words: [oranje]\n  why: {en: a, zh: b}\n  fuses: 1\n", "mean orange"),
        ("needs: [magic]\n" + STORY + WHY + "fuses: 1\n", "unknown service magic"),
        ("title: {en: a, zh: b}\n", "a story lacks lesson, steps"),
        ("title: {en: a, zh: b, en: c}\n", "en stands here twice"),
        ("- 1\n", "keys and values"),
        ("title: [\n", "flow"),
    ],
)
def test_bad_files_are_refused(tmp_path, text, error):
    file = tmp_path / "01-x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=error):
        source.load(file)


ASKED = """  question:
    ask: {en: a, zh: b}
    after: {en: a, zh: b}
    answers:
"""


@pytest.mark.parametrize(
    "answers, fine",
    [
        (["right: true", "right: false"], True),
        (["right: true"], False),
        (["right: true", "right: true"], False),
        (["right: false", "right: false"], False),
        (["right: true"] + ["right: false"] * 4, False),
    ],
)
def test_a_question_has_two_to_four_answers_and_one_is_right(tmp_path, answers, fine):
    file = tmp_path / "01-x.yaml"
    rows = "".join(f"      - {{en: a, zh: b, {answer}}}\n" for answer in answers)
    file.write_text(STORY + WHY + "fuses: 1\n" + ASKED + rows, encoding="utf-8")
    if fine:
        assert source.load(file).steps[0].question.right == 0
        return
    with pytest.raises(LabError, match="two to four answers"):
        source.load(file)
