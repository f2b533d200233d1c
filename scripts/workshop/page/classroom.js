// SPDX-License-Identifier: MIT
// The leader's wall: the way in for the class, and every student's phone, small and live.
import { ask } from "./dialog.js";
import { h, text } from "./dom.js";
import { showState, stateWord, sticker } from "./label.js";
import { showLarge } from "./large.js";
import { onLanguage, t } from "./language.js";
import { storyState } from "./story.js";

class Tile {
  #phone;
  #app;
  #screen = h("button.tile-screen", { type: "button" });
  #who = h("strong.who");
  #about = h("p.facts");
  #word = h("p.word");
  #state = h("p.state");
  #story = h("p.tile-story");
  #buttons = h("div.tile-buttons");
  #ends = [];

  constructor(phone, app) {
    this.#phone = phone;
    this.#app = app;
    const holder = h("div");
    this.#screen.append(holder);
    this.#screen.addEventListener("click", () => showLarge(phone));
    this.element = h("li.tile", {}, this.#who, this.#screen, this.#word, this.#state, this.#story,
      this.#about, this.#buttons);
    this.show = () => this.#show();
    this.#ends.push(phone.screen.attach(holder), onLanguage(this.show));
    ["label", "trace", "story"].forEach((kind) => phone.addEventListener(kind, this.show));
  }

  #show() {
    const student = this.#app.classState?.students.find(({ phone }) => phone === this.#phone.name);
    if (!student) {
      return;
    }
    this.element.dataset.away = student.away;
    this.#screen.setAttribute("aria-label", `${t("large")}: ${student.name}`);
    this.#who.textContent = this.#who.title = student.name; // a long one is cut off
    showState(this.#phone, this.#state);
    text(this.#word, stateWord(this.#phone.label));
    this.#word.dataset.mood = this.#state.dataset.mood;
    const { whole, short } = storyState(this.#phone);
    this.#story.replaceChildren(h("span.whole", {}, whole), h("span.short", {}, short));
    this.#about.replaceChildren(h("span", {}, this.#phone.name),
      student.away ? h("span.warn", {}, t("away")) : "", sticker(this.#phone.label),
      student.solved.length
        ? h("span.solved", {}, `✓ ${t("solved", { count: student.solved.length })}`) : "",
      student.solved.length && student.claimed ? h("span.claimed", {}, t("claimed")) : "");
    this.#buttons.replaceChildren(
      h("button",
        { type: "button",
        onclick: () => this.#app.server.do("reset", { which: this.#phone.name }).catch(() => {}) },
        t("reset_one")),
      h("button", { type: "button", onclick: () => this.#showOut(student) }, t("show_out")));
  }

  async #showOut(student) {
    if (await ask(t("show_out"), student.name,
      [{ value: "yes", words: t("show_out"), kind: "danger" }])) {
      this.#app.server.do("show_out", { student: student.id }).catch(() => {});
    }
  }

  end() {
    this.#ends.forEach((end) => end());
    ["label", "trace", "story"].forEach((kind) => this.#phone.removeEventListener(kind, this.show));
    this.element.remove();
  }
}

export class Classroom {
  #app;
  #tiles = new Map();
  #door = h("section.door-card");
  #bar = h("div.buttons.class-bar");
  #wall = h("ul.wall");
  #nobody = h("p.empty");

  constructor(app) {
    this.#app = app;
    this.element = h("main.classroom", {}, h("div.class-top", {}, this.#door, this.#bar),
      this.#nobody, this.#wall);
    onLanguage(() => this.show());
  }

  show() {
    const { classState, stock } = this.#app;
    const has = Boolean(classState?.code);
    this.#showDoor(classState, stock, has);
    this.#bar.hidden = !has;
    this.#bar.replaceChildren(
      h("button", { type: "button", "aria-pressed": String(classState?.frozen ?? false),
        onclick: () => this.#app.server.do("freeze", { on: !classState.frozen }).catch(() => {}) },
      t(classState?.frozen ? "unfreeze" : "freeze")),
      ...this.#whereButton(classState),
      h("button.danger", { type: "button", onclick: () => this.#resetAll() }, t("reset_all")));
    this.#showWall();
    this.#nobody.hidden = !has || this.#tiles.size > 0;
    this.#nobody.textContent = t("nobody");
  }

  /** Where the phones of those run who join from now on. */
  #whereButton(classState) {
    const { in_browsers: on, may_be_in_browsers: may } = classState ?? {};
    return may
      ? [h("button", { type: "button", "aria-pressed": String(on), title: t("browsers_about"),
      onclick: () => this.#app.server.do("browsers", { on: !on }).catch(() => {}) },
    t(on ? "browsers_on" : "browsers_off"))] : [];
  }

  #showDoor(classState, stock, has) {
    if (!has) {
      this.#door.replaceChildren(h("p", {}, t("class_none")));
      return;
    }
    this.#door.replaceChildren(h("img", { src: "/qr.svg", alt: t("qr") }),
      h("div", {}, h("p", {}, t("class_how")), h("p.address", {}, stock.class_url.split("/?")[0]),
        h("p", {}, `${t("class_code")}: `, h("span.code-large", {}, classState.code))));
  }

  #showWall() {
    const phones = [...this.#app.phones.all.values()].filter(({ label }) => label.owner);
    for (const [name, tile] of this.#tiles) {
      if (!phones.includes(tile.phone)) {
        tile.end();
        this.#tiles.delete(name);
      }
    }
    for (const phone of phones.filter(({ name }) => !this.#tiles.has(name))) {
      this.#tiles.set(phone.name, Object.assign(new Tile(phone, this.#app), { phone }));
    }
    this.#tiles.forEach((tile) => tile.show());
    const shown = [...this.#tiles.values()].map(({ element }) => element);
    if (shown.some((element, number) => this.#wall.children[number] !== element)
      || shown.length !== this.#wall.children.length) {
      this.#wall.replaceChildren(...shown);
    }
  }

  async #resetAll() {
    if (await ask(t("reset_all"), "", [{ value: "yes", words: t("reset_all"), kind: "danger" }])) {
      this.#app.server.do("reset", { which: "all" }).catch(() => {});
    }
  }
}
