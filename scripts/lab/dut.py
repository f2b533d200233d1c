# SPDX-License-Identifier: MIT
"""
A device under test: a phone that a test of somebody's own switches on and off, and that is listened to
meanwhile. pytest_plugin.py and scripts/fleet/labgrid give it to tests.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Iterator

from . import fuses, keys, store, verdict
from .diagnosis import why_none
from .errors import LabError
from .qemu import ADB, FASTBOOT, RunningPhone

TIMEOUT_S = 120.0  # a detector of hangs, not a measure
LISTEN_S = 0.05
LOOK_S = 0.02
YIELD_S = 0.002
TOLD_LINES = 12
# What is held while it is switched on, and how the verdict then begins.
STATES = {
    "home": (None, "home"),
    "brick": (None, "brick"),
    "fastboot": ("power,volume-down", "fastboot"),
    "recovery": ("power,volume-up", "recovery"),
    "any": (None, ""),
}
OFF = "off"
CHOICES = ("model", "region", "rom", "lock", "policy")
USUAL = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "locked", "policy": "announced"}


class Unexpected(AssertionError):
    """The phone decided otherwise."""


class Phone:
    """
    A phone of the lab. While it is on, a thread listens to it: a test may block as it likes.

    folder   its files: nor.img, disk.img, trace.jsonl, log.txt
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: RunningPhone | None = None
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._seen = 0
        self._last = ""  # the verdict that was given last

    # Power.

    def power_on(self, state: str = "any") -> str:
        """Gives the verdict; it must be the state's, unless that is `any`."""
        if state not in STATES:
            raise LabError(f"there is no state {state!r}: {', '.join(STATES)}, {OFF}")
        if self._running:
            raise LabError("the phone is on already")
        hold, begins = STATES[state]
        lab = {"no-wait": "1", **({"hold": hold} if hold else {})}
        running = RunningPhone(self.folder, lab=lab)
        running.__enter__()
        self._running, self._seen, self._last = running, 0, ""
        self._ending.clear()
        self._listener = threading.Thread(target=self._listen, args=(running,), daemon=True)
        self._listener.start()
        return self.expect_verdict(begins)

    def power_off(self) -> None:
        if not self._running:
            return
        self._ending.set()
        self._listener.join()
        self._running.stop()
        self._running = None

    @property
    def is_on(self) -> bool:
        return self._running is not None and self._running.running

    def _listen(self, running: RunningPhone) -> None:
        while not self._ending.is_set() and running.running:
            with self._lock:
                running.pump(LISTEN_S)
            time.sleep(YIELD_S)  # a lock goes to whom waits for it only if nobody takes it at once

    def _on(self) -> RunningPhone:
        if not self._running:
            raise LabError("the phone is off: power_on() first")
        return self._running

    # What a tool talks to.

    @property
    def ports(self) -> dict[str, int]:
        """fastboot and adb: TCP ports on 127.0.0.1."""
        there = self._on().ports
        return {"fastboot": there[FASTBOOT], "adb": there[ADB]}

    @property
    def fastboot(self) -> str:
        """For `fastboot -s`."""
        return f"tcp:127.0.0.1:{self.ports['fastboot']}"

    @property
    def adb(self) -> str:
        """For `adb connect`."""
        return f"127.0.0.1:{self.ports['adb']}"

    def press(self, *chords: str) -> None:
        """Keys, one after the other; volume-down+power are pressed together."""
        self._on()
        keys.press(self.folder, list(chords))

    def screenshot(self, out: Path) -> Path:
        with self._lock:
            self._on().shoot(out)
        return out

    # What it did.

    @property
    def trace(self) -> list[dict]:
        """All events since it was switched on (docs/trace.md)."""
        with self._lock:
            return list(self._on().events)

    def expect_verdict(self, begins: str, timeout_s: float = TIMEOUT_S) -> str:
        """
        Waits for the next verdict since the last one that was waited for; it must begin so, in
        whole words. Gives it in full.
        """
        running = self._on()
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            with self._lock:
                words = verdict.words(running.events[self._seen :])
                if words is None and not running.running:
                    raise why_none(running, timeout_s)
                count = len(running.events)
            if words:
                self._seen, self._last = count, words
                if not verdict.meets(words, begins):
                    raise Unexpected(f"expected {begins}, and it was: {words}")
                return words
            time.sleep(LOOK_S)
        if self._last:
            raise Unexpected(
                f"expected {begins}, and none came in {timeout_s:g} s after: {self._last} "
                "(power_on() gives the first one; this waits for the next, of a restart)"
            )
        with self._lock:
            raise why_none(running, timeout_s)

    def told(self) -> str:
        """The end of its trace and log, for a failed test."""
        running = self._running
        if not running:
            return "it is off"
        events = [json.dumps(event) for event in running.events[-TOLD_LINES:]]
        log = running.log.decode(errors="replace").splitlines()[-TOLD_LINES:]
        return "\n".join([*events, "its log:", *log])


@contextlib.contextmanager
def fresh(**choices: str) -> Iterator[Phone]:
    """A phone fresh from the factory, off; switched off and gone at the end. `choices`: as of CHOICES."""
    unknown = set(choices) - set(CHOICES)
    if unknown:
        raise LabError(f"a phone has no {unknown.pop()!r}: {', '.join(CHOICES)}, state")
    with store.NewPhone(**{**USUAL, **choices}, tag="test") as new, fuses.watched(new.folder):
        phone = Phone(new.folder)
        try:
            yield phone
        finally:
            phone.power_off()
