# SPDX-License-Identifier: MIT
"""
The ROM's own shell, on the phone's serial line: switches the phone on, asks, and switches it off.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Iterable

from . import fuses, outside, schema, session, store, verdict
from .errors import LabError
from .options import Add
from .qemu import RunningPhone

HOME_S = 60.0
ANSWER_S = 30.0
# Computed by the shell: the echo of what was typed does not hold them.
BEGIN, END = "==$((0))begin==", "==$((0))end=="
BEGUN, ENDED = "==0begin==", "==0end=="


def ask(phone: RunningPhone, command: str) -> tuple[str, int]:
    """What the shell of a phone that shows its home screen answers, and the exit code."""
    start = len(phone.log)
    phone.type(f"echo {BEGIN}; {command}; echo {END} $?\n")

    def look() -> str | None:
        said = bytes(phone.log[start:]).decode("utf-8", "replace").replace("\r", "")
        tail = said.partition(ENDED)[2]
        return said if "\n" in tail else None

    said = phone.wait_for(look, ANSWER_S)
    if said is None:
        raise LabError(f"the phone's shell did not answer in {ANSWER_S:g} s")
    answer, _, tail = said.partition(f"{BEGUN}\n")[2].partition(ENDED)
    code = outside.number(tail.split("\n")[0].strip(), 255)
    return answer, 1 if code is None else code


def run(folder: Path, commands: Iterable[str], rtc: str | None = None) -> int:
    """Each command in turn; the exit code is that of the last."""
    code = 0
    with store.Held(folder), fuses.watched(folder), RunningPhone(folder, rtc=rtc) as phone:
        words = phone.wait_for(lambda: verdict.words(phone.events), HOME_S)
        if not words or not words.startswith("home"):
            raise LabError(f"no ROM runs on {folder.name}, so there is no shell: {words}")
        session.tell(f"verdict: {words}")
        for command in commands:
            answer, code = ask(phone, command)
            for line in answer.splitlines():
                print(schema.printable(line) if line else "", flush=True)
    return code


def add_command(command: Add) -> None:
    sub = command(
        "shell",
        cmd_shell,
        "switch a phone on, and ask the shell of the ROM that runs on it",
        "  scripts/phone shell mine getprop ro.build.fingerprint\n"
        "  scripts/phone shell mine 'getprop | grep hwc'\n"
        "  scripts/phone shell mine               (a line of the keyboard at a time, to its end)",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("words", metavar="WORD", nargs=argparse.REMAINDER)


def cmd_shell(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    if args.words:
        return run(folder, [" ".join(args.words)])
    return run(folder, (line.rstrip("\n") for line in sys.stdin))
