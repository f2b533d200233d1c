// SPDX-License-Identifier: MIT
// A phone's disk: what left the factory, which may still be on its way here, under what was written
// since. Sparse: what is in neither reads as zeros. What was written always wins, so a range that
// arrives late overwrites nothing.

export const BLOCK_BYTES = 512;
export const PAGE_BYTES = 1 << 16; // what is kept, and stored, at once

export class Disk {
  #pages = new Map(); // page -> bytes; null: zeros
  #unstored = new Set();

  /** factory: [{offset, length, bytes | null, coming: Promise, isLost}], which do not overlap. */
  constructor(blocks, factory = []) {
    this.blocks = blocks;
    this.factory = factory;
  }

  /** A promise when some of the range is still coming; null: it can be read now. */
  coming(offset, length) {
    const part = this.factory.find((extent) => extent.bytes === null && !extent.isLost
      && meets(extent, offset, length));
    return part ? part.coming : null;
  }

  /** False: what left the factory did not arrive. */
  read(offset, out) {
    if (this.#isLost(offset, out.length)) {
      return false;
    }
    for (let at = 0; at < out.length;) {
      const { page, within, length } = pieceAt(offset + at, out.length - at);
      this.#readPage(page, within, out.subarray(at, at + length));
      at += length;
    }
    return true;
  }

  write(offset, bytes) {
    if (this.#isLost(offset, bytes.length)) {
      return false;
    }
    for (let at = 0; at < bytes.length;) {
      const { page, within, length } = pieceAt(offset + at, bytes.length - at);
      this.#writablePage(page, length).set(bytes.subarray(at, at + length), within);
      this.#unstored.add(page);
      at += length;
    }
    return true;
  }

  zero(offset, length) {
    const end = offset + length;
    const whole = [Math.ceil(offset / PAGE_BYTES), Math.floor(end / PAGE_BYTES)];
    if (whole[0] > whole[1]) { // within one page
      return this.write(offset, new Uint8Array(length));
    }
    this.write(offset, new Uint8Array(whole[0] * PAGE_BYTES - offset));
    this.write(whole[1] * PAGE_BYTES, new Uint8Array(end - whole[1] * PAGE_BYTES));
    for (const page of this.#pagesWithin(...whole)) {
      this.#pages.set(page, null);
      this.#unstored.add(page);
    }
    return true;
  }

  /** What was written since it was asked last: [[page, bytes | null], ...]. */
  takeUnstored() {
    const taken = [...this.#unstored].map((page) => [page, this.#pages.get(page)]);
    this.#unstored.clear();
    return taken;
  }

  /** How many pages that would be. */
  get unstored() {
    return this.#unstored.size;
  }

  /** As it was stored. */
  restore(pages) {
    this.#pages = new Map(pages);
    this.#unstored.clear();
  }

  /** Those that are not zeros, as far as it is known: for comparing disks. */
  *written() {
    const pages = new Set([...this.#pages.keys(), ...this.factory.flatMap(pagesOf)]);
    for (const page of [...pages].sort((one, other) => one - other)) {
      const bytes = new Uint8Array(PAGE_BYTES);
      this.#readPage(page, 0, bytes);
      yield [page, bytes];
    }
  }

  /** As it is now, for a comparison. */
  copy() {
    const copied = new Disk(this.blocks, this.factory);
    copied.restore([...this.#pages].map(([page, bytes]) => [page, bytes && bytes.slice()]));
    return copied;
  }

  /** Is every byte what it is on `other`, which left the same factory? */
  isSame(other) {
    const pages = new Set([...this.#pages.keys(), ...other.#pages.keys()]);
    const [mine, theirs] = [new Uint8Array(PAGE_BYTES), new Uint8Array(PAGE_BYTES)];
    return [...pages].every((page) => {
      this.#readPage(page, 0, mine);
      other.#readPage(page, 0, theirs);
      return mine.every((byte, at) => byte === theirs[at]);
    });
  }

  #isLost(offset, length) {
    return this.factory.some((extent) => extent.isLost && meets(extent, offset, length));
  }

  #readPage(page, within, out) {
    const bytes = this.#pages.get(page);
    if (bytes) {
      out.set(bytes.subarray(within, within + out.length));
    } else if (bytes === null) {
      out.fill(0);
    } else {
      this.#readFactory(page * PAGE_BYTES + within, out);
    }
  }

  #readFactory(offset, out) {
    const { length } = out;
    const whole = this.factory.find((extent) => extent.offset <= offset
      && offset + length <= extent.offset + extent.length);
    if (whole?.bytes) {
      out.set(whole.bytes.subarray(offset - whole.offset, offset - whole.offset + length));
      return;
    }
    out.fill(0);
    for (const extent of this.factory) {
      const begin = Math.max(offset, extent.offset);
      const end = Math.min(offset + out.length, extent.offset + extent.length);
      if (begin < end && extent.bytes) {
        out.set(extent.bytes.subarray(begin - extent.offset, end - extent.offset), begin - offset);
      }
    }
  }

  #writablePage(page, length) {
    let bytes = this.#pages.get(page);
    if (!bytes) {
      bytes = new Uint8Array(PAGE_BYTES);
      if (length < PAGE_BYTES) {
        this.#readPage(page, 0, bytes);
      }
      this.#pages.set(page, bytes);
    }
    return bytes;
  }

  /** Those that may hold something, of a range that may be gigabytes. */
  #pagesWithin(first, end) {
    const there = [...this.#pages.keys(), ...this.factory.flatMap(pagesOf)];
    return new Set(there.filter((page) => page >= first && page < end));
  }
}

function meets(extent, offset, length) {
  return extent.offset < offset + length && offset < extent.offset + extent.length;
}

function pieceAt(offset, left) {
  const page = Math.floor(offset / PAGE_BYTES);
  const within = offset - page * PAGE_BYTES;
  return { page, within, length: Math.min(PAGE_BYTES - within, left) };
}

function pagesOf({ offset, length }) {
  const first = Math.floor(offset / PAGE_BYTES);
  const count = Math.ceil((offset + length) / PAGE_BYTES) - first;
  return Array.from({ length: count }, (_, index) => first + index);
}
