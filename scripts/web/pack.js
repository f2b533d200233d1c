// SPDX-License-Identifier: MIT
// A pack: several named pieces of bytes in one file. 4 bytes of length (little endian), so much
// JSON
// {name: [offset, length]}, then the pieces. Written by build_page.py.

const LENGTH_BYTES = 4;

/** A Map of names to bytes. Throws an Error on what is no pack, or is cut off. */
export function unpack(bytes) {
  const head = LENGTH_BYTES
    + (bytes.length < LENGTH_BYTES ? Infinity
    : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));
  if (head > bytes.length) {
    throw new Error("the pack is cut off");
  }
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, head)));
  return new Map(Object.entries(index).map(([name, [offset, length]]) => {
    if (head + offset + length > bytes.length) {
      throw new Error(`the pack is cut off: ${name} is not whole`);
    }
    return [name, bytes.subarray(head + offset, head + offset + length)];
  }));
}
