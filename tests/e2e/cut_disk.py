# SPDX-License-Identifier: MIT
"""
A phone's disk and NOR behind a recorder: a small NBD server (the protocol: doc/proto.md of
NetworkBlockDevice/nbd) that QEMU writes to, and that notes each write, each range of zeros and each
flush of both, in one order. Of the notes it makes the files as a cut of the power leaves them.

The NOR has no cache: what is programmed is there. The disk has one: what was not flushed may be
lost.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import threading
from pathlib import Path
from typing import Iterator, NamedTuple

from lab import qemu

SOCKET = "nbd.sock"
DISK, NOR = "disk.img", "nor.img"
SECTOR = 512

NBD_MAGIC, OPTION_MAGIC = 0x4E42444D41474943, 0x49484156454F5054
REPLY_MAGIC, REQUEST_MAGIC, SIMPLE_MAGIC = 0x3E889045565A9, 0x25609513, 0x67446698
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPTION_ABORT, OPTION_GO = 2, 7
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, 0x80000001
READ, WRITE, DISCONNECT, FLUSH, TRIM, ZEROES = 0, 1, 2, 3, 4, 6
FLAGS = 1 | 4 | 32 | 64  # it has flags; flush, trim, write zeroes
REQUEST = struct.Struct(">IHHQQI")
OPTION = struct.Struct(">QII")


class Event(NamedTuple):
    """A write of `data`, or of `zeros` bytes; or a flush of the file (neither)."""

    file: str
    offset: int
    data: bytes = b""
    zeros: int = 0

    @property
    def is_flush(self) -> bool:
        return not self.data and not self.zeros


class Recorder:
    """
    Use as a context manager: entering listens, in the phone's folder. `events`: what was noted.
    With take_back the files are as they were again, once it is left.
    """

    def __init__(self, folder: Path, take_back: bool = False) -> None:
        self.events: list[Event] = []
        self._before: list[tuple[str, list[tuple[int, bytes]]]] = []
        self._take_back = take_back
        self._folder = folder
        self._lock = threading.Lock()

    def options(self) -> list[str]:
        """QEMU's storage, with this server in the place of the files."""
        where = f"?socket={SOCKET}"
        nor, disk = f"nbd+unix:///{NOR}{where}", f"nbd+unix:///{DISK}{where}"
        return qemu.storage(nor, disk)

    def __enter__(self) -> "Recorder":
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(f"/proc/self/fd/{handle}/{SOCKET}")
        os.close(handle)
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        (self._folder / SOCKET).unlink(missing_ok=True)
        with self._lock:
            for name, before in reversed(self._before if self._take_back else []):
                with open(self._folder / name, "r+b", buffering=0) as file:
                    restore(file, before)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                name = self._agree(client)
                with open(self._folder / name, "r+b", buffering=0) as file:
                    while self._request(client, name, file):
                        pass
            except (OSError, EOFError):
                pass  # QEMU has ended

    def _agree(self, client: socket.socket) -> str:
        """The handshake: which file it wants."""
        client.sendall(struct.pack(">QQH", NBD_MAGIC, OPTION_MAGIC, FIXED_NEWSTYLE | NO_ZEROES))
        _take(client, 4)
        while True:
            _, option, size = OPTION.unpack(_take(client, OPTION.size))
            data = _take(client, size)
            if option != OPTION_GO:
                self._answer(client, option, REPLY_UNSUPPORTED)
                continue
            (length,) = struct.unpack_from(">I", data)
            name = data[4 : 4 + length].decode()
            assert name in (DISK, NOR), name
            info = struct.pack(">HQH", 0, (self._folder / name).stat().st_size, FLAGS)
            self._answer(client, option, REPLY_INFO, info)
            self._answer(client, option, REPLY_ACK)
            return name

    @staticmethod
    def _answer(client: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
        client.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)

    def _request(self, client: socket.socket, name: str, file) -> bool:
        _, _, kind, handle, offset, length = REQUEST.unpack(_take(client, REQUEST.size))
        if kind == DISCONNECT:
            return False
        reply = struct.pack(">IIQ", SIMPLE_MAGIC, 0, handle)
        if kind == READ:
            reply += os.pread(file.fileno(), length, offset)
        else:
            data = _take(client, length) if kind == WRITE else b""
            event = Event(name, offset, data, 0 if kind in (WRITE, FLUSH) else length)
            with self._lock:
                self.events.append(event)
                self._before.append((name, put(file, event)))
        client.sendall(reply)
        return True


