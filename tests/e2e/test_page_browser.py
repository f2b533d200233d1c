# SPDX-License-Identifier: MIT
"""
The page in Chromium: a brick, why, the cure, home; three widths, two languages, the keyboard alone; a
reload in the middle of a flash; without a network; and everything that may go wrong with it.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Iterator

import pytest
from accessible import axe_complaints, check_focus_order
from page_twin import site
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from story import SCREENS, different_blocks
from web_page import DOING, READY, StaticServer, WebPage
from workshop_page import CONTROLS, FAINT, SIZES, WIDE


@pytest.fixture
def bare(web_page) -> Iterator[WebPage]:
    yield web_page
    web_page.leave()


@pytest.fixture
def page(bare) -> WebPage:
    """In the projector's size, with nothing kept from the test before."""
    page = bare
    page.resize(SIZES["projector"])
    page.open("?" + str(time.monotonic_ns()))
    page.js("return flashlab.phone.factoryNew({model: 'dipper', made_for: 'cn', rom: 'global',"
               "lock: 'unlocked', policy: 'announced'})")  # fmt: skip
    page.complaints()
    return page


# Counts the pictures with a pixel that is not opaque: some browsers show it white, some black.
SEE_THROUGH = """
globalThis.seeThrough = 0;
const type = CanvasRenderingContext2D.prototype;
const put = type.putImageData;
type.putImageData = function (image, ...where) {
    globalThis.seeThrough += image.data.some((value, at) => at % 4 === 3 && value !== 255);
    return put.call(this, image, ...where);
};
"""


def test_brick_why_cure_home(page):
    page.js(SEE_THROUGH)
    page.click("#power button", "Switch on")
    page.verdict("brick region-mismatch made-for=cn rom=global")
    assert "made for China, but the ROM is for Global" in page.one(".why-verdict").text
    stopped = page.one(".why-stage[data-state=stopped]").text
    assert "Policy" in stopped and "≠" in stopped
    page.wait(lambda: screen_is(page, "region-cn-global"), "the screen of QEMU's phone")
    page.shoot("brick")
    page.click("[data-next=next_cure]")
    page.verdict("home orange rom=cn")
    page.shoot("home")
    assert page.js(DOING) == "rom"
    assert page.js("return seeThrough") == 0
    assert page.js("return flashlab.phone.machine.events.length") > 20
    assert page.complaints() == []


def screen_is(page: WebPage, name: str) -> bool:
    """But for the serial number and the version below, which are the page's own."""
    taken, wanted = page.canvas("#screen"), Image.open(SCREENS / f"{name}.png")
    if taken is None or taken.size != wanted.size:
        return False
    box = (0, 0, taken.width, int(taken.height * 0.9))
    return different_blocks(taken.crop(box), wanted.crop(box)) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_width(page, language):
    if page.js("return document.documentElement.lang")[:2] != language:
        page.js("document.getElementById('language').click()")
    page.js("flashlab.phone.power.on({hold: ['volume-down']})")
    page.verdict("fastboot keys")
    page.type("fastboot getvar all")
    page.type("explain")
    page.one("#output", {"en": "The bootloader starts", "zh": "引导程序最先运行"}[language])
    for name, size in SIZES.items():
        page.resize(size)
        assert page.js(WIDE) is None, name
        assert [html for html, words in page.js(CONTROLS) if not words] == [], name
        assert page.js(FAINT) == [], name
        page.shoot(f"{name}-{language}")


def test_the_keyboard_alone(page):
    """Tab to the button that switches it on; then the phone's own keys; then the command box."""

    def press(*keys: str) -> None:
        ActionChains(page.driver).send_keys(*keys).perform()

    for _ in range(60):
        press(Keys.TAB)
        if page.js("return document.activeElement.id") == "switch_on":
            break
    press(Keys.ENTER)
    page.verdict("brick region-mismatch")
    page.js("document.activeElement.blur()")
    press(Keys.ARROW_DOWN)
    press(Keys.ENTER)  # Volume down, then Power: fastboot
    page.verdict("fastboot keys")
    for _ in range(60):
        press(Keys.TAB)
        if page.js("return document.activeElement.id") == "line":
            break
    press("fastboot getvar product", Keys.ENTER)
    page.one("#output", "product: dipper")


def test_tab_comes_to_every_control_in_its_order(page):
    page.wait(lambda: page.js("return !!flashlab.page.stories"), "the stories have come")
    page.js("return flashlab.page.stories.begin('01-reads-only')")
    assert check_focus_order(page) > 40


def test_the_rules_of_axe(page):
    page.js("flashlab.phone.power.on()")
    page.verdict("brick")
    assert axe_complaints(page) == []


