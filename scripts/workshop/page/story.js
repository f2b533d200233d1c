// SPDX-License-Identifier: MIT
// A story as it is told: the phone's screen, the sentence of the step, the question before it, what
// was typed and what came of it. While a question is open, screen and reasons are covered.
import { explained } from "/shared/why-panel.js";
import { beforeNextPicture, h, refill } from "./dom.js";
import { keyButtons } from "./card.js";
import { sticker } from "./label.js";
import { both, language, onLanguage, t, told } from "./language.js";
import { whyOf } from "./panel.js";
import { questionCard } from "./question.js";
import { reported } from "./reported.js";

const COVERED = ["asking"];
const OVER = ["done", "failed", "solved"];

/** What happened in a step, as lines. */
function happened({ event, ...what }) {
  switch (event) {
    case "made":
    case "typed":
      return h("p.typed", {}, `$ ${what.line}`);
    case "ended":
      return h("div.ended-lines", {}, what.shown.map((line) => h("p", {}, told(line))),
        what.lines > what.shown.length ? h("p.note", {}, t("lines_folded", { lines: what.lines }))
          : null);
    case "verdict":
      return h("p.verdict", {}, `verdict: ${what.words}`);
    case "reported":
      return h("p.note", {}, reported(what.trace, what.sentence));
    case "noted":
      return h("p.note", {}, both(what.text));
    default:
      return null;
  }
}

export class StoryView {
  #phone;
  #ends = [];
  #screen = h("div");
  #cover = h("div.cover", { hidden: true }, "?");
  #words = h("div.story-words");
  #lines = h("div.story-lines.lines", { role: "log", tabIndex: 0 });
  #toEnd = beforeNextPicture(() => { this.#lines.scrollTop = this.#lines.scrollHeight; });
  #buttons = h("div.buttons.story-buttons");
  #why = h("div.story-why");
  #head = h("header.story-head");

  constructor(phone) {
    this.#phone = phone;
    this.element = h("main.story", {},
      h("div.story-phone", {}, h("div.story-screen", {}, this.#screen, this.#cover),
        keyButtons(phone)),
      h("div.story-side", {}, this.#head, this.#words, this.#buttons, this.#lines, this.#why));
    this.#ends.push(phone.screen.attach(this.#screen), whyOf(phone, this.#why));
    this.show = () => this.#show();
    this.#ends.push(onLanguage(this.show));
    ["story", "label"].forEach((kind) => phone.addEventListener(kind, this.show));
  }

  #show() {
    const { story, label } = this.#phone;
    if (!story) {
      return;
    }
    const covered = COVERED.includes(story.phase);
    this.#cover.hidden = !covered;
    this.#why.hidden = covered || story.phase === "making" || this.#phone.events.length === 0;
    this.element.dataset.phase = story.phase;
    refill(this.#head,
      h("div", {}, h("h1", {}, both(story.title)),
        h("p.facts", {}, h("span", {}, label.name), sticker(label),
          h("span", {}, `${label.title} · ${label.released?.slice(0, 4)}`),
          story.number ? h("span", {}, t("story_step", story)) : null)),
      h("button.plain", { type: "button", onclick: () => this.#phone.commands.story("end") },
        t("story_end")));
    this.#showWords(story);
    this.#showLines(story);
    this.#showButtons(story);
  }

  #showWords(story) {
    const parts = [];
    if (story.phase === "making") {
      parts.push(h("p.sentence", {}, t("story_making")));
    } else if (story.why && !OVER.includes(story.phase)) {
      parts.push(h("p.sentence", {}, explained(both(story.why), language())));
    }
    if (story.question && story.phase !== "done") {
      parts.push(questionCard(story.question, story.phase,
        (answer) => this.#phone.commands.story("vote", { answer })));
    }
    if (story.error) {
      parts.push(h("p.error", {}, t("story_failed")), h("pre.error-text", {}, told(story.error)));
    }
    if (story.lesson) {
      parts.push(h("h2", {}, t("story_lesson")),
        h("p.sentence", {}, explained(both(story.lesson), language())));
    }
    refill(this.#words, ...parts);
  }

  #showLines(story) {
    this.#lines.setAttribute("aria-label", t("output"));
    this.#lines.hidden = story.shown.length === 0 && !story.said;
    const lines = story.shown.map(happened).filter(Boolean);
    if (story.said && story.phase === "running") {
      lines.push(h("p", {}, told(story.said)));
    }
    this.#lines.replaceChildren(...lines);
    this.#toEnd();
  }

  #showButtons(story) {
    const { phase, number } = story;
    const words =
      { asking: "story_run", shown: number === 0 ? "story_begin" : "story_next" }[phase];
    const parts = [];
    if (words) {
      parts.push(h("button.main.big", { type: "button",
        onclick: () => this.#phone.commands.story("next") }, t(words)));
    } else if (phase === "running") {
      parts.push(h("p.running", { role: "status" }, t("story_running")));
    } else if (["done", "failed"].includes(phase)) {
      parts.push(h("button.main.big", { type: "button",
        onclick: () => this.#phone.commands.story("end") }, t("story_end")),
      h("button", { type: "button", onclick: () =>
        this.#phone.commands.story("story", { kind: "story", name: story.name }) },
          t("story_again")));
    }
    refill(this.#buttons, ...parts);
  }

  end() {
    this.#ends.forEach((end) => end());
    ["story", "label"].forEach((kind) => this.#phone.removeEventListener(kind, this.show));
    this.element.remove();
  }
}

/** How a story or an exercise stands: in whole, and short for a wall of many phones. */
export function storyState(phone) {
  const story = phone.story ?? phone.label.story; // the label: what another browser claims
  if (!story) {
    return { whole: "", short: "" };
  }
  const name = t(`tile_${story.kind}`, { number: Number.parseInt(story.name, 10) });
  const step = story.total ? ` ${story.number}/${story.total}` : "";
  return { whole: `${both(story.title)}${step}`, short: `${name}${step}` };
}
