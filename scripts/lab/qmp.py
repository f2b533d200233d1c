# SPDX-License-Identifier: MIT
"""QEMU's control channel (QMP): one JSON object a line; commands, and events in between."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Callable

from .errors import LabError

SOCKET = "qmp.sock"  # in the phone's folder while it runs
TIMEOUT_S = 60.0  # a detector of hangs, not a measure: a busy disk holds QEMU for seconds
CHUNK = 65536


def connect(folder: Path, name: str) -> socket.socket:
    """A socket in a phone's folder. The path may be longer than a socket's name can be."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(TIMEOUT_S)
        sock.connect(f"/proc/self/fd/{handle}/{name}")
    except OSError as error:
        sock.close()
        raise LabError(f"the phone {folder.name} does not answer: {error}") from None
    finally:
        os.close(handle)
    return sock


class Ended(LabError):
    """There is no QEMU any more."""


class Qmp:
    """
    Speaks QMP over a connected socket. Says hello with the first command, so that starting costs
    nothing; `on_event` gets QEMU's events from then on.
    """

    def __init__(self, sock: socket.socket, on_event: Callable[[dict], None] | None = None) -> None:
        self._sock = sock
        self._sock.settimeout(TIMEOUT_S)
        self._on_event = on_event
        self._rest = b""
        self._last = 0
        self._waiting: dict[int, Callable[[dict], None] | None] = {}

    @classmethod
    def connect(cls, folder: Path) -> "Qmp":
        """To a phone that another process runs."""
        return cls(connect(folder, SOCKET))

    def command(self, name: str, **arguments: object) -> object:
        """Sends a command, and waits for what it gives."""
        answers: list[dict] = []
        self.request(name, answers.append, **arguments)
        while not answers:
            self._dispatch(self._message())
        if "error" in answers[0]:
            raise LabError(f"QEMU refuses {name}: {answers[0]['error'].get('desc')}")
        return answers[0]["return"]

    def request(
        self, name: str, then: Callable[[dict], None] | None = None, **arguments: object
    ) -> None:
        """Sends a command; its answer goes to `then`, when it comes."""
        if not self._last:
            self._send("qmp_capabilities", None, {})
        self._send(name, then, arguments)

    def take(self) -> bool:
        """Takes what has come, without waiting. False: QEMU has ended."""
        try:
            data = self._sock.recv(CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._dispatch(json.loads(line))
        return bool(data)

    def _send(self, name: str, then: Callable[[dict], None] | None, arguments: dict) -> None:
        self._last += 1
        self._waiting[self._last] = then
        request = {"execute": name, "arguments": arguments, "id": self._last}
        try:
            self._sock.sendall(json.dumps(request).encode() + b"\n")
        except ConnectionError:
            raise Ended("QEMU has ended") from None
        except OSError as error:
            raise LabError(f"QEMU does not take the command {name}: {error}") from None

    def _dispatch(self, message: dict) -> None:
        if "event" in message and self._on_event:
            self._on_event(message)
        then = self._waiting.pop(message.get("id"), None)
        if then:
            then(message)

    def screendump(self, folder: Path, out: Path, image_format: str = "png") -> None:
        """QEMU runs in the phone's folder and writes there; the picture then moves to its place."""
        part = f"shot-{os.getpid()}.tmp"
        try:
            self.command("screendump", filename=part, format=image_format)
            data = (folder / part).read_bytes()
            temporary = out.with_name(f".{out.name}.{os.getpid()}")
            temporary.write_bytes(data)
            os.replace(temporary, out)
        except OSError as error:
            raise LabError(f"the picture could not be written: {error}") from None
        finally:
            (folder / part).unlink(missing_ok=True)

    def close(self) -> None:
        self._sock.close()

    def _message(self) -> dict:
        while b"\n" not in self._rest:
            try:
                more = self._sock.recv(CHUNK)
            except ConnectionError:
                more = b""
            except OSError as error:
                raise LabError(f"QEMU does not answer: {error}") from None
            if not more:
                raise Ended("QEMU has ended")
            self._rest += more
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)
