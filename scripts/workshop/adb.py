# SPDX-License-Identifier: MIT
"""
adb's server, one for the workshop: on a port of its own, away from a person's, and dying with us.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket

from .said import Refusal

START_S = 30.0
CONNECT_S = 30.0
LOOK_S = 0.1


class Adb:
    def __init__(self) -> None:
        self._server: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Once, at the first command that needs it."""
        async with self._lock:
            if self._server and self._server.returncode is None:
                return
            if not shutil.which("adb"):
                raise Refusal("no-adb")
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            os.environ["ANDROID_ADB_SERVER_PORT"] = str(port)
            self._server = await asyncio.create_subprocess_exec(
                *("setpriv", "--pdeathsig", "KILL", "--"),
                *("adb", "-P", str(port), "nodaemon", "server"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
            await self._wait_for(port)

    async def _wait_for(self, port: int) -> None:
        for _ in range(int(START_S / LOOK_S)):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(LOOK_S)
        raise Refusal("adb-server")

    async def connect(self, where: str) -> None:
        """To a phone that shows its home screen, or waits for a sideload."""
        await self.start()
        for _ in range(int(CONNECT_S / LOOK_S)):
            await _adb("connect", where)
            state = await _adb("-s", where, "get-state")
            if state in ("device", "sideload", "recovery"):
                return
            await asyncio.sleep(LOOK_S)
        raise Refusal("adb-silent")

    def stop(self) -> None:
        if self._server and self._server.returncode is None:
            self._server.kill()


async def _adb(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "adb",
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), CONNECT_S)
    except asyncio.TimeoutError:
        process.kill()
        return ""
    return said.decode(errors="replace").strip()
