# SPDX-License-Identifier: MIT
"""
Firefox without a driver program, which Debian does not have: its own remote control, Marionette, over
TCP. Messages are "LENGTH:[type, id, command, parameters]"; answers "LENGTH:[1, id, error, result]".
"""

from __future__ import annotations

import base64
import json
import re
import socket
import subprocess
import time
from pathlib import Path

from conftest import HANG_S

PREFERENCES = {
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.server": "",
}
PORT = re.compile(r'"marionette\.port", (\d+)')


class Firefox:
    """Use as a context manager: a browser of its own, headless, in a profile below `folder`."""

    def __init__(self, folder: Path, size: tuple[int, int], language: str = "en-US") -> None:
        self._profile = folder / "profile"
        self._profile.mkdir()
        values = {**PREFERENCES, "intl.accept_languages": language}
        lines = [f'user_pref("{name}", {json.dumps(value)});\n' for name, value in values.items()]
        (self._profile / "user.js").write_text("".join(lines), encoding="utf-8")
        self._size = size
        self._count = 0

    def __enter__(self) -> "Firefox":
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote"]
        self._log = open(self._profile / "log", "wb")
        self._process = subprocess.Popen(
            [*command, "--profile", str(self._profile)],
            env={"HOME": str(self._profile), "PATH": "/usr/bin:/bin", "MOZ_HEADLESS_WIDTH": str(self._size[0]),
                 "MOZ_HEADLESS_HEIGHT": str(self._size[1])},
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            self._socket = socket.create_connection(("127.0.0.1", self._port()), HANG_S)
            self._message()  # its greeting
            self.ask("WebDriver:NewSession", {"capabilities": {}})
            self.ask("WebDriver:SetTimeouts", {"script": HANG_S * 1000, "pageLoad": HANG_S * 1000})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _port(self) -> int:
        """It writes down the port that was free."""
        deadline = time.monotonic() + HANG_S
        while time.monotonic() < deadline:
            file = self._profile / "prefs.js"
            found = PORT.search(file.read_text(encoding="utf-8")) if file.is_file() else None
            if found and found[1] != "0":
                return int(found[1])
            assert self._process.poll() is None, (self._profile / "log").read_text()
            time.sleep(0.1)
        raise AssertionError("Firefox did not say its port: " + (self._profile / "log").read_text())

    def _message(self) -> list | dict:
        head = b""
        while not head.endswith(b":"):
            head += self._socket.recv(1)
        body = b""
        while len(body) < int(head[:-1]):
            body += self._socket.recv(int(head[:-1]) - len(body))
        return json.loads(body)

    def ask(self, command: str, parameters: dict) -> object:
        self._count += 1
        request = json.dumps([0, self._count, command, parameters]).encode()
        self._socket.sendall(b"%d:" % len(request) + request)
        _, _, error, result = self._message()
        assert error is None, (command, error)
        return result

    def open(self, url: str) -> None:
        self.ask("WebDriver:Navigate", {"url": url})

    def js(self, script: str, *words: object):
        answer = self.ask("WebDriver:ExecuteScript", {"script": script, "args": list(words)})
        return answer["value"]

    def screenshot(self, file: Path) -> None:
        answer = self.ask("WebDriver:TakeScreenshot", {"full": False})
        file.write_bytes(base64.b64decode(answer["value"]))
