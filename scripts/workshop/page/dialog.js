// SPDX-License-Identifier: MIT
// Questions to the person, in the browser's own dialog: it keeps the focus and Escape closes it.
import { h } from "./dom.js";
import { t } from "./language.js";

/** Shows it until a button is pressed; gives the button's value, or null. */
export function ask(title, about, buttons, body = null) {
  return new Promise((resolve) => {
    const close = (value) => {
      dialog.close();
      resolve(value);
    };
    const dialog = h("dialog", { oncancel: () => resolve(null), onclose: () => dialog.remove() },
      h("h2", {}, title), about ? h("p", {}, about) : null, body,
      h("div.buttons", {}, buttons.map(({ value, words, kind }) =>
        h(`button${kind ? `.${kind}` : ""}`, { type: "button", onclick: () => close(value) },
          words)),
      h("button.plain", { type: "button", onclick: () => close(null) }, t("cancel"))));
    dialog.setAttribute("aria-label", title);
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A select with a label; `choices` are [value, words]. */
export function choice(words, choices, chosen) {
  const select = h("select", {}, choices.map(([value, name]) =>
    h("option", { value, selected: value === chosen }, name)));
  return { element: h("label.choice", {}, h("span", {}, words), select), select };
}
