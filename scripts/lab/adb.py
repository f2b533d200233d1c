# SPDX-License-Identifier: MIT
"""Debian's adb with a server of its own, in a home of its own: nobody else's is touched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile

from .errors import LabError


class Server:
    """Use as a context manager; `adb` with `environment` then speaks to this server."""

    def __enter__(self) -> "Server":
        if not shutil.which("adb"):
            raise LabError("adb is not installed (Debian package adb)")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._home = tempfile.TemporaryDirectory(prefix="adb-")
        self.environment = {
            **os.environ,
            "HOME": self._home.name,
            "ANDROID_ADB_SERVER_PORT": str(port),
        }
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(
            ["adb", "kill-server"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        self._home.cleanup()
