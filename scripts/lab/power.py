# SPDX-License-Identifier: MIT
"""
Switching a kept phone on and off: it then runs in the background, whatever becomes of the shell.

A keeper process holds the phone, listens to its trace and log, and ends with it. Off ends QEMU in
order; cut kills it: what QEMU has taken from the phone is with the host by then, also what the phone
has not flushed; only writes that are still under way are lost.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import fuses, keys, options, outside, paths, reach, schema, session, store, terminal, verdict
from .errors import LabError
from .options import Add
from .qemu import PID, QEMU, RunningPhone
from .qmp import Qmp

KEEPER = "keeper.txt"  # in the phone's folder: what its keeper had to say, if anything
KEEPER_BYTES_MAX = 1 << 16
ON_S = 60.0
END_S = 10.0
LOOK_S = 0.05


def keep(
    folder: Path, display: str, rtc: str | None, lab: dict[str, str], port: int | None = None
) -> int:
    """The keeper: runs the phone until it is off."""
    (folder / "screen.png").unlink(missing_ok=True)
    with store.Held(folder), fuses.watched(folder):
        with RunningPhone(folder, display=display, rtc=rtc, lab=lab, port=port) as phone:
            while phone.running:
                phone.pump(1.0)
            ended = phone.exit_code
            said = phone.complaint()
    if ended not in (0, -signal.SIGKILL):
        raise LabError(f"{QEMU} ended with {ended}; it said: {said or 'nothing'}")
    return 0


def on(folder: Path, arguments: list[str], timeout_s: float) -> str:
    """Starts a keeper and gives the verdict; the phone stays on."""
    if store.is_running(folder):
        raise LabError(f"the phone {folder.name} is on already")
    (folder / "trace.jsonl").unlink(missing_ok=True)
    with outside.written(folder / KEEPER) as said:
        keeper = subprocess.Popen(
            [sys.executable, str(paths.ROOT / "scripts" / "phone"), "keep", folder.name, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        words = _verdict(folder)
        if words:
            return words
        if keeper.poll() is not None:
            raise LabError(what_keeper_said(folder) or f"the phone {folder.name} went off at once")
        time.sleep(LOOK_S)
    raise LabError(
        f"no verdict after {timeout_s:g} s; the phone is still on, and may just be slow: "
        f"scripts/phone explain {folder.name} says how far it is, "
        f"scripts/phone power {folder.name} off switches it off"
    )


def _verdict(folder: Path) -> str | None:
    try:
        return verdict.words(schema.read_trace(folder / "trace.jsonl"))
    except LabError:
        return None  # not begun yet


def what_keeper_said(folder: Path) -> str:
    try:
        with outside.opened(folder / KEEPER) as file:
            said = file.read(KEEPER_BYTES_MAX).decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return said.removeprefix("phone: ")


def off(folder: Path) -> None:
    """Ends QEMU in order: all that the phone wrote is on its disk."""
    _need_on(folder)
    qmp = Qmp.connect(folder)
    try:
        qmp.command("quit")
    finally:
        qmp.close()
    _wait_until_off(folder)


def cut(folder: Path) -> None:
    """The power is gone, from one moment to the next."""
    _need_on(folder)
    pidfd = _qemu_of(folder)
    try:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        select.select([pidfd], [], [], END_S)
    finally:
        os.close(pidfd)
    _wait_until_off(folder)


def _need_on(folder: Path, hint: str = "is off already") -> None:
    if not store.is_running(folder):
        raise LabError(f"the phone {folder.name} {hint}")


def _qemu_of(folder: Path) -> int:
    """A handle on the QEMU of this phone, and of no other process."""
    try:
        with outside.opened(folder / PID) as file:
            pid = int(file.read(outside.WORD_CHARS_MAX).decode("ascii"))
        pidfd = os.pidfd_open(pid)
    except (OSError, ValueError, OverflowError):
        raise LabError(f"the phone {folder.name} is on, but its QEMU is not to be found") from None
    try:
        where = os.readlink(f"/proc/{pid}/cwd")
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        where, words = "", [b""]
    if where != str(folder.resolve()) or QEMU.encode() not in words[0]:
        os.close(pidfd)
        raise LabError(f"the process {pid} is not the QEMU of {folder.name}")
    return pidfd


def _wait_until_off(folder: Path) -> None:
    deadline = time.monotonic() + END_S
    while store.is_running(folder):
        if time.monotonic() >= deadline:
            raise LabError(f"the phone {folder.name} does not go off")
        time.sleep(LOOK_S)


# The commands.


def cmd_power(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    if args.what == "on":
        arguments = ["--headless"] if args.headless else []
        arguments += ["--rtc", args.rtc] if args.rtc else []
        arguments += ["--hold", keys.held(args.hold)] if args.hold else []
        arguments += ["--no-wait"] if args.no_wait else []
        arguments += ["--port", str(args.port)] if args.port else []
        words = on(folder, arguments, ON_S)
        if not args.headless and not session.window():
            terminal.show(folder)
        session.tell(f"it stays on: {reach.in_words(folder)}")
        print(f"verdict: {words}", flush=True)
        session.hint_why(folder)
        return 0
    if args.hold or args.no_wait or args.headless or args.rtc or args.port:
        raise LabError(f"these go with power {args.name} on", code=2)
    (off if args.what == "off" else cut)(folder)
    said = what_keeper_said(folder)
    if said:
        session.tell(f"phone: {said}")
    return 1 if said else 0


def cmd_keep(args: argparse.Namespace) -> int:
    display = None if args.headless else session.window()
    folder = store.folder_of(args.name)
    return keep(folder, display or "none", args.rtc, keys.switches(args), args.port)


def cmd_press(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    keys.chords(args.keys)
    _need_on(folder, f"is off; switch it on with: scripts/phone power {args.name} on")
    keys.press(folder, args.keys)
    return 0


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="no window")
    options.add_rtc(parser)
    parser.add_argument(
        "--port",
        metavar="N",
        type=options.whole(1024, 65534),
        help="fastboot answers at N and adb at N+1, on 127.0.0.1 (default: ports that are free)",
    )
    keys.add_switches(parser)


def add_commands(command: Add) -> None:
    sub = command(
        "power",
        cmd_power,
        "switch a phone on or off; it stays on when this command and its shell are gone",
        "  scripts/phone power mine on\n"
        "  scripts/phone power mine on --hold power,volume-down     (fastboot mode)\n"
        "  scripts/phone power mine on --port 5554                  (fastboot there, adb at 5555)\n"
        "  scripts/phone power mine off\n"
        "  scripts/phone power mine cut      (as if the battery fell out: what QEMU has taken is kept,\n"
        "                                     what was under way is lost)",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("what", metavar="on|off|cut", choices=("on", "off", "cut"))
    _add_run_options(sub)

    sub = command(
        "press",
        cmd_press,
        "press keys of a phone that is on, one after the other; + presses them together",
        "  scripts/phone press mine volume-down power\n"
        "  scripts/phone press mine volume-down+power      (a brick's way to fastboot)",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("keys", metavar="KEY", nargs="+", help="volume-up, volume-down, power")

    sub = command(
        "keep",
        cmd_keep,
        "run a phone until it is off: the process that power on starts",
        "  scripts/phone power mine on        (starts it)",
    )
    sub.add_argument("name", metavar="NAME")
    _add_run_options(sub)