def test_a_scene_in_a_link(page):
    page.open("#model=whyred&made-for=cn&rom=global&lock=locked&policy=shipped")
    assert page.js("return flashlab.phone.scene.model") == "whyred"
    page.js("flashlab.phone.power.on()")
    page.verdict("recovery region-mismatch")
    page.open("#model=nonsense&rom=<script>&lock=locked")
    assert page.js("return flashlab.phone.scene") == {
        "model": "dipper", "made_for": "cn", "rom": "global", "lock": "locked", "policy": "announced",
    }  # fmt: skip
    assert "lock=locked" in page.js("return location.hash")


def test_the_account_unlocks(page):
    page.js("return flashlab.phone.factoryNew({...flashlab.phone.scene, rom: 'cn', lock: 'locked'})")
    assert "no account is bound" in page.type("account unlock")
    page.js("return flashlab.phone.power.on()")
    page.verdict("home green rom=cn")
    assert "360 of 360 hours to wait" in page.type("account bind")
    assert "it may be unlocked now" in page.type("account wait 360h")
    assert "verdict: fastboot keys" in page.type("power on --hold volume-down")
    assert "FAILED" in page.type("fastboot flash boot global/boot.img")
    assert "Unlocking  OKAY" in page.type("account unlock")
    page.verdict("home orange rom=cn")


def test_the_command_box(page):
    assert "no phone is in fastboot mode" in page.type("fastboot devices")
    page.type("power on --hold volume-down")
    assert "max-download-size" in page.type("fastboot getvar all")
    assert "no such file" in page.type("fastboot flash boot nothing.img")
    assert "Writing 'boot'  OKAY" in page.type("fastboot flash boot cn/boot.img")
    assert "there is no command" in page.type("rm -rf /")
    assert "did you mean fastboot?" in page.type("fasboot getvar all")
    assert "region-mismatch" in page.type("fastboot oem why")
    assert "done" in page.type("flash_all_lock cn")
    page.verdict("home green rom=cn")


def test_a_reload_in_the_middle_of_a_flash(page):
    """What was answered with OKAY is there; the phone is off, as after a power cut."""
    page.type("power on --hold volume-down")
    page.js("flashlab.phone.run('flash_all cn')")
    page.wait(lambda: "Writing 'vbmeta'" in page.js("return flashlab.phone.output.map((o) => o.text).join()"),
              "a part of it is written")  # fmt: skip
    page.reload()
    assert page.js("return flashlab.phone.machine.isOn") is False
    page.type("power on --hold volume-down")
    assert "rom=cn" in page.js("return JSON.stringify(flashlab.phone.events)").replace('"rom":"', "rom=")
    assert "done" in page.type("flash_all cn")
    page.verdict("home orange rom=cn")
    page.reload()
    page.js("flashlab.phone.power.on()")
    page.verdict("home orange rom=cn")


def test_lock_and_fuses_are_kept(page):
    page.type("power on --hold volume-down")
    page.type("flash_all_lock cn")
    page.verdict("home green rom=cn")
    page.reload()
    page.js("flashlab.phone.power.on()")
    page.verdict("home green rom=cn")
    page.js("return flashlab.phone.factoryNew()")
    page.js("flashlab.phone.power.on()")
    page.verdict("brick region-mismatch")


def test_power_and_cable(page):
    page.type("power on --hold volume-down")
    page.js("flashlab.phone.run('flash_all cn')")
    page.wait(lambda: page.js("return flashlab.phone.isBusy"), "it flashes")
    page.js("flashlab.phone.power.pullCable()")
    page.wait(lambda: not page.js("return flashlab.phone.isBusy"), "the client gives up")
    assert "done" in page.type("flash_all cn")  # the phone is clean for the next one
    page.verdict("home orange rom=cn")
    page.js("flashlab.phone.power.cut()")
    assert page.js(DOING) == "off"


def test_dropped_files(page):
    page.js("return flashlab.phone.factoryNew({...flashlab.phone.scene, rom: 'cn'})")
    page.type("power on --hold volume-down")
    page.js(
        """
        const more = {dataTransfer: new DataTransfer(), bubbles: true, cancelable: true};
        more.dataTransfer.items.add(new File(["ANDROID!"], "a boot<b>.img"));
        document.getElementById("phone").dispatchEvent(new DragEvent("drop", more));
        """
    )
    page.one("#output", "a_boot_b_.img is here now")
    assert "OKAY" in page.type("fastboot flash boot a_boot_b_.img")
    page.type("power on")
    page.verdict("brick no-rom")
    said = page.js(
        """
        const huge = {name: "userdata.img", size: 4 * 2 ** 30};
        const event = new Event("drop", {cancelable: true});
        event.dataTransfer = {getData: () => "", files: [huge]};
        document.getElementById("phone").dispatchEvent(event);
        return flashlab.phone.output.at(-1).text;
        """
    )
    assert said == "userdata.img is too large for this phone: 4096 MiB; at most 128 MiB."


