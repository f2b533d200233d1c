// SPDX-License-Identifier: MIT
// A whole phone: its NOR and disk, which last; its power; and what runs on it - the bootloader's
// core, then what stands for the ROM. It knows no page: Node runs it too.
import { Link } from "./link.js";
import { PowerOn } from "./power_on.js";
import { Recovery, Rom } from "./rom.js";
import { KEYS } from "./shared/phone-keys.js";

const IDLE_MS = 20; // between two looks of a phone that waits for a client
const EVENTS_MAX = 20000;

export class Phone {
  #current = null; // the power-on that runs; null: off
  #system = null; // the Rom or Recovery that it started
  #pressed = [];
  #held = new Set();
  #wake = () => {};
  #listeners = new Set();
  #frame = null;
  #restartHeld = null; // a promise: a restart of the phone's own waits for it
  events = [];
  log = "";
  fastboot = new Link();
  rescue = new Link();

  /**
   * modules: {core, rom(), recovery()}, compiled, the last two promised
   * parts: {nor, disk, machineDtb, codename, partitions: {name: [offset, length]}, panelSize}
   * options: store(what) -> promise | null, see store.js; now() -> Date; isPatient: warnings are
   * waited for
   */
  constructor(modules, parts, options = {}) {
    const { store = () => null, onNor = () => {}, now = () => new Date(), isPatient = true } =
      options;
    this.modules = modules;
    Object.assign(this, parts);
    this.store = store;
    this.now = now;
    this.isPatient = isPatient;
    this.onNor = onNor;
    this.links = [this.fastboot, this.rescue];
    this.links.forEach((link) => { link.onNews = () => this.#wake(); });
    this.keys = { pressed: () => this.#pressed.shift(), isHeld: (key) => this.#held.has(key) };
  }

  // What a page sees.

  get isOn() {
    return this.#current !== null;
  }

  /** A property of the ROM that runs; null: none runs. */
  property(key, otherwise = "") {
    return this.doing === "rom" ? this.#system.property(key) || otherwise : null;
  }

  /** What the phone is doing: "off", "bootloader", "rom" or "recovery". */
  get doing() {
    if (!this.isOn || this.#system === null) {
      return this.isOn ? "bootloader" : "off";
    }
    return this.#system instanceof Rom ? "rom" : "recovery";
  }

  /**
   * What this power-on took of the page's thread so far: {busy_ms, longest_ms}; null: it is off.
   */
  get timing() {
    return this.#current
      && { busy_ms: this.#current.busy_ms, longest_ms: this.#current.longest_ms };
  }

  /** listener(kind, what): "event" with an event, "frame", "power". A function that ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** {width, height, stride, pixels} of now; null: dark. Valid until the phone goes on. */
  panel() {
    return this.#frame ?? this.#current?.panel() ?? null;
  }

  press(key, isDown = true) {
    if (!KEYS.includes(key) || !this.isOn) {
      return;
    }
    if (!isDown) {
      this.#held.delete(key);
    } else if (this.#system) {
      this.#system.press(key);
    } else {
      this.#held.add(key);
      this.#pressed.push(key);
      this.#wake();
    }
  }

  /** Resolves when it has come to rest, or has ended. Does nothing when it is on. */
  powerOn({ hold = [] } = {}) {
    return this.isOn ? Promise.resolve() : this.#start({ hold });
  }

  /** At once, whatever it does. What was written and stored stays. */
  cut() {
    this.#switchOff();
    this.#tell("power");
  }

  /**
   * The phone's next restart waits until the function that this gives is called: so that a question
   * can be asked before its answer is seen. Cutting the power works as ever.
   */
  holdRestart() {
    let release;
    this.#restartHeld = new Promise((resolve) => { release = resolve; });
    return () => {
      this.#restartHeld = null;
      release();
    };
  }

  pullCable() {
    this.links.forEach((link) => link.disconnect());
  }

  // What the power-on calls.

  onTrace(event) {
    this.events.push(event);
    if (this.events.length > EVENTS_MAX) {
      this.events.splice(0, EVENTS_MAX / 2);
    }
    this.#tell("event", event);
  }

  onLog(text) {
    this.log = (this.log + text).slice(-65536);
  }

  // Running.

  #tell(kind, what) {
    for (const listener of this.#listeners) {
      listener(kind, what);
    }
  }

  #switchOff() {
    this.#system?.stop();
    this.#system = null;
    this.#current = null;
    this.#frame = null;
    this.#pressed = [];
    this.#held.clear();
    this.pullCable();
    this.#wake();
  }

  #start(how) {
    this.#switchOff();
    this.#current = new PowerOn(this.modules.core, this, { isPatient: this.isPatient, ...how });
    this.#tell("power");
    return new Promise((resolve, reject) => this.#run(this.#current, resolve)
      .then(resolve, reject));
  }

  async #run(powerOn, onRest) {
    await this.#wait({ kind: "slice" }); // its NOR was copied
    while (this.#current === powerOn) {
      const pause = powerOn.step();
      if (pause === null) {
        await this.#ended(powerOn);
        return;
      }
      if (pause.kind === "rest") {
        this.#tell("frame");
        onRest();
      }
      await this.#wait(pause);
    }
  }

  async #wait(pause) {
    if (pause.promise) {
      await pause.promise;
      return;
    }
    const idle = { rest: Math.min(pause.us / 1000, IDLE_MS), link: IDLE_MS, slice: 0 };
    const ms = idle[pause.kind];
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (pause.kind !== "slice") {
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }
    });
    this.#wake = () => {};
  }

  async #ended(powerOn) {
    switch (powerOn.ended) {
      case "kernel":
        await this.#wait({ kind: "slice" }); // its first picture takes its time, too
        await this.#startSystem(powerOn);
        break;
      case "off":
        this.#switchOff();
        this.#tell("power");
        break;
      case "stays":
      case "fault":
        this.#tell("frame");
        break;
      default:
        await this.#restart(powerOn.ended);
    }
  }

  async #restart(restart) {
    const before = this.#current;
    if (this.#restartHeld) {
      await this.#restartHeld;
    }
    if (this.#current === before) {
      await this.#start({ restart });
    }
  }

  async #startSystem(powerOn) {
    const verdict =
      this.events.findLast(({ stage, event }) => stage === "flow" && event === "verdict");
    const [What, module] = verdict?.fate === "recovery"
      ? [Recovery, await this.modules.recovery()] : [Rom, await this.modules.rom()];
    if (this.#current !== powerOn) {
      return; // switched off meanwhile
    }
    this.pullCable();
    const bootArguments = powerOn.bootArguments();
    this.#system = new What(module, {
      bootArguments,
      ramdisk: powerOn.ramdisk(),
      panel: powerOn.panel() ?? this.panelSize,
      disk: this.disk,
      partitions: this.partitions,
      codename: this.codename,
      slot: /androidboot\.slot_suffix=_([ab])/.exec(bootArguments)?.[1] ?? "",
      now: this.now,
      store: () => this.store(),
      report: (stage, event, fields) =>
        this.onTrace({ t_us: Math.round(powerOn.us), stage, event, ...fields }),
      show: (frame) => {
        this.#frame = frame;
        this.#tell("frame");
      },
      restart: () => this.#restart("plain"),
      romIsWell: () => powerOn.romIsWell(),
    });
    this.#system.start();
  }
}
