// SPDX-License-Identifier: MIT
// Two languages, and sentences with {fields}. What fills a field comes from a phone, so it is
// cleaned; it is for textContent only.

export const LANGUAGES = ["en", "zh"];

const SHOWN_CHARS = 200;

/** The reader's language out of what the browser prefers: "zh" or "en". */
export function preferredLanguage(preferred = globalThis.navigator?.languages ?? []) {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split("-")[0];
    if (LANGUAGES.includes(language)) {
      return language;
    }
  }
  return "en";
}

/** What a phone reported, made fit to be read: no control characters, not endless. */
export function clean(value) {
  const text = String(value ?? "")
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, "?");
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** {en, zh} (or a plain string) in one language, its {fields} filled; an unknown field is "?". */
export function say(sentence, language, fields = {}) {
  const text = typeof sentence === "string" ? sentence
    : (sentence?.[language] ?? sentence?.en ?? "");
  return text.replace(/\{(\w+)\}/g,
    (_, name) => (Object.hasOwn(fields, name) ? clean(fields[name]) : "?"));
}
