# SPDX-License-Identifier: MIT
"""
Exercises (tests/exercises/*.yaml; README.md there has the keys): a phone in some state, a task, and
what is graded. The grade is read from the phone itself: its verdict, its records, its disk.

    exercise = load(source.find("cure", FOLDER))
    with Player(exercise, bench) as player:
        prepared(player)                           # yields events, as a story's steps do
        ...                                        # somebody works on player.name
        grade(exercise, player.folder, answer)     # Grade: solved, points
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from .. import disk, fuses, outside, paths, schema, verdict
from ..errors import LabError
from . import kinds, source
from .events import Event
from .player import Player
from .source import Question, Step, Text

FOLDER = paths.ROOT / "tests" / "exercises"
RECORD = "exercise.json"  # in the phone's folder: which exercise it is for
KEYS = {"title", "task", "hints", "lesson", "needs", "phone", "roms", "setup", "hide", "goal"}
KEYS |= {"question", "attempts"}
NEEDED = {"title", "task", "lesson", "phone", "attempts"}
HIDDEN = ("why",)  # what an exercise may take away: the why panel, and explain


@dataclass(frozen=True)
class Attempt:
    """
    Something that somebody may do, and the points that it misses; none: it solves. `goes_on`: on the
    phone as the attempt before has left it.
    """

    steps: tuple[Step, ...]
    answer: int | None
    misses: tuple[str, ...]
    goes_on: bool


@dataclass(frozen=True)
class Exercise:
    """`goal`: a key of POINTS and what is wanted; `question` is answered by who solves it."""

    file: Path
    title: Text
    task: Text
    lesson: Text
    hints: tuple[Text, ...]
    phone: dict
    setup: tuple[Step, ...]
    goal: dict
    question: Question | None
    hide: tuple[str, ...]
    needs: tuple[str, ...]
    roms: dict
    attempts: tuple[Attempt, ...]

    @property
    def name(self) -> str:
        return self.file.stem.split("-", 1)[-1]


@dataclass(frozen=True)
class Point:
    """One thing that is graded: what it is, what was wanted, what was seen."""

    key: str
    what: Text
    wanted: str
    seen: str
    met: bool


@dataclass(frozen=True)
class Grade:
    points: tuple[Point, ...]

    @property
    def solved(self) -> bool:
        return all(point.met for point in self.points)

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(point.key for point in self.points if not point.met)


# Reading.


def load(file: Path) -> Exercise:
    data = source.read(file)
    reader = source.Reader(file)
    reader.keys(data, KEYS, NEEDED, "an exercise")
    goal = data.get("goal", {})
    if not isinstance(goal, dict):
        raise reader.wrong(data, f"a goal is made of {', '.join(POINTS)}")
    goal = source.plain(goal)
    question = reader.question(data)
    hide = reader.list(data, "hide")
    if set(goal) - set(POINTS) or not goal and question is None:
        raise reader.wrong(data, f"an exercise has a question, or a goal of {', '.join(POINTS)}")
    if any(what not in HIDDEN for what in hide):
        raise reader.wrong(data, f"an exercise can hide {', '.join(HIDDEN)}")
    return Exercise(
        file=file,
        title=reader.text(data, "title"),
        task=reader.text(data, "task"),
        lesson=reader.text(data, "lesson"),
        hints=reader.texts(data, "hints"),
        phone=reader.phone(data["phone"]),
        setup=reader.steps(data, "setup", explained=False) if "setup" in data else (),
        goal=goal,
        question=question,
        hide=tuple(hide),
        needs=reader.needs(data),
        roms=_roms(reader, data),
        attempts=_attempts(reader, reader.list(data, "attempts")),
    )


def _roms(reader: source.Reader, data: dict) -> dict:
    roms = data.get("roms", {})
    if not isinstance(roms, dict) or not all(map(_is_rom, source.plain(roms).values())):
        raise reader.wrong(data, "roms: are names, each made of keys and values")
    return {name: source.plain(rom) for name, rom in source.plain(roms).items()}


def _is_rom(given: object) -> bool:
    return isinstance(given, dict)


def _attempts(reader: source.Reader, rows: list) -> tuple[Attempt, ...]:
    found: list[Attempt] = []
    for row in rows:
        attempt = _attempt(reader, row)
        if attempt.goes_on and not (attempt.steps and any(before.steps for before in found)):
            raise reader.wrong(row, "what goes on has steps, and so has an attempt before it")
        found.append(attempt)
    return tuple(found)


def _attempt(reader: source.Reader, row: dict) -> Attempt:
    reader.keys(row, {"steps", "answer", "misses", "goes_on"}, set(), "an attempt")
    steps = reader.steps(row, explained=False) if "steps" in row else ()
    misses = tuple(reader.list(row, "misses"))
    return Attempt(steps, row.get("answer"), misses, bool(row.get("goes_on")))


# Preparing.


def prepared(player: Player) -> Iterator[Event]:
    """Makes the phone and does to it what happened before; then it is somebody's to solve."""
    yield from player.begin()
    for step in player.story.setup:
        yield from player.play(step)
    record = {"exercise": player.story.file.stem}
    (player.folder / RECORD).write_text(json.dumps(record) + "\n", encoding="utf-8")


