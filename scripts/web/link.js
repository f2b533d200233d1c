// SPDX-License-Identifier: MIT
// A byte stream between the phone and whoever holds the other end: as one port of QEMU's console.

export class Link {
  #toPhone = [];
  #changes = 0; // odd while somebody is there
  onBytes = () => {}; // from the phone
  onNews = () => {}; // for the phone: it may wake up

  get changes() {
    return this.#changes;
  }

  get isConnected() {
    return this.#changes % 2 === 1;
  }

  get isEmpty() {
    return this.#toPhone.length === 0;
  }

  connect(onBytes) {
    this.disconnect();
    this.onBytes = onBytes;
    this.#changes++;
    this.onNews();
  }

  /** What was on its way is lost. */
  disconnect() {
    if (this.isConnected) {
      this.#changes++;
      this.#toPhone = [];
      this.onBytes = () => {};
      this.onNews();
    }
  }

  send(bytes) {
    if (this.isConnected && bytes.length !== 0) {
      this.#toPhone.push(bytes);
      this.onNews();
    }
  }

  /** Fills as much of `room` as there is; how many bytes that was. */
  take(room) {
    let count = 0;
    while (count < room.length && this.#toPhone.length !== 0) {
      const bytes = this.#toPhone[0];
      const taken = bytes.subarray(0, room.length - count);
      room.set(taken, count);
      count += taken.length;
      if (taken.length === bytes.length) {
        this.#toPhone.shift();
      } else {
        this.#toPhone[0] = bytes.subarray(taken.length);
      }
    }
    return count;
  }
}
