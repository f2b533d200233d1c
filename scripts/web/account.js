// SPDX-License-Identifier: MIT
// The lab's account service, in the page: who may unlock a phone, and from when (as
// scripts/lab/account.py). It signs with the key of this build of the page, which opens the phones
// of this build and nothing else.

export const HOURS = { before: 72, from2018: 360 };
const HOUR_MS = 3600e3;
const TOKEN_HEAD_BYTES = 4;
// What is signed begins with the first, the answer with the second (bootloader/format/).
const UNLOCK = ["FLASHLAB-UNLOCK-1\0", "FLUNLOCK"];
const RESCUE = ["FLASHLAB-RESCUE-1\0", "FLRESCUE"];
const EXPONENT = 65537n;
const SHA256_PREFIX = "3031300d060960864801650304020105000420";
const SLICE_MS = 8;

const encoder = new TextEncoder();
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const numberOf = (hex) => BigInt(`0x${hex}`);

/** What a token is of: {bytes, product, serial}; null when the phone never made such a one. */
export function readToken(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
  const records = [];
  for (let at = TOKEN_HEAD_BYTES; at + 2 <= bytes.length; at += 2 + bytes[at + 1]) {
    records.push({ type: bytes[at], value: bytes.subarray(at + 2, at + 2 + bytes[at + 1]) });
  }
  const [nonce, product, serial] = records;
  const isToken = bytes[0] === "U".charCodeAt(0)
    && bytes[3] === bytes.length - TOKEN_HEAD_BYTES && records.length === 3
    && nonce.type === 1 && product.type === 3 && serial.type === 2;
  const decode = (record) => new TextDecoder().decode(record.value);
  return isToken ? { bytes, product: decode(product), serial: decode(serial) } : null;
}

/** base ** exponent mod modulus, without keeping the page from drawing. */
async function power(base, exponent, modulus) {
  let result = 1n;
  let begun = performance.now();
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") {
      result = (result * base) % modulus;
    }
    if (performance.now() - begun > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      begun = performance.now();
    }
  }
  return result;
}

/** 1 / number mod modulus: Euclid's way. */
function inverse(number, modulus) {
  let [left, right, x, y] = [modulus, number % modulus, 0n, 1n];
  while (right !== 0n) {
    const times = left / right;
    [left, right, x, y] = [right, left - times * right, y, x - times * y];
  }
  return (x + modulus) % modulus;
}

const bytesOf = (number) => Math.ceil(number.toString(16).length / 2);
const toBytes = (number, size) => fromHex(number.toString(16).padStart(size * 2, "0"));

/** As AVB has it, big endian: the bits of n, -1/n mod 2^32, n, and r^2 mod n, where r = 2^bits. */
function publicKey(key) {
  const n = numberOf(key.p) * numberOf(key.q);
  const size = bytesOf(n);
  const word = 1n << 32n;
  return joined(toBytes(BigInt(size * 8), 4), toBytes(word - inverse(n, word), 4), toBytes(n, size),
    toBytes((1n << BigInt(size * 16)) % n, size));
}

/** RFC 8017: PKCS#1 v1.5 over a SHA-256, by the Chinese remainder theorem. */
async function sign(key, digest) {
  const [p, q] = [numberOf(key.p), numberOf(key.q)];
  const size = bytesOf(p * q);
  const tail = SHA256_PREFIX + toHex(digest);
  const padded = numberOf(`0001${"ff".repeat(size - 3 - tail.length / 2)}00${tail}`);
  const rootMod = (prime) => power(padded % prime, inverse(EXPONENT, prime - 1n), prime);
  const [m1, m2] = [await rootMod(p), await rootMod(q)];
  const h = (inverse(q, p) * (((m1 - m2) % p) + p)) % p;
  return toBytes(m2 + h * q, size);
}

export class Account {
  #key;
  #sha256;
  boundAt = null; // on the service's clock; null: to nobody
  aheadMs = 0; // of the real clock
  waitHours = 0;

  /**
   * key() promises the primes {p, q}, in hex, and `plain`, another such key: it is asked when
   * something is to be signed. sha256(bytes) -> bytes.
   */
  constructor(key, sha256) {
    this.#key = key;
    this.#sha256 = sha256;
  }

  bind(waitHours) {
    this.waitHours = waitHours;
    this.boundAt = Date.now() + this.aheadMs;
  }

  moveClock(hours) {
    this.aheadMs += hours * HOUR_MS;
  }

  /** Whole hours, rounded up; 0: the waiting is over. */
  get hoursLeft() {
    const gone = Date.now() + this.aheadMs - this.boundAt;
    return Math.max(0, Math.ceil(this.waitHours - gone / HOUR_MS));
  }

  /** For a phone's token: what `oem unlock` wants to have staged. */
  async answer(token) {
    return this.#signed(await this.#key(), UNLOCK, token.bytes);
  }

  /** For a challenge of rescue mode. `who`: "authorised" by the maker, or a "plain" account. */
  async rescueAnswer(who, challengeHex, serial) {
    const keys = await this.#key();
    return this.#signed(who === "authorised" ? keys : keys.plain, RESCUE,
      joined(fromHex(challengeHex), encoder.encode(serial)));
  }

  async #signed(key, [domain, magic], bytes) {
    const digest = this.#sha256(joined(encoder.encode(domain), bytes));
    return joined(encoder.encode(magic), publicKey(key), await sign(key, digest));
  }
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}
