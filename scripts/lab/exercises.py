# SPDX-License-Identifier: MIT
"""
`phone exercise` prepares a phone with a task, `phone check` grades what came of it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import language, outside, session, store, terminal
from .errors import LabError
from .options import Add
from .play import check_needs, list_files
from .story import events, exercise, source
from .story.bench import Bench
from .story.player import Player

HINTS = "hints.json"  # in the phone's folder: how many were given


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
    sub.add_argument("answer", metavar="ANSWER", nargs="?", type=int)
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
                session.tell(_on_the_way(event))
    except BaseException:
        player.keep = False
        player.__exit__()
        raise
    print(f"\n{task.title[tongue]}\n\n{terminal.folded(task.task[tongue])}\n")
    for name in task.roms:
        print(f"    {player.fill(f'{{rom:{name}}}')}")
    _ask(task, tongue)
    print(f"The phone is {player.name}. When you are done: scripts/phone check {player.name}")


def _on_the_way(event: events.Made | events.Waiting) -> str:
    if isinstance(event, events.Made):
        return f"preparing the phone {event.name}"
    return f"(waiting for {event.what}, {event.seconds} s)"


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
        met = "ok " if point.met else "not yet"
        wanted = "" if point.met or point.wanted == "?" else f" (wanted: {point.wanted})"
        print(f"{met:<8} {point.what[args.language]}: {point.seen}{wanted}")
    if not grade.solved:
        _ask(task, args.language)
        session.tell(f"one hint more: scripts/phone check {args.name} --hint")
        return 1
    after = [task.question.after[args.language]] if task.question else []
    print("\nsolved. " + terminal.folded(" ".join([*after, task.lesson[args.language]])))
    session.tell(f"the phone stays: scripts/phone rm {args.name} removes it")
    return 0


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
