# SPDX-License-Identifier: MIT
"""
What a page is for those who do not see it, or use no mouse: the order of the focus, and the rules
of axe-core, where it is at hand (a developer's own: npm install --prefix build/axe axe-core).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from workshop_page import Page

from lab import paths

AXE = paths.BUILD / "axe" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "best-practice"]})
    .then(({violations}) => done(violations.map(({id, help, nodes}) =>
        `${id}: ${help}: ${nodes.map(({html}) => html.slice(0, 120)).join(" | ")}`)),
        (error) => done([String(error)]));
"""
# In the order of the document: what Tab should come to, each marked with its number.
STOPS = """
const wanted = "a[href], button, input, select, textarea, [tabindex]";
const isShown = (e) => e.checkVisibility() && getComputedStyle(e).visibility !== "hidden"
    && !e.closest("[inert]");
const isStop = (e) => isShown(e) && !e.disabled && e.tabIndex >= 0;
const firstOfGroup = (e) => e.type !== "radio" || e.checked
    || e === document.querySelector(`input[type=radio][name="${e.name}"]`);
const stops = [...document.querySelectorAll(wanted)].filter((e) => isStop(e) && firstOfGroup(e));
stops.forEach((e, number) => { e.dataset.stop = number; });
return stops.map((e) => e.outerHTML.slice(0, 100));
"""
# At each press of Tab, where the focus is then, and whether it shows that it has it.
NOTE = """
const shows = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0
    || s.boxShadow !== "none";
const note = ({ key }) => {
    if (key !== "Tab") { return; }
    const e = document.activeElement;
    const within = e.closest("label");
    globalThis.stopsFound.push([e.dataset.stop === undefined ? null : Number(e.dataset.stop),
        shows(getComputedStyle(e)) || within !== null && shows(getComputedStyle(within))]);
};
globalThis.stopsFound = [];
document.addEventListener("keyup", note, true);
globalThis.stopNoting = () => document.removeEventListener("keyup", note, true);
"""
NOTED = "stopNoting(); return stopsFound;"
AT_TOP = "document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0);"


def check_focus_order(page: Page) -> int:
    """Tab comes to every control once, in the document's order, and each shows that it has it."""
    stops = page.js(STOPS)
    page.js(AT_TOP + "document.body.tabIndex = -1; document.body.focus();")
    page.js(NOTE)
    ActionChains(page.driver).send_keys(Keys.TAB * len(stops)).perform()
    noted = page.js(NOTED)
    found = [number for number, _ in noted]
    unseen = [number for number, is_seen in noted if not is_seen]
    page.js("document.body.removeAttribute('tabindex'); " + AT_TOP)
    assert found == list(range(len(stops))), (found, stops)
    assert [stops[number] for number in unseen] == [], "no outline where the focus is"
    return len(stops)


def axe_complaints(page: Page) -> list[str]:
    if not AXE.is_file():
        pytest.skip(f"no axe-core: npm install --prefix {paths.BUILD / 'axe'} axe-core")
    return rules_broken(page)


def rules_broken(page: Page) -> list[str]:
    """Of axe-core; none, where that is not at hand."""
    if not AXE.is_file():
        return []
    if not page.js("return Boolean(window.axe)"):
        page.js(Path(AXE).read_text(encoding="utf-8"))
    return page.driver.execute_async_script(AXE_RUN)


def press(page: Page, *keys: str) -> None:
    ActionChains(page.driver).send_keys(*keys).perform()


def check_dialog(page: Page, opener: str, text: str = "", dialog: str = "dialog") -> None:
    """
    Opened by the keyboard: the focus moves in, Tab keeps it inside, Escape closes it and brings the
    focus back.
    """
    page.js("arguments[0].focus()", page.one(opener, text))
    page.js("document.activeElement.dataset.opener = 'true'")
    press(page, Keys.ENTER)
    page.one(dialog)
    inside = "return Boolean(document.activeElement.closest(arguments[0]))"
    assert page.js(inside, dialog), f"{opener} {text}: the focus is not in the dialog"
    wanted = f"{dialog} button, {dialog} select, {dialog} input"
    stops = [element for element in page.all(wanted) if element.is_displayed()]
    outside = []
    for key in [Keys.TAB] * (len(stops) + 2):
        press(page, key)
        at = "const e = document.activeElement; return e === document.body || e.closest(arguments[0])"
        if not page.js(f"{at} ? null : e.outerHTML.slice(0, 100)", dialog):
            continue
        outside.append(page.js("return document.activeElement.outerHTML.slice(0, 100)"))
    assert outside == [], f"{opener} {text}: the focus leaves the dialog"
    assert rules_broken(page) == []
    press(page, Keys.ESCAPE)
    page.wait(lambda: page.all(dialog) == [], "Escape closes it")
    back = "return document.activeElement.dataset.opener === 'true'"
    assert page.js(back), f"{opener} {text}: the focus does not come back"
    page.js("delete document.activeElement.dataset.opener")