def _take(client: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = client.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _data_in(file, offset: int, length: int) -> Iterator[tuple[int, int]]:
    """What of a range of a sparse file is no hole: (offset, length)."""
    end = offset + length
    while offset < end:
        try:
            start = os.lseek(file.fileno(), offset, os.SEEK_DATA)
        except OSError:
            return
        if start >= end:
            return
        stop = min(os.lseek(file.fileno(), start, os.SEEK_HOLE), end)
        yield start, stop - start
        offset = stop


def put(file, event: Event) -> list[tuple[int, bytes]]:
    """Does it to the file; what was there before."""
    before = []
    if event.data:
        before.append((event.offset, os.pread(file.fileno(), len(event.data), event.offset)))
        os.pwrite(file.fileno(), event.data, event.offset)
    for start, length in list(_data_in(file, event.offset, event.zeros)) if event.zeros else ():
        before.append((start, os.pread(file.fileno(), length, start)))
        os.pwrite(file.fileno(), bytes(length), start)
    return before


def restore(file, before: list[tuple[int, bytes]]) -> None:
    for offset, data in before:
        os.pwrite(file.fileno(), data, offset)


class Rebuilt:
    """A phone's folder, as it is after any of the recorded events."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder = folder
        for name in (NOR, DISK):
            command = ["cp", "--reflink=auto", "--sparse=always", base / name, folder / name]
            subprocess.run(command, check=True)
        shutil.copy(base / "phone.json", folder)
        self._done: list[tuple[Event, list[tuple[int, bytes]]]] = []

    def becomes(self, events: list[Event]) -> None:
        same = 0
        while same < min(len(events), len(self._done)) and self._done[same][0] is events[same]:
            same += 1
        files = {name: open(self.folder / name, "r+b", buffering=0) for name in (NOR, DISK)}
        while len(self._done) > same:
            event, before = self._done.pop()
            restore(files[event.file], before)
        for event in events[same:]:
            self._done.append((event, put(files[event.file], event)))
        for file in files.values():
            file.close()


def _unflushed(events: list[Event]) -> list[int]:
    """The writes to the disk since its last flush."""
    flushed = max((n for n, e in enumerate(events) if e.is_flush and e.file == DISK), default=-1)
    return [
        n for n, e in enumerate(events) if n > flushed and e.file == DISK and not e.is_flush
    ]


def _torn(event: Event) -> Event | None:
    """The first half of it, in whole sectors."""
    half = (len(event.data) or event.zeros) // SECTOR // 2 * SECTOR
    if not half:
        return None
    return event._replace(data=event.data[:half], zeros=half if event.zeros else 0)


def all_cuts(events: list[Event]) -> list[tuple[str, list[Event]]]:
    """Each cut, in words, and what of the events is done: before each, torn, with lost writes."""
    found = []
    for count in range(len(events) + 1):
        done = events[:count]
        found.append((f"before event {count} of {len(events)}", done))
        if lost := set(_unflushed(done)):
            kept = [e for n, e in enumerate(done) if n not in lost]
            found.append((f"before event {count}, nothing kept that was not flushed", kept))
        if len(lost) > 1:
            last = [e for n, e in enumerate(done) if n not in lost or n == max(lost)]
            found.append((f"before event {count}, of what was not flushed only the last", last))
        torn = _torn(events[count]) if count < len(events) else None
        if torn:
            found.append((f"in the middle of event {count}", [*done, torn]))
    return found


def some(cuts: list, most: int) -> list:
    """So many of them at most, from the first to the last, evenly."""
    if len(cuts) <= most:
        return cuts
    return [cuts[n * (len(cuts) - 1) // (most - 1)] for n in range(most)]
