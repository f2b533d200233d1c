// SPDX-License-Identifier: MIT
// The selected phone: verdict and why panel, and below what was typed, its log, and what else to
// do.
import { WhyPanel } from "/shared/why-panel.js";
import { actions } from "./actions.js";
import { commandBox, Log, Output } from "./console.js";
import { h } from "./dom.js";
import { isHidden } from "./label.js";
import { language, onLanguage, t } from "./language.js";

/** The why panel of a phone, in step with its trace and the reader's language. */
export function whyOf(phone, element) {
  const panel = new WhyPanel(element, language());
  const show = () =>
    panel.show(phone.label.state === "on" || phone.events.length ? phone.events : []);
  const deaf = onLanguage(() => {
    panel.language = language();
    show();
  });
  phone.addEventListener("trace", show);
  return () => {
    deaf();
    phone.removeEventListener("trace", show);
  };
}

const TABS = ["output", "log", "actions"];

export class Panel {
  #ends = [];
  #tabs = h("div.tabs", { role: "tablist" });
  #body = h("div.tab-body", { role: "tabpanel" });
  #views = {};
  #chosen = "output";

  constructor(phone, leads) {
    const why = h("div");
    this.#ends.push(whyOf(phone, why));
    const output = new Output(phone);
    const box = commandBox(phone);
    const stop =
      h("button.stop", { type: "button", hidden: true, onclick: () => phone.commands.stop() });
    const log = new Log(phone);
    const more = actions(phone, leads);
    this.#views = {
      output: [output.element, h("div.command-row", {}, box.element, stop)], log: [log.element],
      actions: [more.element],
    };
    this.#ends.push(() => output.end(), box.end, () => log.end(), more.end);
    const onLabel = () => {
      stop.hidden = phone.label.progress === null && !phone.label.busy;
    };
    phone.on("label", onLabel);
    this.#ends.push(() => phone.removeEventListener("label", onLabel));
    this.#body.append(...Object.values(this.#views).flat());
    this.element = h("section.panel", { "aria-label": phone.name }, why, this.#tabs, this.#body);
    const onStory = () => this.element.classList.toggle("no-why", isHidden(phone));
    phone.on("story", onStory);
    this.#ends.push(() => phone.removeEventListener("story", onStory));
    this.#ends.push(onLanguage(() => {
      stop.textContent = t("stop");
      this.#show();
    }));
  }

  #show() {
    this.#tabs.replaceChildren(...TABS.map((tab) => h("button.tab", {
      type: "button", role: "tab", "aria-selected": String(tab === this.#chosen),
      onclick: () => {
        this.#chosen = tab;
        this.#show();
        this.#tabs.querySelector("[aria-selected=true]").focus();
      },
    }, t(tab))));
    this.element.dataset.tab = this.#chosen;
    // hidden, not taken out: what is put in again begins at its top, and a log follows its end
    for (const [tab, elements] of Object.entries(this.#views)) {
      elements.forEach((element) => { element.hidden = tab !== this.#chosen; });
    }
  }

  end() {
    this.#ends.forEach((end) => end());
    this.element.remove();
  }
}
