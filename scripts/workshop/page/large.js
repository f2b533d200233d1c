// SPDX-License-Identifier: MIT
// The large view: one phone and its verdict fill the screen, for the last row.
import { h } from "./dom.js";
import { keyButtons, powerButton } from "./card.js";
import { facts, isHidden, sticker } from "./label.js";
import { onLanguage, t } from "./language.js";
import { whyOf } from "./panel.js";

let open = null;

/** Over everything, until Escape or its button. */
export function showLarge(phone) {
  closeLarge();
  const before = document.activeElement;
  const screen = h("div");
  const why = h("div");
  const name = h("h1");
  const about = h("p.facts");
  const close = h("button.plain", { type: "button", onclick: closeLarge });
  const keys = h("div.card-keys", {}, powerButton(phone), keyButtons(phone));
  const element = h("div.large", { role: "dialog", "aria-modal": "true" },
    h("div.large-phone", {}, screen, keys),
    h("div.large-words", {}, h("header", {}, name, close), about, why));
  const show = () => {
    const { label } = phone;
    element.setAttribute("aria-label", label.name);
    element.classList.toggle("no-why", isHidden(phone));
    keys.hidden = phone.kind === "elsewhere"; // only its student has them
    name.replaceChildren(label.name, " ", sticker(label));
    about.replaceChildren(h("span", {}, `${label.title} · ${label.released.slice(0, 4)}`),
      ...facts(phone).map(([kind, words]) => h("span", { data: { fact: kind } }, words)));
    close.textContent = t("close");
  };
  const ends = [phone.screen.attach(screen), whyOf(phone, why), onLanguage(show),
    () => phone.removeEventListener("label", show)];
  phone.addEventListener("label", show);
  document.body.append(element);
  document.body.classList.add("covered");
  close.focus();
  open = { element, ends, before };
}

export function closeLarge() {
  if (open) {
    open.ends.forEach((end) => end());
    open.element.remove();
    document.body.classList.remove("covered");
    open.before?.focus(); // back to where it was opened
    open = null;
  }
}

document.addEventListener("keydown", (event) => event.key === "Escape" && closeLarge());
