// SPDX-License-Identifier: MIT
// A phone as a page sees it (README.md): screen, keys, trace, commands. This one is the
// bootloader's own code in the page; the workshop's other kind is QEMU behind a server.
import { Account } from "./account.js";
import { Commands } from "./commands.js";
import { rollbackFuses } from "./nor.js";
import { Phone } from "./phone.js";
import { attachScreen } from "./screen.js";
import { sha256 } from "./sha256.js";

const OUTPUT_LINES = 400;

export class WebPhone extends EventTarget {
  output = []; // of the commands: {text, zh (""; as text), kind: "typed" | "said" | "wrong"}
  files = new Map(); // what was dropped: name -> Blob
  isBusy = false;

  /** site: a Site, open. store: a Store, or null: nothing is kept. */
  constructor(site, store = null) {
    super();
    this.site = site;
    this.store = store;
    this.commands = new Commands(this);
    this.screen = { attach: (element, options) => attachScreen(this, element, options) };
    this.keys = { press: (key, isDown = true) => this.machine.press(key, isDown) };
    this.trace = {
      subscribe: (listener) => {
        const tell = () => listener(this.events);
        this.addEventListener("trace", tell);
        tell();
        return () => this.removeEventListener("trace", tell);
      },
    };
    this.power = {
      on: (how) => this.machine.powerOn(how),
      cut: () => this.machine.cut(),
      pullCable: () => this.commands.pullCable(),
    };
  }

  get events() {
    return this.machine?.events ?? [];
  }

  /** The facts about its model. */
  get about() {
    return this.site.models.get(this.scene.model);
  }

  /** The index that its fuses count; null: such a phone has none. */
  get rollback() {
    return this.about.protections.includes("anti-rollback") ? rollbackFuses(this.machine.nor)
      : null;
  }

  /** Takes the phone that is kept, if it is of this build and scene (null: any). True: it did. */
  async takeKept(scene) {
    const kept = await this.store?.load();
    const fits = kept && kept.build === this.site.build
      && (scene === null || JSON.stringify(kept.scene) === JSON.stringify(scene));
    if (!fits) {
      return false;
    }
    this.scene = this.site.fit(kept.scene);
    const parts = await this.site.factory(this.scene);
    parts.disk.restore(kept.pages);
    for (const [sector, bytes] of kept.sectors) {
      parts.nor.set(bytes, sector * bytes.length);
    }
    this.store.goOn(parts.disk, parts.nor);
    await this.#become(parts);
    return true;
  }

  /** Fresh from the factory, with this scene (default: the one it has). */
  async factoryNew(scene = this.scene) {
    this.machine?.cut();
    this.scene = this.site.fit(scene);
    const parts = await this.site.factory(this.scene);
    await this.store?.keep({ scene: this.scene, build: this.site.build }, parts.disk, parts.nor);
    await this.#become(parts);
    this.#tell("label");
  }

  /** Runs a line; what it says is added to `output`, and told; onLine hears it in English. */
  async run(line, onLine = () => {}) {
    if (this.isBusy) {
      return { isOkay: false, text: "busy" };
    }
    this.isBusy = true;
    this.#add(line, "typed");
    try {
      const done = await this.commands.run(line, (text, zh = "") => {
        this.#add(text, "said", zh);
        onLine(text);
      }, this.files);
      if (!done.isOkay) {
        this.output.at(-1).kind = "wrong";
      }
      return done;
    } catch (error) {
      this.#add(String(error.message), "wrong");
      return { isOkay: false, text: error.message };
    } finally {
      this.isBusy = false;
      this.#tell("output");
    }
  }

  /** A line of the lab's own. */
  say(text, zh = "") {
    this.#add(text, "said", zh);
  }

  clearOutput() {
    this.output.length = 0;
    this.#tell("output");
  }

  async #become(parts) {
    const { store } = this;
    this.machine?.cut();
    this.account = new Account(() => this.site.accountKey(), sha256);
    this.machine = new Phone(this.site.modules, parts, {
      store: () => store?.sync() ?? null,
      onNor: (offset, size) => store?.norChanged(offset, size),
    });
    this.machine.subscribe((kind) => this.#tell(kind === "event" ? "trace" : kind));
    ["trace", "frame", "power", "label"].forEach((kind) => this.#tell(kind));
  }

  #add(text, kind, zh = "") {
    const chinese = zh.split("\n");
    text.split("\n").forEach((line, at) =>
      this.output.push({ text: line, zh: chinese[at] ?? "", kind }));
    this.output.splice(0, Math.max(0, this.output.length - OUTPUT_LINES));
    this.#tell("output");
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }
}
