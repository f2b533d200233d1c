// SPDX-License-Identifier: MIT
// The page: a phone from the site's files, and the parts of the page round it.
import { Site } from "../site.js";
import { Store } from "../store.js";
import { WebPhone } from "../web_phone.js";
import { preferredLanguage, say } from "../shared/language.js";
import { keyOfKeyboard } from "../shared/phone-keys.js";
import { verdictOf } from "../shared/verdict.js";
import { WhyPanel } from "../shared/why-panel.js";
import { Chooser } from "./chooser.js";
import { Console } from "./console.js";
import { byId, h } from "./dom.js";
import { showNext } from "./next.js";
import { hashOfScene, sceneOfHash } from "./scene.js";
import { Shelf } from "./shelf.js";
import { TEXTS } from "./texts.js";

const NOTICE_MS = 4000;
const SETTLE_MS = 150;

let language = preferredLanguage();
const t = (name, fields = {}) => say(TEXTS[name], language, fields);

async function get(name) {
  const response = await fetch(name);
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

function notice(text, isPassing = false) {
  const element = byId("notice");
  element.textContent = text;
  element.hidden = text === "";
  if (isPassing) {
    setTimeout(() => element.textContent === text && notice(""), NOTICE_MS);
  }
}

class Page {
  #phone;
  #why;
  #console;
  #chooser;
  #shelf;
  stories = null; // once they have come
  #isAsked = false;

  constructor(phone) {
    this.#phone = phone;
    this.#why = new WhyPanel(byId("why"), language);
    this.#console = new Console(phone, t, ({ text, zh }) => (language === "zh" && zh ? zh : text));
    this.#chooser = new Chooser(phone, t, () => this.#copyLink());
    this.#shelf = new Shelf(phone, t,
      { flash: (rom, isLocking) => this.flash(rom, isLocking),
      take: (files) => this.#console.take(files) });
    phone.screen.attach(byId("screen"));
    phone.addEventListener("label", () => history.replaceState(null, "", hashOfScene(phone.scene)));
    ["trace", "power", "label", "output"]
      .forEach((kind) => phone.addEventListener(kind, () => this.#request()));
    this.#listen();
    this.translate();
  }

  // What may be done next, by a press.

  async switchOn(hold = []) {
    try {
      await this.#phone.power.on({ hold });
    } catch (error) {
      notice(t("rom_failed", { why: error.message }));
    }
  }

  /** Into fastboot mode if it is not there, then the package's script. */
  async flash(rom, isLocking) {
    const { machine } = this.#phone;
    const isReady = machine.doing === "bootloader"
      && verdictOf(this.#phone.events, language)?.words.startsWith("fastboot");
    if (!isReady) {
      await this.#phone.run("power on --hold volume-down");
    }
    await this.#phone.run(`${isLocking ? "flash_all_lock" : "flash_all"} ${rom}`);
  }

  async unlock() {
    for (const line of ["account bind", "account wait 360h", "power on --hold volume-down",
      "account unlock"]) {
      const { isOkay } = await this.#phone.run(line);
      if (!isOkay) {
        return;
      }
    }
  }

  /** They come after the first picture, and the page goes on without them. */
  async fetchStories() {
    const { Stories } = await import("./stories.js");
    const stories = new Stories(this.#phone);
    await stories.open();
    this.stories = stories;
    this.#translateStories();
  }

  run(line) {
    return this.#phone.run(line);
  }

  async begin(scene) {
    await this.#phone.factoryNew(scene);
    await this.switchOn();
  }

  // Showing.

  translate() {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.querySelectorAll("[data-text]")
      .forEach((element) => { element.textContent = t(element.dataset.text); });
    document.querySelectorAll("[data-label]")
      .forEach((element) => element.setAttribute("aria-label", t(element.dataset.label)));
    document.querySelectorAll(".key")
      .forEach((element) => { element.title = t(element.dataset.label); });
    document.querySelectorAll("a[href^='about.html']")
      .forEach((link) => { link.href = `about.html#${language}`; });
    byId("language").textContent = t("other_language");
    byId("language").lang = language === "zh" ? "en" : "zh-CN";
    this.#console.show();
    this.#why.language = language;
    this.#translateStories();
    this.#chooser.show();
    this.#shelf.show();
    this.#show();
  }

  #translateStories() {
    if (this.stories) {
      this.stories.language = language;
      this.stories.show();
    }
  }

  #request() {
    if (!this.#isAsked) {
      this.#isAsked = true;
      requestAnimationFrame(() => setTimeout(() => { // not in the frame that the screen is drawn in
        this.#isAsked = false;
        this.#show();
      }));
    }
  }

  #show() {
    const { scene, events, machine } = this.#phone;
    const { isOn } = machine;
    const verdict = verdictOf(events, language);
    byId("sticker").textContent = t(`sticker_${scene.made_for}`);
    byId("sticker").dataset.region = scene.made_for;
    byId("screen").style.aspectRatio = this.#phone.about.panel.join(" / ");
    byId("screen-note").textContent = isOn ? "" : t("is_off");
    byId("screen").querySelector("canvas").setAttribute("aria-label",
      isOn ? t("screen_on", { what: verdict?.sentence ?? t("screen_starting") }) : t("screen_off"));
    this.#why.show(events);
    this.#showPower(isOn);
    const panic = events.at(-1)?.event === "panic" ? events.at(-1) : null;
    if (panic) {
      notice(t("fault", { text: panic.text }));
    }
    clearTimeout(this.settling);
    this.settling = setTimeout(() => showNext(this.#phone, t, this), SETTLE_MS);
  }

  #showPower(isOn) {
    const kind = `${isOn} ${language}`;
    if (byId("power").dataset.kind === kind) {
      return;
    }
    byId("power").dataset.kind = kind;
    const button = (name, onclick, main = false) =>
      h(main ? "button.main" : "button", { type: "button", id: name, onclick }, t(name));
    byId("power").replaceChildren(...(isOn
      ? [button("cut_power", () => this.#phone.power.cut()),
        button("pull_cable", () => this.#phone.run("cable"))]
      : [button("switch_on", () => this.switchOn(), true),
        button("switch_on_fastboot", () => this.switchOn(["volume-down"])),
        button("switch_on_recovery", () => this.switchOn(["volume-up"]))]));
  }

  // Listening.

  #listen() {
    byId("language").addEventListener("click", () => {
      language = language === "zh" ? "en" : "zh";
      this.translate();
    });
    document.querySelectorAll(".key").forEach((button) => this.#listenToKey(button));
    document.addEventListener("keydown", (event) => this.#typed(event, true));
    document.addEventListener("keyup", (event) => this.#typed(event, false));
    addEventListener("hashchange", () => {
      const scene = sceneOfHash(location.hash);
      if (scene) {
        this.#phone.factoryNew(scene);
      }
    });
  }

  #listenToKey(button) {
    const press = (isDown) => this.#press(button.dataset.key, isDown);
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      press(true);
    });
    ["pointerup", "pointercancel"]
      .forEach((kind) => button.addEventListener(kind, () => press(false)));
    button.addEventListener("click", (event) => {
      if (event.detail === 0) { // by the keyboard, or by a program: no pointer came before
        press(true);
        press(false);
      }
    });
  }

  #typed(event, isDown) {
    const key = keyOfKeyboard(event);
    if (key && !event.repeat) {
      event.preventDefault();
      this.#press(key, isDown);
    }
  }

  /** The power key of a phone that is off switches it on. */
  #press(key, isDown) {
    if (this.#phone.machine.isOn) {
      this.#phone.keys.press(key, isDown);
    } else if (key === "power" && isDown) {
      this.switchOn([...this.held ?? []]);
    }
    this.held = new Set(this.held);
    this.held[isDown ? "add" : "delete"](key);
  }

  async #copyLink() {
    const link = location.href.replace(/#.*|$/, hashOfScene(this.#phone.scene));
    try {
      await navigator.clipboard.writeText(link);
      notice(t("copied"), true);
    } catch {
      notice(link); // no clipboard without https: to be copied by hand
    }
  }
}

/** What the reader has for the next time, without a network: see sw.js. */
function keepForOffline() {
  if ("serviceWorker" in navigator && isSecureContext) {
    navigator.serviceWorker.register("sw.js").catch(() => {}); // it works without
  }
}

async function main() {
  document.querySelectorAll("[data-text]")
    .forEach((element) => { element.textContent = t(element.dataset.text); });
  byId("screen-note").textContent = t("loading");
  const [site, store] = await Promise.all([new Site(get).open(), new Store().open()]);
  const phone = new WebPhone(site, store);
  store.onTrouble = (trouble) => notice(t(`trouble_${trouble}`));
  const asked = sceneOfHash(location.hash);
  if (!await phone.takeKept(asked && site.fit(asked))) {
    await phone.factoryNew(asked ?? undefined);
  }
  history.replaceState(null, "", hashOfScene(phone.scene));
  const page = new Page(phone);
  globalThis.flashlab = { phone, page, site, store };
  if (store.trouble) {
    notice(t(`trouble_${store.trouble}`));
  }
  document.body.dataset.ready = "true";
  keepForOffline();
  page.fetchStories().catch((error) => notice(t("rom_failed", { why: error.message })));
}

main().catch((error) => notice(t("failed", { why: error.message })));
