// SPDX-License-Identifier: MIT
// Puts the page together.
import { Bench } from "./bench.js";
import { h, text } from "./dom.js";
import { showLarge } from "./large.js";
import { language, onLanguage, setLanguage, t } from "./language.js";
import { Phones } from "./phone.js";
import { Server } from "./server.js";

const NOTICE_MS = 8000;

class App {
  server = new Server();
  phones = new Phones(this.server);
  stock = null;
  you = { role: "student" };
  selected = null;
  #wanted = null; // a phone that is to be selected when it comes
  #views = {};
  #view = "bench";
  #notice = h("p.notice", { role: "alert", hidden: true });
  #status = h("p.status", { role: "status" });
  #frozen = h("p.frozen", { role: "alert", hidden: true });
  #nav = h("nav");
  #holder = h("div.holder");

  get leads() {
    return this.you.role === "leader";
  }

  /** The phones that stand on this person's bench. */
  mine() {
    return [...this.phones.all.values()].filter(({ label }) => !this.leads || !label.owner);
  }

  async start() {
    this.stock = await this.server.shelf();
    this.#views.bench = new Bench(this);
    this.#build();
    this.server.on("whole", ({ you, frozen }) => {
      this.you = you;
      this.#freeze(frozen);
      this.#change();
    });
    this.server.on("refused", ({ message }) => this.notice(message));
    this.server.on("frozen", ({ frozen }) => this.#freeze(frozen));
    this.server.on("connection", ({ connected }) => {
      document.body.dataset.connected = connected;
      text(this.#status, connected ? "" : t("lost"));
    });
    this.server.on("shown-out", () => text(this.#status, t("ended")));
    this.phones.addEventListener("change", () => this.#change());
    this.server.open();
  }

  #build() {
    const large = h("button", { type: "button", onclick: () => this.selected && showLarge(this.selected) });
    const other = h("button.language", { type: "button", onclick: () => setLanguage(language() === "en" ? "zh" : "en") });
    const title = h("strong.title");
    onLanguage(() => {
      document.title = t("title");
      title.textContent = t("title");
      large.textContent = t("large");
      other.textContent = t("other_language");
      other.lang = language() === "en" ? "zh" : "en";
      this.#showNav();
    });
    document.body.replaceChildren(h("header.top", {}, title, this.#nav, this.#status, large, other),
      this.#frozen, this.#notice, this.#holder);
  }

  #showNav() {
    this.#nav.replaceChildren(...Object.keys(this.#views).map((view) => h("button.tab", {
      type: "button", "aria-current": view === this.#view ? "page" : null,
      onclick: () => this.show(view),
    }, t(view))));
  }

  show(view) {
    this.#view = view;
    this.#showNav();
    this.#holder.replaceChildren(this.#views[view].element);
    this.#views[view].show();
  }

  select(phone) {
    this.selected = phone;
    this.#views[this.#view].show();
  }

  selectSoon(name) {
    this.#wanted = name;
    this.#change();
  }

  #change() {
    const mine = this.mine();
    const wanted = mine.find(({ name }) => name === this.#wanted);
    if (wanted) {
      this.#wanted = null;
    }
    const known = mine.find(({ name }) => name === this.selected?.name);
    this.selected = wanted ?? known ?? mine[0] ?? null;
    this.show(this.#view);
  }

  #freeze(frozen) {
    this.#frozen.hidden = !frozen;
    text(this.#frozen, t("frozen"));
  }

  notice(message) {
    this.#notice.hidden = false;
    text(this.#notice, message);
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => {
      this.#notice.hidden = true;
    }, NOTICE_MS);
  }
}

setLanguage(language());
new App().start();
