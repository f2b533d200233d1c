# SPDX-License-Identifier: MIT
"""
A USB host without a kernel: a USB/IP client that speaks to scripts/usb's bridge, and fastboot as a
stock client speaks it on a cable. For tests and measurements.
"""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

VERSION = 0x0111
ASK_LIST, ASK_IMPORT = 0x8005, 0x8003
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
OPERATION = struct.Struct(">HHI")
HEAD = struct.Struct(">5I i 4I 8s")  # status is signed
DEVICE_BYTES = 312
BUS_ID = b"1-1"
EP = 1
ANSWER_S = 60.0  # detects a hang, measures nothing
CHUNK = 1 << 20

STALL = -32  # as Linux has it: EPIPE
CANCELLED = -104  # ECONNRESET


class Unplugged(Exception):
    """The connection's end: how USB/IP says that the device has gone."""


class Refused(Exception):
    """The server's status for an import: 2 busy, 4 no such device."""


class Result(NamedTuple):
    status: int
    size: int
    data: bytes


def connect(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def take(sock: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        try:
            more = sock.recv(size - len(data))
        except ConnectionResetError:
            more = b""
        if not more:
            raise Unplugged
        data += more
    return bytes(data)


def devices(port: int) -> list[tuple[int, int]]:
    """(vendor, product) of what `usbip list` would show."""
    with connect(port) as sock:
        sock.sendall(OPERATION.pack(VERSION, ASK_LIST, 0))
        take(sock, OPERATION.size)
        (count,) = struct.unpack(">I", take(sock, 4))
        found = []
        for _ in range(count):
            device = take(sock, DEVICE_BYTES)
            take(sock, 4 * device[-1])
            found.append(struct.unpack_from(">HH", device, 300))
        return found


class UsbHost:
    """One attached device. Use as a context manager."""

    def __init__(self, port: int) -> None:
        self._last = 0
        self._early: dict[int, Result] = {}
        self._is_in: dict[int, bool] = {}
        self._sock = connect(port)
        try:
            self._sock.sendall(OPERATION.pack(VERSION, ASK_IMPORT, 0) + BUS_ID.ljust(32, b"\0"))
            status = OPERATION.unpack(take(self._sock, OPERATION.size))[2]
            if status:
                raise Refused(status)
            self.vendor, self.product = struct.unpack_from(
                ">HH", take(self._sock, DEVICE_BYTES), 300
            )
        except BaseException:
            self._sock.close()
            raise

    def __enter__(self) -> "UsbHost":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._sock.close()

    # Transfers.

    def submit(
        self, is_in: bool, size: int, data: bytes = b"", ep: int = EP, setup: bytes = bytes(8)
    ) -> int:
        self._last += 1
        self._is_in[self._last] = is_in
        head = HEAD.pack(SUBMIT, self._last, 0x10002, is_in, ep, 0, size, 0, 0, 0, setup)
        try:
            self._sock.sendall(head + data)
        except (BrokenPipeError, ConnectionResetError):
            raise Unplugged from None
        return self._last

    def result(self, number: int) -> Result:
        while number not in self._early:
            self._take()
        return self._early.pop(number)

    def unlink(self, number: int) -> int:
        """Cancels a transfer; its status: CANCELLED, or 0 when it was complete already."""
        self._last += 1
        head = HEAD.pack(UNLINK, self._last, 0x10002, 0, 0, number, 0, 0, 0, 0, bytes(8))
        self._sock.sendall(head)
        return self.result(self._last).status

    def _take(self) -> None:
        kind, number, _, _, _, status, size, *_ = HEAD.unpack(take(self._sock, HEAD.size))
        if kind not in (SUBMITTED, UNLINKED):
            raise ValueError(f"{kind} is no answer of USB/IP")
        with_data = kind == SUBMITTED and self._is_in.pop(number) and size
        self._early[number] = Result(status, size, take(self._sock, size) if with_data else b"")

    def control(self, kind: int, request: int, value: int, index: int, size: int) -> Result:
        setup = struct.pack("<BBHHH", kind, request, value, index, size)
        return self.result(self.submit(kind >> 7 == 1, size, ep=0, setup=setup))

    def write(self, data: bytes) -> None:
        result = self.result(self.submit(False, len(data), data))
        if result.status or result.size != len(data):
            raise OSError(-result.status, f"{result.size} of {len(data)} bytes were taken")

    def read(self, size: int) -> bytes:
        result = self.result(self.submit(True, size))
        if result.status:
            raise OSError(-result.status, "the transfer failed")
        return result.data

    # What is on it.

    def string(self, index: int) -> str:
        data = self.control(0x80, 6, 0x300 | index, 0x409, 255).data
        return data[2:].decode("utf-16-le")

    @property
    def serial(self) -> str:
        return self.string(3)


class Fastboot:
    """A stock client on a cable: one command at a time, data in pieces."""

    def __init__(self, host: UsbHost, reply_bytes: int = 256, chunk: int = CHUNK) -> None:
        self.host = host
        self._reply_bytes = reply_bytes
        self._chunk = chunk

    def ask(self, command: str) -> list[str]:
        """All replies to a command; the last one is OKAY, FAIL or DATA."""
        self.host.write(command.encode())
        return self.replies()

    def replies(self) -> list[str]:
        said = []
        while True:
            said.append(self.host.read(self._reply_bytes).decode())
            if said[-1][:4] not in ("INFO", "TEXT"):
                return said

    def download(self, data: bytes) -> list[str]:
        said = self.ask(f"download:{len(data):08x}")
        if not said[-1].startswith("DATA"):
            return said
        for at in range(0, len(data), self._chunk):
            self.host.write(data[at : at + self._chunk])
        return self.replies()
