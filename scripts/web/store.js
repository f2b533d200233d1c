// SPDX-License-Identifier: MIT
// A phone kept in the browser: its NOR and what was written to its disk, stored as it is written,
// so that closing the page is no worse than cutting the phone's power. IndexedDB; nothing leaves
// the computer. One page at a time has the phone: a second one is told so, and keeps nothing.

const NAME = "flashlab";
const PHONE = "phone"; // the scene and the build of the page
const NOR_SECTOR_BYTES = 0x40000;

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser gave up"));
  });
}

/** Whether this page is the only one; it stays so until it is closed. */
function isAlone() {
  const locks = globalThis.navigator?.locks;
  if (!locks) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    locks.request(NAME, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {}); // held
    });
  });
}

export class Store {
  #database = null;
  #disk = null;
  #nor = null;
  #sectors = new Set();
  #pending = null; // the end of what is being written
  /** Why nothing is kept: "elsewhere" (another page has it), "unavailable", "full"; null: it is. */
  trouble = null;
  onTrouble = () => {};

  async open() {
    if (!await isAlone()) {
      this.#fail("elsewhere");
      return this;
    }
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("pieces");
      this.#database = await answerOf(request);
    } catch {
      this.#fail("unavailable");
    }
    return this;
  }

  /**
   * {scene, build, sectors: [[number, bytes]], pages: [[page, bytes | null]]}; null: nothing is
   * kept.
   */
  async load() {
    if (!this.#database) {
      return null;
    }
    try {
      const pieces = this.#database.transaction("pieces").objectStore("pieces");
      const [keys, values] =
        await Promise.all([answerOf(pieces.getAllKeys()), answerOf(pieces.getAll())]);
      const all = keys.map((key, index) => [key, values[index]]);
      const of = (kind) => all.filter(([key]) => key[0] === kind)
        .map(([key, value]) => [key[1], value]);
      const about = all.find(([key]) => key === PHONE)?.[1];
      return about ? { ...about, sectors: of("nor"), pages: of("disk") } : null;
    } catch {
      this.#fail("unavailable");
      return null;
    }
  }

  /** Forgets what was kept, and keeps this phone from now on. */
  async keep(about, disk, nor) {
    await this.#pending;
    this.#disk = disk;
    this.#nor = nor;
    this.#sectors.clear();
    await this.#write((pieces) => {
      pieces.clear();
      pieces.put(about, PHONE);
    });
  }

  /** Goes on with the phone that was loaded. */
  goOn(disk, nor) {
    this.#disk = disk;
    this.#nor = nor;
  }

  norChanged(offset, size) {
    for (let at = offset; at < offset + size; at += NOR_SECTOR_BYTES) {
      this.#sectors.add(Math.floor(at / NOR_SECTOR_BYTES));
    }
    this.#sectors.add(Math.floor((offset + size - 1) / NOR_SECTOR_BYTES));
  }

  /** A promise while something that was written is not safe yet; null when all is. */
  sync() {
    const pages = this.#disk?.takeUnstored() ?? [];
    const sectors = [...this.#sectors];
    this.#sectors.clear();
    if (pages.length === 0 && sectors.length === 0) {
      return this.#pending;
    }
    // A copy: it may be written again before the browser has taken it.
    const copies = pages.map(([page, bytes]) => [page, bytes && bytes.slice()]);
    const nor = sectors.map((sector) => [sector,
      this.#nor.slice(sector * NOR_SECTOR_BYTES, (sector + 1) * NOR_SECTOR_BYTES)]);
    return this.#write((pieces) => {
      copies.forEach(([page, bytes]) => pieces.put(bytes, ["disk", page]));
      nor.forEach(([sector, bytes]) => pieces.put(bytes, ["nor", sector]));
    });
  }

  #write(put) {
    if (!this.#database || this.trouble) {
      return null;
    }
    let end;
    try {
      const transaction =
        this.#database.transaction("pieces", "readwrite", { durability: "strict" });
      end = endOf(transaction);
      put(transaction.objectStore("pieces"));
    } catch (error) {
      end = Promise.reject(error);
    }
    const pending = Promise.all([this.#pending, end]).catch(() => this.#fail("full")).then(() => {
      if (this.#pending === pending) {
        this.#pending = null;
      }
    });
    this.#pending = pending;
    return pending;
  }

  #fail(trouble) {
    this.trouble = trouble;
    this.onTrouble(trouble);
  }
}
