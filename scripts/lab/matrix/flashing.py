# SPDX-License-Identifier: MIT
"""The ways of a ROM onto a phone that take a client: Debian's own fastboot and adb."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable, NamedTuple

from .. import adb, keys, qemu
from ..diagnosis import why_none
from ..errors import NoVerdict
from ..qemu import RunningPhone
from .cells import Cell
from .packages import SCRIPT
from .way import Stopped, Way, wait_for_verdict

SWITCHES = {
    "fastboot": {"hold": "power,volume-down"},
    "sideload": {"hold": "power,volume-up"},
}
MENU_TO_ASSISTANT = ["volume-down", "volume-down", "power"]
DONE, REFUSED = "done", "refused"
SAID_MAX = 200
LISTEN_S = 0.05  # between two looks at what a client does
ASK_S = 0.3  # between two questions whether the phone is there


class Flashed(NamedTuple):
    """`result` is done or refused; `said`: the client's last line; `seen`: events before it."""

    result: str
    said: str
    seen: int


def flash(cell: Cell, payload: Path, phone: RunningPhone, way: Way) -> Flashed:
    """The ROM goes onto the phone, or not; then it is restarted, and its verdict comes."""
    mode = "fastboot" if cell.path == "fastboot" else "recovery"
    wait_for_verdict(phone, way, lambda words: words.startswith(mode))
    seen = len(phone.events)
    act = _with_fastboot if cell.path == "fastboot" else _with_adb
    result, said = act(payload, phone, way)
    return Flashed(result, (said.strip().splitlines() or [""])[-1][:SAID_MAX], seen)


def _client(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise NoVerdict("lab", f"{name} is not installed (Debian package {name})")
    return found


def _with_fastboot(package: Path, phone: RunningPhone, way: Way) -> tuple[str, str]:
    _client("fastboot")
    where = f"tcp:127.0.0.1:{phone.ports[qemu.FASTBOOT]}"
    code, said = run([str(package / SCRIPT), "-s", where], phone, way)
    if code == 0:
        return DONE, said
    code, again = run(["fastboot", "-s", where, "reboot"], phone, way)
    if code != 0:
        raise NoVerdict("lab", f"fastboot reboot failed after: {said.strip()[-300:]}; {again.strip()}")
    return REFUSED, said


def run(
    command: list[str], phone: RunningPhone, way: Way, env: dict[str, str] | None = None
) -> tuple[int, str]:
    """A client to its end, while the phone is listened to: unread lines would stop all of QEMU."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        deadline = time.monotonic() + way.timeout_s
        try:
            while process.poll() is None:
                _go_on(phone, way, deadline)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.seek(0)
        return process.returncode, said.read().decode(errors="replace")


def _go_on(phone: RunningPhone, way: Way, deadline: float) -> None:
    """Listens for a moment; ends the waiting when somebody asked, or the time is over."""
    if way.stopped():
        raise Stopped
    if time.monotonic() > deadline or not phone.running:
        raise why_none(phone, way.timeout_s)
    phone.pump(LISTEN_S)


def _with_adb(package: Path, phone: RunningPhone, way: Way) -> tuple[str, str]:
    keys.press(phone.folder, MENU_TO_ASSISTANT)
    _wait_for(phone, way, ("recovery", "page"), lambda event: event.get("page") == "waiting")
    with adb.Server() as server:
        client = _Adb(server, phone, way)
        client.connect()
        client("sideload", str(package))
        judged = ("recovery", "package")
        event = _wait_for(phone, way, judged, lambda event: event.get("check") != "connection")
        client("reboot")
    result = DONE if event.get("result") == "installed" else REFUSED
    return result, str(event.get("text"))


def _wait_for(
    phone: RunningPhone, way: Way, kind: tuple[str, str], good: Callable[[dict], bool]
) -> dict:
    def look() -> dict | None:
        if way.stopped():
            raise Stopped
        there = [e for e in phone.events if (e.get("stage"), e.get("event")) == kind]
        return there[-1] if there and good(there[-1]) else None

    found = phone.wait_for(look, way.timeout_s)
    if found is None:
        raise why_none(phone, way.timeout_s)
    return found


class _Adb:
    """The stock client, for as long as the phone is waited for."""

    def __init__(self, server: adb.Server, phone: RunningPhone, way: Way) -> None:
        self._phone = phone
        self._way = way
        self._where = f"127.0.0.1:{phone.ports[qemu.ADB]}"
        self._env = server.environment

    def __call__(self, *words: str) -> str:
        return run(["adb", *words], self._phone, self._way, self._env)[1]

    def connect(self) -> None:
        deadline = time.monotonic() + self._way.timeout_s
        while "connected to" not in self("connect", self._where):
            _go_on(self._phone, self._way, deadline)
            self._phone.settle(ASK_S)
        while f"{self._where}\tsideload" not in self("devices"):
            _go_on(self._phone, self._way, deadline)
            self._phone.settle(ASK_S)
