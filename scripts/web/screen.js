// SPDX-License-Identifier: MIT
// A phone's screen on a canvas. It draws when the phone said that something may have changed, at
// most once a frame of the page, and only what did change; what takes longer goes on in the next one.

const DRAW_MS = 4; // of the 16 of a frame
const ROWS = 64; // between two looks at the clock
const OPAQUE_BLACK = 0xff000000;
const IDLE_MS = 100; // a phone that rests looks the same; its counting screens go by seconds

/** Shows the screen in `element` until the function that it gives is called. */
export function attachScreen(phone, element, { label = "" } = {}) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  element.append(canvas);
  const view = new View(phone, canvas);
  const draw = () => view.request();
  const kinds = ["frame", "trace", "power"];
  kinds.forEach((kind) => phone.addEventListener(kind, draw));
  draw();
  return () => {
    kinds.forEach((kind) => phone.removeEventListener(kind, draw));
    canvas.remove();
  };
}

class View {
  #phone;
  #canvas;
  #context;
  #shown = null; // the pixels that are shown
  #image = null;
  #isAsked = false;
  #drawn = 0;
  #row = 0; // where the drawing goes on
  #isStale = false; // something was told while it went on

  constructor(phone, canvas) {
    this.#phone = phone;
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  request() {
    if (this.#isAsked) {
      this.#isStale = this.#row !== 0;
      return;
    }
    this.#isAsked = true;
    const wait = Math.max(0, this.#drawn + IDLE_MS - performance.now());
    const isNews = this.#phone.events.length !== this.events;
    this.events = this.#phone.events.length;
    setTimeout(() => this.#nextFrame(), isNews ? 0 : wait);
  }

  #nextFrame() {
    this.#isAsked = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isAsked = false;
    this.#drawn = performance.now();
    const panel = this.#phone.machine?.panel() ?? null;
    this.#canvas.dataset.on = panel === null ? "off" : "on";
    if (panel === null) {
      this.#clear();
      return;
    }
    const { width, height } = panel;
    if (this.#canvas.width !== width || this.#canvas.height !== height || this.#shown === null) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#image = this.#context.createImageData(width, height);
      // A new image is transparent: on a canvas without alpha a browser may show that as white.
      new Uint32Array(this.#image.data.buffer).fill(OPAQUE_BLACK);
      this.#shown = new Uint32Array(width * height); // black, as the canvas is
      this.#row = 0;
    }
    this.#put(panel);
    if (this.#row !== 0) {
      this.#nextFrame();
    } else if (this.#isStale) {
      this.#isStale = false;
      this.request();
    }
  }

  #clear() {
    if (this.#shown !== null) {
      this.#shown = null;
      this.#row = 0;
      this.#context.fillStyle = "#000";
      this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    }
  }

  /** From #row on, as far as the time allows. */
  #put({ width, height, stride, pixels }) {
    const out = new Uint32Array(this.#image.data.buffer);
    const begun = performance.now();
    let [first, last] = [height, -1];
    let y = this.#row;
    for (; y < height && (y % ROWS !== 0 || performance.now() - begun < DRAW_MS); y++) {
      if (this.#putRow(pixels, y * stride, out, y * width, width)) {
        first = Math.min(first, y);
        last = y;
      }
    }
    this.#row = y % height;
    if (last >= first) {
      this.#context.putImageData(this.#image, 0, 0, 0, first, width, last - first + 1);
    }
  }

  /** 0x00rrggbb to what a canvas has. True: something changed. */
  #putRow(pixels, from, out, to, width) {
    const shown = this.#shown;
    let isChanged = false;
    for (let x = 0; x < width; x++) {
      const pixel = pixels[from + x];
      if (pixel !== shown[to + x]) {
        shown[to + x] = pixel;
        out[to + x] = OPAQUE_BLACK | (pixel & 0xff) << 16 | (pixel & 0xff00) | (pixel >>> 16 & 0xff);
        isChanged = true;
      }
    }
    return isChanged;
  }
}
