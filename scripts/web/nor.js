// SPDX-License-Identifier: MIT
// What can be read in a phone's NOR from outside (bootloader/format/nor_map.h, fuses.h).

const FUSES_AT = 0x140000;
const ROLLBACK_AT = 132; // the unary count (scripts/lab/fuses.py)
const ROLLBACK_BYTES = 8;

/** What the rollback fuses count: one more than the highest that is burned. */
export function rollbackFuses(nor) {
  const bytes = nor.subarray(FUSES_AT + ROLLBACK_AT, FUSES_AT + ROLLBACK_AT + ROLLBACK_BYTES);
  const last = bytes.findLastIndex((byte) => byte !== 0xff);
  return last < 0 ? 0 : last * 8 + 32 - Math.clz32(~bytes[last] & 0xff);
}
