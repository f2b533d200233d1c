# SPDX-License-Identifier: MIT
"""
A story's phones and commands, of the workshop: the phone is the one that stands on the page, made
anew; it is switched on and off by the server, so its screen is live. All else that a story types
runs as it is typed (lab/story/bench.py). Called from the thread in which a story plays.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import itertools
from pathlib import Path
from typing import Coroutine, Generator

from lab import command, keys, language, paths, roms
from lab.errors import LabError

from .live import LivePhone
from .said import Refusal
from .workshop import FACTS

TICK_S = 1.0
PHONE = "scripts/phone"


class StoryBench:
    def __init__(self, phone: LivePhone, loop: asyncio.AbstractEventLoop) -> None:
        self.phone, self._loop = phone, loop

    def _ask(self, work: Coroutine) -> concurrent.futures.Future:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def new(self, name: str, facts: dict) -> str:
        """The story's own name for it is not taken: a class has twenty Annas."""
        self._ask(self.phone.factory({**FACTS, **facts})).result()
        return self.phone.name

    def folder(self, name: str) -> Path:
        return self.phone.folder

    def off(self, name: str) -> None:
        self._ask(self.phone.power_off()).result()

    def remove(self, name: str) -> None:
        """It stays on the page, as the story has left it."""

    def package(self, kind: str, model: str, rom: str, index: int | None) -> Path:
        return roms.named(kind, model, rom, index)

    def shelf(self, name: str, model: str, wanted: dict[str, dict]) -> Path:
        return roms.shelf(name, model, wanted)

    def run(self, words: list[str]) -> command.Running:
        if words[:2] == [PHONE, "power"]:
            return (yield from self._patiently(self._power(words[3:])))
        if words[0] == "adb":
            self._ask(self.phone.fleet.adb.start()).result()
        if words[0] == PHONE:
            words = [str(paths.ROOT / PHONE), *words[1:]]
        return (yield from command.lines(words, env=language.for_both()))

    def _patiently(self, work: Coroutine) -> Generator[str | None, None, int]:
        """As the command would: lines, and the exit code."""
        asked = self._ask(work)
        try:
            for _ in itertools.count():
                try:
                    yield asked.result(TICK_S)
                    return 0
                except concurrent.futures.TimeoutError:
                    yield None
        except LabError as error:
            yield language.join(f"phone: {error}", f"phone: {error.zh}" if error.zh else "")
            return error.code
        finally:
            asked.cancel()
        return 1

    async def _power(self, words: list[str]) -> str:
        what, *options = words
        if what == "on":
            hold = options[options.index("--hold") + 1] if "--hold" in options else ""
            return f"verdict: {await self.phone.power_on(keys.held(hold) if hold else '')}"
        if self.phone.state == "off":
            raise Refusal("is-off-already", phone=self.phone.name)
        await (self.phone.cut if what == "cut" else self.phone.power_off)()
        return ""
