# SPDX-License-Identifier: MIT
"""
The workshop's server, as a page sees it; beside what was promised.

    page       from the command to a page that knows its phones
    click      from "switch on" to the brick's verdict on the page, above the phone's own time
    idle       processor time of the server and its phones while nobody does anything
    twenty     phones, started together, until all show their home screens; and how long the server
               takes to answer meanwhile, at worst
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable

from .. import paths
from ..errors import LabError
from .table import Row

URL = re.compile(r"^workshop: http://127\.0\.0\.1:(\d+)/\?token=(\S+)$", re.MULTILINE)
HANG_S = 300.0
LOOK_S = 10.0  # how long idle phones are watched
PAGE_S, CLICK_S, FOUR_PERCENT, TWENTY_PERCENT = 3.0, 0.5, 5.0, 25.0
BRICK = {"region": "cn", "rom": "global", "lock": "unlocked"}
HOME = {"region": "global", "rom": "global", "lock": "locked"}


class Server:
    """The server as `make workshop` starts it; a context manager."""

    def __init__(self, folder: Path) -> None:
        self.root, self._said = folder / "root", folder / "said"

    def __enter__(self) -> "Server":
        begun = time.monotonic()
        words = ["--empty", "--hurry", "--no-browser", "--port", "0", "--root", str(self.root)]
        with open(self._said, "wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, str(paths.ROOT / "scripts" / "workshop"), *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, "FLASHLAB_BUILD": str(paths.BUILD)},
            )
        found = until(lambda: URL.search(self._said.read_text()), "a URL")
        self._port, self._cookie = int(found[1]), ""
        self._cookie = self.get(f"/?token={found[2]}")[1].split(";")[0]
        self.get("/")
        self.state()
        self.page_s = time.monotonic() - begun
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(HANG_S)

    def _call(self, method: str, path: str, body: bytes | None = None):
        host = f"127.0.0.1:{self._port}"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=HANG_S)
        headers = {"Host": host, "Origin": f"http://{host}", "Cookie": self._cookie}
        connection.request(method, path, body, {**headers, "Content-Type": "application/json"})
        return connection, connection.getresponse()

    def get(self, path: str) -> tuple[bytes, str]:
        connection, answer = self._call("GET", path)
        data = answer.read(), answer.getheader("Set-Cookie") or ""
        connection.close()
        return data

    def do(self, verb: str, **request: object) -> dict:
        body = json.dumps({"verb": verb, **request}).encode()
        connection, answer = self._call("POST", "/do", body)
        said = json.loads(answer.read())
        connection.close()
        if answer.status != 200:
            raise LabError(f"the workshop refuses {verb}: {said}")
        return said

    def news(self):
        """The server's messages, as they come."""
        _, answer = self._call("GET", "/events")
        while line := answer.fp.readline():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    def state(self) -> dict:
        return next(news for news in self.news() if news["kind"] == "whole")

    def phones(self, facts: list[dict]) -> list[str]:
        """Made, and off."""
        names = [self.do("add", **one)["phone"] for one in facts]
        made = lambda: all(self.label(name)["state"] == "off" for name in names)  # noqa: E731
        until(made, "phones are made")
        return names

    def label(self, name: str) -> dict:
        return self.state()["phones"][name]["label"]

    def on(self, holds: dict[str, str], fates: dict[str, str]) -> float:
        """Switches phones on together; the seconds until each has come to its fate."""
        begun = time.monotonic()
        for name, hold in holds.items():
            self.do("power", phone=name, what="on", hold=hold)

        def all_there() -> bool:
            phones = self.state()["phones"]
            said = {name: phones[name]["label"]["verdict"] or "" for name in fates}
            return all(said[name].startswith(fate) for name, fate in fates.items())

        until(all_there, "verdicts")
        return time.monotonic() - begun

    def processes(self) -> list[int]:
        mark = f"FLASHLAB_WORKSHOP={self.root}".encode()
        found = [self._process.pid]
        for entry in Path("/proc").iterdir():
            try:
                marked = entry.name.isdigit() and mark in (entry / "environ").read_bytes()
            except OSError:
                continue
            found += [int(entry.name)] if marked else []
        return found


