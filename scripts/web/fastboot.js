// SPDX-License-Identifier: MIT
// A fastboot client at the phone's link: the protocol's packets in the frames of fastboot over TCP
// (version 1: "FB01", then 8 bytes of length before each packet).

import { CommandError } from "./command_error.js";

const HELLO = "FB01";
const GONE = ["the phone is gone", "手机不在了"];
const LENGTH_BYTES = 8;
const ANSWER_BYTES_MAX = 4096; // no answer that is text is longer
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class FastbootError extends CommandError {}

export class Fastboot {
  #link;
  #received = new Uint8Array(0);
  #isGreeted = false;
  #waiting = null; // {resolve, reject, count}
  #gone = false;

  constructor(link) {
    this.#link = link;
  }

  /** Resolves when the phone has greeted: it does so in fastboot mode only. */
  async connect() {
    this.#link.connect((bytes) => this.#take(bytes));
    this.#link.send(encoder.encode(HELLO));
    const hello = decoder.decode(await this.#next(HELLO.length));
    if (!/^FB\d\d$/.test(hello)) {
      throw new FastbootError("the phone did not greet as fastboot does", "手机没有按 fastboot 的方式应答");
    }
    this.#isGreeted = true;
  }

  get isConnected() {
    return this.#isGreeted && !this.#gone && this.#link.isConnected;
  }

  /** The cable is pulled, or the phone is gone. */
  disconnect(...why) {
    this.#gone = true;
    this.#link.disconnect();
    this.#waiting?.reject(new FastbootError(...(why.length > 0 ? why : GONE)));
    this.#waiting = null;
  }

  /**
   * One command. onInfo(text) hears the lines on the way. {isOkay, text, dataBytes}: dataBytes is
   * set when the phone waits for so much, or sends so much.
   */
  async command(text, onInfo = () => {}) {
    this.#send(encoder.encode(text));
    for (;;) {
      const answer = decoder.decode(await this.#packet());
      const [kind, rest] = [answer.slice(0, 4), answer.slice(4)];
      switch (kind) {
        case "INFO":
        case "TEXT":
          onInfo(rest);
          break;
        case "DATA":
          return { isOkay: true, text: rest, dataBytes: parseInt(rest, 16) };
        case "OKAY":
        case "FAIL":
          return { isOkay: kind === "OKAY", text: rest };
        default:
          throw new FastbootError("the phone answered what is no answer", "手机的应答不是应答");
      }
    }
  }

  /** Stages bytes for the next command. */
  async download(bytes, onInfo) {
    const answer =
      await this.command(`download:${bytes.length.toString(16).padStart(8, "0")}`, onInfo);
    if (answer.dataBytes === undefined) {
      return answer;
    }
    this.#send(bytes);
    return this.#answer(onInfo);
  }

  /** What the last command left for the computer: {isOkay, text, bytes}. */
  async upload(onInfo) {
    const answer = await this.command("upload", onInfo);
    if (answer.dataBytes === undefined) {
      return answer;
    }
    const bytes = new Uint8Array(answer.dataBytes);
    for (let at = 0; at < bytes.length;) {
      const piece = await this.#packet(bytes.length - at);
      bytes.set(piece, at);
      at += piece.length;
    }
    return { ...await this.#answer(onInfo), bytes };
  }

  async flash(partition, bytes, onInfo) {
    const sent = await this.download(bytes, onInfo);
    return sent.isOkay ? this.command(`flash:${partition}`, onInfo) : sent;
  }

  async #answer(onInfo = () => {}) {
    for (;;) {
      const answer = decoder.decode(await this.#packet());
      if (!/^(INFO|TEXT)/.test(answer)) {
        return { isOkay: answer.startsWith("OKAY"), text: answer.slice(4) };
      }
      onInfo(answer.slice(4));
    }
  }

  #send(bytes) {
    if (this.#gone) {
      throw new FastbootError(...GONE);
    }
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length));
    this.#link.send(length);
    this.#link.send(bytes);
  }

  async #packet(most = ANSWER_BYTES_MAX) {
    const head = await this.#next(LENGTH_BYTES);
    const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0);
    if (length > BigInt(most)) {
      throw new FastbootError("the phone announced more than it may send",
        "手机要发送的内容超过上限");
    }
    return this.#next(Number(length));
  }

  /** So many bytes, when they are there. One caller at a time. */
  #next(count) {
    return new Promise((resolve, reject) => {
      if (this.#gone) {
        reject(new FastbootError(...GONE));
        return;
      }
      this.#waiting = { resolve, reject, count };
      this.#give();
    });
  }

  #take(bytes) {
    const joined = new Uint8Array(this.#received.length + bytes.length);
    joined.set(this.#received);
    joined.set(bytes, this.#received.length);
    this.#received = joined;
    this.#give();
  }

  #give() {
    if (this.#waiting && this.#received.length >= this.#waiting.count) {
      const { resolve, count } = this.#waiting;
      this.#waiting = null;
      const bytes = this.#received.slice(0, count);
      this.#received = this.#received.slice(count);
      resolve(bytes);
    }
  }
}
