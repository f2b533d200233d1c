// SPDX-License-Identifier: MIT
// What stands for a running ROM, or for the recovery: no kernel runs in a page. Their own code
// draws and decides (rom_page.c, recovery_page.c); what is here is the order of things in
// rom-images/userland/rom/init.c and recovery/recovery.c, and their timers.

const MESSAGE_BYTES = 2048;
const SLOTS_OFFSET = 2048;
const SLOTS_BYTES = 32;
const STARTING_MS = 1000;
const POPUP_FIRST_MS = 3000;
const POPUP_EVERY_MS = 4000;
const MINUTE_MS = 60000;
const STOPPED_CLOCK = [9, 5, 3]; // month, day and weekday of a clock that ro.flashlab.clock stops

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A file of a cpio archive (newc), as text; "" when it is not there. */
export function fileOfRamdisk(bytes, path) {
  const HEADER_BYTES = 110;
  const field = (at, number) =>
    parseInt(decoder.decode(bytes.subarray(at + 6 + number * 8, at + 14 + number * 8)), 16);
  const aligned = (at) => Math.ceil(at / 4) * 4;
  for (let at = 0; at + HEADER_BYTES < bytes.length;) {
    const [size, nameBytes] = [field(at, 6), field(at, 11)];
    const name =
      decoder.decode(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameBytes - 1));
    const begin = aligned(at + HEADER_BYTES + nameBytes);
    if (!Number.isFinite(size + nameBytes) || name === "TRAILER!!!") {
      return "";
    }
    if (name === path) {
      return decoder.decode(bytes.subarray(begin, begin + size));
    }
    at = aligned(begin + size);
  }
  return "";
}

class System {
  #timers = new Set();

  /**
   * host: {bootArguments, ramdisk, panel: {width, height}, disk, partitions, slot}
   *   report(stage, event, fields), show({width, height, pixels}), restart(), romIsWell(), store(),
   *   now() -> Date, after?(ms, call): instead of a timer
   */
  constructor(module, host) {
    this.host = host;
    this.exports = new WebAssembly.Instance(module, {}).exports;
  }

  stop() {
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  after(ms, call) {
    if (this.host.after) {
      this.host.after(ms, call);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      call();
    }, ms);
    this.#timers.add(timer);
  }

  bytes(at, length) {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }

  text(at) {
    const rest = new Uint8Array(this.exports.memory.buffer, at);
    return decoder.decode(rest.slice(0, rest.indexOf(0)));
  }

  draw(name, ...words) {
    const { width, height } = this.host.panel;
    if (width === 0) {
      return;
    }
    const at = this.exports[name](width, height, ...words);
    if (at !== 0) {
      this.host.show({ width, height, stride: width,
        pixels: new Uint32Array(this.exports.memory.buffer, at, width * height) });
    }
  }

  readMisc(offset, length) {
    const bytes = new Uint8Array(length);
    const misc = this.host.partitions.misc;
    return misc && this.host.disk.read(misc[0] + offset, bytes) ? bytes : null;
  }

  writeMisc(offset, bytes) {
    const misc = this.host.partitions.misc;
    const isDone = misc !== undefined && this.host.disk.write(misc[0] + offset, bytes);
    this.host.store();
    return isDone;
  }
}

export class Rom extends System {
  #popups = 0;

  start() {
    this.#readProperties();
    const check = this.text(this.exports.check_region());
    this.#setClock();
    this.draw(check === "refuse" ? "draw_starting" : "draw_home", 0);
    if (check !== "") {
      this.host.report("rom", "region-check", { hwc: this.property("ro.boot.hwc"),
        mod_device: this.property("ro.product.mod_device"),
          lock: this.property("ro.secureboot.lockstate"), result: check });
    }
    if (check === "refuse") {
      this.#turnAway();
      return;
    }
    this.host.report("rom", "home",
      { region: this.property("ro.flashlab.region"), rom: this.property("ro.flashlab.rom"),
      version: this.property("ro.build.version.incremental"),
        model: this.property("ro.product.device"),
      verified_boot_state: this.property("ro.boot.verifiedbootstate") });
    this.#reportSuccess();
    this.#keepHouse();
  }

  property(key) {
    const name = encoder.encode(`${key}\0`);
    this.bytes(this.exports.room(), name.length).set(name);
    return this.text(this.exports.property());
  }

