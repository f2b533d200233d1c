// SPDX-License-Identifier: MIT
// The live screen: noVNC's core, watching only, on the phone's websocket. It comes and goes with
// the phone's power, and comes back after a lost connection.
import RFB from "/novnc/core/rfb.js";
import { initLogging } from "/novnc/core/util/logging.js";
import { h, text } from "./dom.js";
import { state as stateOf } from "./label.js";
import { t, onLanguage } from "./language.js";

const AGAIN_MS = 700;

initLogging("none"); // a phone that is switched off hangs up, and that is no error

class LiveScreen {
  #phone;
  #holder = h("div.live");
  #note = h("p.screen-note");
  #rfb = null;
  #timer = 0;
  #ended = false;
  #deaf = () => {};

  constructor(phone, element) {
    this.#phone = phone;
    this.element = element;
    element.classList.add("screen");
    element.setAttribute("role", "img");
    element.replaceChildren(this.#holder, this.#note);
    this.look = () => this.#look();
    phone.addEventListener("label", this.look);
    this.#deaf = onLanguage(this.look);
  }

  #look() {
    if (this.#ended) {
      return;
    }
    const { state, mode, place } = this.#phone.label;
    const words = state === "on" ? "" : t(`state_${state ?? "off"}`, { place });
    text(this.#note, words);
    this.element.setAttribute("aria-label",
      `${t("screen_of", { name: this.#phone.name })}: ${words || stateOf(this.#phone).sentence}`);
    this.element.dataset.mode = mode ?? "off";
    if (state === "on" && !this.#rfb && !this.#timer) {
      this.#connect();
    } else if (state !== "on") {
      this.#disconnect();
    }
  }

  #connect() {
    const rfb = new RFB(this.#holder,
      `${location.origin.replace(/^http/, "ws")}/phones/${this.#phone.name}/screen`,
      { shared: true });
    Object.assign(rfb,
      { viewOnly: true, scaleViewport: true, focusOnClick: false, background: "#000" });
    rfb.addEventListener("disconnect", () => {
      if (this.#rfb === rfb) {
        this.#rfb = null;
        this.#timer = setTimeout(() => {
          this.#timer = 0;
          this.#look();
        }, AGAIN_MS);
      }
    });
    this.#rfb = rfb;
  }

  #disconnect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const rfb = this.#rfb;
    this.#rfb = null;
    rfb?.disconnect();
    this.#holder.replaceChildren();
  }

  end() {
    this.#ended = true;
    this.#deaf();
    this.#phone.removeEventListener("label", this.look);
    this.#disconnect();
  }
}

/** Shows the phone's screen in the element; the function that is given back ends it. */
export function attachScreen(phone, element) {
  const screen = new LiveScreen(phone, element);
  return () => screen.end();
}
