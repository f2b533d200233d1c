# SPDX-License-Identifier: MIT
"""
What the kinds of steps are made of: the phone that a story is about, its trace, and waiting for it.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import re
import shlex
import time
from pathlib import Path
from typing import Callable, Generator, Iterator, TypeVar

from .. import paths, qemu, reach, schema, store, verdict
from ..catalog import DEFAULTS
from ..errors import LabError
from . import events
from .bench import Bench
from .events import Event, Failed
from .step import LANGUAGES, PHONE_KEYS, Step, Story

WAIT_S = 180.0
LOOK_S = 0.1
TICK_S = 1.0
Found = TypeVar("Found")


class Stage:
    """
    name      of the phone that the story is about now
    restarts  how often it had been switched on before the last command
    digest    of its disk, when it was remembered
    """

    def __init__(self, story: Story, bench: Bench) -> None:
        self.story, self.bench = story, bench
        self.name, self.facts = "", {}
        self.made: list[str] = []
        self.restarts = 0
        self.digest: str | None = None

    @property
    def folder(self) -> Path:
        return self.bench.folder(self.name)

    def make(self, phone: dict) -> Iterator[Event]:
        if self.name:
            self.bench.off(self.name)
        facts = {key: phone[key] for key in PHONE_KEYS if key in phone}
        new = lambda: self.bench.new(phone["name"], facts)  # noqa: E731
        self.name = yield from self.patiently(new, "a phone is made")
        self.facts = facts
        self.made.append(self.name)
        said = (f"--{key} {value}" for key, value in facts.items() if _is_worth_saying(key, value))
        line = " ".join(["scripts/phone new", self.name, *said])
        yield events.Made(self.name, store.facts(self.folder), line)

    def trace(self) -> list[dict]:
        try:
            return schema.read_trace(self.folder / "trace.jsonl")
        except LabError:
            return []

    def power_ons(self) -> int:
        return verdict.power_ons(self.trace())

    def wait(
        self, step: Step, look: Callable[[], Found | None], wanted: str
    ) -> Generator[Event, None, Found]:
        """
        What `look` finds; else the step has failed. What is wanted is not said before: it would
        give the answer to the step's question away.
        """
        begun = reported = time.monotonic()
        while (now := time.monotonic()) < begun + WAIT_S:
            found = look()
            if found is not None:
                return found
            if now >= reported + TICK_S:
                reported = now
                yield events.Waiting("the phone", int(now - begun))
            time.sleep(LOOK_S)
        raise Failed(step, wanted, f"{self.seen()}, after {WAIT_S:g} s")

    def seen(self) -> str:
        """What a failure tells: the phone's verdict, or the last thing that it said."""
        trace = self.trace()
        words = verdict.words(verdict.of_last_start(trace))
        return words or (schema.Schema().sentence(trace[-1]) if trace else "nothing of the phone")

    def verdict(self, words: str) -> events.Verdict:
        """With advice, when it is one that somebody may want to get away from."""
        last = next((e for e in reversed(self.trace()) if verdict.is_verdict(e)), None)
        if last is None or words.startswith("home"):
            return events.Verdict(words)
        phone, table = reach.known(self.folder), schema.Schema()
        texts = {
            language: table.advice_for(last, words, phone, language)
            for language in LANGUAGES
        }
        return events.Verdict(words, texts)

    def patiently(self, do: Callable[[], Found], what: str) -> Generator[Event, None, Found]:
        """What `do` gives, which may take a while."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            doing = pool.submit(do)
            for seconds in itertools.count(1):
                try:
                    return doing.result(TICK_S)
                except concurrent.futures.TimeoutError:
                    if doing.done():
                        raise
                    yield events.Waiting(what, seconds)

    def words(self, line: str) -> Generator[Event, None, list[str]]:
        """A line's words, filled in; a ROM that it names is built first."""
        fill = lambda: [self.fill(word) for word in shlex.split(line)]  # noqa: E731
        return (yield from self.patiently(fill, "a ROM is packed"))

    def fill(self, word: str) -> str:
        """{phone}, {at}, {adb}, {package:ROM}, {package:ROM:INDEX}, {zip:ROM}, {rom:NAME}, {kernel}."""

        def value(found: re.Match) -> str:
            name, *rest = found[1].split(":")
            model = str(self.facts.get("model"))
            if name == "rom" and rest and rest[0] in self.story.roms:
                shelf = self.bench.shelf(self.story.name, model, self.story.roms)
                return paths.short(shelf / rest[0])
            if name in ("package", "zip") and len(rest) in (1, 2):
                index = int(rest[1]) if len(rest) > 1 else None
                return paths.short(self.bench.package(name, model, rest[0], index))
            fillers = {
                "phone": lambda: self.name,
                "at": lambda: f"tcp:127.0.0.1:{self._port(qemu.FASTBOOT)}",
                "kernel": lambda: paths.short(paths.KERNEL),
                "adb": lambda: f"127.0.0.1:{self._port(qemu.ADB)}",
            }
            if name not in fillers or rest:
                raise LabError(f"a story says {{{found[1]}}}, which is nothing")
            return fillers[name]()

        return re.sub(r"\{([^{}]+)\}", value, word)

    def _port(self, service: str) -> int:
        port = reach.ports(self.folder).get(service)
        if port is None:
            raise LabError(f"the phone {self.name} is off, or has no {service}")
        return port


def _is_worth_saying(key: str, value: object) -> bool:
    return key not in DEFAULTS or key in ("region", "rom") or value != DEFAULTS[key]
