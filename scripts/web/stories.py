# SPDX-License-Identifier: MIT
"""
Stories for a page that runs no kernel: tests/scenarios/*.yaml as JSON. What a step types is put
into the words of the page's command box (commands.js); a story that types what only a running
Linux answers - adb, a shell, a kernel that dies - is named, and left to the lab.

Of exercises (tests/exercises) only what prepares the phone: their words, and what is right, stay
with the workshop's server, which grades them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lab import catalog
from lab.errors import LabError
from lab.story import exercise, source

# What is typed in the lab -> what is typed in the page's box. The first row that fits.
ROM = r"\{package:(\w+(?::\d+)?)\}"
RESCUE = r"scripts/phone rescue \{phone\}"
HELD = r" --hold power,(volume-\w+)"
GETPROP = r"'?(getprop [\w.]+(?:; getprop [\w.]+)*)'?"  # the ROM's own code answers without a kernel
LINES = [
    (r"scripts/phone power \{phone\} on", "power on"),
    (rf"scripts/phone power \{{phone\}} on{HELD}", r"power on --hold \1"),
    (r"scripts/phone power \{phone\} off", "power off"),
    (r"scripts/phone press \{phone\} (.+)", r"press \1"),
    (r"scripts/phone explain \{phone\}", "explain"),
    (rf"scripts/phone shell \{{phone\}} {GETPROP}", r"shell '\1'"),
    (r"scripts/phone fastboot \{phone\} (.+)", r"fastboot \1"),
    (r"scripts/phone account (bind|unlock) \{phone\}(?: --apply)?", r"account \1"),
    (r"scripts/phone account wait \{phone\} (\w+)", r"account wait \1"),
    (rf"{RESCUE} --account (\w+) --rom (\w+)", r"rescue \2 --account \1"),
    (rf"{RESCUE} --account (\w+) --package {ROM}", r"rescue \2 --account \1"),
    (rf"{ROM}/(flash_all(?:_lock)?)\.sh -s \{{at\}}", r"\2 \1"),
    (rf"fastboot -s \{{at\}} (.*){ROM}/images/(\w+\.img)", r"fastboot \1\2/\3"),
    (r"fastboot -s \{at\} ([^{]+)", r"fastboot \1"),
]
NEEDS_LINUX = re.compile(rf"adb |scripts/phone shell (?!\{{phone\}} {GETPROP}$)|.*\{{kernel\}}")


class Compiled(NamedTuple):
    stories: list[dict]
    elsewhere: list[dict]  # {number, title}
    packages: set[tuple[str, str, tuple]]  # model, name, romc's options: made besides the shelf's
    phones: set[tuple[str, str, str, str, int]]  # model, region, lock, policy, fuses' count
    exercises: list[dict]  # {name, phone, setup, roms}


def compile_all() -> Compiled:
    compiled = Compiled([], [], set(), set(), [])
    for number, file in enumerate(source.files(), 1):
        story = source.load(file)
        about = {"number": number, "name": file.stem, "title": story.title}
        if any(_needs_linux(step) for step in story.steps):
            compiled.elsewhere.append(about)
            continue
        _note_what_it_needs(story.phone, story.steps, compiled)
        steps = [_step(step) for step in story.steps]
        compiled.stories.append(
            {**about, "lesson": story.lesson, "phone": scene(story.phone), "steps": steps}
        )
    for task in map(exercise.load, source.files(exercise.FOLDER)):
        if not any(_needs_linux(step) for step in _all_steps(task)):
            compiled.exercises.append(_exercise(task, compiled))
    return compiled


def _all_steps(task: exercise.Exercise) -> list[source.Step]:
    return [*task.setup, *(step for attempt in task.attempts for step in attempt.steps)]


def _exercise(task: exercise.Exercise, compiled: Compiled) -> dict:
    _note_what_it_needs(task.phone, task.setup, compiled)
    names, model = {}, task.phone["model"]
    usual = catalog.facts_of_model(model).get("rollback_index")
    for word, rom in task.roms.items():
        index = None if rom.get("index") == usual else rom.get("index")
        names[word], options = variant(rom["rom"], index, rom.get("key"))
        compiled.packages.add((model, names[word], options))
    setup = [_step(step) for step in task.setup]
    return {"name": task.file.stem, "phone": scene(task.phone), "setup": setup, "roms": names}


def variant(rom: str, index: int | str | None = None, key: str | None = None) -> tuple[str, tuple]:
    """A ROM that differs in its rollback index, or in whose key signs it: name, romc's options."""
    options: tuple = ()
    name = rom
    if index is not None:
        name, options = f"{name}:{index}", ("--rollback-index", str(index))
    if key is not None:
        name, options = f"{name}+{key}", (*options, "--sign-with", key)
    return name, options


def scene(phone: dict) -> dict:
    """A story's phone in the page's words."""
    kept = {key: phone[key] for key in ("name", "model", "rom", "lock", "policy") if key in phone}
    more = {"rollback": phone["rollback"]} if "rollback" in phone else {}
    return {**kept, "made_for": phone["region"], **more}


def _needs_linux(step: source.Step) -> bool:
    return step.kind == "type" and NEEDS_LINUX.match(str(step.what)) is not None


def _step(step: source.Step) -> dict:
    made: dict = {"line": step.line, "kind": step.kind, "what": _what(step), "why": step.why}
    if step.says:
        made["says"] = list(step.says)
    if step.exit:
        made["exit"] = step.exit
    if step.question:
        answers = [answer.text for answer in step.question.answers]
        made["question"] = {
            "ask": step.question.ask,
            "answers": answers,
            "right": step.question.right,
            "after": step.question.after,
        }
    return made


def _what(step: source.Step) -> object:
    if step.kind == "type":
        return line_of(step)
    if step.kind == "phone":
        return scene(step.what)
    if step.kind == "force":
        return re.sub(rf"^{ROM}$", r"\1", str(step.what))
    return step.what


def line_of(step: source.Step) -> str:
    for pattern, line in LINES:
        found = re.fullmatch(pattern, str(step.what))
        if found:
            return found.expand(line)
    raise LabError(f"{step.file}:{step.line}: the page has no words for: {step.what}")


def _note_what_it_needs(phone: dict, steps: tuple[source.Step, ...], compiled: Compiled) -> None:
    """Packages of another rollback index, and phones whose fuses count something else."""
    for step in (None, *steps):
        phone = step.what if step and step.kind == "phone" else phone
        if "rollback" in phone:
            words = (phone[key] for key in ("model", "region", "lock", "policy", "rollback"))
            compiled.phones.add(tuple(words))
        for rom, index in re.findall(r"\{package:(\w+):(\d+)\}", str(step.what) if step else ""):
            compiled.packages.add((phone["model"], *variant(rom, index)))
