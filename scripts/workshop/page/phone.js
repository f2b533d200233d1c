// SPDX-License-Identifier: MIT
// A phone, as the page sees it: screen, keys, trace, commands. Two kinds stand behind it: the
// server's
// (QEMU), and one that runs in a student's own browser (web_phone.js).
import { attachScreen } from "./screens.js";

const OUTPUT_LINES = 400;
const LOG_CHARS = 40000;

export class Phone extends EventTarget {
  label = {};
  events = []; // of the last start
  output = [];
  log = "";
  story = null;
  local = null; // a LocalPhone, when it runs in this browser
  #server;

  constructor(server, name) {
    super();
    this.#server = server;
    this.name = name;
    const ask = (verb) => (request = {}) => (this.local
      ? this.local.do(verb, request)
      : server.do(verb, { phone: name, ...request }).catch(() => {}));

    /** attach(element) shows the live screen in it, and gives a function that ends that. */
    this.screen = { attach: (element, options) => attachScreen(this, element, options) };
    /** "volume-down", "volume-up", "power"; "volume-down+power" together. */
    this.keys = { press: (keys) => ask("press")({ keys }) };
    /** Calls the listener now and whenever events were added, or a new start has begun. */
    this.trace = {
      subscribe: (listener) => {
        this.addEventListener("trace", () => listener(this.events));
        listener(this.events);
      },
    };
    this.commands = {
      run: (line) => ask("command")({ line }),
      power: (what, hold = "") => ask("power")({ what, hold }),
      cable: (out) => ask("cable")({ out }),
      flash: (rom, script) => ask("flash")({ rom, script }),
      stop: () => ask("stop")(),
      bind: () => ask("bind")(),
      wait: (hours) => ask("wait")({ hours }),
      unlock: () => ask("unlock")(),
      lock: () => ask("lock")(),
      rescue: (account, rom) => ask("rescue")({ account, rom }),
      factory: (facts = {}) => ask("factory")(facts),
      remove: () => ask("remove")(),
      upload: (file) => (this.local
        ? this.local.upload(file) : server.upload(name, file).catch(() => {})),
      story: (verb, request = {}) => ask(verb)(request),
    };
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }

  // What the server tells of it.

  /**
   * Where it runs: "server", "here", or "elsewhere" - in a student's browser, which tells of it.
   */
  get kind() {
    if (this.label.kind !== "browser") {
      return "server";
    }
    return this.local ? "here" : "elsewhere";
  }

  whole({ label, events, log, output }) {
    if (this.local) {
      this.heardLabel({ label });
      return;
    }
    Object.assign(this, { label, events, log, output });
    ["label", "trace", "log", "output"].forEach((kind) => this.#tell(kind));
  }

  heardLabel({ label }) {
    this.label = { ...label, ...this.local?.label() };
    this.local?.heard();
    this.#tell("label");
  }

  heardTrace({ fresh, events }) {
    if (this.local) {
      return; // what it told itself
    }
    this.events = fresh ? events : [...this.events, ...events];
    this.#tell("trace");
  }

  heardLog({ text }) {
    this.log = (this.log + text).slice(-LOG_CHARS);
    this.#tell("log");
  }

  /** No line: what there was is gone. */
  heardOutput({ line }) {
    this.output = line ? [...this.output, line].slice(-OUTPUT_LINES) : [];
    this.#tell("output");
  }

  /** What runs here has gone on: its events of the last start. */
  heardLocal(events) {
    this.events = events;
    this.label = { ...this.label, ...this.local?.label() };
    ["label", "trace"].forEach((kind) => this.#tell(kind));
  }

  heardLocalOutput(output) {
    this.output = output;
    this.#tell("output");
  }

  /** Of a phone in somebody else's browser: it has sent another picture. */
  heardPicture({ picture }) {
    this.label = { ...this.label, picture };
    this.#tell("picture");
  }

  heardStory({ story }) {
    this.story = story;
    this.#tell("story");
  }

  on(kind, listener) {
    this.addEventListener(kind, listener);
    listener();
  }
}

/** The phones that this page may see, in their order. */
export class Phones extends EventTarget {
  all = new Map();

  constructor(server) {
    super();
    this.server = server;
    server.on("whole", ({ phones, tellings }) => this.#whole(phones, tellings));
    server.on("gone", ({ phone }) => this.all.delete(phone) && this.#changed());
    const heard = {
      phone: "heardLabel", trace: "heardTrace", log: "heardLog", output: "heardOutput",
      story: "heardStory", picture: "heardPicture",
    };
    for (const [kind, method] of Object.entries(heard)) {
      server.on(kind, (message) => this.#phone(message.phone)[method](message));
    }
  }

  #phone(name) {
    if (!this.all.has(name)) {
      this.all.set(name, new Phone(this.server, name));
      this.#changed();
    }
    return this.all.get(name);
  }

  #whole(phones, tellings) {
    for (const name of [...this.all.keys()].filter((name) => !(name in phones))) {
      this.all.delete(name);
    }
    for (const [name, state] of Object.entries(phones)) {
      const phone = this.#phone(name);
      phone.whole(state);
      if (!phone.local) {
        phone.heardStory({ story: tellings[name] ?? null });
      }
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