def test_storage_that_is_full(page):
    page.js(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); };"
    )
    page.type("power on --hold volume-down")
    assert "done" in page.type("flash_all cn")
    page.one("#notice", "storage is full")
    page.verdict("home orange rom=cn")


def test_a_second_tab_keeps_nothing(page):
    other = page.another()
    try:
        other.open()
        other.one("#notice", "Another tab has the phone")
        other.js("flashlab.phone.power.on()")
        other.verdict("brick region-mismatch")
    finally:
        other.close()


@pytest.mark.parametrize(
    "name, harm, says",
    [
        ("core.wasm", "cut", "core.wasm is damaged"),
        ("core.wasm", "gone", "core.wasm did not arrive: the server answered 404"),
        ("data/dipper.pack", "cut", "data/dipper.pack is damaged"),
        ("data/models.json", "gone", "data/models.json did not arrive"),
    ],
)
def test_files_that_are_not_whole(bare, tmp_path, name, harm, says):
    folder = tmp_path / "page"
    shutil.copytree(site(), folder)
    broken = folder / name
    content = broken.read_bytes()
    broken.unlink()
    if harm == "cut":
        broken.write_bytes(content[: len(content) // 2])
    with StaticServer(folder) as server:
        bare.driver.get(server.url)
        bare.one("#notice", says)


@pytest.mark.parametrize("name, words", [("dipper-roms.pack", "brick no-rom"), ("rom.wasm", "")])
def test_a_rom_that_does_not_arrive(bare, tmp_path, name, words):
    """The phone says what a phone says whose disk fails; the page does not hang."""
    folder = tmp_path / "page"
    shutil.copytree(site(), folder)
    (folder / ("data/" + name if name.endswith(".pack") else name)).unlink()
    with StaticServer(folder) as server:
        page = bare
        page.driver.get(server.url)
        page.wait(lambda: page.js(READY), "the page is there")
        if words:
            page.click("#power button", "Switch on")
            page.verdict("brick")
        else:
            page.js("return flashlab.phone.factoryNew({...flashlab.phone.scene, rom: 'cn'})")
            page.click("#power button", "Switch on")
            page.one("#notice", "rom.wasm did not arrive")


def test_without_a_network(bare, tmp_path):
    browser = bare
    folder = tmp_path / "page"
    shutil.copytree(site(), folder)
    with StaticServer(folder) as server:
        browser.driver.get(server.url)
        browser.wait(lambda: browser.js(READY), "the page is there")
        cached = """
        const done = arguments[0];
        navigator.serviceWorker.ready.then(async () => {
            const names = await caches.keys();
            done(names.some((name) => name.startsWith("flashlab-")));
        });
        """
        browser.wait(lambda: browser.driver.execute_async_script(cached), "everything is kept")
        url = server.url
    browser.driver.get("about:blank")
    browser.driver.get(url + "#model=mido&rom=cn&lock=locked")
    browser.wait(lambda: browser.js(READY), "the page is there without its server")
    browser.js("flashlab.phone.power.on()")
    browser.verdict("home green rom=cn")


def test_about_is_whole_in_both_languages(page):
    """The page leads to the reader's language; each has the same headings, points and commands."""
    for language, words in (("zh", "关于"), ("en", "About")):
        if page.js("return document.documentElement.lang")[:2] != language:
            page.js("document.getElementById('language').click()")
        page.js("document.activeElement.blur()")
        page.click(".top nav a", words)
        page.one(f"#{language} article h2")
        assert page.js("return [...document.querySelectorAll('.language')].filter("
                       "(e) => e.checkVisibility()).map((e) => e.id)") == [language]  # fmt: skip
        assert page.js(WIDE) is None and page.js(FAINT) == []
        page.shoot(f"about-{language}")
        parts = page.js("return ['en', 'zh'].map((id) => [...document.querySelectorAll("
                        "`#${id} article > *, #${id} li`)].map((e) => e.tagName))")  # fmt: skip
        assert parts[0] == parts[1] and len(parts[0]) > 10
        page.open()


def test_nothing_is_asked_of_anybody_else(page):
    page.open()
    page.js("flashlab.phone.power.on()")
    page.verdict("brick")
    names = page.js("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert names and [name for name in names if not name.startswith(page.url)] == []
    assert page.js("return document.cookie") == ""
    policy = page.js("return document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    inline = "const s = document.createElement('script'); s.textContent = 'window.ran = true';"
    assert page.js(f"window.ran = false; {inline} document.head.append(s); return window.ran;") is False


def test_no_code_is_made_of_text():
    for file in Path(site()).rglob("*.js"):
        text = file.read_text(encoding="utf-8")
        for word in ("eval(", "new Function", "innerHTML", "document.write", "insertAdjacentHTML"):
            assert word not in text, f"{file}: {word}"
        for address in ("http://", "https://", "//cdn"):
            assert address not in text, f"{file}: {address}"
