// SPDX-License-Identifier: MIT
// One phone on the bench: its label, its live screen, its keys.
import { h } from "./dom.js";
import { t, onLanguage } from "./language.js";
import { facts, showState, sticker } from "./label.js";

export const KEYS = [
  ["volume-down", "key_down"],
  ["volume-up", "key_up"],
  ["power", "key_power"],
];

/** The phone's three keys as buttons. */
export function keyButtons(phone) {
  const row = h("div.keys", { role: "group" });
  onLanguage(() => {
    row.setAttribute("aria-label", t("keys"));
    row.replaceChildren(...KEYS.map(([key, word]) =>
      h("button.key",
        { type: "button", title: t("key_hint"), onclick: () => phone.keys.press(key) }, t(word))));
  });
  return row;
}

/** On and off, in one button. */
export function powerButton(phone) {
  const button = h("button.power", { type: "button", onclick: () =>
    phone.commands.power(phone.label.state === "off" ? "on" : "off") });
  const show = () => {
    const off = phone.label.state === "off";
    button.dataset.on = !off;
    button.disabled = phone.label.state === "making";
    button.textContent = off ? t("on") : t("off");
  };
  onLanguage(() => show());
  phone.on("label", show);
  return button;
}

export class Card {
  #phone;
  #head = h("button.card-head", { type: "button" });
  #facts = h("p.facts");
  #state = h("p.state", { role: "status" });
  #bar = h("progress", { max: 1, hidden: true });
  #screen = h("div");
  #endScreen;

  constructor(phone, { onSelect, onDrop }) {
    this.#phone = phone;
    this.name = phone.name;
    this.#head.addEventListener("click", () => onSelect(phone));
    this.#screen.addEventListener("click", () => onSelect(phone));
    this.element = h("li.card", {}, this.#head, this.#screen, this.#state, this.#bar, this.#facts,
      h("div.card-keys", {}, powerButton(phone), keyButtons(phone)));
    this.#endScreen = phone.screen.attach(this.#screen);
    this.#takeDrops(onDrop);
    this.show = () => this.#show();
    this.deaf = onLanguage(this.show);
    ["label", "trace", "story"].forEach((kind) => phone.on(kind, this.show));
  }

  #takeDrops(onDrop) {
    const element = this.element;
    element.addEventListener("dragover", (event) => {
      if (event.dataTransfer.types.includes("text/rom")) {
        event.preventDefault();
        element.dataset.over = "true";
      }
    });
    element.addEventListener("dragleave", (event) => {
      if (!element.contains(event.relatedTarget)) {
        delete element.dataset.over;
      }
    });
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      delete element.dataset.over;
      onDrop(this.#phone, event.dataTransfer.getData("text/rom"));
    });
  }

  #show() {
    const { label } = this.#phone;
    if (!label.name) {
      return;
    }
    this.#head.setAttribute("aria-label", t("select", { name: label.name }));
    this.#head.replaceChildren(
      h("span.name", {}, label.name), sticker(label),
      h("span.model", {}, `${label.title} · ${label.released.slice(0, 4)}`));
    this.#facts.replaceChildren(...facts(this.#phone)
      .map(([kind, words]) => h("span", { data: { fact: kind } }, words)),
      ...(label.cable ? [] : [h("span.warn", {}, t("cable_out"))]));
    this.#bar.hidden = label.progress === null || label.progress === undefined;
    this.#bar.value = label.progress ?? 0;
    this.#bar.setAttribute("aria-label", t("flashing"));
    showState(this.#phone, this.#state);
  }

  set selected(selected) {
    this.element.dataset.selected = selected;
    this.#head.setAttribute("aria-pressed", selected);
  }

  end() {
    this.deaf();
    ["label", "trace", "story"].forEach((kind) => this.#phone.removeEventListener(kind, this.show));
    this.#endScreen();
    this.element.remove();
  }
}