  #readProperties() {
    const texts = [this.host.bootArguments, fileOfRamdisk(this.host.ramdisk, "default.prop")]
      .map((text) => encoder.encode(text));
    this.bytes(this.exports.room(), texts[0].length).set(texts[0]);
    this.bytes(this.exports.room() + texts[0].length, texts[1].length).set(texts[1]);
    this.exports.read_properties(texts[0].length, texts[1].length);
  }

  #setClock() {
    const stopped = /^(\d\d):(\d\d)$/.exec(this.property("ro.flashlab.clock"));
    const now = this.host.now();
    this.exports.set_clock(...(stopped ? [...STOPPED_CLOCK, Number(stopped[1]), Number(stopped[2])]
      : [now.getMonth() + 1, now.getDate(), now.getDay(), now.getHours(), now.getMinutes()]));
  }

  #turnAway() {
    const message = this.bytes(this.exports.message_to_recovery(), MESSAGE_BYTES).slice();
    if (!this.writeMisc(0, message)) {
      this.host.report("rom", "fault",
        { what: "the region does not fit, and misc cannot be written" });
      return;
    }
    this.after(STARTING_MS, () => this.host.restart());
  }

  #reportSuccess() {
    const slot = this.host.slot === "" ? {} : { slot: this.#markSlot() };
    this.host.report("rom", "boot-success", { result: this.host.romIsWell(), ...slot });
  }

  #markSlot() {
    const record = this.readMisc(SLOTS_OFFSET, SLOTS_BYTES);
    if (record === null) {
      return "failed";
    }
    this.bytes(this.exports.room(), SLOTS_BYTES).set(record);
    if (this.exports.mark_slot("ab".indexOf(this.host.slot)) === 0) {
      return "unchanged";
    }
    return this.writeMisc(SLOTS_OFFSET, this.bytes(this.exports.room(), SLOTS_BYTES).slice())
      ? "marked" : "failed";
  }

  #keepHouse() {
    const minute = () => this.after(MINUTE_MS - this.host.now().getTime() % MINUTE_MS, () => {
      this.#setClock();
      this.draw("draw_home", this.#popups);
      minute();
    });
    minute();
    if (this.property("ro.flashlab.adverts") === "1") {
      this.after(POPUP_FIRST_MS, () => this.#popUp());
    }
  }

  #popUp() {
    this.#popups++;
    this.draw("draw_home", this.#popups);
    this.host.report("rom", "popup", { what: this.text(this.exports.popup(this.#popups - 1)) });
    this.after(POPUP_EVERY_MS, () => this.#popUp());
  }

  press() {}
}

const RECOVERY_KEYS = { "volume-up": 0, "volume-down": 1, power: 2 };
const ACTIONS = ["nothing", "show", "reboot", "wipe", "listen", "stop-listening"];

export class Recovery extends System {
  start() {
    const message = this.readMisc(0, MESSAGE_BYTES) ?? new Uint8Array(MESSAGE_BYTES);
    this.bytes(this.exports.message(), MESSAGE_BYTES).set(message);
    const mismatch = this.exports.open_message() !== 0;
    const asked = decoder.decode(message.subarray(0, 14)) === "boot-recovery\0";
    this.draw("draw");
    this.host.report("recovery", "menu",
      { reason: mismatch ? "version-mismatch" : asked ? "asked" : "keys", mismatch,
      model: this.host.codename,
        hwc: /androidboot\.hwc=(\S*)/.exec(this.host.bootArguments)?.[1] ?? "" });
  }

  press(key) {
    const action = ACTIONS[this.exports.press(RECOVERY_KEYS[key])];
    switch (action) {
      case "nothing":
        break;
      case "reboot":
        this.writeMisc(0, this.bytes(this.exports.empty_message(), MESSAGE_BYTES).slice());
        this.host.report("recovery", "restart", { command: "" });
        this.host.restart();
        break;
      case "wipe":
        this.#wipe();
        break;
      default:
        this.#showPage();
    }
  }

  #showPage() {
    this.draw("draw");
    this.host.report("recovery", "page",
      { page: this.text(this.exports.page_name()), selected: this.exports.selected() });
  }

  #wipe() {
    const { disk, partitions } = this.host;
    const isDone = partitions.userdata !== undefined && disk.zero(...partitions.userdata)
      && (partitions.cache === undefined || disk.zero(...partitions.cache));
    this.host.store();
    this.host.report("recovery", "wipe", { done: isDone });
    this.exports.wiped(isDone ? 1 : 0);
    this.#showPage();
  }
}
