// SPDX-License-Identifier: MIT
// The bench: a row of phones, the shelf under it, and the selected phone's panel.
import { keyOfKeyboard } from "/shared/phone-keys.js";
import { Card } from "./card.js";
import { ask, choice } from "./dialog.js";
import { h, showIn } from "./dom.js";
import { onLanguage, t } from "./language.js";
import { romName } from "./label.js";
import { Panel } from "./panel.js";
import { Shelf } from "./shelf.js";

export class Bench {
  #app;
  #cards = new Map();
  #row = h("ul.row");
  #add = h("button.add", { type: "button", onclick: () => this.#ask() });
  #addCard = h("li.add-card", {}, this.#add);
  #side = h("div.side");
  #panel = null;
  #empty = h("p.empty");

  constructor(app) {
    this.#app = app;
    this.shelf = new Shelf(app.stock, () => app.selected);
    this.element = h("main.bench", {},
      h("div.left", {}, h("div.row-holder", {}, this.#row, this.#empty), this.shelf.element),
        this.#side);
    onLanguage(() => {
      this.#add.textContent = `＋ ${t("add")}`;
      this.#empty.textContent = t("no_phones");
      this.#row.setAttribute("aria-label", t("phones"));
    });
    document.addEventListener("keydown", (event) => this.#keyboard(event));
  }

  /** In step with the phones that there are. */
  show() {
    const phones = this.#app.mine();
    for (const [name, card] of this.#cards) {
      if (!phones.includes(this.#app.phones.all.get(name))) {
        card.end();
        this.#cards.delete(name);
      }
    }
    for (const phone of phones.filter(({ name }) => !this.#cards.has(name))) {
      this.#cards.set(phone.name, new Card(phone, {
        onSelect: (chosen) => this.#app.select(chosen),
        onDrop: (target, rom) => {
          this.#app.select(target);
          target.commands.flash(rom, "flash_all.sh");
        },
      }));
    }
    showIn(this.#row, ...phones.map(({ name }) => this.#cards.get(name).element),
      ...(this.#app.leads ? [this.#addCard] : []));
    this.#empty.hidden = phones.length > 0;
    this.#select();
  }

  #select() {
    const { selected } = this.#app;
    for (const card of this.#cards.values()) {
      card.selected = card.name === selected?.name;
    }
    if (this.#panel?.name !== selected?.name) {
      this.#panel?.end();
      this.#panel = selected ? new Panel(selected, this.#app.leads) : null;
      if (this.#panel) {
        this.#panel.name = selected.name;
        this.#side.replaceChildren(this.#panel.element);
      }
    }
    this.shelf.show();
  }

  #keyboard(event) {
    const key = keyOfKeyboard(event);
    if (key && this.#app.selected?.label.state === "on"
      && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      this.#app.selected.keys.press(key);
    }
  }

  async #ask() {
    const { stock, server } = this.#app;
    const model = choice(t("model"),
      stock.models.map((m) => [m.model, `${m.title} · ${m.released.slice(0, 4)}`]), "dipper");
    const region = choice(t("market"), ["cn", "global"].map((r) => [r, t(`sticker_${r}`)]), "cn");
    const rom = choice(t("rom"), stock.roms.map((r) => [r.rom, romName(r.rom)]), "cn");
    const lock = choice(t("lock_state"), ["locked", "unlocked"].map((l) => [l, t(l)]), "unlocked");
    const policy = choice(t("rule"), stock.policies.map((p) => [p, t(`policy_${p}`)]), "announced");
    const body =
      h("div.choices", {}, [model, region, rom, lock, policy].map(({ element }) => element));
    if (await ask(t("add"), "", [{ value: "yes", words: t("make_it"), kind: "main" }], body)) {
      const { phone } = await server.do("add", {
        model: model.select.value, region: region.select.value, rom: rom.select.value,
        lock: lock.select.value, policy: policy.select.value,
      }).catch(() => ({}));
      this.#app.selectSoon(phone);
    }
  }
}
