# SPDX-License-Identifier: MIT
"""
One run as a person sees it: the log, the screen, the verdict; in a window, a terminal, or neither.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from . import fuses, outside, paths, store, terminal, verdict
from .diagnosis import why_none
from .errors import AS_EXPECTED, DIFFERS
from .lastline import LastLine
from .outside import tell
from .qemu import QEMU, RunningPhone

WINDOWS = (("gtk", "gtk,zoom-to-fit=on"), ("sdl", "sdl"))  # the better one first
FULL_SCREEN = ("sdl", "sdl,full-screen=on")  # QEMU's gtk would stretch the phone
NO_FULL_SCREEN = "this QEMU has no full screen that keeps a phone's shape (it wants sdl): a window"
SWITCHED_OFF = ("", "0", "no", "off", "false")  # as the Makefile has it
REPORT_S = 20.0  # from the home screen to the ROM's report to the firmware, on a busy computer
SETTLE_S = 0.15  # from a verdict to its picture, where that comes later


class Options:
    """How to run: what the command line says, and what the surroundings allow."""

    def __init__(
        self,
        *,
        headless: bool,
        timeout_s: float,
        expect: str | None,
        stay: bool,
        rtc: str | None = None,
        lab: dict[str, str] | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self.expect = verdict.check_expectation(expect) if expect is not None else None
        self.stay = stay
        self.rtc = rtc
        self.lab = lab or {}
        self.window = None if headless else window()
        self.draw = terminal.is_there() and not headless and not self.window


def window() -> str | None:
    """The kind of window that this QEMU can open here, if any; FULL=1: the whole screen."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    try:
        said = subprocess.run(
            [QEMU, "-M", "none", "-display", "help"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        ).stdout
    except OSError:
        return None  # the run itself will say that QEMU is missing
    kinds = said.decode(errors="replace").split()
    full = os.environ.get("FULL", "") not in SWITCHED_OFF
    for kind, option in (FULL_SCREEN, *WINDOWS) if full else WINDOWS:
        if kind in kinds:
            if full:
                tell("full screen; Ctrl-Alt-F leaves it" if kind == "sdl" else NO_FULL_SCREEN)
            return option
    tell("this QEMU opens no windows (Debian package qemu-system-gui): going on without")
    return None


def hint_why(folder: Path) -> None:
    """To a person, behind a verdict."""
    if sys.stderr.isatty():
        kept = not folder.name.startswith(".")
        tell(f"why: scripts/phone explain{f' {folder.name}' if kept else ''}")


class LogPrinter:
    """Passes the serial log on, whole characters only and without what would steer the terminal."""

    def __init__(self) -> None:
        import codecs

        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def __call__(self, data: bytes) -> None:
        text = self._decode(data)
        sys.stderr.write(outside.clean(text, keep="\t\n", instead=""))
        sys.stderr.flush()


def run(
    folder: Path, options: Options, last: LastLine, storage: list[str] | None = None
) -> int:
    """Runs the phone in `folder`, prints its verdict, and gives the exit code."""
    last.facts = store.facts(folder)
    (folder / "screen.png").unlink(missing_ok=True)
    with fuses.watched(folder), RunningPhone(
        folder,
        display=options.window or "none",
        rtc=options.rtc,
        options=storage,
        on_log=LogPrinter(),
        lab=options.lab,
    ) as phone:
        words = phone.wait_for(lambda: verdict.words(phone.events), options.timeout_s)
        if words is None:
            return _no_verdict(phone, options, last)
        return _judged(phone, words, options, last)


def _judged(phone: RunningPhone, words: str, options: Options, last: LastLine) -> int:
    if not verdict.is_drawn(phone.events[-1]):
        phone.settle(SETTLE_S)
    picture = phone.folder / "screen.png"
    phone.shoot_if_on(picture)
    if options.draw and picture.is_file():
        terminal.show(phone.folder, shot=picture)
        shown = paths.LAST / "screen.png" if phone.folder.name.startswith(".") else picture
        tell(f"the screen as a picture: {os.path.relpath(shown)}")
    code = AS_EXPECTED
    if options.expect and not verdict.meets(words, options.expect):
        tell(f"expected {options.expect}, and it was: {words}")
        code = DIFFERS
    last.say(words, code)
    hint_why(phone.folder)
    if words.startswith("home"):
        # The ROM reports itself well after the home screen, and the phone burns its fuses then;
        # one that has come to something else since then does not.
        def settled() -> bool | None:
            return verdict.is_reported(phone.events) or verdict.words(phone.events) != words or None

        phone.wait_for(settled, REPORT_S)
    if options.window or options.stay:
        while phone.running:
            phone.pump(1.0)
    return code


def _no_verdict(phone: RunningPhone, options: Options, last: LastLine) -> int:
    """A window that a person closed is no failure; anything else is."""
    hint = "\n(without a window: --headless, or HEADLESS=1 with make)" if options.window else ""
    none = why_none(phone, options.timeout_s, hint)
    if none.kind != "off" or not options.window or options.expect is not None:
        raise none
    tell(str(none))
    last.say(f"none {none.kind}", AS_EXPECTED)
    return AS_EXPECTED


def run_fresh(new: store.NewPhone, options: Options, last: LastLine) -> int:
    """A phone for one run; its trace and picture stay behind in build/last."""
    try:
        return run(new.folder, options, last, new.storage)
    finally:
        if (new.folder / "trace.jsonl").is_file():
            store.remember_last(new.folder)


def shoot_running(folder: Path, out: Path) -> None:
    from .qmp import Qmp

    qmp = Qmp.connect(folder)
    try:
        qmp.screendump(folder, out)
    finally:
        qmp.close()


def taken_at(file: Path) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(file.stat().st_mtime))
