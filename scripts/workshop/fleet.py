# SPDX-License-Identifier: MIT
"""
The phones that the server owns: how many there may be, who starts when, and that none stays behind.

    build/workshop/RUN/           one run of the server; lock is held (flock) while it lives
        phones/NAME/              as in build/phones (lab/store.py); uploads/ in each

QEMU and the clients are told to die with the server; what was started by them is found by a word in
its environment. The next start removes what a killed server left.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import secrets
import shutil
import signal
from pathlib import Path
from typing import Callable

from lab import paths, store

from .adb import Adb
from .said import Refusal

ROOT = paths.BUILD / "workshop"
MARK = "FLASHLAB_WORKSHOP"  # in the environment of all that the server starts: its folder
PHONE_BYTES = 300_000_000  # what a phone that shows its home screen takes of the host's memory
SPARED = 0.25  # of the memory that is free at the start
PHONES_MAX = 60
NAMES = (
    "anna bao chen dora emil fang greta hao ines jun kai lena mei nora omar ping rosa sven tao uma "
    "vera wei xin yara zoe"
).split()


def memory_available() -> int:
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 4 << 30


def room(available: int) -> int:
    """How many phones may be on at the same time."""
    return max(1, min(PHONES_MAX, int(available * (1 - SPARED) / PHONE_BYTES)))


class Fleet:
    """The folder of this run, and the queues. Use as a context manager."""

    def __init__(self, root: Path = ROOT, cores: int | None = None, cap: int | None = None) -> None:
        self.root = root
        self.folder = root / secrets.token_hex(4)
        self.phones_folder = self.folder / "phones"
        self.cores = cores or os.cpu_count() or 1
        self.cap = cap or room(memory_available())
        self.starting = asyncio.Semaphore(self.cores)
        self.makers = concurrent.futures.ThreadPoolExecutor(self.cores, "maker")
        self.waiting: list[str] = []  # names, in their order
        self.adb = Adb()
        self.hurry = False  # a phone's warnings are shown, and not waited for: for tests
        self._held: store.Held | None = None

    def __enter__(self) -> "Fleet":
        self.root.mkdir(parents=True, exist_ok=True)
        sweep(self.root)
        self.phones_folder.mkdir(parents=True)
        self._held = store.Held(self.folder)
        # What scripts/phone and the store call phones, in this process and those it starts.
        paths.PHONES = self.phones_folder
        os.environ["FLASHLAB_PHONES"] = str(self.phones_folder)
        os.environ[MARK] = str(self.folder)
        return self

    def __exit__(self, *_: object) -> None:
        self.adb.stop()
        self.makers.shutdown(wait=True, cancel_futures=True)
        del os.environ[MARK]
        end_marked(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._held:
            self._held.__exit__()

    def free_name(self, taken: set[str]) -> str:
        number = 1
        while True:
            for name in NAMES:
                full = name if number == 1 else f"{name}-{number}"
                if full not in taken:
                    return full
            number += 1

    def check_room(self, running: int) -> None:
        if running >= self.cap:
            raise Refusal("room", running=running, cap=self.cap)

    async def in_background(self, work: Callable, *words: object):
        """Makes phones and packages: as many at once as there are cores."""
        return await asyncio.get_running_loop().run_in_executor(self.makers, work, *words)


def sweep(root: Path) -> None:
    """What a killed server left: its processes, then its folder."""
    for folder in root.iterdir():
        if folder.is_dir() and not store.is_running(folder):
            end_marked(folder)
            shutil.rmtree(folder, ignore_errors=True)


def end_marked(folder: Path) -> None:
    """Ends every process of ours that carries this run's mark."""
    mark = f"{MARK}={folder}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            pidfd = os.pidfd_open(int(entry.name))
        except OSError:
            continue
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        except OSError:
            continue  # another person's, or just gone
        finally:
            os.close(pidfd)
