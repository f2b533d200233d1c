# SPDX-License-Identifier: MIT
"""QEMU's control channel (QMP): one JSON object a line, a command at a time."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

from .errors import LabError

SOCKET = "qmp.sock"  # in the phone's folder while it runs
TIMEOUT_S = 10.0


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


class Qmp:
    """
    Speaks QMP over a connected socket. Says hello at the first command, so that starting costs
    nothing.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sock.settimeout(TIMEOUT_S)
        self._rest = b""
        self._greeted = False

    @classmethod
    def connect(cls, folder: Path) -> "Qmp":
        """To a phone that another process runs."""
        return cls(connect(folder, SOCKET))

    def command(self, name: str, **arguments: object) -> object:
        if not self._greeted:
            self._message()  # QEMU's greeting
            self._greeted = True
            self.command("qmp_capabilities")
        request = {"execute": name, "arguments": arguments}
        try:
            self._sock.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise LabError(f"QEMU does not take the command {name}: {error}") from None
        while True:
            answer = self._message()
            if "error" in answer:
                raise LabError(f"QEMU refuses {name}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

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
                more = self._sock.recv(65536)
            except OSError as error:
                raise LabError(f"QEMU does not answer: {error}") from None
            if not more:
                raise LabError("QEMU has ended")
            self._rest += more
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)
