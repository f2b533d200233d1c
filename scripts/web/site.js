// SPDX-License-Identifier: MIT
// What the page is made from, and phones fresh from the factory. `get(name)` brings a file's bytes:
// fetch() in a browser, the file system under Node.
import { Disk, BLOCK_BYTES } from "./disk.js";
import { imagesOf } from "./image.js";
import { unpack } from "./pack.js";

const NOR_BYTES = 0x200000;

/** What a phone leaves the factory as; a link may carry it. */
export const DEFAULT_SCENE =
  { model: "dipper", made_for: "cn", rom: "global", lock: "unlocked", policy: "announced" };
export const LOCKS = ["locked", "unlocked"];
export const POLICIES = ["announced", "shipped", "none"];

const OF_A_ROM = ["vbmeta", "boot", "dtbo", "recovery", "system"]; // partitions with an image

export class SiteError extends Error {}

export class Site {
  #get;
  #modules = new Map();
  #packs = new Map();
  aliases = new Map(); // names that give nothing away, for an exercise: "a" -> "cn:3"

  constructor(get) {
    this.#get = get;
  }

  async open() {
    const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
    const [table, machineDtb] = await Promise.all(
      [this.#file("data/models.json").then(decode), this.#file("data/machine.dtb")]);
    this.models = new Map(table.models.map((model) => [model.codename, model]));
    this.roms = new Map(table.roms.map((rom) => [rom.name, rom]));
    this.machineDtb = machineDtb;
    this.seeds = table.seeds;
    this.build = table.build;
    this.modules = {
      core: await this.module("core.wasm"),
      rom: () => this.module("rom.wasm"),
      recovery: () => this.module("recovery.wasm"),
    };
    return this;
  }

  /** Compiled once. */
  module(name) {
    if (!this.#modules.has(name)) {
      const compile = async () => WebAssembly.compile(await this.#file(name));
      this.#modules.set(name, compile().catch((error) => {
        this.#modules.delete(name);
        throw error instanceof WebAssembly.CompileError
          ? new SiteError(`${name} is damaged: ${error.message}`) : error;
      }));
    }
    return this.#modules.get(name);
  }

  /** "cn"; or "cn:3", the same with another rollback index, where a story needs one. */
  hasRom(model, rom) {
    const name = this.#nameOf(rom);
    return this.roms.has(name) || this.#more(model).includes(name);
  }

  #nameOf(rom) {
    return this.aliases.get(rom) ?? rom;
  }

  /** A ROM's rollback index, as its package says it. */
  indexOf(model, rom) {
    const index = /:(\d+)/.exec(this.#nameOf(rom))?.[1];
    return index === undefined ? this.models.get(model).rollback_index : Number(index);
  }

  /** The images of a ROM for a model: a Map of names to Images. */
  async images(model, rom) {
    const name = this.#nameOf(rom);
    const usual = imagesOf(await this.#pack(`data/${model}-roms.pack`), /^\w+/.exec(name)[0]);
    return this.roms.has(name) ? usual
      : new Map([...usual, ...imagesOf(await this.#pack(`data/${model}-more.pack`), name)]);
  }

  /** The stories, which are fetched when somebody wants one. */
  async stories() {
    return JSON.parse(new TextDecoder().decode(await this.#file("data/stories.json")));
  }

  #more(model) {
    return this.models.get(model)?.more ?? [];
  }

  /** Of the account service. */
  async accountKey() {
    return JSON.parse(new TextDecoder().decode(await this.#file("data/account.json")));
  }

  /** A scene whose every word there is; what does not fit is the nearest that does. */
  fit(scene = DEFAULT_SCENE) {
    const fitted = { ...DEFAULT_SCENE };
    const take = (key, there) => {
      const wanted = [scene[key], fitted[key]].find((value) => there.includes(value));
      fitted[key] = wanted ?? there[0];
    };
    take("model", [...this.models.keys()]);
    take("made_for", this.models.get(fitted.model).regions);
    take("rom", [...this.roms.keys()]);
    take("lock", LOCKS);
    take("policy", POLICIES);
    const hasOther = this.#more(fitted.model)
      .includes(norName({ ...fitted, rollback: scene.rollback }));
    return hasOther ? { ...fitted, rollback: scene.rollback } : fitted;
  }

  /** NOR, disk and what else a Phone is made of, fresh from the factory. */
  async factory(scene) {
    const { model, rom } = scene;
    const about = this.models.get(model);
    const pack = await this.#pack(`data/${model}.pack`);
    const hasOther = scene.rollback !== undefined;
    return {
      nor: norOf(hasOther ? await this.#pack(`data/${model}-more.pack`) : pack, norName(scene)),
      disk: this.#diskOf(about, pack, rom),
      machineDtb: this.machineDtb,
      seeds: this.seeds,
      codename: model,
      partitions: about.partitions,
      panelSize: { width: about.panel[0], height: about.panel[1] },
    };
  }

  /** The ROM may still be on its way when the phone is switched on. */
  #diskOf(about, pack, rom) {
    const head = pack.get("gpt/head");
    const tail = pack.get("gpt/tail");
    const disk = new Disk(about.blocks, [
      { offset: 0, length: head.length, bytes: head },
      { offset: about.blocks * BLOCK_BYTES - tail.length, length: tail.length, bytes: tail },
    ]);
    const parts = Object.entries(about.partitions).map(([name, [offset, length]]) => ({
      name: name.replace(/_[ab]$/, ""), offset, length, bytes: null }))
      .filter(({ name }) => OF_A_ROM.includes(name));
    const extentsOf = (images) => parts.flatMap((part) =>
      (images.get(part.name)?.extents ?? []).map(({ offset, bytes }) =>
        ({ offset: part.offset + offset, length: bytes.length, bytes })));
    disk.arrived = this.images(about.codename, rom).then((images) => {
      const others = disk.factory.filter((extent) => !parts.includes(extent));
      disk.factory = [...others, ...extentsOf(images)];
    }, () => parts.forEach((part) => { part.isLost = true; }));
    parts.forEach((part) => { part.coming = disk.arrived; });
    disk.factory.push(...parts);
    return disk;
  }

  #pack(name) {
    if (!this.#packs.has(name)) {
      this.#packs.set(name, this.#file(name).then(unpack).catch((error) => {
        this.#packs.delete(name);
        throw error instanceof SiteError ? error
          : new SiteError(`${name} is damaged: ${error.message}`);
      }));
    }
    return this.#packs.get(name);
  }

  async #file(name) {
    try {
      return await this.#get(name);
    } catch (error) {
      throw new SiteError(`${name} did not arrive: ${error.message}`);
    }
  }
}

/** As build_page.py names a factory's NOR; `rollback`: what its fuses count, if not the model's. */
function norName({ made_for, lock, policy, rollback }) {
  return `nor/${made_for}/${lock}/${policy}${rollback === undefined ? "" : `+${rollback}`}`;
}

function norOf(pack, name) {
  const nor = new Uint8Array(NOR_BYTES).fill(0xff);
  let found = false;
  for (const [piece, bytes] of pack) {
    if (piece.startsWith(`${name}/`)) {
      nor.set(bytes, parseInt(piece.slice(name.length + 1), 16));
      found = true;
    }
  }
  if (!found) {
    throw new SiteError(`the factory makes no such phone: ${name}`);
  }
  return nor;
}
