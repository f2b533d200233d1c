// SPDX-License-Identifier: MIT
// An image of a partition, most of which may be zeros: kept and sent without them. To a phone it
// goes as an Android sparse image (version 1.0): raw chunks, and what is between them is passed
// over.

const BLOCK_BYTES = 4096;
const HEADER_BYTES = 28;
const CHUNK_BYTES = 12;
const MAGIC = 0xed26ff3a;
const RAW = 0xcac1;
const DONT_CARE = 0xcac3;
const SENT_WHOLE_MAX = 1 << 20;

export class Image {
  /** extents: [{offset, bytes}], by offset, each on a block of 4096. */
  constructor(size, extents) {
    this.size = size;
    this.extents = extents;
  }

  /** Everything, zeros too. */
  bytes() {
    const all = new Uint8Array(this.size);
    this.extents.forEach(({ offset, bytes }) => all.set(bytes, offset));
    return all;
  }

  /** What a client sends: as it is, or without the zeros where they are many. */
  toSend() {
    return this.size <= SENT_WHOLE_MAX || this.size % BLOCK_BYTES !== 0 ? this.bytes()
      : this.#sparse();
  }

  writeTo(disk, at) {
    disk.zero(at, this.size);
    this.extents.forEach(({ offset, bytes }) => disk.write(at + offset, bytes));
  }

  #sparse() {
    const chunks = [];
    let at = 0;
    for (const { offset, bytes } of [...this.extents,
      { offset: this.size, bytes: new Uint8Array(0) }]) {
      if (offset > at) {
        chunks.push({ kind: DONT_CARE, blocks: (offset - at) / BLOCK_BYTES,
          bytes: new Uint8Array(0) });
      }
      if (bytes.length !== 0) {
        chunks.push({ kind: RAW, blocks: Math.ceil(bytes.length / BLOCK_BYTES), bytes });
      }
      at = offset + Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
    }
    return this.#written(chunks);
  }

  #written(chunks) {
    const length = HEADER_BYTES
      + chunks.reduce((sum, { kind, blocks }) => sum + CHUNK_BYTES
      + (kind === RAW ? blocks * BLOCK_BYTES : 0), 0);
    const out = new Uint8Array(length);
    const view = new DataView(out.buffer);
    view.setUint32(0, MAGIC, true);
    [1, 0, HEADER_BYTES, CHUNK_BYTES]
      .forEach((value, index) => view.setUint16(4 + 2 * index, value, true));
    [BLOCK_BYTES, this.size / BLOCK_BYTES, chunks.length, 0]
      .forEach((value, index) => view.setUint32(12 + 4 * index, value, true));
    let at = HEADER_BYTES;
    for (const { kind, blocks, bytes } of chunks) {
      const total = CHUNK_BYTES + (kind === RAW ? blocks * BLOCK_BYTES : 0);
      view.setUint16(at, kind, true);
      view.setUint32(at + 4, blocks, true);
      view.setUint32(at + 8, total, true);
      out.set(bytes, at + CHUNK_BYTES);
      at += total;
    }
    return out;
  }
}

/** One ROM out of a model's pack (factory.py, image_pieces): a Map of names to Images. */
export function imagesOf(pack, rom) {
  const sizes = JSON.parse(new TextDecoder().decode(pack.get(`${rom}/sizes`)));
  return new Map(Object.entries(sizes).map(([name, size]) => {
    const begins = `${rom}/${name}@`;
    const extents = [...pack].filter(([piece]) => piece.startsWith(begins))
      .map(([piece, bytes]) => ({ offset: Number(piece.slice(begins.length)), bytes }));
    return [name, new Image(size, extents.sort((one, other) => one.offset - other.offset))];
  }));
}
