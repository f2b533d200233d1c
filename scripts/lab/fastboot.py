# SPDX-License-Identifier: MIT
"""The stock fastboot client, pointed at a running phone of the lab."""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import qemu, reach, store
from .errors import LabError
from .options import Add

CLIENT = "fastboot"
HELLO = b"FB01"
HELLO_S = 5.0  # the phone answers at once; a busy machine may take a moment
ASK_S = 60.0
TOKEN = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}", re.ASCII)
SAID = re.compile(r"\(bootloader\) (?:token: ?)?(.*)$", re.MULTILINE)


def add_command(command: Add) -> None:
    sub = command(
        "fastboot",
        cmd_fastboot,
        "run the stock fastboot client on a phone in fastboot mode",
        "  scripts/phone fastboot mine getvar all\n"
        "  scripts/phone fastboot mine flash boot boot.img",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("words", metavar="WORD", nargs=argparse.REMAINDER, help="for the client")


def cmd_fastboot(args: argparse.Namespace) -> int:
    return run(store.folder_of(args.name), args.words)


def client() -> str:
    found = shutil.which(CLIENT)
    if not found:
        raise LabError("there is no fastboot client (Debian package fastboot)", code=2)
    return found


def address(folder: Path) -> tuple[str, int]:
    """Where the phone's fastboot service listens; refuses when the phone is off."""
    if not store.is_running(folder):
        raise LabError(
            f"{folder.name} is off; into fastboot mode with: "
            f"scripts/phone power {folder.name} on --hold power,volume-down",
            zh=f"{folder.name} 已关机；进入 fastboot 模式："
            f"scripts/phone power {folder.name} on --hold power,volume-down",
        )
    port = reach.ports(folder).get(qemu.FASTBOOT)
    if port is None:
        raise LabError(
            f"{folder.name} runs without a fastboot port; switch it on with: "
            f"scripts/phone power {folder.name} on"
        )
    return "127.0.0.1", port


def need_mode(folder: Path) -> tuple[str, int]:
    """
    The address, once the phone itself has answered there. The stock client would wait for ever for
    a phone that shows its home screen."""
    where = address(folder)
    deadline = time.monotonic() + HELLO_S
    while not _greets(where, deadline):
        if time.monotonic() >= deadline:
            raise LabError(
                f"{folder.name} is on, but not in fastboot mode, or another client has it "
                f"(scripts/phone shot {folder.name} shows its screen)",
                zh=f"{folder.name} 已开机，但不在 fastboot 模式，或被别的客户端占用"
                f"（scripts/phone shot {folder.name} 看屏幕）",
            )
        time.sleep(0.05)
    return where


def _greets(where: tuple[str, int], deadline: float) -> bool:
    try:
        with socket.create_connection(where, timeout=HELLO_S) as sock:
            sock.settimeout(max(0.05, deadline - time.monotonic()))
            sock.sendall(HELLO)
            heard = b""
            while len(heard) < len(HELLO) and (more := sock.recv(len(HELLO) - len(heard))):
                heard += more
            return heard == HELLO
    except OSError:
        return False


def _command(where: tuple[str, int], words: list[str]) -> list[str]:
    return [client(), "-s", f"tcp:{where[0]}:{where[1]}", *words]


def run(folder: Path, words: list[str]) -> int:
    """The client with the person's own words, on the person's own terminal; its exit code."""
    client()
    return subprocess.run(_command(need_mode(folder), words), check=False).returncode


def ask(folder: Path, *words: str) -> str:
    """What the client says to these words; it must come to an end, and well."""
    command = _command(need_mode(folder), list(words))
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=ASK_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError(f"fastboot {' '.join(words)} came to no end") from None
    said = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise LabError(said.strip() or f"fastboot {' '.join(words)} ended with {done.returncode}")
    return said


def token(folder: Path) -> str:
    """The phone's unlock token. The older client shows at most 60 letters a line: it may be many."""
    said = ask(folder, "oem", "get_token")
    pieces = [line.strip() for line in SAID.findall(said.replace("\r", ""))]
    joined = "".join(pieces)
    if not TOKEN.fullmatch(joined):
        raise LabError(f"the phone gave no token:\n{said.strip()}")
    return joined
