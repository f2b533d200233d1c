// SPDX-License-Identifier: MIT
// Elements without ceremony. Text only ever becomes textContent.

/** h("button.key", {onclick, title}, ...children): a tag with classes, properties, children. */
export function h(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag || "div");
  made.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    set(made, name, value);
  }
  made.append(...children.flat()
    .filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function set(element, name, value) {
  if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (name in element && !name.startsWith("aria")) {
    element[name] = value;
  } else if (value !== null && value !== false) {
    element.setAttribute(name, value === true ? "" : value);
  }
}

/** Sets a text only when it is another one: no work, and no news for a screen reader. */
export function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/**
 * `holder` shows these; true: it did not before. What is there stays: an element that is put in once
 * more loses its focus, and what it scrolls begins at its top.
 */
export function showIn(holder, ...elements) {
  const { children } = holder;
  const isSame = children.length === elements.length
    && elements.every((element, number) => element === children[number]);
  if (!isSame) {
    holder.replaceChildren(...elements);
  }
  return !isSame;
}

const STOPS = ":is(button, input, select):enabled, a[href], [tabindex]";
const stopsOf = (holder) => [...holder.querySelectorAll(STOPS)];
const lost = new WeakSet(); // holders that had the focus, and then nothing to take it

/** Other parts in `holder`. Who was at one of them by keyboard is at the one that took its place. */
export function refill(holder, ...parts) {
  const { activeElement, body } = document;
  const isLost = lost.delete(holder) && activeElement === body;
  const at = stopsOf(holder).indexOf(activeElement);
  holder.replaceChildren(...parts);
  if (at < 0 && !isLost) {
    return;
  }
  const stops = stopsOf(holder);
  const isLike = (stop) => stop?.textContent === activeElement.textContent;
  const others = stops.filter((stop) => !stop.matches(".why-word")); // which opens when it is at it
  const next = [stops[at], ...stops].find(isLike) ?? others[Math.max(at, 0)] ?? others.at(-1);
  next?.focus({ preventScroll: true });
  if (!next) {
    lost.add(holder);
  }
}

/**
 * What is given back does the work once before the next picture, however often it is called: each
 * question for a height has the whole page laid out.
 */
export function beforeNextPicture(work) {
  let asked = 0;
  return () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      work();
    });
  };
}

/**
 * Keeps a log at its end, also when it grows or its room shrinks, unless the reader has scrolled
 * up.
 * Call what is given back after each change.
 */
export function followEnd(element) {
  let follows = true;
  let before = 0;
  element.addEventListener("scroll", () => {
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 8;
    follows = atEnd || (follows && element.scrollTop >= before);
    before = element.scrollTop;
  });
  const follow = beforeNextPicture(() => {
    if (follows && !element.hidden) {
      element.scrollTop = element.scrollHeight;
    }
  });
  new ResizeObserver(follow).observe(element);
  return follow;
}
