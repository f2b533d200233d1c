# SPDX-License-Identifier: MIT
"""
A pytest plugin for authors of flashing tools: the fixture `flashlab_phone`. docs/testing.md.

    PYTHONPATH=.../flashlab/scripts /usr/bin/python3 -m pytest -p lab.pytest_plugin

    def test_my_tool(flashlab_phone):
        phone = flashlab_phone(region="cn", lock="unlocked", state="fastboot")
        subprocess.run(["my-tool", "--device", phone.fastboot, "flash", "boot", "x.img"], check=True)
        phone.power_off()
        phone.power_on()
        phone.expect_verdict("brick bad-hash")

Phones are fresh from the factory, and gone at the end of the test. A failed test tells what they did.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Callable, Iterator

import pytest

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

    # Power.

    def power_on(self, state: str = "any") -> str:
        """Gives the verdict; it must be the state's: home, brick, fastboot, recovery; any: no matter."""
        if state not in STATES:
            raise LabError(f"there is no state {state!r}: {', '.join(STATES)}, {OFF}")
        if self._running:
            raise LabError("the phone is on already")
        hold, begins = STATES[state]
        lab = {"no-wait": "1", **({"hold": hold} if hold else {})}
        running = RunningPhone(self.folder, lab=lab)
        running.__enter__()
        self._running, self._seen = running, 0
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
                self._seen = count
                if not verdict.meets(words, begins):
                    pytest.fail(f"expected {begins}, and it was: {words}")
                return words
            time.sleep(LOOK_S)
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


@pytest.fixture
def flashlab_phone(request: pytest.FixtureRequest) -> Iterator[Callable[..., Phone]]:
    """Makes phones: flashlab_phone(model=..., region=..., rom=..., lock=..., policy=..., state=...)."""
    with contextlib.ExitStack() as stack:
        made: list[Phone] = []
        request.node.flashlab_phones = made

        def make(state: str = OFF, **choices: str) -> Phone:
            unknown = set(choices) - set(CHOICES)
            if unknown:
                raise LabError(f"a phone has no {unknown.pop()!r}: {', '.join(CHOICES)}, state")
            new = stack.enter_context(store.NewPhone(**{**USUAL, **choices}, tag="pytest"))
            stack.enter_context(fuses.watched(new.folder))
            phone = Phone(new.folder)
            stack.callback(phone.power_off)
            made.append(phone)
            if state != OFF:
                phone.power_on(state)
            return phone

        yield make


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    if report.failed:
        for number, phone in enumerate(getattr(item, "flashlab_phones", []), 1):
            report.sections.append((f"phone {number}", phone.told()))
