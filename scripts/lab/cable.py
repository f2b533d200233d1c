# SPDX-License-Identifier: MIT
"""
The phone's cable: what the phone is on it, and that it does not outlive the phone.

QEMU tells which ports the phone has open (VSERPORT_CHANGE, for ports with an id) and when it restarts
(RESET). QEMU itself keeps a client's connection through all that, so it is closed from here; and
whoever follows the phone (scripts/phone usb) gets a line for each change.

QEMU serves one client of a port and lets the next wait for ever. So a client that has been silent for
a minute gives way when another knocks; one that nobody waits behind may stay.
"""

from __future__ import annotations

import math
import os
import socket
import time
from pathlib import Path
from typing import Iterable

from . import tcp_info
from .errors import LabError
from .qmp import Qmp

SOCKET = "cable.sock"  # in the phone's folder while it runs: a line for each change of mode
# port -> what the phone is then; the first that is open counts
MODES = {"lab.edl": "edl", "lab.fastboot": "fastboot", "lab.adb": "adb"}
OFF = "off"
PORT_ID = "port-"  # a virtserialport's id: this, and its name

# VSERPORT_CHANGE comes at most once a second for a port: after a restart the ports are asked for.
LOOK_S = 0.05
LOOKS_S = 2.0
# A client that came after a restart is not cut off when the news is late. A phone that restarts says
# nothing for longer than this, twice a tick of the kernel's clock for connections.
SILENCE_MS = 25.0
# A phone that leaves a mode closes the port, and answers what it was asked after that.
LAST_ANSWER_S = 0.2

GIVES_WAY_MS = 60000  # so long nothing went either way
KNOCK_S = 1.0  # between two looks whether somebody knocks


class Cable:
    """Follows one phone. `ports`: its services with TCP ports."""

    def __init__(self, folder: Path, sock: socket.socket, ports: dict[str, int]) -> None:
        self.qmp = Qmp(sock, self._on_event)
        self._ports = ports
        self._open: set[str] = set()
        self._mode = OFF
        self._looks_end = 0.0
        self._next_look = 0.0
        self._leaving: dict[str, float] = {}  # port -> since when it counts no more
        self._next_knock = time.monotonic() + KNOCK_S
        self._followers: list[socket.socket] = []
        self._listener = _listen(folder)
        self._look()

    def close(self) -> None:
        for sock in (self._listener, *self._followers):
            sock.close()
        self._followers = []

    @property
    def mode(self) -> str:
        return self._mode

    def fileno(self) -> int:
        """Readable: somebody wants to follow; then call welcome()."""
        return self._listener.fileno()

    def welcome(self) -> None:
        follower, _ = self._listener.accept()
        follower.setblocking(False)
        self._followers.append(follower)
        self._tell([follower])

    def wait_s(self, most: float) -> float:
        """How long to wait at most before tick() must be called."""
        due = [since + LAST_ANSWER_S for since in self._leaving.values()]
        if self._looks_end:
            due.append(self._next_look)
        return min(most, max(0.0, min(due, default=math.inf) - time.monotonic()))

    def tick(self) -> None:
        now = time.monotonic()
        if self._looks_end and now >= self._next_look:
            self._next_look = now + LOOK_S
            if now >= self._looks_end:
                self._looks_end = 0.0
            self._look()
        for name, since in list(self._leaving.items()):
            if now >= since + LAST_ANSWER_S:
                del self._leaving[name]
                self._hang_up([name], (now - since) * 1000)
        if now >= self._next_knock:
            self._next_knock = now + KNOCK_S
            self._yank([name for name in self._ports if self._has_to_give_way(name)])

    def _has_to_give_way(self, name: str) -> bool:
        """Does somebody wait at this port behind one who has nothing to say?"""
        try:
            clients = tcp_info.connections(self._ports[name])
        except OSError:
            return False
        served = [client.quiet_ms for client in clients if not client.waiting]
        return len(served) < len(clients) and bool(served) and min(served) >= GIVES_WAY_MS

    # What QEMU tells.

    def _look(self) -> None:
        self._request("query-chardev", self._on_look)

    def _on_look(self, answer: dict) -> None:
        said = answer.get("return", [])
        self._set_open({row["label"] for row in said if row.get("frontend-open")} & MODES.keys())

    def _on_event(self, message: dict) -> None:
        data = message.get("data", {})
        if message["event"] == "RESET":
            self._on_reset(_age_ms(message))
        elif message["event"] == "VSERPORT_CHANGE":
            name = data.get("id", "").removeprefix(PORT_ID)
            if name in MODES:
                now = self._open - {name} | ({name} if data["open"] else set())
                self._set_open(now, _age_ms(message))

    def _on_reset(self, age_ms: float) -> None:
        self._leaving = {}
        self._hang_up(MODES, age_ms)
        self._open = set()
        self._change(OFF)
        self._looks_end = time.monotonic() + LOOKS_S
        self._next_look = 0.0

    def _is_older(self, name: str, age_ms: float) -> bool:
        """Was this port's client the phone's, as it was so long ago?"""
        if name not in self._ports:
            return True
        try:
            clients = tcp_info.connections(self._ports[name])
        except OSError:
            return True  # better a new client too many than an old one that hangs for ever
        return any(_is_left(client, age_ms) for client in clients)

    def _set_open(self, now: set[str], age_ms: float = 0.0) -> None:
        mode = next((mode for name, mode in MODES.items() if name in now), OFF)
        left = self._open - now
        if mode != self._mode:  # a port may stay open that counts no more
            left |= {name for name in now if MODES[name] != mode}
        self._open = now
        self._hang_up(left - self._ports.keys(), age_ms)
        for name in left & self._ports.keys():
            self._leaving.setdefault(name, time.monotonic() - age_ms / 1000)
        self._change(mode)

    def _hang_up(self, names: Iterable[str], age_ms: float) -> None:
        """Who was at these ports before so long ago is disconnected; the next may come."""
        self._yank(name for name in names if self._is_older(name, age_ms))

    def _yank(self, names: Iterable[str]) -> None:
        """Cuts off whoever is served there."""
        instances = [{"type": "chardev", "id": name} for name in names]
        if instances:
            self._request("yank", instances=instances)

    def _request(self, *words: object, **arguments: object) -> None:
        try:
            self.qmp.request(*words, **arguments)
        except LabError:
            pass  # QEMU has ended: who runs it will see

    # Who follows.

    def _change(self, mode: str) -> None:
        if mode != self._mode:
            self._mode = mode
            self._tell(self._followers)

    def _tell(self, followers: list[socket.socket]) -> None:
        for follower in list(followers):
            try:
                follower.send(f"{self._mode}\n".encode())
            except OSError:  # it has gone, or does not read
                follower.close()
                self._followers.remove(follower)


def _is_left(client: tcp_info.Connection, age_ms: float) -> bool:
    """
    Does a client wait for a phone that is no more? That one answered it last; or took what it said,
    and never answered. Who has not been heard yet will be heard by the phone that comes.
    """
    if client.answered_ms is not None:
        return client.answered_ms >= age_ms - SILENCE_MS
    return client.taken and client.heard_ms >= age_ms - SILENCE_MS


def _age_ms(message: dict) -> float:
    at = message["timestamp"]
    return (time.time() - at["seconds"] - at["microseconds"] / 1e6) * 1000


def _listen(folder: Path) -> socket.socket:
    """The path may be longer than a socket's name can be."""
    (folder / SOCKET).unlink(missing_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(f"/proc/self/fd/{handle}/{SOCKET}")
        listener.listen()
    except OSError:
        listener.close()
        raise
    finally:
        os.close(handle)
    return listener