def until(look: Callable, what: str):
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise LabError(f"the workshop did not come to this: {what}")


def cpu_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_bytes(pids: list[int]) -> int:
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss: +(\d+)", text, re.MULTILINE)[1]) * 1024
    return total


def idle_percent(server: Server) -> float:
    """Of one core, while nobody does anything."""
    time.sleep(3.0)
    pids = server.processes()
    before, begun = cpu_s(pids), time.monotonic()
    time.sleep(LOOK_S)
    return 100 * (cpu_s(pids) - before) / (time.monotonic() - begun)


def click_s(server: Server, name: str) -> float:
    """From the click to the verdict on the page, less what the phone took by its own clock."""
    news = server.news()
    next(item for item in news if item["kind"] == "whole")
    begun = time.monotonic()
    server.do("power", phone=name, what="on", hold="")
    for item in news:
        if item["kind"] == "trace":
            verdicts = [event for event in item["events"] if event["event"] == "verdict"]
            if verdicts:
                return time.monotonic() - begun - verdicts[0]["t_us"] / 1e6
    raise LabError("the workshop hung up")


def worst_answer_s(server: Server, work: Callable[[], float]) -> tuple[float, float]:
    """What `work` gives, and the slowest answer while it was done."""
    worst, done = [0.0], threading.Event()

    def ask() -> None:
        while not done.is_set():
            begun = time.monotonic()
            server.get("/shelf")
            worst.append(time.monotonic() - begun)
            time.sleep(0.1)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        return work(), max(worst)
    finally:
        done.set()
        asker.join()


def rows(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as folder, Server(Path(folder)) as server:
        found = [_against("workshop: command to page", server.page_s, PAGE_S)]
        bricks = server.phones([BRICK] * 4)
        clicks = []
        for number in range(min(rounds, 5)):
            clicks.append(click_s(server, bricks[0]))
            server.do("power", phone=bricks[0], what="off")
            until(lambda: server.label(bricks[0])["state"] == "off", "it is off")
        found.append(_against("workshop: click to brick", min(clicks), CLICK_S))
        server.on(dict.fromkeys(bricks, ""), dict.fromkeys(bricks, "brick"))
        found.append(_load("workshop: four bricks, idle", idle_percent(server), FOUR_PERCENT))
        return found + _twenty(server, bricks)


def _twenty(server: Server, bricks: list[str]) -> list[Row]:
    homes = server.phones([HOME] * 20)
    for name in bricks:
        server.do("remove", phone=name)
    on = lambda: server.on(dict.fromkeys(homes, ""), dict.fromkeys(homes, "home"))  # noqa: E731
    took, worst = worst_answer_s(server, on)
    found = [
        Row("workshop: twenty to home, together", f"{took:.1f} s", "", None),
        _against("workshop: slowest answer meanwhile", worst, 1.0),
    ]
    others = homes[10:]
    for name in others:
        server.do("power", phone=name, what="off")
    until(lambda: all(server.label(name)["state"] == "off" for name in others), "ten are off")
    for name in others[5:]:
        server.do("factory", phone=name, **BRICK)
    until(lambda: all(server.label(n)["state"] == "off" for n in others), "five are made anew")
    holds = {name: "fastboot" if name in others[:5] else "" for name in others}
    server.on(holds, {name: "fastboot" if hold else "brick" for name, hold in holds.items()})
    found.append(_load("workshop: twenty mixed, idle", idle_percent(server), TWENTY_PERCENT))
    mib = memory_bytes(server.processes()) / (1 << 20)
    return [*found, Row("workshop: memory of those twenty", f"{mib:.0f} MiB")]


def _against(what: str, seconds: float, promised: float) -> Row:
    return Row(what, f"{seconds:.2f} s", f"{promised:g} s", seconds / promised, most=1.0)


def _load(what: str, percent: float, promised: float) -> Row:
    return Row(what, f"{percent:.1f} %", f"{promised:g} % of a core", percent / promised, most=1.0)
