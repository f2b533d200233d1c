// SPDX-License-Identifier: MIT
// The list of stories, and the one that is told on the selected phone.
import { h, showIn } from "./dom.js";
import { both, language, onLanguage, t, told } from "./language.js";
import { StoryView } from "./story.js";

/** A list of things to start on a phone; the leader can send one to everybody. */
export function listOf(app, kind, entries) {
  const phone = app.selected;
  const row = (entry, number) => h("li", {},
    h("span.number", {}, String(number + 1)),
    h("div.entry", {}, h("strong", {}, both(entry.title)),
      entry.task ? h("p", {}, both(entry.task)) : null,
      ...entry.missing.map((why) => h("p.warn", {}, told(why))),
      app.me.solved.includes(entry.name) ? h("p.solved", {}, `✓ ${t("exercise_solved")}`) : null),
    h("div.buttons", {},
      h("button.main", { type: "button", disabled: !phone || entry.missing.length > 0,
        onclick: () => phone.commands.story("story", { kind, name: entry.name }) },
      kind === "story" ? t("story_start", { name: phone?.name ?? "…" }) : t("exercise_start")),
      app.hasClass && app.leads ? h("button", { type: "button",
        onclick: () => send(app, kind, entry.name) }, t("send_all")) : null));
  return h("main.list", {},
    h("p.about", {}, phone ? takes(kind, phone.name) : t("no_phones")),
    h("ol", {}, entries.map(row)));
}

/** To every student; the leader hears how many phones it has come to. */
async function send(app, kind, name) {
  const told = await app.server.do("send", { kind, name }).catch(() => null);
  if (told) {
    app.notice(t(told.started === told.of ? "sent_all" : "sent_some", told));
  }
}

const takes = (kind, name) =>
  (kind === "story" ? t("story_takes", { name }) : t("exercise_takes", { name }));

/** A list, or what runs on the selected phone. `View` shows one of `kind`. */
export class Chooser {
  #app;
  #kind;
  #entries;
  #View;
  #view = null;
  #list = null;
  #listed = ""; // what the list was made from
  element = h("div.chooser");

  constructor(app, kind, entries, View = StoryView) {
    this.#app = app;
    this.#kind = kind;
    this.#entries = entries;
    this.#View = View;
    onLanguage(() => this.show());
  }

  show() {
    const phone = this.#app.selected;
    const told = phone?.story?.kind === this.#kind ? phone : null;
    if (this.#view?.phone !== (told ?? undefined)) {
      this.#view?.end();
      this.#view = told ? Object.assign(new this.#View(told, this.#app), { phone: told }) : null;
    }
    if (showIn(this.element, this.#view?.element ?? this.#newestList())) {
      scrollTo(0, 0);
    }
  }

  /** The same one, as long as it would say the same: whoever reads in it is not taken to its top. */
  #newestList() {
    const { selected, me, hasClass, leads } = this.#app;
    const madeFrom = JSON.stringify([language(), selected?.name, me.solved, hasClass, leads]);
    if (this.#listed !== madeFrom) {
      this.#listed = madeFrom;
      this.#list = listOf(this.#app, this.#kind, this.#entries);
    }
    return this.#list;
  }
}
