# SPDX-License-Identifier: MIT
"""
A story, or an exercise, on one phone of the workshop. It plays in a thread; a page sees its state:

    making      the phone is made, and what happened before is done to it
    shown       a step has run (or the story is about to begin); `next` goes on
    asking      the step's question, before it runs: the phone stands still meanwhile
    running     the step runs
    done        the story is over; failed: it came out differently
    working     an exercise is somebody's to solve; solved
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from typing import Iterator

from lab import language
from lab.errors import LabError
from lab.qmp import Qmp
from lab.story import events, exercise
from lab.story.player import Player
from lab.story.source import Question, Step, Story

from .live import LivePhone
from .said import Refusal, Sides, say, sides
from .story_bench import StoryBench

SHOWN_MAX = 60  # events of one step
OVER = ("done", "failed", "working", "solved")


def question_of(question: Question | None, is_open: bool, votes: list[int]) -> dict | None:
    if question is None:
        return None
    return {
        "ask": question.ask,
        "answers": [answer.text for answer in question.answers],
        "votes": [votes.count(number) for number in range(len(question.answers))],
        "right": None if is_open else question.right,
        "after": None if is_open else question.after,
    }


def task_of(task: exercise.Exercise, phase: str, points: list[dict]) -> dict:
    return {
        "task": task.task,
        "hints": list(task.hints),
        "roms": list(task.roms),
        "hide": list(task.hide) if phase != "solved" else [],
        "points": points,
    }


def points_of(grade: exercise.Grade) -> list[dict]:
    return [
        {"what": p.what, "wanted": p.wanted, "seen": p.seen, "met": p.met} for p in grade.points
    ]


def exercise_state(task: exercise.Exercise, grade: exercise.Grade | None = None) -> dict:
    """For a page whose own browser runs the phone: what a Telling would tell (whole)."""
    phase = "solved" if grade and grade.solved else "working"
    return {
        "kind": "exercise",
        "name": task.file.stem,
        "title": task.title,
        "phase": phase,
        "question": question_of(task.question, phase == "working", []),
        "lesson": task.lesson if phase == "solved" else None,
        **task_of(task, phase, points_of(grade) if grade else []),
    }


def _shown(event: events.Event) -> dict:
    """For a page, which shows either language."""
    shown = events.as_json(event)
    if isinstance(event, events.Ended):
        shown["shown"] = [language.sides(line) for line in event.shown]
    return shown


class Stopped(Exception):
    """Whoever played the story has left it."""


class Telling:
    def __init__(self, shop, phone: LivePhone, story: Story | exercise.Exercise) -> None:
        self.shop, self.phone, self.story = shop, phone, story
        self.is_exercise = isinstance(story, exercise.Exercise)
        self.phase = "making"
        self.step: Step | None = None
        self.shown: list[dict] = []
        self.said: str | Sides = ""  # the last line of what runs
        self.error: Sides | None = None
        self.votes: dict[str, int] = {}  # person -> answer
        self.points: list[dict] = []
        self._loop = asyncio.get_running_loop()
        self._wishes: queue.Queue[bool] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name=f"story {phone.name}", daemon=True)

    def start(self) -> None:
        self.phone.busy = say("does-exercise" if self.is_exercise else "does-story")
        self.tell()
        self._thread.start()

    # What a page sees.

    @property
    def question(self) -> Question | None:
        if self.is_exercise:
            return self.story.question
        return self.step.question if self.step else None

    def whole(self) -> dict:
        return {
            "kind": "exercise" if self.is_exercise else "story",
            "name": self.story.file.stem,
            "title": self.story.title,
            "phase": self.phase,
            "number": self.step.number if self.step else 0,
            "total": 0 if self.is_exercise else len(self.story.steps),
            "why": self.step.why if self.step else None,
            "question": self._question(),
            "shown": self.shown,
            "said": self.said,
            "lesson": self.story.lesson if self.phase in ("done", "solved") else None,
            "error": self.error,
            **(task_of(self.story, self.phase, self.points) if self.is_exercise else {}),
        }

    def _question(self) -> dict | None:
        """The right answer only when everybody may know it."""
        is_open = self.phase in ("making", "asking", "running", "working")
        return question_of(self.question, is_open, list(self.votes.values()))

    def tell(self) -> None:
        self.shop.tell_phone(self.phone, {"kind": "story", "story": self.whole()})
        self.shop.tell_poll(self)

    # What a person does.

    def next(self) -> None:
        if self.phase not in ("shown", "asking"):
            raise Refusal("story-not-waiting")
        self.phase = "running"  # a second click is one too many
        self._wishes.put(True)

    def vote(self, person_id: str, answer: int) -> None:
        if self.phase != "asking" or self.question is None:
            raise Refusal("nothing-asked")
        if not 0 <= answer < len(self.question.answers):
            raise Refusal("no-answer")
        self.votes[person_id] = answer
        self.tell()

    async def check(self, answer: int | None) -> bool:
        """Grades an exercise; True: solved."""
        if self.phase not in ("working", "solved"):
            raise Refusal("nothing-to-check")
        grade = await asyncio.to_thread(exercise.grade, self.story, self.phone.folder, answer)
        self.points = points_of(grade)
        self.phase = "solved" if grade.solved else "working"
        self.tell()
        return grade.solved

    async def stop(self) -> None:
        """Ends it, whatever it is doing."""
        self._wishes.put(False)
        self.phone.stop_job()
        await asyncio.to_thread(self._thread.join)
        self.phone.busy = None
        self.phone.tell()

    # The thread.

    def _run(self) -> None:
        try:
            with Player(self.story, StoryBench(self.phone, self._loop)) as player:
                if self.is_exercise:
                    self._play(exercise.prepared(player))
                    self._set("working")
                else:
                    self._play(player.begin())
                    self._steps(player)
                    self._set("done")
        except Stopped:
            pass
        except events.Failed as error:
            place = events.where(error.step)
            self._fail(say("step-failed", **place, expected=error.expected, seen=error.seen))
        except (LabError, OSError) as error:
            self._fail(self._broken(sides(error)))

    def _broken(self, why: Sides) -> Sides:
        return say("step-broken", **events.where(self.step), why=why) if self.step else why

    def _fail(self, why: Sides) -> None:
        self.error = why
        self._set("failed")

    def _steps(self, player: Player) -> None:
        for step in self.story.steps:
            self._set("shown")
            self._wait()
            self.step, self.shown, self.said, self.votes = step, [], "", {}
            if step.question:
                self._hold("stop")
                self._set("asking")
                self._wait()
                self._hold("cont")
            self._set("running")
            self._play(player.play(step))

    def _wait(self) -> None:
        if not self._wishes.get():
            raise Stopped

    def _hold(self, command: str) -> None:
        """Lets the phone stand still while a class thinks about what it will do."""
        with contextlib.suppress(LabError):
            qmp = Qmp.connect(self.phone.folder)
            try:
                qmp.command(command)
            finally:
                qmp.close()

    def _play(self, happening: Iterator[events.Event]) -> None:
        with contextlib.closing(happening):
            for event in happening:
                self._loop.call_soon_threadsafe(self._heard, event)
                if not self._wishes.empty() and not self._wishes.get():
                    raise Stopped

    def _set(self, phase: str) -> None:
        self._loop.call_soon_threadsafe(self._enter, phase)

    def _enter(self, phase: str) -> None:
        self.phase = phase
        if phase == "working":  # what was typed to prepare it would give the answer away
            self.phone.forget_output()
        if phase in OVER:
            self.phone.busy = None
            self.phone.tell()
        self.tell()

    def _heard(self, event: events.Event) -> None:
        """What is typed and said is a part of the phone's output, too."""
        if isinstance(event, events.Said):
            self.said = language.sides(event.text)
            self.phone.say("said", self.said)
        elif isinstance(event, events.Waiting):
            return
        else:
            if isinstance(event, events.Typed):
                self.phone.say("typed", event.line)
            elif isinstance(event, events.Ended):
                self.said = ""
                self.phone.say("ended", "", code=event.code)
            if len(self.shown) < SHOWN_MAX:
                self.shown.append(_shown(event))
        self.tell()
