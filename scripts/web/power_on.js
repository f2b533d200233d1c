// SPDX-License-Identifier: MIT
// One power-on of the bootloader's core (bootloader/port/web_page.c): the other side of its
// imports.
//
// The core's loops wait, and a page must not. Where there is nothing to do, or too much was done at
// once, an import unwinds the core's stack (Binaryen's asyncify) and step() comes back; the next
// step() winds it up again and goes on inside that import.
import { BLOCK_BYTES } from "./disk.js";

export const SLICE_MS = 5; // of the 16 of a frame: the core goes on until its next import
export const RESTART = { none: 0, plain: 1, bootloader: 2, recovery: 3 };
export const KEY_NUMBERS = { "volume-up": 1, "volume-down": 2, power: 3 };
const HELD_BITS = { "volume-up": 1, "volume-down": 2, power: 4 };
const ENDS = { 0: "off", 1: "plain", 2: "bootloader", 3: "recovery", 8: "kernel", 9: "stays" };
const CHANNEL_TRACE = 0;
const READ_BYTES_MAX = 1 << 20; // of a link at once: a download may have a hundred times as much
const UNSTORED_PAGES_MAX = 32; // then what was written is stored before more is

class Ended extends Error {
  constructor(how) {
    super(how);
    this.how = how;
  }
}

const decoder = new TextDecoder();
const failed = (isDone) => (isDone ? 0 : 1);

export class PowerOn {
  #exports;
  #machine;
  #arguments;
  #room;
  #pause = null; // why it stands still; null: it runs, or has not begun
  #rewinding = false;
  #begun = 0;
  #started = performance.now();
  #traceRest = "";
  ended = null; // "off", "plain", "bootloader", "recovery", "kernel", "stays" or "fault"
  busy_ms = 0; // in all slices
  longest_ms = 0; // in one

