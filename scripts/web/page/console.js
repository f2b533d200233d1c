// SPDX-License-Identifier: MIT
// The command box: what is typed, what the computer says, and files of one's own.
import { byId, h } from "./dom.js";

const HISTORY_MAX = 100;
const KIB = 1024;
const MIB = 1 << 20;
const FILE_MIB_MAX = 128; // as much as the phone takes at once (bootloader/port/web_page.c)

export class Console {
  #phone;
  #t;
  #told;
  #history = [];
  #at = 0;
  #shown = 0;
  #isAsked = false;

  /** told(line): a line of the phone's output in the reader's language. */
  constructor(phone, t, told) {
    this.#phone = phone;
    this.#t = t;
    this.#told = told;
    phone.addEventListener("output", () => this.#request());
    byId("typed").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("line").addEventListener("keydown", (event) => this.#browse(event));
    byId("file").addEventListener("change", (event) => {
      this.take(event.target.files);
      event.target.value = "";
    });
    byId("known")
      .replaceChildren(...phone.commands.list.map(({ usage }) =>
      h("option", { value: usage.split(" | ")[0] })));
  }

  /** Runs a line as if it was typed. */
  run(line) {
    return this.#phone.run(line);
  }

  /** Files that were dropped, or chosen. Only their names and sizes are looked at now. */
  take(files) {
    for (const file of files) {
      const name = file.name.replace(/[^\w.-]/g, "_").slice(-60);
      const isFit = file.size <= FILE_MIB_MAX * MIB;
      const size = Math.ceil(file.size / (isFit ? KIB : MIB));
      if (isFit) {
        this.#phone.files.set(name, file);
      }
      this.#phone.output.push({ kind: isFit ? "said" : "wrong",
        zh: "", text: this.#t(isFit ? "dropped" : "too_large",
          { name, size, most: FILE_MIB_MAX, partition: this.#partitionOf(name) }) });
    }
    this.show();
  }

  /** What a file's name says that it is for; the boot image else. */
  #partitionOf(name) {
    const word = name.replace(/\..*/, "");
    const known = Object.keys(this.#phone.about.partitions)
      .map((each) => each.replace(/_[ab]$/, ""));
    return known.includes(word) ? word : "boot";
  }

  #submit() {
    const line = byId("line").value.trim();
    if (line === "" || this.#phone.isBusy) {
      return;
    }
    this.#history = [...this.#history.filter((each) => each !== line), line].slice(-HISTORY_MAX);
    this.#at = this.#history.length;
    byId("line").value = "";
    this.run(line);
  }

  #browse(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || this.#history.length === 0) {
      return;
    }
    event.preventDefault();
    this.#at = Math.max(0, Math.min(this.#history.length, this.#at + step));
    byId("line").value = this.#history[this.#at] ?? "";
  }

  /** Many lines may come at once: they are shown once a frame. */
  #request() {
    if (!this.#isAsked) {
      this.#isAsked = true;
      requestAnimationFrame(() => {
        this.#isAsked = false;
        this.show();
      });
    }
  }

  show() {
    const list = byId("output");
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.replaceChildren(...this.#phone.output.map((line) =>
      h("li", { data: { kind: line.kind } }, this.#told(line))));
    byId("typed").querySelector("button").disabled = this.#phone.isBusy;
    if (isAtEnd || this.#shown !== this.#phone.output.length) {
      list.scrollTop = list.scrollHeight;
    }
    this.#shown = this.#phone.output.length;
  }
}
