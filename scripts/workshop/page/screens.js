// SPDX-License-Identifier: MIT
// The screen of a phone, whatever kind it is: the server's, one of this browser, or one of which
// only the trace is told - then its verdict stands there.
import { h, text } from "./dom.js";
import { state as stateOf } from "./label.js";
import { onLanguage, t } from "./language.js";
import { attachScreen as attachLive } from "./screen.js";

/** Of a phone in this browser: its own canvas. */
function attachHere(phone, element) {
  const note = h("p.screen-note");
  const holder = h("div.live.here");
  element.classList.add("screen");
  element.setAttribute("role", "img");
  element.replaceChildren(holder, note);
  const detach = phone.local.web.screen.attach(holder);
  holder.firstChild.removeAttribute("role"); // the element around it says what is shown
  const look = () => {
    const { state, mode } = phone.label;
    const words = state === "on" ? "" : t("state_off");
    text(note, words);
    element.dataset.mode = mode ?? "off";
    element.setAttribute("aria-label",
      `${t("screen_of", { name: phone.name })}: ${words || stateOf(phone).sentence}`);
  };
  phone.addEventListener("label", look);
  const deaf = onLanguage(look);
  return () => {
    deaf();
    phone.removeEventListener("label", look);
    detach();
  };
}

/** Of a phone in somebody else's browser: what that browser says. */
function attachClaim(phone, element) {
  const verdict = h("p.claim-words");
  const picture = h("img.claim-picture", { alt: "", hidden: true });
  element.classList.add("screen");
  element.setAttribute("role", "img");
  element.replaceChildren(h("div.claim", {}, picture, verdict, h("p.claim-note")));
  const look = () => {
    const { mood, sentence } = stateOf(phone);
    const { picture: number, state } = phone.label;
    const isSeen = state === "on" && number > 0;
    element.dataset.mode = phone.label.mode ?? "off";
    element.firstChild.dataset.mood = mood;
    picture.hidden = !isSeen;
    verdict.hidden = isSeen;
    if (isSeen && picture.dataset.number !== String(number)) {
      picture.dataset.number = number;
      picture.src = `/phones/${encodeURIComponent(phone.name)}/picture?${number}`;
    }
    text(verdict, sentence);
    text(element.querySelector(".claim-note"), t("in_browser"));
    element.setAttribute("aria-label", `${t("in_browser")}: ${sentence}`);
  };
  const kinds = ["label", "trace", "picture"];
  kinds.forEach((kind) => phone.addEventListener(kind, look));
  const deaf = onLanguage(look);
  return () => {
    deaf();
    kinds.forEach((kind) => phone.removeEventListener(kind, look));
  };
}

const KINDS = { server: attachLive, here: attachHere, elsewhere: attachClaim };

/** Shows the phone's screen in the element; the function that is given back ends it. */
export function attachScreen(phone, element) {
  let end = () => {};
  let kind = null;
  const look = () => {
    if (phone.kind !== kind && phone.label.name) {
      kind = phone.kind;
      end();
      end = KINDS[kind](phone, element);
    }
  };
  phone.addEventListener("label", look);
  look();
  return () => {
    phone.removeEventListener("label", look);
    end();
  };
}