  /**
   * module: core.wasm, compiled. machine: what the phone is made of and survives this:
   *   nor, machineDtb   bytes             disk          a Disk
   *   seeds             [[offset, length]] of the machine's seeds in machineDtb
   *   links             [fastboot, rescue], each a Link
   *   keys              {pressed() -> name | undefined, isHeld(name)}
   *   onTrace(event), onLog(text)
   *   onNor(offset, size)   these bytes of the NOR were written
   *   store()           a promise while something that was written is not safe yet, else null
   * hold: names of the keys that are held at power-on. isPatient: warnings are waited for.
   */
  constructor(module, machine, { restart = "none", hold = [], isPatient = true } = {}) {
    this.#machine = machine;
    const imports = this.#imports();
    const pausing = Object.fromEntries(Object.entries(this.#pausing())
      .map(([name, call]) => [name, this.#pausable(name, call)]));
    this.#exports = new WebAssembly.Instance(module, { page: { ...imports, ...pausing } }).exports;
    this.#bytes(this.#exports.nor_bytes(), machine.nor.length).set(machine.nor);
    this.#putMachineDtb();
    const held = hold.reduce((bits, key) => bits | HELD_BITS[key], 0);
    this.#arguments = [machine.disk.blocks, RESTART[restart], held, isPatient ? 0 : 1];
  }

  /** With seeds that no other power-on had: the bootloader makes its nonces of them. */
  #putMachineDtb() {
    const { machineDtb, seeds } = this.#machine;
    const dtb = this.#bytes(this.#exports.machine_dtb(), machineDtb.length);
    dtb.set(machineDtb);
    for (const [offset, length] of seeds) {
      dtb.set(crypto.getRandomValues(new Uint8Array(length)), offset);
    }
  }

  /**
   * Runs until it rests, waits or ends. null when it has ended; else {kind, ...}:
   * rest (us), link (nothing came), store or disk (promise), slice (its time is over).
   */
  step() {
    const begun = performance.now();
    this.#begun = begun;
    const goesOn = this.#pause !== null;
    this.#pause = null;
    try {
      if (goesOn) {
        this.#rewinding = true;
        this.#exports.asyncify_start_rewind(this.#room);
      }
      this.#exports.power_on(...this.#arguments);
      this.#exports.asyncify_stop_unwind();
    } catch (error) {
      this.#end(error);
    }
    const taken = performance.now() - begun;
    this.busy_ms += taken;
    this.longest_ms = Math.max(this.longest_ms, taken);
    return this.#pause;
  }

  /**
   * {width, height, pixels}, 0x00rrggbb each, as long as nothing runs; null before it is switched
   * on.
   */
  panel() {
    const [at, width, height, stride] =
      new Uint32Array(this.#memory, this.#exports.panel_canvas(), 4);
    return width === 0 ? null
      : { width, height, stride, pixels: new Uint32Array(this.#memory, at, stride * height) };
  }

  /** What the bootloader hands to the kernel, once it has ended in one. */
  bootArguments() {
    return decoder.decode(this.#string(this.#exports.boot_arguments()));
  }

  ramdisk() {
    return this.#bytes(this.#exports.ramdisk_bytes(), this.#exports.ramdisk_size()).slice();
  }

  /**
   * The ROM that runs says that it is well; what came of the rollback fuses, in the trace's word.
   */
  romIsWell() {
    return decoder.decode(this.#string(this.#exports.rom_is_well()));
  }

  get us() {
    return (performance.now() - this.#started) * 1000;
  }

  get #memory() {
    return this.#exports.memory.buffer;
  }

  #bytes(at, length) {
    return new Uint8Array(this.#memory, at >>> 0, length);
  }

  #string(at) {
    const rest = new Uint8Array(this.#memory, at >>> 0);
    return rest.slice(0, rest.indexOf(0));
  }

  #end(error) {
    if (error instanceof Ended) {
      this.ended = error.how;
    } else if (error instanceof WebAssembly.RuntimeError) {
      this.ended = "fault";
      this.#machine.onTrace({ t_us: Math.round(this.us), stage: "flow", event: "panic",
        text: String(error.message) });
    } else {
      throw error;
    }
  }

  #imports() {
    return {
      link_changes: (link) => this.#machine.links[link].changes,
      key_pressed: () => KEY_NUMBERS[this.#machine.keys.pressed()] ?? 0,
      key_held: (key) => Object.entries(KEY_NUMBERS).some(([name, number]) => number === key
        && this.#machine.keys.isHeld(name)) ? 1 : 0,
      end: (how) => {
        throw new Ended(ENDS[how]);
      },
    };
  }

  #pausing() {
    const { disk, links } = this.#machine;
    const at = (lba) => (lba >>> 0) * BLOCK_BYTES;
    return {
      now_us: () => this.us,
      rest: () => {},
      say: (channel, bytes, size) => this.#say(channel, decoder.decode(this.#bytes(bytes, size))),
      nor_changed: (offset, size) => this.#norChanged(offset, size),
      disk_read: (lba, count, out) => failed(disk.read(at(lba), this.#bytes(out, at(count)))),
      disk_write: (lba, count, bytes) => failed(disk.write(at(lba), this.#bytes(bytes, at(count)))),
      disk_zero: (lba, count) => failed(disk.zero(at(lba), at(count))),
      disk_flush: () => this.#machine.store(),
      link_read: (link, out, size) =>
        links[link].take(this.#bytes(out, Math.min(size, READ_BYTES_MAX))),
      link_write: (link, bytes, size) => links[link].onBytes(this.#bytes(bytes, size).slice()),
    };
  }

  /** Why a call has to wait before it is made; null: it has not. */
  #reasonToPause(name, first, second) {
    const { disk, links } = this.#machine;
    if (name === "rest") {
      return { kind: "rest", us: first };
    }
    if (name === "disk_read" || name === "disk_write") {
      const promise = disk.coming((first >>> 0) * BLOCK_BYTES, (second >>> 0) * BLOCK_BYTES);
      return promise ? { kind: "disk", promise } : this.#mustStore(name);
    }
    if (name === "link_read" && links[first].isConnected && links[first].isEmpty) {
      return { kind: "link" };
    }
    return null;
  }

  /** A long write is stored on its way: at its end it would be too much at once. */
  #mustStore(name) {
    const isMuch = name === "disk_write" && this.#machine.disk.unstored >= UNSTORED_PAGES_MAX;
    const promise = isMuch ? this.#machine.store() : null;
    return promise && { kind: "store", promise };
  }

  #pausable(name, call) {
    const isStoring = name === "nor_changed" || name === "disk_flush";
    return (...words) => {
      if (this.#rewinding) {
        this.#exports.asyncify_stop_rewind();
        this.#rewinding = false;
        return isStoring ? 0 : call(...words);
      }
      if (isStoring) {
        const promise = call(...words);
        return promise ? this.#unwind({ kind: "store", promise }) : 0;
      }
      const isLate = performance.now() - this.#begun > SLICE_MS;
      const reason = this.#reasonToPause(name, ...words) ?? (isLate ? { kind: "slice" } : null);
      return reason === null ? call(...words) : this.#unwind(reason);
    };
  }

  #unwind(reason) {
    this.#pause = reason;
    this.#room = this.#exports.async_room();
    this.#exports.asyncify_start_unwind(this.#room);
    return 0;
  }

  #say(channel, text) {
    if (channel !== CHANNEL_TRACE) {
      this.#machine.onLog(text);
      return;
    }
    const lines = (this.#traceRest + text).split("\n");
    this.#traceRest = lines.pop();
    for (const line of lines) {
      this.#machine.onTrace(JSON.parse(line));
    }
  }

  #norChanged(offset, size) {
    this.#machine.nor.set(this.#bytes(this.#exports.nor_bytes() + offset, size), offset);
    this.#machine.onNor(offset, size);
    return this.#machine.store();
  }
}