def of_phone(folder: Path) -> Exercise | None:
    """The exercise that this phone was prepared for."""
    try:
        name = outside.read_json(folder / RECORD)["exercise"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    file = FOLDER / f"{name}.yaml"
    return load(file) if file in source.files(FOLDER) else None


# Grading. Each point gives what was seen.


def verdict_of(trace: list[dict]) -> str:
    return verdict.words(verdict.of_last_start(trace)) or "nothing"


def lock_of(trace: list[dict]) -> str:
    trace = verdict.of_last_start(trace)
    said = [event for event in trace if schema.key(event) == "storage/state"]
    return str(said[-1].get("lock")) if said else "unknown"


def _verdict(folder: Path) -> str:
    return verdict_of(_trace(folder))


def _lock(folder: Path) -> str:
    return lock_of(_trace(folder))


def _user_data(folder: Path) -> str:
    image = folder / "disk.img"
    with open(image, "rb") as file:
        file.seek(disk.partitions(image)["userdata"][0] + kinds.MARK_OFFSET)
        return "there" if file.read(len(kinds.MARK)) == kinds.MARK else "gone"


def _fuses(folder: Path) -> str:
    return str(fuses.count(fuses.read(folder / "nor.img"), fuses.ROLLBACK))


def _trace(folder: Path) -> list[dict]:
    try:
        return schema.read_trace(folder / "trace.jsonl")
    except LabError:
        return []


# What is graded: key -> its name, how it is seen.
POINTS: dict[str, tuple[Text, Callable[[Path], str]]] = {
    "verdict": ({"en": "what the phone comes to", "zh": "手机的结果"}, _verdict),
    "lock": ({"en": "its lock", "zh": "锁定状态"}, _lock),
    "user_data": ({"en": "the owner's pictures", "zh": "机主的照片"}, _user_data),
    "fuses": ({"en": "what the fuses count", "zh": "熔丝计数"}, _fuses),
}
ANSWER = {"en": "your answer", "zh": "你的回答"}


def grade(exercise: Exercise, folder: Path, answer: int | None = None) -> Grade:
    """`answer` counts from 0. What a phone wrote is cleaned before it is shown."""
    return graded(exercise, {key: POINTS[key][1](folder) for key in exercise.goal}, answer)


def graded(exercise: Exercise, looks: dict[str, str], answer: int | None = None) -> Grade:
    """The same by what was seen of the phone: a key of POINTS, a text."""
    points = []
    for key, wanted in exercise.goal.items():
        what, seen = POINTS[key][0], schema.printable(looks[key])
        met = verdict.meets(seen, wanted) if key == "verdict" else seen == str(wanted)
        points.append(Point(key, what, str(wanted), seen, met))
    if exercise.question is not None:
        right = exercise.question.right
        said = "-" if answer is None else str(answer + 1)
        points.append(Point("answer", ANSWER, "?", said, answer == right))
    return Grade(tuple(points))
