// SPDX-License-Identifier: MIT
// The shelf of ROM packages. Dragged onto a phone, or chosen for the selected one: by mouse, by
// finger and by keyboard.
import { ask } from "./dialog.js";
import { h, refill } from "./dom.js";
import { both, onLanguage, t } from "./language.js";
import { romName } from "./label.js";

const SCRIPTS = [
  ["flash_all.sh", "flash_all"],
  ["flash_all_lock.sh", "flash_lock"],
  ["flash_all_except_storage.sh", "flash_keep"],
];

export class Shelf {
  #stock;
  #selected = () => null;
  extra = []; // packages of an exercise's own, instead of the usual ones
  #title = h("h2");
  #row = h("div.shelf-row");

  constructor(stock, selected) {
    this.#stock = stock;
    this.#selected = selected;
    this.element = h("section.shelf", {}, this.#title, this.#row);
    onLanguage(() => this.show());
  }

  /** Only what there is for the selected phone's model. */
  show() {
    const phone = this.#selected();
    const model = this.#stock.models.find(({ model }) => model === phone?.label.model);
    this.element.setAttribute("aria-label", t("shelf_name"));
    this.#title.textContent = t("shelf", { name: phone?.name ?? "…" });
    const usual = this.#stock.roms.filter(({ rom }) => !model || model.roms.includes(rom));
    const own = this.extra.map((rom) => ({ rom, title: t("rom_own") }));
    refill(this.#row, ...(own.length ? own : usual).map((rom) => this.#package(rom)));
  }

  #package({ rom, title }) {
    return h("button.rom", {
      type: "button", draggable: true, data: { rom },
      ondragstart: (event) => {
        event.dataTransfer.setData("text/rom", rom);
        event.dataTransfer.effectAllowed = "copy";
      },
      onclick: () => this.#selected() && this.choose(this.#selected(), rom),
    }, h("strong", {}, romName(rom)), h("small", {}, both(title)));
  }

  async choose(phone, rom) {
    const script = await ask(t("flash_title", { rom: romName(rom), name: phone.name }),
      t("flash_about"),
      SCRIPTS.map(([value, words], number) =>
      ({ value, words: t(words), kind: number === 0 ? "main" : "" })));
    if (script) {
      phone.commands.flash(rom, script);
    }
  }
}
