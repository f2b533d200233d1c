# SPDX-License-Identifier: MIT
"""The workshop's server as a test starts it, and one who speaks HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Callable, Iterator

from conftest import HANG_S, ROOT, without_display

from lab import paths

URL = re.compile(r"^workshop: (http://([\d.]+:(\d+))/\?token=(\S+))$", re.MULTILINE)
CODE = re.compile(r"code: ([A-Z]{6})$", re.MULTILINE)


LOOK_S, LOOK_MOST_S = 0.05, 0.5


def until(look: Callable[[], object], what: str):
    """What `look` finds; a detector of hangs. What is a work to look at is looked at less often."""
    deadline = time.monotonic() + HANG_S
    while (begun := time.monotonic()) < deadline:
        found = look()
        if found:
            return found
        time.sleep(min(max(LOOK_S, 2 * (time.monotonic() - begun)), LOOK_MOST_S))
    raise AssertionError(f"it did not come to this: {what}")


class Server:
    """Use as a context manager. A folder of its own, a free port."""

    def __init__(self, root: Path, *words: str, start: Path | None = None) -> None:
        self.root = root
        self._said = root.parent / f"{root.name}.out"
        command = [start] if start else ["/usr/bin/python3", ROOT / "scripts" / "workshop"]
        self._command = [*command, "--port", "0", "--root", root, "--no-browser", *words]
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Server":
        env = {**without_display(), "FLASHLAB_BUILD": str(paths.BUILD)}
        with open(self._said, "wb") as out:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env
            )
        found = until(lambda: URL.search(self.said()) or self.process.poll(), "a URL")
        assert isinstance(found, re.Match), self.said()
        self.url, self.host, self.port, self.token = found[1], found[2], int(found[3]), found[4]
        return self

    @property
    def code(self) -> str:
        return until(lambda: CODE.search(self.said()), "a code")[1]

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(HANG_S)
            finally:
                self.process.kill()
        assert list(self.root.iterdir()) == [], self.said()

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def leader(self) -> "Caller":
        caller = Caller(self)
        caller.get(f"/?token={self.token}")
        return caller


class Caller:
    """One who speaks HTTP, with the cookie that the last answer brought."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookie = ""

    def call(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> tuple[int, bytes]:
        """Status and answer. A header that is None is left out."""
        given = {
            "Host": self.server.host,
            "Origin": f"http://{self.server.host}" if method != "GET" else None,
            "Cookie": self.cookie,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=HANG_S)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                if value:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            set_cookie = answer.getheader("Set-Cookie")
            if set_cookie:
                self.cookie = set_cookie.split(";")[0]
            self.headers = dict(answer.getheaders())
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str | None) -> tuple[int, bytes]:
        return self.call("GET", path, **headers)

    def do(self, verb: str, **request: object) -> tuple[int, dict]:
        body = json.dumps({"verb": verb, **request}).encode()
        status, answer = self.call("POST", "/do", body, Content_Type="application/json")
        return status, json.loads(answer)

    def join(self, code: str, name: str) -> tuple[int, dict]:
        body = json.dumps({"code": code, "name": name}).encode()
        status, answer = self.call("POST", "/join", body, Content_Type="application/json")
        return status, json.loads(answer)

    def _listen(self) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=HANG_S)
        headers = {"Host": self.server.host, "Cookie": self.cookie}
        connection.request("GET", "/events", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        return connection, answer

    def news(self) -> Iterator[dict]:
        """What a page that is opened now is told: the whole state, then each change. To be closed."""
        connection, answer = self._listen()
        with closing(connection), answer:
            heard = time.monotonic()
            while line := answer.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[len(b"data: ") :])
                    heard = time.monotonic()
                assert time.monotonic() < heard + HANG_S, "no more news came"

    def state(self) -> dict:
        """The whole state, as a page that is opened now gets it."""
        with closing(self.news()) as news:
            return next(news)

    def until(self, look: Callable[[], object], what: str):
        """What `look` finds in the state: it is looked at again when the server tells something."""
        connection, answer = self._listen()
        with closing(connection), answer:
            deadline = time.monotonic() + HANG_S
            while time.monotonic() < deadline:
                found = look()
                if found:
                    return found
                time.sleep(LOOK_S)  # news come in bursts
                if select.select([connection.sock], [], [], 1.0)[0]:
                    connection.sock.recv(1 << 20)
        raise AssertionError(f"it did not come to this: {what}")

    def phone(self, name: str) -> dict:
        return self.state()["phones"][name]

    def verdict(self, name: str, begins: str) -> str:
        """Waits until the phone has come to it."""

        def look() -> str | None:
            label = self.phone(name)["label"]
            words = label["verdict"] if label["state"] == "on" and not label["busy"] else None
            return words if words and words.startswith(begins) else None

        return self.until(look, f"{name}: {begins}")

    def ready(self, name: str) -> None:
        self.until(lambda: self.phone(name)["label"]["state"] == "off", f"{name} is made")


def marked(root: Path) -> list[str]:
    """The processes that were started by a server with this root."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(f"FLASHLAB_WORKSHOP={root}".encode()) for word in words):
            found.append(entry.name)
    return [pid for pid in found if int(pid) != os.getpid()]
