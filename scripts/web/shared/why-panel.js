// SPDX-License-Identifier: MIT
// The why panel as a part of a page: the stages light up as the trace arrives, and say what was
// compared where it stopped. Wants why-panel.css. Only textContent: what a phone says is not
// trusted.
import { markWords } from "./glossary.js";
import { verdictOf } from "./verdict.js";
import { whyOf } from "./why.js";

const TEXTS = {
  en: { title: "Why?", phone: "phone", rom: "ROM", pass: "fits", refuse: "refused",
    "not-checked": "not checked",
    waiting: "not yet", passed: "passed", warned: "noticed", stopped: "stopped here",
      skipped: "not reached",
    nothing: "Switch the phone on, and see what it checks.", starting: "It starts …" },
  zh: { title: "为什么？", phone: "手机", rom: "系统", pass: "相符", refuse: "拒绝", "not-checked": "未检查",
    waiting: "尚未", passed: "通过", warned: "注意", stopped: "停在这里", skipped: "未到达",
    nothing: "打开手机，看看它检查什么。", starting: "正在启动……" },
};

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
  }
  made.append(...children);
  return made;
}

let tips = 0;

/** A word that explains itself: by hovering, by focus and by a tap. */
function glossaryWord({ text, entry }, language) {
  const tip = element("span", "why-tip", entry[language]);
  tip.id = `why-tip-${++tips}`;
  tip.setAttribute("role", "tooltip");
  const word = element("button", "why-word", text);
  word.type = "button";
  word.setAttribute("aria-describedby", tip.id);
  const holder = element("span", "why-term", word, tip);
  word.addEventListener("keydown", (event) => event.key === "Escape" && word.blur());
  return holder;
}

/** A text whose words of the glossary can be asked about. */
export function explained(text, language, seen = new Set()) {
  const made = document.createDocumentFragment();
  for (const piece of markWords(text, seen)) {
    made.append(typeof piece === "string" ? piece : glossaryWord(piece, language));
  }
  return made;
}

export class WhyPanel {
  #root;
  #language;
  #events = [];
  #rows = new Map();
  #verdict = element("p", "why-verdict");

  /** Fills `root`, an empty element of the page. */
  constructor(root, language) {
    this.#root = root;
    this.#language = language;
    root.classList.add("why-panel");
    this.#verdict.setAttribute("role", "status");
    this.show([]);
  }

  set language(language) {
    this.#language = language;
    this.#rows.clear();
    this.show(this.#events);
  }

  /** All events of the phone's trace so far; only what changed is drawn anew. */
  show(events) {
    this.#events = events;
    const rows = whyOf(events, this.#language);
    if (this.#rows.size === 0) {
      this.#build(rows);
    }
    const seen = new Set();
    for (const row of rows) {
      this.#fill(this.#rows.get(row.stage), row, seen);
    }
    this.#showVerdict();
  }

  #build(rows) {
    const list = element("ol", "why-stages");
    for (const { stage, name, asks } of rows) {
      const parts = { item: element("li", "why-stage"), state: element("span", "why-state"),
        body: element("div", "why-body"), filled: null };
      parts.item.append(element("span", "why-light"),
        element("div", "why-head", element("strong", "why-name", name),
          element("span", "why-asks", asks), parts.state),
        parts.body);
      parts.item.dataset.stage = stage;
      this.#rows.set(stage, parts);
      list.append(parts.item);
    }
    this.#root.replaceChildren(this.#verdict, list);
  }

  #fill(parts, row, seen) {
    const filled = JSON.stringify(row);
    if (parts.filled === filled) {
      markWords(row.sentence, seen);
      return;
    }
    parts.filled = filled;
    parts.item.dataset.state = row.state;
    parts.state.textContent = TEXTS[this.#language][row.state];
    parts.body.replaceChildren(...row.compared.map((compared) => this.#comparison(compared)),
      ...(row.sentence
        ? [element("p", "why-sentence", explained(row.sentence, this.#language, seen))] : []));
  }

  #comparison({ what, phone, rom, sign: shown, result }) {
    const texts = TEXTS[this.#language];
    const side = (label, value) =>
      element("span", "why-side", element("small", "", label), " ", value);
    const sign = element("b", "why-sign", shown);
    sign.setAttribute("aria-label", texts[result]);
    sign.title = texts[result];
    const made = element("p", "why-compared", element("span", "why-what", what),
      side(texts.phone, phone), sign, side(texts.rom, rom));
    made.dataset.result = result;
    return made;
  }

  #showVerdict() {
    const verdict = verdictOf(this.#events, this.#language);
    this.#verdict.dataset.mood = verdict?.mood ?? "waiting";
    const waiting = this.#events.length > 0 ? "starting" : "nothing";
    const text = verdict?.sentence ?? TEXTS[this.#language][waiting];
    if (this.#verdict.firstChild?.textContent !== text) {
      this.#verdict.replaceChildren(element("span", "why-verdict-sentence", text),
        ...(verdict ? [element("code", "why-verdict-words", `verdict: ${verdict.words}`)] : []));
    }
  }
}
