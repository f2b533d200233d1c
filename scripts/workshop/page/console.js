// SPDX-License-Identifier: MIT
// What was typed and what came of it, the command box, and the phone's own log.
import { followEnd, h } from "./dom.js";
import { onLanguage, t, told } from "./language.js";

function lineOf(line) {
  const { type, text, sides, code } = line;
  if (type === "ended") {
    return h("p.ended", { data: { good: code === 0 } },
      code === 0 ? t("ended_ok") : t("ended_bad", { code }));
  }
  const words = told(sides ?? text);
  return h(`p.${type}`, {}, ["typed", "tried"].includes(type) ? `$ ${words}` : words);
}

/** What was typed; what is new or has changed is put in, the rest stays as it is. */
export class Output {
  #phone;
  #list = h("div.lines", { role: "log", tabIndex: 0 });
  #shown = [];
  #follow = followEnd(this.#list);

  constructor(phone) {
    this.#phone = phone;
    this.element = this.#list;
    this.show = () => this.#show();
    phone.on("output", this.show);
    this.deaf = onLanguage(() => {
      this.#shown = [];
      this.#show();
    });
  }

  #show() {
    const lines = this.#phone.output;
    this.#list.setAttribute("aria-label", t("output"));
    const differs = this.#shown.findIndex((line, number) => line !== lines[number]);
    const same = differs < 0 ? this.#shown.length : differs;
    [...this.#list.children].slice(same).forEach((line) => line.remove());
    this.#list.append(...lines.slice(same).map(lineOf),
      ...(lines.length ? [] : [h("p.note", {}, t("output_empty"))]));
    this.#shown = lines;
    this.#follow();
  }

  end() {
    this.deaf();
    this.#phone.removeEventListener("output", this.show);
  }
}

export class Log {
  #phone;

  constructor(phone) {
    this.#phone = phone;
    this.element = h("pre.lines", { tabIndex: 0 });
    const follow = followEnd(this.element);
    this.show = () => {
      this.element.setAttribute("aria-label", t("log"));
      this.element.textContent = phone.log || t("log_empty");
      follow();
    };
    phone.on("log", this.show);
    this.deaf = onLanguage(this.show);
  }

  end() {
    this.deaf();
    this.#phone.removeEventListener("log", this.show);
  }
}

/**
 * A line to type: fastboot, adb, and the page's own verbs. The arrow keys bring earlier ones back.
 */
export function commandBox(phone) {
  const past = [];
  let at = 0;
  const input =
    h("input", { type: "text", autocomplete: "off", spellcheck: false, maxLength: 400 });
  const button = h("button", { type: "submit" });
  const run = async (line) => {
    past.push(line);
    at = past.length;
    if (!await phone.commands.run(line)) {
      input.value ||= line; // not taken: the phone is busy, or the class is frozen
    }
  };
  const form = h("form.command", { onsubmit: (event) => {
    event.preventDefault();
    if (input.value.trim()) {
      run(input.value);
      input.value = "";
    }
  } }, h("span.prompt", { "aria-hidden": "true" }, "$"), input, button);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && past.length) {
      event.preventDefault();
      at = Math.max(0, Math.min(past.length, at + step));
      input.value = past[at] ?? "";
    }
  });
  const deaf = onLanguage(() => {
    input.placeholder = t("type_here");
    input.setAttribute("aria-label", t("type_label", { name: phone.name }));
    button.textContent = t("run");
  });
  return { element: form, end: deaf };
}
