// SPDX-License-Identifier: MIT
// What the phone leaves the factory as. A change makes it factory new.
import { LOCKS, POLICIES } from "../site.js";
import { byId, h } from "./dom.js";

const FIELDS = ["model", "made_for", "rom", "lock", "policy"];

export class Chooser {
  #phone;
  #t;

  constructor(phone, t, onCopy) {
    this.#phone = phone;
    this.#t = t;
    this.onCopy = onCopy;
    phone.addEventListener("label", () => this.show());
  }

  show() {
    const { site, scene } = this.#phone;
    const t = this.#t;
    const model = site.models.get(scene.model);
    const there = {
      model: [...site.models.values()].sort((one, other) => one.released - other.released)
        .map(({ codename, name, released }) =>
          [codename, `${name} · ${Math.floor(released / 100)}`]),
      made_for: model.regions.map((region) => [region, t(region)]),
      rom: [...site.roms.keys()].map((rom) => [rom, t(`rom_${rom}`)]),
      lock: LOCKS.map((lock) => [lock, t(lock)]),
      policy: POLICIES.map((policy) => [policy, t(policy)]),
    };
    const focused = document.activeElement?.id;
    byId("chooser").replaceChildren(...FIELDS.map((field) => this.#field(field, there[field])),
      h("div.buttons", {},
        h("button",
          { type: "button", id: "factory", title: t("factory_hint"),
          onclick: () => this.#phone.factoryNew() }, t("factory")),
        h("button.plain", { type: "button", id: "copy", onclick: () => this.onCopy() },
          t("copy_link"))));
    if (FIELDS.some((field) => focused === `choose-${field}`)) {
      byId(focused).focus();
    }
  }

  #field(field, options) {
    const { scene } = this.#phone;
    const id = `choose-${field}`;
    const change = (event) =>
      this.#phone.factoryNew({ ...this.#phone.scene, [field]: event.target.value });
    return h("p.field", {}, h("label", { for: id }, this.#t(field)),
      h("select", { id, name: field, onchange: change },
        ...options.map(([value, text]) =>
          h("option", { value, selected: value === scene[field] }, text))));
  }
}
