// SPDX-License-Identifier: MIT
// The way into a class: the code on the leader's screen, and a name.
import { h } from "./dom.js";
import { language, onLanguage, setLanguage, t, told } from "./language.js";

const code = h("input.code", { name: "code", maxLength: 6, autocomplete: "off", required: true,
  value: new URLSearchParams(location.search).get("join") ?? "" });
const name = h("input", { name: "name", maxLength: 24, autocomplete: "nickname", required: true });
const wrong = h("p.wrong", { role: "alert" });
const button = h("button.main", { type: "submit" });

let why = null; // it was refused, in both languages

async function join(event) {
  event.preventDefault();
  button.disabled = true;
  why = null;
  wrong.textContent = "";
  try {
    const answer = await fetch("/join", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: code.value, name: name.value }),
    });
    if (answer.ok) {
      location.replace("/");
      return;
    }
    why = (await answer.json()).error;
    wrong.textContent = told(why);
  } catch {
    wrong.textContent = t("lost");
  }
  button.disabled = false;
}

setLanguage(language());
onLanguage(() => {
  document.title = t("join_title");
  button.textContent = t("join");
  wrong.textContent = told(why);
  document.body.replaceChildren(h("main.door", {}, h("h1", {}, t("join_title")),
    h("form", { onsubmit: join },
      h("label", {}, t("join_code"), code), h("label", {}, t("join_name"), name), wrong, button),
    h("button.plain",
      { type: "button", onclick: () => setLanguage(language() === "en" ? "zh" : "en") },
      t("other_language"))));
  (code.value ? name : code).focus();
});
