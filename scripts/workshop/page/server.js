// SPDX-License-Identifier: MIT
// The server's side of the page: what it tells (server-sent events) and what it is asked (POST
// /do).
// A lost connection comes back by itself and begins with a whole state, so nothing is remembered
// here that the server does not know.

import { t } from "./language.js";

const AGAIN_MS = 1000;

export class Server extends EventTarget {
  #source = null;
  connected = false;

  /** Events: "whole" (also after each loss), the kinds of the server's messages, "connection". */
  open() {
    this.#source = new EventSource("/events");
    this.#source.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      this.#connection(true);
      this.#tell(message.kind, message);
    };
    this.#source.onerror = () => {
      this.#source.close();
      this.#connection(false);
      setTimeout(() => this.#comeBack(), AGAIN_MS);
    };
  }

  /** A browser gives up on an error that is an answer; we ask whether there is somebody at all. */
  async #comeBack() {
    try {
      const answer = await fetch("/shelf");
      if (answer.status === 403) {
        this.#tell("shown-out", {});
        return;
      }
    } catch {
      // not there yet
    }
    this.open();
  }

  #connection(connected) {
    if (connected !== this.connected) {
      this.connected = connected;
      this.#tell("connection", { connected });
    }
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  on(kind, listener) {
    this.addEventListener(kind, ({ detail }) => listener(detail));
  }

  /** Asks for something. What is wrong with it is told as "refused", and thrown. */
  async do(verb, request = {}) {
    return this.#answer(await this.#fetch("/do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ verb, ...request }),
    }));
  }

  /** What a phone of this browser has come to; nobody is told when that fails. */
  async claim(claim) {
    const answer = await fetch("/do", { method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ verb: "claim", ...claim }) });
    if (!answer.ok) {
      throw new Error(t("odd_answer", { status: answer.status }));
    }
  }

  /** What its screen shows: a small PNG. Nobody is told when that fails. */
  async picture(phone, blob) {
    const answer = await fetch(`/phones/${encodeURIComponent(phone)}/picture`,
      { method: "POST", headers: { "Content-Type": "image/png" }, body: blob });
    if (!answer.ok) {
      throw new Error(t("odd_answer", { status: answer.status }));
    }
  }

  /** Something cannot be done: a text, or one in both languages. */
  refuse(message) {
    this.#tell("refused", { message });
  }

  async upload(phone, file) {
    const path = `/phones/${encodeURIComponent(phone)}/upload/${encodeURIComponent(file.name)}`;
    return this.#answer(await this.#fetch(path, { method: "POST", body: file }));
  }

  async shelf() {
    return (await fetch("/shelf")).json();
  }

  async #fetch(path, options) {
    try {
      return await fetch(path, options);
    } catch {
      this.refuse(t("silent"));
      throw new Error("silent");
    }
  }

  async #answer(answer) {
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      this.refuse(said.error ?? t("odd_answer", { status: answer.status }));
      throw new Error("refused");
    }
    return said;
  }
}
