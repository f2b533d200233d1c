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

from lab.errors import LabError
from lab.qmp import Qmp
from lab.story import events, exercise
from lab.story.player import Player
from lab.story.source import Question, Step, Story

from .live import LivePhone
from .story_bench import StoryBench

SHOWN_MAX = 60  # events of one step
OVER = ("done", "failed", "working", "solved")


class Stopped(Exception):
    """Whoever played the story has left it."""


class Telling:
    def __init__(self, shop, phone: LivePhone, story: Story | exercise.Exercise) -> None:
        self.shop, self.phone, self.story = shop, phone, story
        self.is_exercise = isinstance(story, exercise.Exercise)
        self.phase = "making"
        self.step: Step | None = None
        self.shown: list[dict] = []
        self.said = ""  # the last line of what runs
        self.error = ""
        self.votes: dict[str, int] = {}  # person -> answer
        self.points: list[dict] = []
        self._loop = asyncio.get_running_loop()
        self._wishes: queue.Queue[bool] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name=f"story {phone.name}", daemon=True)

    def start(self) -> None:
        self.phone.busy = "a story plays on it"
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
            **(self._exercise() if self.is_exercise else {}),
        }

    def _exercise(self) -> dict:
        return {
            "task": self.story.task,
            "hints": list(self.story.hints),
            "roms": list(self.story.roms),
            "hide": list(self.story.hide) if self.phase != "solved" else [],
            "points": self.points,
        }

    def _question(self) -> dict | None:
        """The right answer only when everybody may know it."""
        if self.question is None:
            return None
        open_ = self.phase in ("making", "asking", "running", "working")
        answers = self.question.answers
        counts = [list(self.votes.values()).count(number) for number in range(len(answers))]
        return {
            "ask": self.question.ask,
            "answers": [answer.text for answer in answers],
            "votes": counts,
            "right": None if open_ else self.question.right,
            "after": None if open_ else self.question.after,
        }

    def tell(self) -> None:
        self.shop.tell_phone(self.phone, {"kind": "story", "story": self.whole()})
        self.shop.tell_poll(self)

    # What a person does.

    def next(self) -> None:
        if self.phase not in ("shown", "asking"):
            raise LabError("the story is not waiting for that")
        self.phase = "running"  # a second click is one too many
        self._wishes.put(True)

    def vote(self, person_id: str, answer: int) -> None:
        if self.phase != "asking" or self.question is None:
            raise LabError("nothing is asked now")
        if not 0 <= answer < len(self.question.answers):
            raise LabError("there is no such answer")
        self.votes[person_id] = answer
        self.tell()

    async def check(self, answer: int | None) -> bool:
        """Grades an exercise; True: solved."""
        if self.phase not in ("working", "solved"):
            raise LabError("there is nothing to check yet")
        grade = await asyncio.to_thread(exercise.grade, self.story, self.phone.folder, answer)
        self.points = [
            {"what": p.what, "wanted": p.wanted, "seen": p.seen, "met": p.met} for p in grade.points
        ]
        self.phase = "solved" if grade.solved else "working"
        self.tell()
        return grade.solved

    async def stop(self) -> None:
        """Ends it, whatever it is doing."""
        self._wishes.put(False)
        self.phone.stop_job()
        await asyncio.to_thread(self._thread.join)
        self.phone.busy = ""
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
        except (LabError, OSError) as error:
            self.error = str(error)
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
        if phase in OVER:
            self.phone.busy = ""
            self.phone.tell()
        self.tell()

    def _heard(self, event: events.Event) -> None:
        """What is typed and said is a part of the phone's output, too."""
        if isinstance(event, events.Said):
            self.said = event.text
            self.phone.say("said", event.text)
        elif isinstance(event, events.Waiting):
            return
        else:
            if isinstance(event, events.Typed):
                self.phone.say("typed", event.line)
            elif isinstance(event, events.Ended):
                self.said = ""
                self.phone.say("ended", "", code=event.code)
            if len(self.shown) < SHOWN_MAX:
                self.shown.append(events.as_json(event))
        self.tell()
