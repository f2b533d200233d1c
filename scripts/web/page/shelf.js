// SPDX-License-Identifier: MIT
// The shelf of ROMs, and dropping things on the phone: a ROM of the shelf, or a file of the desk.
import { byId, h } from "./dom.js";

const ROM_TYPE = "text/x-flashlab-rom";

export class Shelf {
  #phone;
  #t;
  #flash;

  /** flash(rom, isLocking) runs the package's script; take(files) gets files of the desk. */
  constructor(phone, t, { flash, take }) {
    this.#phone = phone;
    this.#t = t;
    this.#flash = flash;
    const target = byId("phone");
    target.addEventListener("dragover", (event) => {
      event.preventDefault();
      target.dataset.over = "true";
    });
    target.addEventListener("dragleave", () => delete target.dataset.over);
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      delete target.dataset.over;
      const rom = event.dataTransfer.getData(ROM_TYPE);
      return phone.site.roms.has(rom) ? flash(rom, false) : take(event.dataTransfer.files);
    });
    // A file that misses the phone must not replace the page.
    ["dragover", "drop"]
      .forEach((kind) => document.addEventListener(kind, (event) => event.preventDefault()));
  }

  show() {
    byId("shelf")
      .replaceChildren(...[...this.#phone.site.roms.values()].map((rom) => this.#row(rom)));
  }

  #row({ name, official }) {
    const t = this.#t;
    const title = t(`rom_${name}`);
    return h("li.rom",
      { draggable: "true", data: { rom: name },
      ondragstart: (event) => event.dataTransfer.setData(ROM_TYPE, name) },
      h("span.rom-name", {}, title), h("small", {}, t(official ? "official" : "unofficial")),
      h("span.buttons", {},
        h("button",
          { type: "button", "aria-label": `${t("flash")}: ${title}`,
          onclick: () => this.#flash(name, false) }, t("flash")),
        h("button.plain",
          { type: "button", "aria-label": `${t("flash_lock")}: ${title}`,
          onclick: () => this.#flash(name, true) }, t("flash_lock"))));
  }
}
