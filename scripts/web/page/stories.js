// SPDX-License-Identifier: MIT
// Stories on the page: the list of them, and the one that is told, a step at a time. A question is
// asked before its step; what the phone would show too early waits meanwhile (story.js).
import { Player } from "../story.js";
import { say } from "../shared/language.js";
import { explained } from "../shared/why-panel.js";
import { byId, h } from "./dom.js";
import { STORY_TEXTS } from "./story_texts.js";

const LETTERS = "ABCD";

export class Stories {
  #phone;
  #told = { stories: [], elsewhere: [] };
  #player = null; // of the story that is told
  #at = 0; // the step that is shown, from 1; behind the last one: the lesson
  #phase = "asking"; // then running, and shown (what came of it) or failed
  #chosen = null;
  #notes = [];
  #failure = null; // an error
  language = "en";

  constructor(phone) {
    this.#phone = phone;
    phone.addEventListener("label", () => this.#player && !this.#isMaking && this.end());
  }

  async open() {
    this.#told = await this.#phone.site.stories();
  }

  show() {
    this.#showList();
    this.#showTold();
  }

  /** Begins one, on a phone that leaves the factory for it. */
  async begin(name) {
    this.#player?.stop();
    const story = this.#told.stories.find((each) => each.name === name);
    this.#player = new Player(story, this.#phone,
      { onNote: (text, fields) => this.#note(text, fields) });
    this.#failure = null;
    await this.#making(() => this.#player.begin());
    this.#goTo(1);
    byId("story").scrollIntoView({ block: "nearest" });
  }

  end() {
    this.#player?.stop();
    this.#player = null;
    this.show();
  }

  #isMaking = false;

  async #making(does) {
    this.#isMaking = true;
    await does();
    this.#isMaking = false;
  }

  #goTo(number) {
    this.#at = number;
    this.#phase = "asking";
    this.#chosen = null;
    this.#notes = [];
    this.show();
  }

  async #run() {
    const player = this.#player;
    this.#phase = "running";
    this.show();
    try {
      await this.#making(() => player.play(this.#at));
    } catch (error) {
      this.#failure = error;
    }
    this.#isMaking = false;
    if (this.#player !== player) {
      return; // ended meanwhile
    }
    const { question } = player.story.steps[this.#at - 1];
    this.#phase = this.#failure ? "failed" : "shown";
    if (this.#phase === "shown" && !question && this.#notes.length === 0) {
      this.#goTo(this.#at + 1);
    } else {
      this.show();
    }
  }

  #note(text, fields) {
    this.#notes.push(say(text, this.language, fields));
  }

  #t(name, fields = {}) {
    return say(STORY_TEXTS[name], this.language, fields);
  }

  // The list.

  #showList() {
    const { stories, elsewhere } = this.#told;
    const current = this.#player?.story.name;
    const rows = [...stories, ...elsewhere].sort((one, other) => one.number - other.number);
    byId("stories").replaceChildren(
      h("h2", {}, this.#t("stories")), h("p.hint", {}, this.#t("stories_hint")),
      h("ol.stories", {}, ...rows.map((row) => this.#row(row, current))));
  }

  #row(row, current) {
    const words = [h("span.number", {}, String(row.number)), row.title[this.language]];
    return h("li", {}, row.steps
      ? h("button.story-row", { type: "button", "aria-current": row.name === current && "true",
        data: { story: row.name }, onclick: () => this.begin(row.name) }, ...words)
      : h("p.story-row", {}, ...words, h("small", {}, this.#t("in_the_lab"))));
  }

  // The one that is told.

  #showTold() {
    const holder = byId("story");
    const had = holder.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    document.body.dataset.told = String(this.#player !== null);
    holder.hidden = this.#player === null;
    if (!this.#player) {
      holder.replaceChildren();
      return;
    }
    const { story } = this.#player;
    const step = story.steps[this.#at - 1];
    holder.setAttribute("aria-label", story.title[this.language]);
    holder.replaceChildren(this.#head(story), ...(step ? this.#step(step) : this.#lesson(story)));
    if (had) {
      (holder.querySelector(`[data-key="${had}"]:not(:disabled)`)
        ?? holder.querySelector("button.main"))?.focus();
    }
  }

  #head({ number, title, steps }) {
    const at = Math.min(this.#at, steps.length);
    return h("header.story-head", {},
      h("h2", {}, `${number}. ${title[this.language]}`),
      h("span.story-at", {}, this.#t("step", { at, of: steps.length })),
      h("button.plain", { type: "button", data: { key: "end" }, onclick: () => this.end() },
        this.#t("end")));
  }

  #step(step) {
    const isTyped = step.kind === "type" && this.#phase !== "shown";
    return [
      h("p.story-why", {}, explained(step.why[this.language], this.language)),
      ...(step.question ? [this.#question(step.question)] : []),
      ...(isTyped ? [h("code.story-line", {}, step.what)] : []),
      ...this.#notes.map((note) => h("p.story-note", {}, note)),
      ...(this.#failure ? [h("p.story-failed", { role: "alert" },
        `${this.#t("failed")} ${this.#whyFailed()}`)] : []),
      this.#button(),
    ];
  }

  #whyFailed() {
    const { message, zh } = this.#failure;
    return this.language === "zh" && zh ? zh : message;
  }

  #button() {
    const press = { asking: ["run", () => this.#run()],
      shown: ["next", () => this.#goTo(this.#at + 1)],
      failed: ["again", () => this.begin(this.#player.story.name)] }[this.#phase];
    if (!press) { // a button still, so that it keeps the focus
      return h("button.main.story-running", { type: "button", "aria-disabled": "true",
        data: { key: "go" } }, this.#t("running"));
    }
    return h("button.main", { type: "button", data: { key: "go" }, onclick: press[1] },
      this.#t(press[0]));
  }

  #question({ ask, answers, right, after }) {
    const isOpen = this.#phase === "asking";
    const isKnown = this.#phase === "shown";
    const row = (answer, number) => h("button.answer", {
      type: "button", disabled: !isOpen, "aria-pressed": String(this.#chosen === number),
      data: { key: `answer-${number}`, right: isKnown ? String(number === right) : null },
      onclick: () => {
        this.#chosen = number;
        this.show();
      },
    }, h("span.letter", {}, LETTERS[number]), answer[this.language],
    ...(isKnown && number === right ? [h("b", {}, ` ✓ ${this.#t("right")}`)] : []));
    return h("div.question", { role: "group", "aria-label": this.#t("question") },
      h("p.ask", {}, ask[this.language]), h("div.answers", {}, ...answers.map(row)),
      ...(isKnown ? [h("p.story-after", { role: "status" },
        explained(after[this.language], this.language))] : []));
  }

  #lesson(story) {
    return [
      h("p.story-lesson", { role: "status" },
        explained(story.lesson[this.language], this.language)),
      h("p.buttons", {},
        h("button.main", { type: "button", data: { key: "go" }, onclick: () => this.end() },
          this.#t("done")),
        h("button", { type: "button", data: { key: "again" },
          onclick: () => this.begin(story.name) }, this.#t("again"))),
    ];
  }
}
