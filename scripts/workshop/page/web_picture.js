// SPDX-License-Identifier: MIT
// What the leader's wall shows of a phone in this browser: its screen, small, at most once a second
// and only when it has changed.
const EVERY_MS = 1000;
const WIDTH = 180; // picture.py takes no larger one than 240 x 560

export class Picture {
  #web;
  #send;
  #sent = "";
  #timer = 0;
  #canvas = document.createElement("canvas");
  #pixels = document.createElement("canvas");

  /** send(blob): a PNG for the server; what it refuses is sent again with the next change. */
  constructor(web, send) {
    this.#web = web;
    this.#send = send;
    ["frame", "power"].forEach((kind) => web.addEventListener(kind, () => this.#soon()));
    this.#soon();
  }

  #soon() {
    this.#timer ||= setTimeout(() => this.#look(), EVERY_MS);
  }

  #look() {
    this.#timer = 0;
    if (!this.#draw()) {
      this.#sent = "";
      return;
    }
    const mark = this.#canvas.toDataURL("image/png");
    if (mark === this.#sent) {
      return;
    }
    this.#canvas.toBlob((blob) => this.#send(blob).then(() => { this.#sent = mark; },
      () => this.#soon()), "image/png");
  }

  /** False: there is nothing on the screen. */
  #draw() {
    const panel = this.#web.machine?.panel() ?? null;
    if (panel === null) {
      return false;
    }
    const { width, height, stride, pixels } = panel;
    Object.assign(this.#pixels, { width, height });
    const context = this.#pixels.getContext("2d", { alpha: false });
    const image = context.createImageData(width, height);
    const out = new Uint32Array(image.data.buffer);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = pixels[y * stride + x]; // 0x00rrggbb
        out[y * width + x] =
          0xff000000 | (pixel & 0xff) << 16 | (pixel & 0xff00) | (pixel >>> 16 & 0xff);
      }
    }
    context.putImageData(image, 0, 0);
    Object.assign(this.#canvas, { width: WIDTH, height: Math.round(WIDTH * height / width) });
    const small = this.#canvas.getContext("2d", { alpha: false });
    small.imageSmoothingQuality = "high";
    small.drawImage(this.#pixels, 0, 0, this.#canvas.width, this.#canvas.height);
    return true;
  }
}
