# SPDX-License-Identifier: MIT
"""The workshop's page in a real browser: Debian's Chromium, headless."""

from __future__ import annotations

import asyncio
import base64
import io
import os
from pathlib import Path
from typing import Callable

from aiohttp import ClientSession, ClientWebSocketResponse
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import JavascriptException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from workshop_server import until

from lab import paths

# Chromium without the window around the page: half the processor's time. The program itself: what
# /usr/bin has is a shell script, and ending that does not end it.
CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
SHOTS = paths.BUILD / "page-screens"
SIZES = {"projector": (1280, 720), "large": (1920, 1080), "telephone": (390, 844)}

# The first that is shown and has the text, as soon as there is one: the page itself looks for it.
SHOWN = """
const [selector, text, most, done] = arguments;
const isIt = (e) => e.getClientRects().length > 0 && e.checkVisibility({checkVisibilityCSS: true})
    && e.innerText.includes(text);
const end = performance.now() + most;
const look = () => {
    const found = [...document.querySelectorAll(selector)].find(isIt);
    if (found || performance.now() > end) { done(found ?? null); } else { setTimeout(look, 40); }
};
look();
"""
SHOWN_MOST_MS = 10_000  # then it is asked anew
# Every control that can be reached, and its name for one who does not see it.
CONTROLS = """
const all = [...document.querySelectorAll("button, input, select, a[href], [tabindex='0']")]
    .filter((e) => e.offsetParent !== null && getComputedStyle(e).visibility !== "hidden");
return all.map((e) => [e.outerHTML.slice(0, 120),
    (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || "").trim()]);
"""
# What is wider than the page, or cut off on its right.
WIDE = """
const width = document.documentElement.clientWidth;
return document.documentElement.scrollWidth > width + 1
    ? ["page", document.documentElement.scrollWidth, width] : null;
"""
# Words that do not fit into their room: an ellipsis, or cut off below.
CLIPPED = """
const words = ".state, .tile-story, .who, .name, .facts, .claim-words, .why-sentence, h1, h2, button";
return [...document.querySelectorAll(words)].filter((e) => e.offsetParent !== null
        && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 1)
        && getComputedStyle(e).overflow !== "visible")
    .map((e) => e.outerHTML.slice(0, 120));
"""
# On a page in Chinese: what is shown or read aloud, and is an English sentence. Programs' words stay.
ENGLISH = """
const sentence = /[A-Za-z'’]+(?: [A-Za-z'’]+){3,}/;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const out = [];
for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const e = node.parentElement;
    if (e.checkVisibility() && !e.closest(".lines, code") && sentence.test(node.data)) {
        out.push(node.data);
    }
}
document.querySelectorAll("[aria-label], [title], [placeholder], [alt]").forEach((e) =>
    ["aria-label", "title", "placeholder", "alt"].forEach((name) =>
        sentence.test(e.getAttribute(name) ?? "") && out.push(e.getAttribute(name))));
return out;
"""
# Every sentence that a verdict may have, into every place that shows one; what is clipped then.
LONGEST = """
const done = arguments[arguments.length - 1];
import("/shared/verdict.js").then(({ SENTENCES }) => {
    const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    const longest = SENTENCES.map((one) => one[lang]).sort((a, b) => b.length - a.length)[0];
    document.querySelectorAll(".state, .claim-words").forEach((e) => { e.textContent = longest; });
    done(longest);
});
"""
# Letters against what is behind them (WCAG 2.1, contrast): all that is below 4.5 to 1.
FAINT = """
const line = (x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
const lum = (c) => { const v = c.map((x) => line(x / 255));
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
const ground = (e) => rgb(getComputedStyle(e).backgroundColor);
const behind = (e) => { for (; e; e = e.parentElement) { const c = ground(e);
    if (c.length < 4 || c[3] === 1) return c.slice(0, 3); } return [255, 255, 255]; };
const out = [];
const words = "button, p, span, strong, small, h1, h2, legend, label, code, li";
for (const e of document.querySelectorAll(words)) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const style = getComputedStyle(e);
  if (!own || e.offsetParent === null || style.visibility === "hidden" || e.disabled
      || e.closest("[data-state=skipped]")) continue;
  const [a, b] = [lum(rgb(style.color).slice(0, 3)), lum(behind(e))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) out.push([e.outerHTML.slice(0, 100), contrast.toFixed(2)]);
}
return out;
"""


def shot_file(name: str) -> Path | None:
    """Where a picture of a page is kept for somebody to look at: only FLASHLAB_SHOTS=1 wants them."""
    if not os.environ.get("FLASHLAB_SHOTS"):
        return None
    SHOTS.mkdir(exist_ok=True)
    return SHOTS / f"{name}.png"


