// SPDX-License-Identifier: MIT
// The reader's language, remembered in this browser; who shows words listens for a change.
import { preferredLanguage, say, LANGUAGES } from "/shared/language.js";
import { WORDS } from "./words.js";

const KEY = "flashlab-language";
const listeners = new Set();
let current = remembered() ?? preferredLanguage();

function remembered() {
  const kept = localStorage.getItem(KEY);
  return LANGUAGES.includes(kept) ? kept : null;
}

export const language = () => current;

/** A word of words.js in the reader's language, its {fields} filled. */
export function t(key, fields = {}) {
  return say(WORDS[key] ?? key, current, fields);
}

/** One of {en, zh}. */
export const both = (sides) => (sides ? say(sides, current) : "");

/**
 * What the server says: in both languages; or in English alone, when it comes from below the
 * workshop (a full disk, say). A plain string is somebody else's word and stays as it is.
 */
export function told(words) {
  if (!words || typeof words === "string") {
    return words ?? "";
  }
  return current in words ? words[current] : t("lab_says", { words: words.en });
}

export function setLanguage(next) {
  current = next;
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  for (const listener of listeners) {
    listener();
  }
}

/** Calls `listener` now and at each change, until the function that is given back is called. */
export function onLanguage(listener) {
  listeners.add(listener);
  listener();
  return () => listeners.delete(listener);
}
