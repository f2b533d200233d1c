# SPDX-License-Identifier: MIT
"""Every attempt of every exercise, played headless: it is graded as its file says."""

from __future__ import annotations

import re

import pytest
from conftest import phone

from lab.errors import LabError
from lab.story import bench, events, exercise, source
from lab.story.player import Player

FILES = source.files(exercise.FOLDER)


def rounds(task: exercise.Exercise) -> list[list[exercise.Attempt]]:
    """
    Each round is played on a phone of its own: an attempt with steps leaves it changed, and the next
    begins anew, unless it goes on from there. Those without steps only look, and come first.
    """
    played: list[list[exercise.Attempt]] = []
    for attempt in task.attempts:
        if attempt.steps and attempt.goes_on:
            played[-1].append(attempt)
        elif attempt.steps:
            played.append([attempt])
    looks = [attempt for attempt in task.attempts if not attempt.steps]
    first, *others = played or [[]]
    return [[*looks, *first], *others]


ROUNDS = [
    pytest.param(file, number, id=f"{file.stem}-{number}")
    for file in FILES
    for number in range(len(rounds(exercise.load(file))))
]


@pytest.mark.parametrize("file, number", ROUNDS)
def test_attempts(build, file, number):
    task = exercise.load(file)
    assert source.missing(task.needs) == [], "scripts/install-packages test brings what is missing"
    seen = []
    with Player(task, bench.Bench()) as player:
        try:
            seen += exercise.prepared(player)
            for attempt in rounds(task)[number]:
                for step in attempt.steps:
                    seen += player.play(step)
                grade = exercise.grade(task, player.folder, attempt.answer)
                assert grade.missed == attempt.misses, grade
                assert grade.solved == (not attempt.misses)
        except LabError as error:
            pytest.fail("\n".join([*map(str, seen), str(error)]))
        assert exercise.of_phone(player.folder).file == file


def test_no_attempt_is_left_out():
    for task in map(exercise.load, FILES):
        played = [attempt for one in rounds(task) for attempt in one]
        assert len(played) == len(task.attempts) and all(a in played for a in task.attempts)


def test_there_are_ten_in_order():
    assert [int(file.stem.split("-")[0]) for file in FILES] == list(range(1, 11))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_each_can_be_solved_and_missed(file):
    attempts = exercise.load(file).attempts
    assert any(not attempt.misses for attempt in attempts)
    assert any(attempt.misses for attempt in attempts)


def test_the_packages_of_a_shelf_do_not_say_which_is_which(build):
    task = exercise.load(source.find("forged", exercise.FOLDER))
    shelf = bench.Bench().shelf(task.name, "dipper", task.roms)
    words = ["global", "reseller", "cn", "key"]
    assert sorted(f.name for f in shelf.iterdir() if f.name[0] != ".") == sorted(task.roms)
    assert [word for word in words if word in str(shelf.relative_to(build))] == []
    for name in task.roms:
        assert not (shelf / name).is_symlink() and (shelf / name / "flash_all.sh").is_file()


EXERCISE = """title: &t {en: a, zh: b}
task: *t
lesson: *t
phone: {}
attempts:
- {misses: [verdict]}
"""


@pytest.mark.parametrize(
    "text, error",
    [
        (EXERCISE, "has a question, or a goal"),
        (EXERCISE + "goal: {colour: red}\n", "a goal of verdict, lock"),
        (EXERCISE + "goal: {lock: locked}\nhide: [screen]\n", "can hide why"),
        (EXERCISE + "- {goes_on: true, steps: [{fuses: 1}]}\ngoal: {lock: locked}\n", ":7: what goes on"),
        (EXERCISE + "goal: {lock: locked}\nhint: *t\n", "no key 'hint'; did you mean hints"),
        (EXERCISE + "goal: {lock: locked}\nsetup: [{fuses: 1, x: 2}]\n", ":8: step 1 has no key"),
    ],
)
def test_bad_files_are_refused(tmp_path, text, error):
    file = tmp_path / "01-x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=error):
        exercise.load(file)


def test_what_never_ran_is_not_solved(tmp_path):
    task = exercise.load(source.find("cure", exercise.FOLDER))
    grade = exercise.grade(task, tmp_path)
    assert not grade.solved and grade.points[0].seen == "nothing"


def test_a_setup_that_comes_out_otherwise_says_where(monkeypatch, build):
    task = exercise.load(source.find("cure", exercise.FOLDER))
    monkeypatch.setitem(task.phone, "lock", "locked")
    monkeypatch.setitem(task.phone, "rom", "reseller")  # a brick, too, and for another reason
    with Player(task, bench.Bench()) as player:
        with pytest.raises(events.Failed, match=r"01-cure.yaml:\d+: step 1 \(type\): expected the"):
            list(exercise.prepared(player))


def test_an_exercise_on_the_command_line(build):
    """Prepared, wrong, a hint, no explain, right; and then the phone can go."""
    begun = phone("exercise", "why")
    assert "(fastboot tcp:127.0.0.1:" in begun.stdout, begun.stdout
    assert begun.returncode == 0, begun.stderr
    name = re.search(r"scripts/phone check (\S+)", begun.stdout)[1]
    try:
        assert "    3  One image is not what was signed" in begun.stdout
        wrong = phone("check", name, "1")
        assert wrong.returncode == 1 and "not yet  your answer: 1" in wrong.stdout
        chinese = phone("check", name, "1", "--language", "zh")
        assert chinese.stdout.startswith("还没有") and chinese.stderr.startswith("再要一条提示：")
        assert phone("check", name, "5").returncode == 2
        assert phone("check", name, "--hint").stdout.startswith("1/2  The screen says")
        assert "2/2  " in phone("check", name, "--hint", "--language", "zh").stdout
        explained = phone("explain", name)
        assert explained.returncode == 1 and "solved without that" in explained.stderr
        right = phone("check", name, "3")
        assert right.returncode == 0 and "solved." in right.stdout
        assert "\n解出来了。" in phone("check", name, "3", "--language", "zh").stdout
    finally:
        phone("power", name, "off")
        phone("rm", "--yes", name)


def test_a_phone_without_an_exercise_has_nothing_to_check(fake):
    done = fake("brick", "check", "fake")
    assert done.returncode == 2 and "scripts/phone exercise prepares one" in done.stderr