class Browser:
    """One Chromium; each page of it has cookies of its own, like another person's browser."""

    def __init__(self) -> None:
        options = Options()
        options.binary_location = CHROMIUM
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.first = self.driver.current_window_handle

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()

    def close_pages(self) -> None:
        """All but the window that it began with."""
        for handle in self.driver.window_handles:
            if handle != self.first:
                self.driver.switch_to.window(handle)
                self.driver.close()
        self.driver.in_front = self.first
        self.driver.switch_to.window(self.first)

    def page(self, size: tuple[int, int] = SIZES["projector"], language: str = "en") -> "Page":
        return Page(self.driver, asyncio.run(self._another()), size, language)

    async def _another(self) -> str:
        """The driver has no word for it; the browser itself does."""
        where = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        async with ClientSession() as session:
            about = await (await session.get(f"http://{where}/json/version")).json()
            async with session.ws_connect(about["webSocketDebuggerUrl"]) as socket:
                context = await _ask(socket, "Target.createBrowserContext", {})
                wanted = {"url": "about:blank", **context}
                return (await _ask(socket, "Target.createTarget", wanted))["targetId"]


async def _ask(socket: ClientWebSocketResponse, method: str, words: dict) -> dict:
    await socket.send_json({"id": 1, "method": method, "params": words})
    while True:
        answer = await socket.receive_json()
        if answer.get("id") == 1:
            return answer["result"]


class Page:
    """One page; whatever is asked of it, it is in front."""

    def __init__(self, driver: webdriver.Chrome, handle: str, size: tuple, language: str) -> None:
        self._driver, self.handle = driver, handle
        prefer = f"Object.defineProperty(navigator, 'languages', {{value: ['{language}']}})"
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": prefer})
        self.resize(size)

    @property
    def driver(self) -> webdriver.Chrome:
        if getattr(self._driver, "in_front", None) != self.handle:
            self._driver.switch_to.window(self.handle)
            self._driver.in_front = self.handle
        return self._driver

    def close(self) -> None:
        """As if the lid was shut; the driver needs one window that is open."""
        self.driver.close()
        self._driver.in_front = self._driver.window_handles[0]
        self._driver.switch_to.window(self._driver.in_front)

    def resize(self, size: tuple[int, int]) -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def open(self, url: str) -> None:
        self.driver.get(url)
        connected = "return document.body.dataset.connected === 'true'"
        self.wait(lambda: self.js(connected), "the page is there")

    def shoot(self, name: str) -> None:
        file = shot_file(name)
        if file:
            self.driver.save_screenshot(str(file))

    def js(self, script: str, *words: object):
        return self.driver.execute_script(script, *words)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, look: Callable[[], object], what: str):
        def calm():
            try:
                return look()
            except StaleElementReferenceException:
                return None

        return until(calm, what)

    def one(self, selector: str, text: str = "") -> WebElement:
        """The first that is shown and has the text; waits for it."""
        def found() -> WebElement | None:
            try:
                return self.driver.execute_async_script(SHOWN, selector, text, SHOWN_MOST_MS)
            except JavascriptException as error:
                if "unloaded" not in str(error):
                    raise
                return None

        return self.wait(found, f"{selector} {text!r}")

    def click(self, selector: str, text: str = "") -> None:
        self.one(selector, text)

        def press() -> bool:
            return self.js(
                "const e = [...document.querySelectorAll(arguments[0])].find((x) =>"
                " x.offsetParent !== null && x.textContent.includes(arguments[1]));"
                "e?.click(); return Boolean(e);",
                selector,
                text,
            )

        self.wait(press, f"click {selector} {text!r}")

    def card(self, name: str) -> str:
        """The selector of a phone's card."""
        self.wait(lambda: name in self.cards(), f"the card of {name}")
        return f".card:nth-child({self.cards().index(name) + 1})"

    def cards(self) -> list[str]:
        names = "return [...document.querySelectorAll('.card .name')].map((e) => e.textContent)"
        return self.js(names)

    def drop(self, rom: str, name: str) -> None:
        """As a mouse would: dragged from the shelf onto the phone."""
        self.js(
            """
            const [from, to] = [...arguments].map((selector) => document.querySelector(selector));
            const more = {dataTransfer: new DataTransfer(), bubbles: true, cancelable: true};
            from.dispatchEvent(new DragEvent("dragstart", more));
            to.dispatchEvent(new DragEvent("dragover", more));
            to.dispatchEvent(new DragEvent("drop", more));
            """,
            f".rom[data-rom={rom}]",
            self.card(name),
        )

    def canvas(self, within: str) -> Image.Image | None:
        """What the phone's screen shows, as the browser has drawn it."""
        url = self.js(
            "const c = document.querySelector(arguments[0] + ' canvas');"
            "return c && c.width ? c.toDataURL() : null",
            within,
        )
        return Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))) if url else None

    def complaints(self) -> list[str]:
        """
        What the browser's console holds against our code. A refusal is an answer, and a phone that
        is switched off hangs up on the one who connects.
        """
        log = self.driver.get_log("browser")
        severe = [entry["message"] for entry in log if entry["level"] == "SEVERE"]
        usual = ("(Forbidden)", "/novnc/", "/screen", "VideoFrame")  # the last: noVNC 1.6
        return [message for message in severe if not any(word in message for word in usual)]
