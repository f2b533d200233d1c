# SPDX-License-Identifier: MIT
"""The phone's three keys, from outside: held at power-on, or pressed while it runs."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from . import catalog
from .errors import LabError
from .qmp import Qmp

# The phone's key -> the keyboard's, in QEMU's words (bootloader/iface/keys.h).
KEYS = {"volume-up": "up", "volume-down": "down", "power": "ret"}
PRESS_MS = 100
BETWEEN_S = 0.15  # longer than a press: QEMU takes them one after the other


def check(words: list[str]) -> list[str]:
    for word in words:
        if word not in KEYS:
            raise LabError(
                f"there is no key {word!r}{catalog.near_miss(word, list(KEYS))}; "
                f"a phone has {', '.join(KEYS)}",
                code=2,
                zh=f"没有 {word!r} 这个键；手机有 {', '.join(KEYS)}",
            )
    return words


def add_switches(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--hold",
        metavar="KEYS",
        help="held while it is switched on: power,volume-down (fastboot) or power,volume-up (recovery)",
    )
    parser.add_argument(
        "--no-wait", action="store_true", help="warnings are shown, and not waited for"
    )


def switches(args: argparse.Namespace) -> dict[str, str]:
    """The lab's switches, as the phone reads them (bootloader/port/lab_switches.c)."""
    chosen = {"hold": held(args.hold)} if args.hold else {}
    return {**chosen, "no-wait": "1"} if args.no_wait else chosen


def held(text: str) -> str:
    """What --hold says, for the lab's switch: "power,volume-down"."""
    return ",".join(check(text.replace("+", ",").split(",")))


def chords(words: list[str]) -> list[list[str]]:
    """Each word is a key, or keys that are pressed together: volume-down+power."""
    return [check(word.split("+")) for word in words]


def press(folder: Path, words: list[str]) -> None:
    """One chord after the other; the keys of one go down in their order."""
    wanted = chords(words)
    qmp = Qmp.connect(folder)
    try:
        for chord in wanted:
            codes = [{"type": "qcode", "data": KEYS[key]} for key in chord]
            qmp.command("send-key", **{"keys": codes, "hold-time": PRESS_MS})
            time.sleep(BETWEEN_S)
    finally:
        qmp.close()
