# SPDX-License-Identifier: MIT
"""
`phone exercise` prepares a phone with a task, `phone check` grades what came of it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import language, outside, reach, session, store, terminal
from .errors import LabError
from .options import Add, whole
from .play import check_needs, list_files, waited
from .story import events, exercise, source
from .story.bench import Bench
from .story.player import Player

HINTS = "hints.json"  # in the phone's folder: how many were given
# A point that is met, one that is not, and what it should be.
POINT_WORDS = {"en": ("ok", "not yet", "wanted"), "zh": ("通过", "还没有", "应为")}


def add_commands(command: Add) -> None:
    sub = command(
        "exercise",
        cmd_exercise,
        "prepare a phone with a task for you",
        "  scripts/phone exercise             (lists them)\n  scripts/phone exercise cure",
    )
    sub.add_argument("exercise", metavar="N|NAME", nargs="?")
    language.add_option(sub)

    sub = command(
        "check",
        cmd_check,
        "look whether the exercise of a phone is solved",
        "  scripts/phone check anna\n"
        "  scripts/phone check anna 2         (the second answer is yours)\n"
        "  scripts/phone check anna --hint    (one more each time)",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("answer", metavar="ANSWER", nargs="?", type=whole(1, 9))
    sub.add_argument("--hint", action="store_true", help="say a hint instead")
    language.add_option(sub)


def cmd_exercise(args: argparse.Namespace) -> int:
    if args.exercise is None:
        list_files(source.files(exercise.FOLDER), exercise.load, args.language)
        return 0
    file = source.find(args.exercise, exercise.FOLDER, "scripts/phone exercise")
    task = exercise.load(file)
    check_needs(file.stem, task.needs)
    _hand_over(task, args.language)
    return 0


def _hand_over(task: exercise.Exercise, tongue: str) -> None:
    player = Player(task, Bench(watched=True), keep=True)
    try:
        for event in exercise.prepared(player):
            if isinstance(event, (events.Made, events.Waiting)):
                session.tell(_on_the_way(event, tongue))
    except BaseException:
        player.keep = False
        player.__exit__()
        raise
    print(f"\n{task.title[tongue]}\n\n{terminal.folded(task.task[tongue])}\n")
    for name in task.roms:
        print(f"    {player.fill(f'{{rom:{name}}}')}")
    _ask(task, tongue)
    check, at = f"scripts/phone check {player.name}", _reached(player.folder, tongue)
    print(language.pick(f"The phone is {player.name}{at}. When you are done: {check}",
                        f"手机叫 {player.name}{at}。做好以后：{check}", tongue))  # fmt: skip


def _reached(folder: Path, tongue: str) -> str:
    """Where its clients find it, when it is on."""
    if not store.is_running(folder):
        return language.pick(", which is off", "，已关机", tongue)
    at = reach.in_words(folder)
    return language.pick(f" ({at})", f"（{at}）", tongue)


def _on_the_way(event: events.Made | events.Waiting, tongue: str) -> str:
    if isinstance(event, events.Made):
        return language.pick(f"preparing the phone {event.name}", f"正在准备手机 {event.name}", tongue)
    return waited(event, tongue)


def _ask(task: exercise.Exercise, tongue: str) -> None:
    if task.question is None:
        return
    print(task.question.ask[tongue])
    for number, answer in enumerate(task.question.answers, 1):
        print(f"    {number}  {answer.text[tongue]}")
    print()


def cmd_check(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    task = exercise.of_phone(folder)
    if task is None:
        raise LabError(
            f"{args.name} is no exercise's phone; scripts/phone exercise prepares one", code=2
        )
    if args.hint:
        return _hint(task, folder, args.language)
    answer = _answer(task, args.answer)
    grade = exercise.grade(task, folder, answer)
    for point in grade.points:
        print(_said(point, args.language))
    if not grade.solved:
        _ask(task, args.language)
        hint = f"scripts/phone check {args.name} --hint"
        session.tell(language.pick(f"one hint more: {hint}", f"再要一条提示：{hint}", args.language))
        return 1
    after = [task.question.after[args.language]] if task.question else []
    solved = language.pick("solved.", "解出来了。", args.language)
    print(f"\n{solved} " + terminal.folded(" ".join([*after, task.lesson[args.language]])))
    remove = f"scripts/phone rm {args.name}"
    session.tell(language.pick(f"the phone stays: {remove} removes it",
                               f"手机还留着：{remove} 删除它", args.language))  # fmt: skip
    return 0


def _said(point: exercise.Point, tongue: str) -> str:
    met, not_yet, wanted = POINT_WORDS[tongue]
    hint = "" if point.met or point.wanted == "?" else f" ({wanted}: {point.wanted})"
    return f"{met if point.met else not_yet:<8} {point.what[tongue]}: {point.seen}{hint}"


def check_may_explain(folder: Path) -> None:
    """An exercise may want to be solved without `explain`."""
    task = exercise.of_phone(folder)
    if task is not None and "why" in task.hide:
        raise LabError(
            f"{folder.name} is for an exercise that is to be solved without that: look at the "
            f"screen (scripts/phone shot {folder.name}), ask fastboot, or take a hint "
            f"(scripts/phone check {folder.name} --hint)",
            zh=f"{folder.name} 的练习不能用它：看屏幕（scripts/phone shot {folder.name}），问 fastboot，"
            f"或看提示（scripts/phone check {folder.name} --hint）",
        )


def _answer(task: exercise.Exercise, given: int | None) -> int | None:
    if given is None:
        return None
    count = len(task.question.answers) if task.question else 0
    if not 1 <= given <= count:
        there = f"there is no answer {given}: 1 to {count}" if count else "nothing is asked"
        raise LabError(there, code=2)
    return given - 1


def _hint(task: exercise.Exercise, folder: Path, tongue: str) -> int:
    file = folder / HINTS
    try:
        given = int(outside.read_json(file))
    except (OSError, ValueError, TypeError):
        given = 0
    if not task.hints:
        print("there is no hint", file=sys.stderr)
        return 1
    given = min(given + 1, len(task.hints))
    file.write_text(f"{given}\n", encoding="ascii")
    for number, hint in enumerate(task.hints[:given], 1):
        print(f"{number}/{len(task.hints)}  {hint[tongue]}")
    return 0
