# SPDX-License-Identifier: MIT
"""
The page in Chromium: what it takes of the page's thread. By the page's own count from power-on to the
brick; and by Chromium's trace, in processor time, the longest that the thread is kept at once while
somebody goes on from the first load to a story.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import threading
import time
from pathlib import Path
from typing import Iterator, NamedTuple

from ..errors import LabError
from . import peers

SCENE = "#model=dipper&made-for=cn&rom=global&lock={lock}&policy=announced"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu")
TRACED = {"traceCategories": "toplevel,devtools.timeline,blink.user_timing", "enableNetwork": False, "enablePage": False}
SETTLE_S = 0.5  # what comes of a press, after it was seen: pictures, buttons

BRICKED = "return flashlab.phone.events.some((e) => e.event === 'verdict') && flashlab.phone.machine.timing"
READY = "return document.body?.dataset.ready === 'true'"
MARK = "flashlab: "  # begins a scene in the trace


def words(begin: str) -> str:
    """Has the why panel come to this verdict?"""
    return f"return document.querySelector('.why-verdict-words')?.textContent.includes('{begin}')"


class Scene(NamedTuple):
    name: str
    does: str
    until: str


def _new(rest: str) -> str:
    return f"flashlab.page.begin({{model: 'dipper', made_for: 'cn', {rest}}})"


SCENES = (
    Scene("brick", "flashlab.phone.power.on()", words("brick region-mismatch")),
    Scene("cure, home", "document.querySelector('[data-next=next_cure]').click()", words("home orange rom=cn")),
    Scene("flash", "flashlab.page.flash('global', false)", words("brick region-mismatch")),
    Scene("recovery", _new("rom: 'global', lock: 'locked', policy: 'shipped'"), words("recovery region-mismatch")),
    Scene("popups", _new("rom: 'reseller', lock: 'unlocked', policy: 'none'"),
          "return flashlab.phone.events.some((e) => e.event === 'popup')"),
    Scene("story", "flashlab.page.stories.begin('07-classic')", "return !!document.querySelector('#story [data-key=go]')"),
    Scene("its step", "document.querySelector('#story [data-key=go]').click()", words("fastboot keys")),
)  # fmt: skip


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def _chromium(folder: Path, lock: str, **more: dict) -> Iterator:
    """A browser with the page in it, which may still be loading. `more`: experimental options."""
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        raise LabError("python3-selenium is missing: make bench installs it") from None
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    for name, value in more.items():
        options.add_experimental_option(name, value)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"} if more else {})
    handler = functools.partial(_Silent, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        driver.get(f"http://127.0.0.1:{server.server_port}/{SCENE.format(lock=lock)}")
        _wait(driver, READY)
        yield driver
    finally:
        driver.quit()
        server.shutdown()


def brick_ms(folder: Path, rounds: int) -> float:
    """The least of the thread's time from power-on to the brick."""
    with _chromium(folder, "locked") as driver:
        return min(_brick(driver) for _ in range(rounds))


def _brick(driver) -> float:
    driver.execute_script("flashlab.phone.machine.cut(); flashlab.phone.machine.events.length = 0;"
                          "flashlab.phone.power.on()")  # fmt: skip
    return _wait(driver, BRICKED)["busy_ms"]


def longest_ms(folder: Path, rounds: int) -> dict[str, float]:
    """By scene, the processor time of the longest task of the page's thread; the least of all rounds."""
    taken = [_round(folder) for _ in range(rounds)]
    return {scene: min(one[scene] for one in taken) for scene in taken[0]}


def _round(folder: Path) -> dict[str, float]:
    with _chromium(folder, "unlocked", perfLoggingPrefs=TRACED) as driver:
        _wait(driver, "return !!flashlab.page.stories")
        for scene in SCENES:
            driver.execute_script(f"performance.mark('{MARK}{scene.name}'); {scene.does}")
            _wait(driver, scene.until)
            time.sleep(SETTLE_S)
        messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    events = [each["params"] for each in messages if each["method"] == "Tracing.dataCollected"]
    return _longest(sorted(events, key=lambda event: event["ts"]))


def _longest(events: list[dict]) -> dict[str, float]:
    threads = {(event["pid"], event["tid"]) for event in events if event["name"].startswith(MARK)}
    found, scene = {"load": 0.0}, "load"
    for event in events:
        if (event["pid"], event["tid"]) not in threads:
            continue
        if event["name"].startswith(MARK):
            scene = event["name"].removeprefix(MARK)
            found[scene] = 0.0
        elif event["name"].endswith("RunTask"):
            found[scene] = max(found[scene], event.get("tdur", 0) / 1000)
    return found


def _wait(driver, script: str):
    deadline = time.monotonic() + peers.HANG_S
    while time.monotonic() < deadline:
        found = driver.execute_script(script)
        if found:
            return found
        time.sleep(0.02)
    raise LabError(f"nothing came of it in {peers.HANG_S:g} s: {script}")
