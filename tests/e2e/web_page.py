# SPDX-License-Identifier: MIT
"""The page of `make page` in a real browser, and a plain web server for it."""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path

from selenium import webdriver
from workshop_page import SIZES, Page
from workshop_server import until

READY = "return document.body?.dataset.ready === 'true'"
DOING = "return flashlab.phone.machine.doing"
WORDS = """
const at = document.querySelector(".why-verdict-words");
return at ? at.textContent.replace("verdict: ", "") : "";
"""


class Plain(http.server.SimpleHTTPRequestHandler):
    """Python's own, silent. `asked` is filled with the paths that were asked for."""

    def log_message(self, *_: object) -> None:
        self.server.asked.append(self.path)


class StaticServer:
    """Any web server, any sub-path: serves `folder`'s parent. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(Plain, directory=str(folder.parent))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.asked = self.asked = []
        self.url = f"http://127.0.0.1:{self._server.server_port}/{folder.name}/"

    def __enter__(self) -> "StaticServer":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class WebPage(Page):
    """One page; `another` is a second tab beside it."""

    def __init__(self, driver: webdriver.Chrome, url: str, handle: str) -> None:
        super().__init__(driver, handle, SIZES["projector"], "en")
        self.url = url

    def another(self) -> "WebPage":
        self._driver.switch_to.new_window("tab")
        return WebPage(self._driver, self.url, self._driver.current_window_handle)

    def open(self, scene: str = "") -> None:
        self.leave()
        self.driver.get(self.url + scene)
        self.wait(lambda: self.js(READY), f"the page is there: {self.complaints()}")

    def leave(self) -> None:
        """A phone that waits for a key keeps its page busy, until the last test has ended."""
        self.driver.get("about:blank")

    def reload(self) -> None:
        self.driver.refresh()
        self.wait(lambda: self.js(READY), "the page is there again")

    def verdict(self, begins: str) -> None:
        self.wait(lambda: self.js(WORDS).startswith(begins), f"verdict {begins}: {self.js(WORDS)}")

    def type(self, line: str) -> str:
        """Runs a line of the command box; what it said."""
        until(lambda: not self.js("return flashlab.phone.isBusy"), "the last command has ended")
        before = self.js("return flashlab.phone.output.length")
        self.js(
            "const box = document.getElementById('line'); box.value = arguments[0];"
            "box.form.requestSubmit();",
            line,
        )
        until(lambda: not self.js("return flashlab.phone.isBusy"), f"the end of: {line}")
        said = "return flashlab.phone.output.slice(arguments[0]).map((o) => o.text).join('\\n')"
        return self.js(said, before)
