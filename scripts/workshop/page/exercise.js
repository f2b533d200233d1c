// SPDX-License-Identifier: MIT
// An exercise: the task beside the phone, which is used as on the bench; Check grades it.
import { h, refill } from "./dom.js";
import { Card } from "./card.js";
import { both, language, onLanguage, t, told } from "./language.js";
import { Panel } from "./panel.js";
import { Shelf } from "./shelf.js";
import { explained } from "/shared/why-panel.js";

/** What was seen; when that is not it, what is wanted. Which answer is right is not said. */
function pointWords({ what, wanted, seen, met }) {
  const words = `${met ? "✓" : "✗"} ${both(what)}: ${seen}`;
  return met || wanted === "?" ? words : words + t("wanted", { wanted });
}

export class ExerciseView {
  #phone;
  #card;
  #panel;
  #shelf;
  #task = h("section.task");
  #ends = [];
  #hints = 0;
  #answer = null;

  constructor(phone, app) {
    this.#phone = phone;
    this.#card = new Card(phone,
      { onSelect: () => {}, onDrop: (target, rom) => target.commands.flash(rom, "flash_all.sh") });
    this.#panel = new Panel(phone, false);
    this.#shelf = new Shelf(app.stock, () => phone);
    this.element = h("main.bench.exercise", {},
      h("div.left", {}, this.#task, this.#shelf.element),
      h("ul.row.one", {}, this.#card.element), h("div.side", {}, this.#panel.element));
    this.show = () => this.#show();
    this.#ends.push(onLanguage(this.show));
    phone.addEventListener("story", this.show);
  }

  #show() {
    const { story } = this.#phone;
    if (!story || story.kind !== "exercise") {
      return;
    }
    const hides = story.hide.includes("why");
    this.element.dataset.hide = hides ? "why" : "";
    this.#shelf.extra = story.roms;
    this.#shelf.show();
    const working = story.phase === "working";
    refill(this.#task,
      h("header.story-head", {}, h("h1", {}, both(story.title)),
        h("button.plain", { type: "button", onclick: () => this.#phone.commands.story("end") },
          t("close"))),
      h("p.sentence", {},
        story.phase === "making" ? t("story_making") : explained(both(story.task), language())),
      story.question && story.phase !== "making" ? this.#question(story) : "",
      h("div.buttons", {},
        working ? h("button.main.big", { type: "button", onclick: () => this.#check() },
          t("exercise_check")) : "",
        working && this.#hints < story.hints.length ? h("button", { type: "button", onclick: () => {
          this.#hints++;
          this.#show();
        } }, t("exercise_hint")) : ""),
      ...story.hints.slice(0, this.#hints).map((hint) => h("p.hint", {}, both(hint))),
      h("ul.points", {}, story.points.map((point) =>
        h("li", { data: { met: point.met } }, pointWords(point)))),
      story.phase === "solved" ? h("p.solved", { role: "status" }, `✓ ${t("exercise_solved")}`)
        : "",
      story.phase === "solved" && story.question?.after ? h("p", {}, both(story.question.after))
        : "",
      story.lesson ? h("p.sentence", {}, explained(both(story.lesson), language())) : "",
      story.error ? h("pre.error-text", {}, told(story.error)) : "");
  }

  #question(story) {
    return h("fieldset.question", {}, h("legend", {}, both(story.question.ask)),
      story.question.answers.map((answer, number) => h("label.pick", {},
        h("input",
          { type: "radio", name: "answer", checked: this.#answer === number,
          disabled: story.phase !== "working",
          onchange: () => {
            this.#answer = number;
          } }), both(answer))));
  }

  #check() {
    const answer = this.#answer === null ? {} : { answer: this.#answer };
    this.#phone.commands.story("check", answer);
  }

  end() {
    this.#ends.forEach((end) => end());
    this.#phone.removeEventListener("story", this.show);
    this.#card.end();
    this.#panel.end();
    this.element.remove();
  }
}
